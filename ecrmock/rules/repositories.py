"""What a new repository may be made with."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import replace

from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.names import AccountId, Region, parse_address_prefix, partition_of
from ecrmock.values.repositories import (
    WITH_EXCLUSION,
    EncryptionConfiguration,
    ImageTagMutabilityExclusionFilter,
    InvalidTagParameterError,
    ResourceTag,
    TooManyTagsError,
)

_KEY_ID = re.compile(r"(mrk-)?[0-9a-f-]{32,36}")
_TAG_KEY = re.compile(r"[\w +=.:/@-]{1,128}")
_TAG_VALUE = re.compile(r"[\w +=.:/@-]{0,256}")
_FILTERS = "imageTagMutabilityExclusionFilters"


def check_exclusion_filters(
    mutability: str, filters: Sequence[ImageTagMutabilityExclusionFilter] | None
) -> None:
    """Refuse filters that do not go with the mutability. Raises InvalidParameterError.

    Source: reference api.md §4.2; the limit of two wildcards in a filter has no known text.
    """
    with_exclusion = mutability.endswith(WITH_EXCLUSION)
    if filters and not with_exclusion:
        raise InvalidParameterError(
            _FILTERS,
            "ImageTagMutabilityExclusionFilters are not allowed when "
            f"imageTagMutability is set as {mutability}",
        )
    if with_exclusion and not filters:
        raise InvalidParameterError(
            _FILTERS,
            "ImageTagMutabilityExclusionFilters can't be null when "
            f"imageTagMutability is set as {mutability}",
        )
    if any(entry.filter.count("*") > 2 for entry in filters or ()):
        raise InvalidParameterError(_FILTERS, "Filter must not contain more than 2 wildcards")


def check_encryption(encryption: EncryptionConfiguration) -> None:
    """Refuse a key where ECR encrypts with its own. Raises InvalidParameterError. Source: api.md §4.2."""
    if encryption.encryption_type == "AES256" and encryption.kms_key is not None:
        raise InvalidParameterError(
            "encryptionConfiguration",
            "Invalid encryption configuration: "
            "Encryption key should not be set for AES256 encryption.",
        )


def check_resource_tags(tags: Sequence[ResourceTag], limit: int) -> None:
    """Refuse bad keys and values, duplicates and too many. Source: reference api.md §7.

    Raises: InvalidTagParameterError, TooManyTagsError.
    """
    keys = [tag.key for tag in tags]
    bad = any(not _TAG_KEY.fullmatch(key) or key.lower().startswith("aws:") for key in keys)
    if (
        bad
        or len(set(keys)) < len(keys)
        or not all(_TAG_VALUE.fullmatch(tag.value) for tag in tags)
    ):
        raise InvalidTagParameterError
    if len(tags) > limit:
        raise TooManyTagsError


def check_address(name: str, uri_style: str) -> None:
    """Refuse a name that would read as the address of another registry, in path style only.

    Raises: InvalidParameterError. Source: DESIGN.md section 3; AWS has no such rule.
    """
    if uri_style == "path" and parse_address_prefix(name.split("/", 1)[0]):
        raise InvalidParameterError(
            "repositoryName",
            "must not begin with an account id and a region: in ecrmock's path style that addresses "
            "another registry (start the server with --uri-style aws to use this name)",
        )


def with_key(
    encryption: EncryptionConfiguration, account: AccountId, region: Region
) -> EncryptionConfiguration:
    """Return the encryption with the ARN of its key, as ECR shows it. Source: reference api.md §4.1."""
    if encryption.encryption_type == "AES256":
        return encryption
    return replace(encryption, kms_key=kms_key_arn(account, region, encryption.kms_key))


def kms_key_arn(account: AccountId, region: Region, key: str | None) -> str:
    """Return the ARN of the key that a request names by id, alias or ARN; by nothing: alias/aws/ecr.

    There is no KMS here, so an alias stands for one made-up key that never changes.
    Source: reference api.md §4.1.
    """
    if key is not None and key.startswith("arn:"):
        return key
    if key is None or not _KEY_ID.fullmatch(key):
        key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{account}/{region}/{key or 'alias/aws/ecr'}"))
    return f"arn:{partition_of(region).name}:kms:{region}:{account}:key/{key}"
