"""Which repositories may share a blob. Source: reference registry.md §11."""

from datetime import UTC, datetime

import pytest

from ecrmock.rules.mounting import may_mount
from ecrmock.values.repositories import EncryptionConfiguration, Repository

PLAIN = EncryptionConfiguration()
KEY = EncryptionConfiguration(encryption_type="KMS", kms_key="arn:aws:kms:::key/1")
OTHER_KEY = EncryptionConfiguration(encryption_type="KMS", kms_key="arn:aws:kms:::key/2")
OTHER_TYPE = EncryptionConfiguration(encryption_type="KMS_DSSE", kms_key="arn:aws:kms:::key/1")


def encrypted(encryption: EncryptionConfiguration) -> Repository:
    return Repository(
        repository_arn="arn",
        registry_id="123456789012",
        repository_name="app",
        created_at=datetime(2026, 1, 2, tzinfo=UTC),
        encryption_configuration=encryption,
    )


@pytest.mark.parametrize("encryption", [PLAIN, KEY])
def test_repositories_that_encrypt_alike_share_blobs_when_the_setting_is_on(
    encryption: EncryptionConfiguration,
) -> None:
    assert may_mount("ENABLED", encrypted(encryption), encrypted(encryption))
    assert not may_mount("DISABLED", encrypted(encryption), encrypted(encryption))


@pytest.mark.parametrize("other", [PLAIN, OTHER_KEY, OTHER_TYPE])
def test_type_and_key_of_the_encryption_have_to_be_the_same(
    other: EncryptionConfiguration,
) -> None:
    assert not may_mount("ENABLED", encrypted(KEY), encrypted(other))


@pytest.mark.parametrize("other", [KEY, OTHER_KEY, PLAIN])
def test_the_plain_specification_knows_neither_setting_nor_encryption(
    other: EncryptionConfiguration,
) -> None:
    """Source: reference registry.md §19."""
    assert may_mount("DISABLED", encrypted(KEY), encrypted(other), always=True)
