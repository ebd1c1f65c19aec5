import pytest

from ecrmock.values.errors import EcrError
from ecrmock.values.layers import (
    MAXIMUM_LAYER_SIZE,
    MAXIMUM_PARTS,
    MINIMUM_PART_SIZE,
    EmptyUploadError,
    InvalidLayerError,
    InvalidLayerPartError,
    LayerAlreadyExistsError,
    LayerInaccessibleError,
    LayerNotFoundError,
    LayerPartTooSmallError,
    StartedUpload,
    UploadNotFoundError,
)

ACCOUNT, NAME, DIGEST = "123456789012", "team/app", "sha256:aa"
UPLOAD = "01234567-89ab-cdef-0123-456789abcdef"
MIB = 1024 * 1024


def test_parts_of_10_mib_are_advised() -> None:
    """Source: reference api.md §6.2."""
    assert StartedUpload(upload_id=UPLOAD).part_size == 10_485_760


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (MINIMUM_PART_SIZE, 5 * MIB),
        (MAXIMUM_PARTS, 4_200),
        (MAXIMUM_LAYER_SIZE, 52_000 * MIB),
    ],
)
def test_the_limits_of_layers_are_those_of_the_user_guide(limit: int, expected: int) -> None:
    """Source: reference api.md §6.3, §21."""
    assert limit == expected


def test_an_upload_without_parts_says_so() -> None:
    """Source: reference api.md §6.4."""
    assert EmptyUploadError(UPLOAD, NAME, ACCOUNT).message == (
        f"The upload with id '{UPLOAD}' in the repository with name 'team/app' in registry "
        "with id '123456789012' cannot be completed because it does not have any parts"
    )


def test_a_small_part_is_told_in_megabytes() -> None:
    """Source: reference api.md §6.4."""
    message = "All layer parts except the last part should be at least 5MB"
    assert LayerPartTooSmallError().message == message


def test_a_wrong_part_tells_the_last_valid_byte_and_where() -> None:
    """Source: reference api.md §2.4, §6.3."""
    error = InvalidLayerPartError("text", UPLOAD, 10, NAME, ACCOUNT)
    members = (error.registry_id, error.repository_name, error.upload_id)
    assert (*members, error.last_valid_byte_received) == (ACCOUNT, NAME, UPLOAD, 9)


def test_before_the_first_part_the_last_valid_byte_is_minus_one() -> None:
    """Source: reference api.md §6.3."""
    assert InvalidLayerPartError("text", UPLOAD, 0, NAME, ACCOUNT).last_valid_byte_received == -1


@pytest.mark.parametrize(
    ("error", "named"),
    [
        (UploadNotFoundError(UPLOAD, NAME, ACCOUNT), UPLOAD),
        (LayerAlreadyExistsError(DIGEST, NAME, ACCOUNT), DIGEST),
        (LayerNotFoundError(DIGEST, NAME, ACCOUNT), DIGEST),
        (LayerInaccessibleError(DIGEST, NAME, ACCOUNT), DIGEST),
        (InvalidLayerError("sha256:bb", DIGEST), "sha256:bb"),
    ],
)
def test_an_error_names_what_it_is_about(error: EcrError, named: str) -> None:
    """The texts are inferred. Source: reference api.md §24."""
    assert f"'{named}'" in error.message


@pytest.mark.parametrize(
    ("error", "code", "oci_code", "status"),
    [
        (UploadNotFoundError, "UploadNotFoundException", "BLOB_UPLOAD_UNKNOWN", 404),
        (EmptyUploadError, "EmptyUploadException", "DIGEST_INVALID", 400),
        (InvalidLayerPartError, "InvalidLayerPartException", "RANGE_INVALID", 416),
        (LayerPartTooSmallError, "LayerPartTooSmallException", "SIZE_INVALID", 400),
        (InvalidLayerError, "InvalidLayerException", "DIGEST_INVALID", 400),
        (LayerNotFoundError, "LayersNotFoundException", "BLOB_UNKNOWN", 404),
        (LayerInaccessibleError, "LayerInaccessibleException", "BLOB_UNKNOWN", 404),
    ],
)
def test_each_error_has_its_codes(
    error: type[EcrError], code: str, oci_code: str, status: int
) -> None:
    """A layer that is not there is plural in the API. Source: registry.md §3.4, api.md §6.6."""
    assert (error.code, error.oci_code, error.oci_status) == (code, oci_code, status)
