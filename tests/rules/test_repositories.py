import re

import pytest

from ecrmock.rules.repositories import (
    check_address,
    check_encryption,
    check_exclusion_filters,
    check_resource_tags,
    kms_key_arn,
)
from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.repositories import (
    EncryptionConfiguration,
    ImageTagMutabilityExclusionFilter,
    InvalidTagParameterError,
    ResourceTag,
    TooManyTagsError,
)

ACCOUNT, REGION = "123456789012", "us-east-1"
KEY_ID = "01234567-89ab-cdef-0123-456789abcdef"
KEY_ARN = rf"arn:aws:kms:{REGION}:{ACCOUNT}:key/[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}"


def wildcards(*filters: str) -> tuple[ImageTagMutabilityExclusionFilter, ...]:
    return tuple(
        ImageTagMutabilityExclusionFilter(filter_type="WILDCARD", filter=text) for text in filters
    )


def resource_tags(*keys: str, value: str = "") -> tuple[ResourceTag, ...]:
    return tuple(ResourceTag(key=key, value=value) for key in keys)


@pytest.mark.parametrize("mutability", ["MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION"])
@pytest.mark.parametrize("filters", [("v*",), ("*a*", "b"), ("v*", "v*")])
def test_a_setting_with_exclusion_takes_filters(mutability: str, filters: tuple[str, ...]) -> None:
    """The same filter twice too. Source: reference api.md §4.2."""
    check_exclusion_filters(mutability, wildcards(*filters))


@pytest.mark.parametrize("mutability", ["MUTABLE", "IMMUTABLE"])
@pytest.mark.parametrize("filters", [None, ()])
def test_another_setting_takes_none(mutability: str, filters: tuple[()] | None) -> None:
    check_exclusion_filters(mutability, filters)


@pytest.mark.parametrize("mutability", ["MUTABLE", "IMMUTABLE"])
def test_filters_without_exclusion_are_refused(mutability: str) -> None:
    """Source: reference api.md §4.2."""
    with pytest.raises(InvalidParameterError) as caught:
        check_exclusion_filters(mutability, wildcards("v*"))
    assert caught.value.message == (
        "Invalid parameter at 'imageTagMutabilityExclusionFilters' failed to satisfy constraint: "
        "'ImageTagMutabilityExclusionFilters are not allowed when "
        f"imageTagMutability is set as {mutability}'"
    )


@pytest.mark.parametrize("mutability", ["MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION"])
@pytest.mark.parametrize("filters", [None, ()])
def test_exclusion_without_filters_is_refused(mutability: str, filters: tuple[()] | None) -> None:
    """Source: reference api.md §4.2."""
    with pytest.raises(InvalidParameterError) as caught:
        check_exclusion_filters(mutability, filters)
    assert caught.value.message == (
        "Invalid parameter at 'imageTagMutabilityExclusionFilters' failed to satisfy constraint: "
        "'ImageTagMutabilityExclusionFilters can't be null when "
        f"imageTagMutability is set as {mutability}'"
    )


@pytest.mark.parametrize("filters", [("a*b*c*",), ("v*", "***")])
def test_a_filter_has_at_most_two_wildcards(filters: tuple[str, ...]) -> None:
    """Source: reference api.md §4.3."""
    with pytest.raises(InvalidParameterError):
        check_exclusion_filters("MUTABLE_WITH_EXCLUSION", wildcards(*filters))


@pytest.mark.parametrize(
    "encryption",
    [
        EncryptionConfiguration(),
        EncryptionConfiguration(encryption_type="KMS"),
        EncryptionConfiguration(encryption_type="KMS", kms_key=KEY_ID),
        EncryptionConfiguration(encryption_type="KMS_DSSE", kms_key=KEY_ID),
    ],
)
def test_kms_takes_a_key_or_none(encryption: EncryptionConfiguration) -> None:
    """Source: reference api.md §4.1."""
    check_encryption(encryption)


