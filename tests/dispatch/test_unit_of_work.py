"""Decide first, save last: a call succeeds with all that it saved, or leaves no trace.

Source: DESIGN.md section 2. A journal that fails stands for whatever can go wrong while an operation saves.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from ecrmock.operations.table import OPERATIONS
from ecrmock.store.journal import Journal
from ecrmock.values.errors import EcrError
from ecrmock.values.images import ImageIdentifier
from tests.dispatch.conftest import Corridor, digest_of, manifest_of

LAYER = digest_of(b"layer")
NAME = {"repository_name": "app"}


class SaveFailed(Exception):
    """The save that a test asked to fail."""


class FailingJournal(Journal):
    """Counts saves, and fails at the one that a test names."""

    def __init__(self) -> None:
        super().__init__()
        self.saves, self.fail_at = 0, 0

    def note(self, table: Any, key: Any, old: Any) -> None:
        self.saves += 1
        if self.saves == self.fail_at:
            raise SaveFailed
        super().note(table, key, old)


class Case(NamedTuple):
    """A call, and what was done before it; ``prepare`` may return more parameters of the call."""

    operation: tuple[str, str]
    prepare: Callable[[Corridor], dict[str, Any] | None]
    parameters: Mapping[str, Any] = MappingProxyType({})


def nothing(corridor: Corridor) -> None:
    pass


def app(corridor: Corridor) -> None:
    corridor.create()


def layer(corridor: Corridor) -> None:
    corridor.create().upload(b"layer")


def config_and_layer(corridor: Corridor) -> None:
    layer(corridor)
    corridor.upload(b"{}")


def image(*tags: str | None) -> Callable[[Corridor], None]:
    def prepare(corridor: Corridor) -> None:
        config_and_layer(corridor)
        for tag in tags:
            corridor("PutImage", **NAME, image_manifest=manifest_of(b"layer"), image_tag=tag)

    return prepare


def image_and_other(corridor: Corridor) -> None:
    image("latest")(corridor)
    corridor.upload(b"other")


def upload(content: bytes | None) -> Callable[[Corridor], dict[str, Any]]:
    def prepare(corridor: Corridor) -> dict[str, Any]:
        started = corridor.create().start()
        if content is not None:
            corridor.part(started, content)
        return started

    return prepare


def old_layer(corridor: Corridor) -> None:
    """Leave a layer whose time of grace is over; the reaction that would drop it is not due."""
    layer(corridor)
    corridor.backend.world.scheduler.clear()
    corridor.clock.advance(corridor.backend.settings.upload_lifetime)


def ids(*image_ids: ImageIdentifier) -> dict[str, Any]:
    return {**NAME, "image_ids": image_ids}


BY_DIGEST = ImageIdentifier(image_digest=digest_of(manifest_of(b"layer")))
BY_TAG = ImageIdentifier(image_tag="latest")
PUT = {**NAME, "image_manifest": manifest_of(b"layer")}
PUT_OTHER = {**NAME, "image_manifest": manifest_of(b"other")}

CASES = [
    Case(("ecr", "BatchCheckLayerAvailability"), layer, {**NAME, "layer_digests": (LAYER,)}),
    Case(("ecr", "BatchDeleteImage"), image("latest", "1"), ids(BY_TAG, BY_DIGEST)),
    Case(("ecr", "BatchDeleteImage"), image(None), ids(BY_DIGEST)),
    Case(("ecr", "BatchGetImage"), image("latest", "1"), ids(BY_DIGEST)),
    Case(("ecr", "CompleteLayerUpload"), upload(b"layer"), {"layer_digests": (LAYER,)}),
    Case(("ecr", "CreateRepository"), nothing, NAME),
    Case(("ecr", "DeleteRepository"), image("latest", "1"), {**NAME, "force": True}),
    Case(("ecr", "DescribeImages"), image("latest"), NAME),
    Case(("ecr", "DescribeRepositories"), app),
    Case(("ecr", "GetAuthorizationToken"), nothing),
    Case(("ecr", "GetDownloadUrlForLayer"), image("latest"), {**NAME, "layer_digest": LAYER}),
    Case(("ecr", "InitiateLayerUpload"), app, NAME),
    Case(("ecr", "ListImages"), image("latest"), NAME),
    Case(("ecr", "PutImage"), config_and_layer, {**PUT, "image_tag": "latest"}),
    Case(("ecr", "PutImage"), config_and_layer, PUT),
    Case(("ecr", "PutImage"), image_and_other, {**PUT_OTHER, "image_tag": "latest"}),
    Case(("ecr", "PutImage"), image("latest"), {**PUT, "image_tag": "another"}),
    Case(("ecr", "PutImageTagMutability"), app, {**NAME, "image_tag_mutability": "IMMUTABLE"}),
    Case(("ecr", "UploadLayerPart"), upload(None), {"layer_part_blob": b"layer"}),
    Case(("ecr", "UploadLayerPart"), upload(b"first"), {"layer_part_blob": b"layer"}),
    Case(("ecrmock", "CancelLayerUpload"), upload(b"layer")),
    Case(("ecrmock", "CheckLogin"), nothing),
    Case(("ecrmock", "DescribeLayerUpload"), upload(b"layer")),
    Case(("ecrmock", "ExpireLayerUpload"), upload(b"layer")),
    Case(("ecrmock", "DropUnclaimedLayer"), old_layer, {**NAME, "layer_digest": LAYER}),
    Case(("sts", "GetCallerIdentity"), nothing),
]


def prepared(case: Case) -> tuple[Corridor, Callable[[], Any], FailingJournal]:
    """Return a corridor before a call, the call, and the journal with its count at zero."""
    journal = FailingJournal()
    corridor = Corridor(journal)
    more = case.prepare(corridor) or {}
    journal.saves = 0
    service, name = case.operation
    return corridor, lambda: corridor(name, service=service, **case.parameters, **more), journal


def trace(corridor: Corridor) -> tuple[Any, ...]:
    """Return all that a call can leave behind; rows have no order, but the tags of an image have."""
    backend = corridor.backend
    events, planned = corridor.published, backend.world.scheduler.entries()
    return without_order(backend.state()), shown(corridor), events, planned, backend.usage()


def without_order(document: Any) -> Any:
    if isinstance(document, dict):
        return {key: without_order(value) for key, value in document.items()}
    if isinstance(document, list):
        return sorted(map(without_order, document), key=str)
    return document


def shown(corridor: Corridor) -> Any:
    """Return what the API shows of images, or why it shows nothing."""
    try:
        return corridor("DescribeImages", **NAME), corridor("ListImages", **NAME)
    except EcrError as error:
        return error.code


def saves_of(case: Case) -> int:
    _, call, journal = prepared(case)
    call()
    return journal.saves


FAILING = [
    pytest.param(case, save, id=f"{case.operation[1]}-{number}-save-{save}")
    for number, case in enumerate(CASES)
    for save in range(1, saves_of(case) + 1)
]


def without_ids(corridor: Corridor) -> str:
    """Return the state without the ids of uploads: the failed call has used one up."""
    state = str(without_order(corridor.backend.state()))
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "id", state)


def test_every_operation_has_a_case() -> None:
    assert {case.operation for case in CASES} == set(OPERATIONS)


@pytest.mark.parametrize(("case", "save"), FAILING)
def test_a_call_whose_save_fails_leaves_no_trace(case: Case, save: int) -> None:
    corridor, call, journal = prepared(case)
    before = trace(corridor)
    journal.fail_at = save
    with pytest.raises(SaveFailed):
        call()
    assert trace(corridor) == before


@pytest.mark.parametrize(("case", "save"), FAILING)
def test_a_call_whose_save_failed_can_be_made_again(case: Case, save: int) -> None:
    """What the failure left behind would get in the way: a busy upload, a wrong index."""
    corridor, call, journal = prepared(case)
    undisturbed, same_call, _ = prepared(case)
    journal.fail_at = save
    with pytest.raises(SaveFailed):
        call()
    call()
    same_call()
    assert without_ids(corridor) == without_ids(undisturbed)


REFUSED = [
    Case(("ecr", "CreateRepository"), app, NAME),
    Case(("ecr", "DeleteRepository"), nothing, NAME),
    Case(("ecr", "DeleteRepository"), image(None), NAME),
    Case(("ecr", "DescribeRepositories"), nothing, {"repository_names": ("app",)}),
    Case(("ecr", "PutImage"), app, {**NAME, "image_manifest": "no manifest"}),
    Case(("ecr", "PutImage"), app, PUT),
    Case(("ecr", "PutImage"), config_and_layer, {**PUT, "image_digest": LAYER}),
    Case(("ecr", "PutImage"), config_and_layer, {**PUT, "image_tag": "no tag"}),
    Case(("ecr", "PutImage"), image("latest"), {**PUT, "image_tag": "latest"}),
    Case(("ecr", "PutImageTagMutability"), nothing, {**NAME, "image_tag_mutability": "MUTABLE"}),
    Case(
        ("ecr", "PutImageTagMutability"),
        app,
        {**NAME, "image_tag_mutability": "MUTABLE_WITH_EXCLUSION"},
    ),
    Case(("ecr", "BatchGetImage"), nothing, ids(BY_TAG)),
    Case(("ecr", "DescribeImages"), app, ids(BY_TAG)),
    Case(("ecr", "ListImages"), app, {**NAME, "next_token": "nonsense"}),
    Case(("ecr", "InitiateLayerUpload"), nothing, NAME),
    Case(("ecr", "UploadLayerPart"), upload(None), {"part_first_byte": 7, "layer_part_blob": b"x"}),
    Case(
        ("ecr", "UploadLayerPart"),
        upload(None),
        {"part_first_byte": 0, "part_last_byte": 7, "layer_part_blob": b"x"},
    ),
    Case(("ecr", "CompleteLayerUpload"), upload(None), {"layer_digests": (LAYER,)}),
    Case(("ecr", "CompleteLayerUpload"), upload(b"other"), {"layer_digests": (LAYER,)}),
    Case(("ecr", "GetDownloadUrlForLayer"), app, {**NAME, "layer_digest": LAYER}),
    Case(("ecr", "GetDownloadUrlForLayer"), layer, {**NAME, "layer_digest": LAYER}),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.operation[1])
def test_an_error_comes_before_the_first_save(case: Case) -> None:
    _, call, journal = prepared(case)
    with pytest.raises(EcrError):
        call()
    assert journal.saves == 0


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.operation[1])
def test_a_refused_call_leaves_no_trace(case: Case) -> None:
    corridor, call, _ = prepared(case)
    before = trace(corridor)
    with pytest.raises(EcrError):
        call()
    assert trace(corridor) == before
