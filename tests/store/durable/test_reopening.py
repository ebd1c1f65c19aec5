"""Whatever is done to a backend with a data folder: who opens the folder again sees the same."""

import itertools
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ecrmock.values.errors import EcrError
from ecrmock.values.public_gallery import CatalogDataInput
from ecrmock.values.signer import NOTATION
from ecrmock.values.signing import SigningConfiguration, SigningRepositoryFilter, SigningRule
from tests.store.changes import a_job
from tests.store.durable.conftest import ACCOUNT, Kept

PROFILE = "arn:aws:signer:us-east-1:123456789012:/signing-profiles/profile_0"
NAMES, LAYERS, TAGS = ("app", "team/b"), (b"zero", b"one", b"two" * 1000), ("latest", "1")


def create(kept: Kept, which: int, number: int) -> None:
    kept("CreateRepository", repository_name=NAMES[which])


def delete_repository(kept: Kept, which: int, number: int) -> None:
    kept("DeleteRepository", repository_name=NAMES[which], force=True)


def push(kept: Kept, which: int, number: int) -> None:
    with suppress(EcrError):
        kept.upload(LAYERS[number], NAMES[which])
    kept.put(LAYERS[number], TAGS[number % 2], NAMES[which])


def start(kept: Kept, which: int, number: int) -> None:
    kept.open = kept.start(NAMES[which])


def part(kept: Kept, which: int, number: int) -> None:
    if kept.open:
        kept.part(LAYERS[number])


def delete(kept: Kept, which: int, number: int) -> None:
    kept.delete(TAGS[number % 2], NAMES[which])


def pull(kept: Kept, which: int, number: int) -> None:
    kept("DescribeImages", repository_name=NAMES[which])


def user(kept: Kept, which: int, number: int) -> None:
    kept("CreateUser", service="iam", user_name=f"user-{number}")
    kept("CreateAccessKey", service="iam", user_name=f"user-{number}")


def profile(kept: Kept, which: int, number: int) -> None:
    name = {"profile_name": f"profile_{number}"}
    if which:
        kept("CancelSigningProfile", service="signer", **name)
    else:
        kept("PutSigningProfile", service="signer", platform_id=NOTATION, **name)


def job(kept: Kept, which: int, number: int) -> None:
    """Have a job in the store, as a signature leaves it, or revoke it."""
    registry = kept.backend._store.registry(ACCOUNT, "us-east-1")
    job_id = a_job(number).job_id
    if which:
        kept("RevokeSignature", service="signer", job_id=job_id, reason="lost")
    elif job_id not in registry.signer.jobs:
        kept.backend.dispatcher.transact(
            lambda: registry.signer.save_job(a_job(number, sequence=registry.next_sequence()))
        )


def sign(kept: Kept, which: int, number: int) -> None:
    filters = (SigningRepositoryFilter(filter=NAMES[which], filter_type="WILDCARD_MATCH"),)
    rule = SigningRule(signing_profile_arn=PROFILE, repository_filters=filters)
    configuration = SigningConfiguration(rules=(rule,) * number)
    kept("PutSigningConfiguration", signing_configuration=configuration)


def public(kept: Kept, which: int, number: int) -> None:
    """Make a public repository, put an alias, and push to it as far as that goes."""
    kept("PutPublicAlias", service="ecrmock", region="public", name=f"alias{number}")
    named = {"service": "ecr-public", "repository_name": NAMES[which]}
    with suppress(EcrError):
        kept("CreateRepository", **named)
    kept("PutRepositoryCatalogData", **named, catalog_data=CatalogDataInput(about_text="é"))
    kept("InitiateLayerUpload", **named)


def move(kept: Kept, which: int, number: int) -> None:
    kept.backend.world.clock.advance(timedelta(hours=13 * number))
    kept.backend.settle()


def save(kept: Kept, which: int, number: int) -> None:
    kept.backend.save()


def reset(kept: Kept, which: int, number: int) -> None:
    kept.backend.reset()


def remember(kept: Kept, which: int, number: int) -> None:
    kept.backend.keep_snapshot()


def go_back(kept: Kept, which: int, number: int) -> None:
    places = list(kept.backend.kept_snapshots.values())
    if places:
        with suppress(ValueError):
            kept.backend.restore(places[number % len(places)])


ACTIONS: tuple[Callable[[Kept, int, int], None], ...] = (
    *(create, push, push, push, start, part, part, delete, delete_repository, pull, user),
    *(profile, job, sign, sign, public),
    *(move, save, reset, remember, go_back),
)
calls = st.lists(
    st.tuples(st.sampled_from(ACTIONS), st.integers(0, 1), st.integers(0, 2)), max_size=25
)


def play(kept: Kept, done: list[tuple[Callable[[Kept, int, int], None], int, int]]) -> None:
    for action, which, number in done:
        with suppress(EcrError):
            action(kept, which, number)


def without_rewound(seen: dict[str, object]) -> dict[str, object]:
    """Leave the bytes out: those after the end of an upload that went back go when it goes on."""
    return {name: value for name, value in seen.items() if name not in ("bytes", "blobs")}


seeds = itertools.count(1)


@settings(deadline=None, max_examples=60)
@given(calls, calls)
def test_a_folder_that_is_opened_again_has_everything(before: list, after: list) -> None:
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "data"
        expected = None
        for done, ends in ((before, True), (after, False), ([], True)):
            kept = Kept(folder, seed=next(seeds))
            if expected is not None:
                assert without_rewound(kept.seen()) == expected
            play(kept, done)
            kept.backend.settle()
            expected = without_rewound(kept.seen())
            kept.backend.kept_snapshots.clear()
            if ends:
                kept.end()
            else:
                kept.backend._keeper.journal.flush()
                kept.vanish()


@settings(deadline=None, max_examples=40)
@given(calls, calls)
def test_a_restored_backend_is_as_it_was(before: list, after: list) -> None:
    with tempfile.TemporaryDirectory() as parent:
        kept = Kept(Path(parent) / "data", seed=next(seeds))
        play(kept, before)
        kept.backend.kept_snapshots.clear()  # to go back to one of them would leave this one behind
        snapshot = kept.backend.snapshot()
        expected = (kept.seen(), kept.backend.events(), kept.backend.calls())
        play(kept, after)
        kept.backend.restore(snapshot)
        seen = (kept.seen(), kept.backend.events(), kept.backend.calls())
        assert without_rewound(seen[0]) == without_rewound(expected[0])
        assert seen[1:] == expected[1:]
        kept.vanish()
