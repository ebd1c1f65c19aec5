"""Which referrers are listed, and what is shown of them. Source: reference api.md §18."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ecrmock.rules.referrers import is_listed, shown
from ecrmock.values.images import Image
from ecrmock.values.referrers import ListImageReferrersFilter

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
    return is_listed(image, wanted)


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
