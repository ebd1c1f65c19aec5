import pytest

from ecrmock.values.errors import EcrError
from ecrmock.values.images import (
    ImageAlreadyExistsError,
    ImageDigestDoesNotMatchError,
    ImageIdentifier,
    ImageNotFoundError,
    ImageTagAlreadyExistsError,
    LayersNotFoundError,
    ReferencedImagesNotFoundError,
)

ACCOUNT, NAME, DIGEST, OTHER = "123456789012", "team/app", "sha256:aa", "sha256:bb"


@pytest.mark.parametrize(
    ("image_id", "shown"),
    [
        (ImageIdentifier(image_tag="1.0"), "{imageDigest:'null', imageTag:'1.0'}"),
        (ImageIdentifier(image_digest=DIGEST), "{imageDigest:'sha256:aa', imageTag:'null'}"),
        (
            ImageIdentifier(image_digest=DIGEST, image_tag="1.0"),
            "{imageDigest:'sha256:aa', imageTag:'1.0'}",
        ),
    ],
)
def test_a_missing_image_is_named_with_null_for_what_was_not_given(
    image_id: ImageIdentifier, shown: str
) -> None:
    """Source: reference api.md §5.5."""
    assert ImageNotFoundError(image_id, NAME, ACCOUNT).message == (
        f"The image with imageId {shown} does not exist within the repository "
        "with name 'team/app' in the registry with id '123456789012'"
    )


def test_a_tag_that_must_not_move_is_told_in_the_wording_since_2025() -> None:
    """Until then it ended with "because the repository is immutable". Source: reference api.md §5.1."""
    assert ImageTagAlreadyExistsError("1.0", NAME).message == (
        "The image tag '1.0' already exists in the 'team/app' repository "
        "and cannot be overwritten because the tag is immutable."
    )


def test_a_digest_that_is_not_that_of_the_manifest_is_named() -> None:
    """Source: reference api.md §5.1."""
    assert ImageDigestDoesNotMatchError(DIGEST, NAME, ACCOUNT).message == (
        "The image with digest 'sha256:aa' in repository 'team/app' and registry ID "
        "'123456789012' does not match the image digest that Amazon ECR has calculated."
    )


def test_missing_manifests_of_an_index_are_listed_as_java_prints_a_list() -> None:
    """Source: reference api.md §5.1."""
    assert ReferencedImagesNotFoundError((DIGEST, OTHER), NAME, ACCOUNT).message == (
        "Images with digests '[sha256:aa, sha256:bb]' required for pushing image into repository "
        "with name 'team/app' in the registry with id '123456789012' do not exist"
    )


def test_missing_blobs_of_an_image_are_all_named() -> None:
    message = LayersNotFoundError((DIGEST, OTHER), NAME, ACCOUNT).message
    assert DIGEST in message
    assert OTHER in message


def test_a_hint_follows_the_text_of_missing_blobs() -> None:
    assert LayersNotFoundError((DIGEST,), NAME, ACCOUNT, " (hint)").message.endswith(" (hint)")


@pytest.mark.parametrize(("tag", "shown"), [("1.0", "1.0"), (None, "null")])
def test_a_push_that_changes_nothing_names_digest_and_tag(tag: str | None, shown: str) -> None:
    message = ImageAlreadyExistsError(DIGEST, tag, NAME, ACCOUNT).message
    assert f"'{DIGEST}' and tag '{shown}'" in message


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (ImageNotFoundError, "MANIFEST_UNKNOWN", 404),
        (ImageTagAlreadyExistsError, "TAG_INVALID", 400),
        (ImageDigestDoesNotMatchError, "MANIFEST_INVALID", 400),
        (LayersNotFoundError, "MANIFEST_BLOB_UNKNOWN", 400),
        (ReferencedImagesNotFoundError, "MANIFEST_BLOB_UNKNOWN", 400),
    ],
)
def test_the_registry_door_has_a_code_for_each_error_of_a_push(
    error: type[EcrError], code: str, status: int
) -> None:
    """Source: reference registry.md §3.4."""
    assert (error.oci_code, error.oci_status) == (code, status)


def test_an_image_identifier_may_be_empty() -> None:
    """Batch operations answer it with a failure entry. Source: reference api.md §5.4."""
    assert ImageIdentifier() == ImageIdentifier(image_digest=None, image_tag=None)
