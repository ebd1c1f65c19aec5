from datetime import UTC, datetime

import pytest

from ecrmock.values.errors import EcrError
from ecrmock.values.repositories import (
    EncryptionConfiguration,
    ImageScanningConfiguration,
    InvalidTagParameterError,
    Repository,
    RepositoryAlreadyExistsError,
    RepositoryNotEmptyError,
    RepositoryNotFoundError,
    TooManyTagsError,
)

ACCOUNT, NAME = "123456789012", "team/app"
REPOSITORY = Repository(
    repository_arn="arn:aws:ecr:us-east-1:123456789012:repository/team/app",
    registry_id=ACCOUNT,
    repository_name=NAME,
    created_at=datetime(2026, 1, 2, tzinfo=UTC),
)


def test_tags_of_a_new_repository_are_mutable() -> None:
    """Source: reference api.md §4.1."""
    assert REPOSITORY.image_tag_mutability == "MUTABLE"


def test_a_new_repository_is_not_scanned_on_push() -> None:
    """Source: reference api.md §4.1."""
    expected = ImageScanningConfiguration(scan_on_push=False)
    assert REPOSITORY.image_scanning_configuration == expected


def test_a_new_repository_is_encrypted_with_aes256_and_no_key() -> None:
    """Source: reference api.md §4.1."""
    expected = EncryptionConfiguration(encryption_type="AES256", kms_key=None)
    assert REPOSITORY.encryption_configuration == expected


def test_a_stored_repository_has_no_address() -> None:
    assert REPOSITORY.repository_uri is None


def test_a_missing_repository_is_named_with_its_registry() -> None:
    """Source: reference api.md §4.5."""
    assert RepositoryNotFoundError(NAME, ACCOUNT).message == (
        "The repository with name 'team/app' does not exist in the registry with id '123456789012'"
    )


def test_the_error_about_a_missing_repository_keeps_what_it_names() -> None:
    error = RepositoryNotFoundError(NAME, ACCOUNT)
    assert (error.name, error.registry_id) == (NAME, ACCOUNT)


def test_a_name_that_is_taken_is_named_with_its_registry() -> None:
    """Source: reference api.md §4.2."""
    assert RepositoryAlreadyExistsError(NAME, ACCOUNT).message == (
        "The repository with name 'team/app' already exists in the registry with id '123456789012'"
    )


def test_bad_resource_tags_are_told_without_the_reason() -> None:
    """Source: reference api.md §7."""
    assert InvalidTagParameterError().message == "Tag parameters are invalid"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RepositoryNotFoundError, "RepositoryNotFoundException"),
        (RepositoryAlreadyExistsError, "RepositoryAlreadyExistsException"),
        (RepositoryNotEmptyError, "RepositoryNotEmptyException"),
        (InvalidTagParameterError, "InvalidTagParameterException"),
        (TooManyTagsError, "TooManyTagsException"),
    ],
)
def test_each_error_has_its_code(error: type[EcrError], code: str) -> None:
    """Source: reference api.md §4, §7."""
    assert error.code == code


def test_a_repository_that_is_not_empty_is_named() -> None:
    assert f"'{NAME}'" in RepositoryNotEmptyError(NAME, ACCOUNT).message


def test_too_many_resource_tags_are_told_with_the_limit() -> None:
    assert "50" in TooManyTagsError().message


def test_a_missing_repository_is_an_unknown_name_on_the_registry_door() -> None:
    """Source: reference registry.md §3.4."""
    error = RepositoryNotFoundError
    assert (error.oci_code, error.oci_status) == ("NAME_UNKNOWN", 404)
