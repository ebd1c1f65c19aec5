"""Which referrers are listed, and what is shown of them. Source: reference api.md §18."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ecrmock.rules.referrers import asks_upstream, is_listed, merged, place_of_held, shown
from ecrmock.values.images import Image
from ecrmock.values.referrers import ImageReferrer, ListImageReferrersFilter

SIGNATURE = "application/vnd.dev.cosign.artifact.sig.v1+json"
SBOM = "application/spdx+json"
REFERRER = Image(
    image_digest="sha256:aa",
    image_manifest='{"ü": 1}',
    image_manifest_media_type="application/vnd.oci.image.manifest.v1+json",
    artifact_media_type="application/vnd.oci.empty.v1+json",
    image_size_in_bytes=1000,
    image_pushed_at=datetime(2026, 1, 2, tzinfo=UTC),
    subject_manifest_digest="sha256:bb",
    artifact_type=SIGNATURE,
    annotations=(("made.by", "ci"),),
)


def listed(image: Image, *types: str, status: str | None = None) -> bool:
    wanted = ListImageReferrersFilter(artifact_types=types, artifact_status=status)
    return is_listed(shown(image), wanted)


@pytest.mark.parametrize(
    ("types", "expected"),
    [((), True), ((SIGNATURE,), True), ((SBOM, SIGNATURE), True), ((SBOM,), False)],
)
def test_a_referrer_is_of_one_of_the_types(types: tuple[str, ...], expected: bool) -> None:
    assert listed(REFERRER, *types) is expected


def test_a_referrer_without_a_type_is_of_none() -> None:
    assert not listed(replace(REFERRER, artifact_type=None), SBOM)


@pytest.mark.parametrize(
    ("status", "wanted", "expected"),
    [
        ("ACTIVE", None, True),
        ("ARCHIVED", None, False),
        ("ACTIVATING", None, False),
        ("ARCHIVED", "ARCHIVED", True),
        ("ACTIVE", "ARCHIVED", False),
        ("ACTIVATING", "ANY", True),
    ],
)
def test_a_referrer_has_the_status(status: str, wanted: str | None, expected: bool) -> None:
    assert listed(replace(REFERRER, image_status=status), status=wanted) is expected


def test_the_size_is_that_of_the_manifest() -> None:
    """In bytes, as in an OCI descriptor. Inferred: reference api.md §18."""
    assert shown(REFERRER).size == 9


def test_a_referrer_shows_type_annotations_and_status() -> None:
    found = shown(REFERRER)
    expected = (SIGNATURE, {"made.by": "ci"}, "ACTIVE")
    assert (found.artifact_type, found.annotations, found.artifact_status) == expected


def test_no_annotations_are_absent() -> None:
    assert shown(replace(REFERRER, annotations=())).annotations is None


# What an upstream tells as well


def told(*digests: str, **members: str) -> list[ImageReferrer]:
    return [
        ImageReferrer(digest=digest, media_type="application/x", size=1, **members)
        for digest in digests
    ]


def held(*digests: str, **members: object) -> list[Image]:
    """Images that are here, in the order in which they came."""
    return [
        replace(REFERRER, image_digest=digest, sequence=place, **members)
        for place, digest in enumerate(digests)
    ]


def listing(
    upstream: list[ImageReferrer], here: list[Image], after: int = -1, **wanted: object
) -> list[tuple[int, str]]:
    images = {image.image_digest: image for image in here}
    kept = [image for image in here if image.sequence > place_of_held(after)]
    found = merged(upstream, kept, images.get, ListImageReferrersFilter(**wanted), after)
    return [(place, referrer.digest) for place, referrer in found]


def digests(*arguments: object, **how: object) -> list[str]:
    return [digest for _, digest in listing(*arguments, **how)]


def test_what_is_here_alone_comes_after_what_the_upstream_tells_and_nothing_twice() -> None:
    assert digests(told("b", "a"), held("a", "c")) == ["b", "a", "c"]


def test_what_is_imported_between_two_pages_keeps_its_place() -> None:
    """So it is neither left out nor shown again."""
    upstream = told("a", "b", "c")
    (last, _) = listing(upstream, [])[0]
    assert digests(upstream, held("a", "c"), after=last) == ["b", "c"]


def test_a_page_may_begin_among_what_is_here() -> None:
    here = held("b", "c", "d")
    place = {digest: place for place, digest in listing(told("a"), here)}["b"]
    assert digests(told("a"), here, after=place) == ["c", "d"]


def test_what_was_imported_and_archived_is_hidden_although_the_upstream_tells_it() -> None:
    archived = held("a", image_status="ARCHIVED")
    assert digests(told("a", "b"), archived) == ["b"]
    assert digests(told("a", "b"), archived, artifact_status="ANY") == ["a", "b"]


def test_what_the_upstream_tells_is_chosen_by_its_type() -> None:
    upstream = [*told("a", artifact_type=SBOM), *told("b", artifact_type=SIGNATURE), *told("c")]
    assert digests(upstream, held("d"), artifact_types=(SIGNATURE,)) == ["b", "d"]


@pytest.mark.parametrize(
    ("status", "expected"),
    [(None, True), ("ACTIVE", True), ("ANY", True), ("ARCHIVED", False), ("ACTIVATING", False)],
)
def test_an_upstream_is_asked_for_what_may_be_active(status: str | None, expected: bool) -> None:
    assert asks_upstream(ListImageReferrersFilter(artifact_status=status)) is expected
