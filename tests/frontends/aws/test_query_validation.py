"""The constraints on requests to iam and sts, all of them told. Source: reference iam.md §12.2."""

import pytest

from ecrmock.frontends.aws.query_validation import query_validator
from ecrmock.values.errors import SerializationError, ValidationError
from tests.frontends.aws.conftest import SESSION, model_of

ARN = "arn:aws:iam::111122223333:role/deploy"
ROLE = {"RoleArn": ARN, "RoleSessionName": "ci"}


def refused(operation: str, raw: dict, service: str = "sts") -> str:
    with pytest.raises(ValidationError) as caught:
        query_validator(model_of(service, operation).input_shape)(raw)
    return caught.value.message


def accepted(operation: str, raw: dict, service: str = "sts") -> None:
    query_validator(model_of(service, operation).input_shape)(raw)


def test_a_bad_session_name_is_told_as_aws_does():
    """Source: reference iam.md §12.2, a text tested against AWS."""
    assert refused("AssumeRole", {**ROLE, "RoleSessionName": "c i"}) == (
        "1 validation error detected: Value 'c i' at 'roleSessionName' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: [\w+=,.@-]*"
    )


def test_what_is_missing_is_null():
    assert refused("AssumeRole", {"RoleArn": ARN}) == (
        "1 validation error detected: Value null at 'roleSessionName' failed to satisfy constraint: "
        "Member must not be null"
    )


def test_all_violations_are_told():
    message = refused("AssumeRole", {"RoleSessionName": " ", "DurationSeconds": 1})
    assert message.startswith("4 validation errors detected: Value null at 'roleArn' failed ")
    assert message.count("; Value ' ' at 'roleSessionName' failed ") == 2
    assert message.endswith(
        "; Value '1' at 'durationSeconds' failed to satisfy constraint: "
        "Member must have value greater than or equal to 900"
    )


def test_the_place_in_a_list_is_told():
    message = refused("AssumeRole", {**ROLE, "Tags": [{"Key": "a", "Value": "b"}, {"Key": ""}]})
    assert "Value null at 'tags.2.member.value' failed" in message
    assert "Value '' at 'tags.2.member.key' failed" in message


def test_texts_of_a_list_are_told_with_the_list():
    message = refused("AssumeRole", {**ROLE, "TransitiveTagKeys": ["a", "", ""]})
    assert "Value '[a, , ]' at 'transitiveTagKeys' failed to satisfy constraint: " in message
    assert message.startswith("2 validation errors detected")  # each constraint once


def test_a_secret_is_not_repeated():
    asked = {**ROLE, "WebIdentityToken": "abc"}
    message = refused("AssumeRoleWithWebIdentity", asked)
    assert "Value at 'webIdentityToken' failed" in message
    assert "abc" not in message


def test_a_long_list_of_structures_is_not_repeated():
    message = refused("AssumeRole", {**ROLE, "Tags": [{"Key": "a", "Value": "b"}] * 51})
    assert message == (
        "1 validation error detected: Value at 'tags' failed to satisfy constraint: "
        "Member must have length less than or equal to 50"
    )


def test_another_value_of_an_enumeration_is_told():
    asked = {"UserName": "ci", "AccessKeyId": "A" * 16, "Status": "Off"}
    message = refused("UpdateAccessKey", asked, "iam")
    assert "Value 'Off' at 'status' failed to satisfy constraint: " in message
    assert "Member must satisfy enum value set: [" in message


def test_another_type_is_no_violation():
    with pytest.raises(SerializationError):
        accepted("AssumeRole", {**ROLE, "DurationSeconds": "soon"})


@pytest.mark.parametrize("key", ["a", "Käse 1", "你 +-=._:/@", "x\u3000y", "½"])
def test_a_tag_may_have_letters_numbers_and_blanks_of_any_script(key):
    accepted("AssumeRole", {**ROLE, "Tags": [{"Key": key, "Value": key}]})


@pytest.mark.parametrize("key", ["a!", "a\n", "a\t", "a*", "a\\", "😀"])
def test_a_tag_may_have_nothing_else(key):
    assert "regular expression" in refused(
        "AssumeRole", {**ROLE, "Tags": [{"Key": key, "Value": ""}]}
    )


@pytest.mark.parametrize("name", ["ü", "\u0661", "a\n"])
def test_a_word_has_only_letters_of_ascii(name):
    """The patterns of the model are Java's."""
    assert "regular expression" in refused("CreateUser", {"UserName": name}, "iam")


@pytest.mark.parametrize("service", ["iam", "sts"])
def test_every_operation_has_a_check(service):
    for operation in SESSION.get_service_model(service).operation_names:
        shape = model_of(service, operation).input_shape
        if shape is not None and shape.required_members:
            assert "Member must not be null" in refused(operation, {}, service)
