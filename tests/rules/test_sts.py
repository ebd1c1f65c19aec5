"""What a session of STS may be. Source: reference iam.md §12.2."""

import secrets
from datetime import UTC, datetime

import pytest

from ecrmock.rules.sts import (
    assumption_keys,
    check_role_duration,
    check_session_policies,
    has_mfa,
    kept_source_identity,
    made_up_role_id,
    packed_policy_size,
    parse_role_arn,
    session_tags,
)
from ecrmock.values.authorization import Caller
from ecrmock.values.errors import AccessDeniedError, ValidationError
from ecrmock.values.iam import Session
from ecrmock.values.policies import MalformedPolicyDocumentError
from ecrmock.values.repositories import ResourceTag
from ecrmock.values.sts import (
    InvalidParameterValueError,
    PackedPolicyTooLargeError,
    PolicyDescriptor,
    RoleName,
)

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/deploy"
POLICY = '{"Statement": {"Effect": "Allow", "Action": "ecr:*", "Resource": "*"}}'
CALLER = Caller(account=ACCOUNT, arn=f"arn:aws:iam::{ACCOUNT}:user/ci", user_id="AIDA")


def tag(key: str, value: str = "") -> ResourceTag:
    return ResourceTag(key=key, value=value)


def calling(
    *tags: ResourceTag, transitive: tuple[str, ...] = (), source_identity: str | None = None
) -> Session:
    return Session(
        access_key_id="ASIA",
        secret_access_key="",
        session_token="",
        expiration=NOW,
        issued_at=NOW,
        caller=CALLER,
        principal_arn=ROLE,
        resource_tags=tags,
        transitive_tag_keys=transitive,
        source_identity=source_identity,
    )


# Roles


@pytest.mark.parametrize(
    ("arn", "partition", "path", "name"),
    [
        (ROLE, "aws", "/", "deploy"),
        (f"arn:aws-cn:iam::{ACCOUNT}:role/a/b/c+=,.@-_1", "aws-cn", "/a/b/", "c+=,.@-_1"),
        (f"arn:aws-us-gov:iam::{ACCOUNT}:role/a/d", "aws-us-gov", "/a/", "d"),
    ],
)
def test_the_arn_of_a_role_is_read(arn, partition, path, name):
    assert parse_role_arn(arn) == RoleName(
        partition=partition, account=ACCOUNT, path=path, name=name
    )


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::111122223333",
        "arn:aws:iam::1111222233334:role/deploy",
        "arn:aws:iam::111122223333:user/deploy",
        "arn:aws:iam::111122223333:role/",
        "arn:aws:iam::111122223333:role/a b",
        "arn:aws:iam:us-east-1:111122223333:role/a",
        "arn:aws:sts::111122223333:assumed-role/a/b",
        f"{ROLE}\n",
        f"{ROLE}/",
    ],
)
def test_another_arn_is_refused_in_aws_words(arn):
    """Source: reference iam.md §12.2."""
    with pytest.raises(ValidationError) as caught:
        parse_role_arn(arn)
    assert caught.value.message == f"{arn} is invalid"


def test_a_role_that_does_not_exist_has_always_the_same_id():
    assert made_up_role_id(ROLE) == made_up_role_id(ROLE) != made_up_role_id(ROLE + "2")
    assert made_up_role_id(ROLE).startswith("AROA")
    assert len(made_up_role_id(ROLE)) == 21


@pytest.mark.parametrize(
    ("seconds", "longest", "is_chained"), [(3600, 3600, False), (3600, 43200, True)]
)
def test_a_session_may_last_as_long_as_its_role_says(seconds, longest, is_chained):
    check_role_duration(seconds, longest, is_chained=is_chained)


def test_a_session_may_not_last_longer_than_its_role_says():
    """Inferred text: reference iam.md §12.2."""
    with pytest.raises(ValidationError, match="MaxSessionDuration"):
        check_role_duration(3601, 3600, is_chained=False)


def test_a_chained_session_lasts_an_hour():
    """Source: reference iam.md §12.2."""
    with pytest.raises(ValidationError) as caught:
        check_role_duration(3601, 43200, is_chained=True)
    assert caught.value.message == (
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
        "chaining."
    )


# Tags