def test_aes256_takes_no_key() -> None:
    """Source: reference api.md §4.2."""
    with pytest.raises(InvalidParameterError) as caught:
        check_encryption(EncryptionConfiguration(encryption_type="AES256", kms_key=KEY_ID))
    assert caught.value.message == (
        "Invalid parameter at 'encryptionConfiguration' failed to satisfy constraint: "
        "'Invalid encryption configuration: "
        "Encryption key should not be set for AES256 encryption.'"
    )


@pytest.mark.parametrize(
    "tags",
    [
        (),
        resource_tags("team", "Team"),
        resource_tags("k" * 128, value="v" * 256),
        resource_tags("awsome", "aws"),
        resource_tags("a b+c-d=e.f_g:h/i@9", value="a b+c-d=e.f_g:h/i@9"),
        resource_tags("équipe", value="\u6771\u4eac"),
        resource_tags(*map(str, range(50))),
    ],
)
def test_up_to_50_good_resource_tags_are_fine(tags: tuple[ResourceTag, ...]) -> None:
    """Keys differ by case. Source: reference api.md §7."""
    check_resource_tags(tags, 50)


@pytest.mark.parametrize(
    "tags",
    [
        resource_tags(""),
        resource_tags("k" * 129),
        resource_tags("team", "team"),
        resource_tags("aws:team"),
        resource_tags("AWS:team"),
        resource_tags("team", value="v" * 257),
        resource_tags("team*"),
        resource_tags("team\n"),
        resource_tags("team", value="a,b"),
    ],
)
def test_a_bad_key_or_value_is_refused(tags: tuple[ResourceTag, ...]) -> None:
    """Source: reference api.md §4.2, §7."""
    with pytest.raises(InvalidTagParameterError):
        check_resource_tags(tags, 50)


def test_51_resource_tags_are_too_many() -> None:
    """Source: reference api.md §7."""
    with pytest.raises(TooManyTagsError):
        check_resource_tags(resource_tags(*map(str, range(51))), 50)


@pytest.mark.parametrize("name", ["111122223333.eu-west-1/app", "111122223333.eu-west-1"])
def test_a_name_that_reads_as_another_registry_is_refused_in_path_style(name: str) -> None:
    """AWS has no such rule. Source: DESIGN.md section 3."""
    with pytest.raises(InvalidParameterError):
        check_address(name, "path")


@pytest.mark.parametrize(
    ("name", "style"),
    [
        ("111122223333.eu-west-1/app", "aws"),
        ("111122223333.eu-west-1/app", "host"),
        ("111122223333/app", "path"),
        ("team/111122223333.eu-west-1", "path"),
        ("app", "path"),
    ],
)
def test_every_other_name_may_be_used(name: str, style: str) -> None:
    check_address(name, style)


def test_a_key_arn_stays_as_it_is() -> None:
    arn = f"arn:aws:kms:eu-west-1:111122223333:key/{KEY_ID}"
    assert kms_key_arn(ACCOUNT, REGION, arn) == arn


@pytest.mark.parametrize("key_id", [KEY_ID, "mrk-0123456789abcdef0123456789abcdef"])
def test_a_key_id_becomes_the_arn_of_the_key(key_id: str) -> None:
    """Source: reference api.md §4.1."""
    assert kms_key_arn(ACCOUNT, REGION, key_id) == f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{key_id}"


@pytest.mark.parametrize("key", [None, "alias/aws/ecr", "alias/mine"])
def test_an_alias_or_nothing_stands_for_the_arn_of_some_key(key: str | None) -> None:
    """Source: reference api.md §4.1."""
    assert re.fullmatch(KEY_ARN, kms_key_arn(ACCOUNT, REGION, key))


def test_no_key_means_the_key_that_aws_manages() -> None:
    """Source: reference api.md §4.1."""
    assert kms_key_arn(ACCOUNT, REGION, None) == kms_key_arn(ACCOUNT, REGION, "alias/aws/ecr")


def test_two_aliases_stand_for_two_keys() -> None:
    assert kms_key_arn(ACCOUNT, REGION, "alias/a") != kms_key_arn(ACCOUNT, REGION, "alias/b")


def test_a_key_is_of_the_partition_of_its_region() -> None:
    assert kms_key_arn(ACCOUNT, "cn-north-1", KEY_ID).startswith("arn:aws-cn:kms:cn-north-1:")
