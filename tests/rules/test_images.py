from datetime import UTC, datetime

import pytest

from ecrmock.rules.images import (
    NOT_FOUND,
    check_image_id,
    check_tag,
    failure,
    has_status,
    malformed,
    may_move,
    referenced_by,
)
from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.images import Image, ImageIdentifier
from ecrmock.values.manifests import OCI_MANIFEST
from ecrmock.values.repositories import ImageTagMutabilityExclusionFilter, Repository

TIME = datetime(2026, 1, 2, tzinfo=UTC)


def a_repository(mutability: str, *wildcards: str) -> Repository:
    filters = tuple(
        ImageTagMutabilityExclusionFilter(filter_type="WILDCARD", filter=wildcard)
        for wildcard in wildcards
    )
    return Repository(
        repository_arn="arn:aws:ecr:us-east-1:123456789012:repository/team/app",
        registry_id="123456789012",
        repository_name="team/app",
        created_at=TIME,
        image_tag_mutability=mutability,
        image_tag_mutability_exclusion_filters=filters or None,
    )


def an_image(status: str) -> Image:
    return Image(
        image_digest="sha256:aa",
        image_manifest="{}",
        image_manifest_media_type=OCI_MANIFEST,
        artifact_media_type=None,
        image_size_in_bytes=0,
        image_pushed_at=TIME,
        image_status=status,
    )


@pytest.mark.parametrize(
    ("repository", "tag", "expected"),
    [
        (a_repository("MUTABLE"), "v1", True),
        (a_repository("IMMUTABLE"), "v1", False),
        (a_repository("IMMUTABLE_WITH_EXCLUSION", "dev*"), "v1", False),
        (a_repository("IMMUTABLE_WITH_EXCLUSION", "dev*"), "dev-1", True),
        (a_repository("IMMUTABLE_WITH_EXCLUSION", "dev*", "latest"), "latest", True),
        (a_repository("MUTABLE_WITH_EXCLUSION", "v*"), "v1", False),
        (a_repository("MUTABLE_WITH_EXCLUSION", "v*"), "latest", True),
        (a_repository("MUTABLE_WITH_EXCLUSION", "v*", "latest"), "latest", False),
    ],
)
def test_a_filter_excludes_tags_from_the_repositorys_setting(
    repository: Repository, tag: str, expected: bool
) -> None:
    """Source: reference api.md §4.3."""
    assert may_move(repository, tag) is expected


@pytest.mark.parametrize(
    ("image_id", "code"),
    [
        (ImageIdentifier(), "MissingDigestAndTag"),
        (ImageIdentifier(image_digest=""), "InvalidImageDigest"),
        (ImageIdentifier(image_digest="sha256"), "InvalidImageDigest"),
        (ImageIdentifier(image_digest="sha256:xyz"), "InvalidImageDigest"),
        (ImageIdentifier(image_digest="sha256", image_tag="v1"), "InvalidImageDigest"),
        (ImageIdentifier(image_digest="sha256", image_tag="a b"), "InvalidImageDigest"),
        (ImageIdentifier(image_tag=""), "InvalidImageTag"),
        (ImageIdentifier(image_tag="a b"), "InvalidImageTag"),
        (ImageIdentifier(image_digest="sha256:aa", image_tag="a:b"), "InvalidImageTag"),
    ],
)
def test_an_identifier_that_can_mean_no_image_has_a_failure_code(
    image_id: ImageIdentifier, code: str
) -> None:
    """Source: reference api.md §5.4."""
    assert malformed(image_id)[0] == code


@pytest.mark.parametrize(
    "image_id",
    [
        ImageIdentifier(image_tag="v1"),
        ImageIdentifier(image_digest="sha256:aa"),
        ImageIdentifier(image_digest="sha512:AA", image_tag="v1"),
    ],
)
def test_a_tag_a_digest_or_both_are_fine(image_id: ImageIdentifier) -> None:
    """A digest need not be sha256 to be well formed. Source: reference api.md §3.5."""
    assert malformed(image_id) is None
    check_image_id(image_id)


@pytest.mark.parametrize("tag", [None, "v1", "t" * 300])
def test_a_tag_that_an_image_can_have_is_accepted(tag: str | None) -> None:
    check_tag(tag)


@pytest.mark.parametrize("tag", ["", "a b", "a:b"])
def test_a_malformed_tag_is_refused_with_its_pattern(tag: str) -> None:
    """Source: reference api.md §3.2."""
    with pytest.raises(InvalidParameterError) as caught:
        check_tag(tag)
    assert caught.value.message == (
        "Invalid parameter at 'imageTag' failed to satisfy constraint: "
        "'must satisfy regular expression '[a-zA-Z0-9-_.]+''"
    )


@pytest.mark.parametrize(
    ("image_id", "field"),
    [
        (ImageIdentifier(), "imageId"),
        (ImageIdentifier(image_digest="sha256"), "imageDigest"),
        (ImageIdentifier(image_tag="a b"), "imageTag"),
        (ImageIdentifier(image_digest="sha256:aa", image_tag="a b"), "imageTag"),
    ],
)
def test_a_single_image_operation_refuses_a_malformed_identifier(
    image_id: ImageIdentifier, field: str
) -> None:
    """Source: reference api.md §3.5."""
    with pytest.raises(InvalidParameterError) as caught:
        check_image_id(image_id)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("status", "wanted", "expected"),
    [
        ("ACTIVE", None, True),
        ("ARCHIVED", None, False),
        ("ACTIVATING", None, False),
        ("ACTIVE", "ACTIVE", True),
        ("ACTIVE", "ARCHIVED", False),
        ("ARCHIVED", "ARCHIVED", True),
        ("ARCHIVED", "ANY", True),
        ("ACTIVE", "ANY", True),
    ],
)
def test_a_list_shows_active_images_unless_asked(
    status: str, wanted: str | None, expected: bool
) -> None:
    """Source: reference api.md §5.3."""
    assert has_status(an_image(status), wanted) is expected


@pytest.mark.parametrize("wanted", [None, "ANY", "ACTIVE"])
def test_a_list_shows_no_image_that_is_gone(wanted: str | None) -> None:
    assert not has_status(None, wanted)


def test_an_image_that_indexes_need_is_refused_with_their_digests() -> None:
    """Source: reference api.md §5.4."""
    assert referenced_by(("sha256:aa", "sha256:bb")) == (
        "ImageReferencedByManifestList",
        "Requested image referenced by manifest list: [sha256:aa, sha256:bb]",
    )


def test_an_image_that_is_not_there_is_told_in_two_words() -> None:
    """Source: reference api.md §5.4."""
    assert NOT_FOUND == ("ImageNotFound", "Requested image not found")


def test_a_failure_echoes_the_identifier_as_it_was_asked() -> None:
    """Source: reference api.md §5.4."""
    image_id = ImageIdentifier(image_tag="v1")
    entry = failure(image_id, NOT_FOUND)
    assert (entry.image_id, entry.failure_code, entry.failure_reason) == (image_id, *NOT_FOUND)