def test_a_session_has_its_own_tags_and_the_transitive_ones_of_the_calling_session():
    before = calling(tag("Team", "a"), tag("other"), transitive=("team",))
    assert session_tags((tag("stage", "b"),), ("Stage",), before) == (
        (tag("Team", "a"), tag("stage", "b")),
        ("team", "Stage"),
    )


def refused(*arguments) -> str:
    with pytest.raises(InvalidParameterValueError) as caught:
        session_tags(*arguments)
    return caught.value.message


def test_a_tag_is_given_once():
    """Source: reference iam.md §12.2."""
    message = refused((tag("a"), tag("A")), (), None)
    assert message == "Duplicate tag keys found. Please note that Tag keys are case insensitive."


def test_a_transitive_key_is_one_of_the_tags():
    """Source: reference iam.md §12.2."""
    message = refused((tag("a"),), ("b",), calling(tag("b"), transitive=("b",)))
    assert message == "The specified transitive tag key must be included in the requested tags."


def test_an_inherited_tag_stays_as_it_is():
    """Source: reference iam.md §12.2."""
    assert refused((tag("A"),), (), calling(tag("a"), transitive=("a",))) == (
        "One of the specified transitive tag keys can't be set because it conflicts with a "
        "transitive tag key from the calling session."
    )


# Policies


def test_a_session_policy_is_an_identity_policy():
    check_session_policies(POLICY, (PolicyDescriptor(arn="arn:aws:iam::aws:policy/A"),))
    with pytest.raises(MalformedPolicyDocumentError):
        check_session_policies("{}", ())


def test_eleven_managed_session_policies_are_too_many():
    check_session_policies(None, (PolicyDescriptor(),) * 10)
    with pytest.raises(ValidationError, match="policyArns"):
        check_session_policies(None, (PolicyDescriptor(),) * 11)


def test_nothing_packed_has_no_size():
    assert packed_policy_size(None, (), ()) is None


@pytest.mark.parametrize(
    "parts",
    [
        (POLICY, (), ()),
        (None, (PolicyDescriptor(arn="a"),), ()),
        (None, (), (tag("a"),)),
    ],
)
def test_policies_and_tags_have_a_size_in_per_cent(parts):
    assert 1 <= packed_policy_size(*parts) <= 5


def test_more_than_2048_characters_of_policies_are_too_large():
    assert packed_policy_size("a" * 2048 + " " * 100, (), ()) == 100
    with pytest.raises(PackedPolicyTooLargeError):
        packed_policy_size("a" * 2048, (PolicyDescriptor(arn="b"),), ())


def test_tags_that_cannot_be_packed_are_too_large():
    tags = tuple(tag(str(number), secrets.token_hex(128)) for number in range(50))
    with pytest.raises(PackedPolicyTooLargeError):
        packed_policy_size(None, (), tags)


# Who, and how


def test_a_device_goes_with_its_code():
    assert has_mfa("device", "123456") is True
    assert has_mfa(None, None) is False


@pytest.mark.parametrize("given", [("device", None), (None, "123456")])
def test_one_without_the_other_is_refused(given):
    with pytest.raises(AccessDeniedError):
        has_mfa(*given)


@pytest.mark.parametrize(
    ("given", "present", "kept"),
    [(None, None, None), ("a", None, "a"), (None, "a", "a"), ("a", "a", "a")],
)
def test_a_chain_of_roles_keeps_its_source_identity(given, present, kept):
    before = calling(source_identity=present)
    assert kept_source_identity(CALLER, ROLE, given, before) == kept


def test_another_source_identity_is_refused():
    with pytest.raises(AccessDeniedError, match="sts:SetSourceIdentity"):
        kept_source_identity(CALLER, ROLE, "b", calling(source_identity="a"))


def test_conditions_can_ask_about_the_request():
    """Source: reference iam.md §5."""
    asked = {
        "external_id": "x1",
        "role_session_name": "ci",
        "duration_seconds": 900,
        "source_identity": None,
        "transitive_tag_keys": ("a", "b"),
        "policy": POLICY,
    }
    assert assumption_keys(asked) == {
        "sts:externalid": ("x1",),
        "sts:rolesessionname": ("ci",),
        "sts:durationseconds": ("900",),
        "sts:transitivetagkeys": ("a", "b"),
    }
