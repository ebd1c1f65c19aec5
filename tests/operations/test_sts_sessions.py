"""Temporary credentials of roles, of the caller and of federated users. Source: reference iam.md §12."""

import base64
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from ecrmock.operations.sts import get_access_key_info
from ecrmock.operations.sts_sessions import (
    assume_role,
    assume_role_with_web_identity,
    get_federation_token,
    get_session_token,
)
from ecrmock.values.authorization import Caller
from ecrmock.values.errors import AccessDeniedError, ValidationError
from ecrmock.values.iam import Role
from ecrmock.values.policies import MalformedPolicyDocumentError
from ecrmock.values.repositories import ResourceTag
from ecrmock.values.sts import (
    ExpiredIdentityTokenError,
    InvalidIdentityTokenError,
    InvalidParameterValueError,
    PolicyDescriptor,
)
from tests.operations.conftest import START

ACCOUNT = "123456789012"
OTHER = "111122223333"
ROLE_ARN = f"arn:aws:iam::{OTHER}:role/teams/deploy"
ROLE = {"role_arn": ROLE_ARN, "role_session_name": "ci"}
POLICY = '{"Statement": {"Effect": "Allow", "Action": "ecr:*", "Resource": "*"}}'
TEAM = ResourceTag(key="team", value="a")


def call(registry, operation, *, caller: Caller | None = None, **parameters):
    """Call an operation as somebody, and keep what it saved."""
    context = registry.context()
    context.caller = caller or context.caller
    answer = operation(context, **parameters)
    registry.store.journal.commit()
    return answer


def user(registry) -> Caller:
    arn = f"arn:aws:iam::{ACCOUNT}:user/ci"
    return Caller(account=ACCOUNT, arn=arn, user_id="AIDA", access_key_id="AKIA")


def make_role(registry, **settings) -> Role:
    role = Role(
        path="/teams/",
        name="deploy",
        unique_id="AROAEXAMPLE",
        arn=ROLE_ARN,
        create_date=START,
        assume_role_policy_document="{}",
        **settings,
    )
    registry.store.identities(OTHER).roles.save(role)
    return role


# AssumeRole


def test_credentials_of_a_role_have_the_form_of_aws(registry):
    """Source: reference iam.md §1.2, §12.2."""
    made = registry(assume_role, **ROLE).credentials
    assert (made.access_key_id[:4], len(made.access_key_id)) == ("ASIA", 20)
    assert len(made.secret_access_key) == 40
    assert made.session_token.startswith("IQoJb3JpZ2lu")
    assert 350 <= len(made.session_token) <= 1000


def test_a_session_of_a_role_is_named_by_role_and_session(registry):
    """The path is not in it. Source: reference iam.md §1.1."""
    role = make_role(registry)
    made = registry(assume_role, **ROLE)
    arn = f"arn:aws:sts::{OTHER}:assumed-role/deploy/ci"
    assert made.assumed_role_user.arn == arn
    assert made.assumed_role_user.assumed_role_id == f"{role.unique_id}:ci"
    caller = made.credentials.caller
    assert (caller.account, caller.arn, caller.user_id) == (OTHER, arn, "AROAEXAMPLE:ci")


def test_a_session_is_kept_by_its_key(registry):
    made = registry(assume_role, **ROLE).credentials
    assert registry.store.sessions.get(made.access_key_id) == made
    assert made.caller.access_key_id == made.access_key_id
    assert made.principal_arn == ROLE_ARN


def test_the_key_of_a_session_tells_the_account_of_the_role(registry):
    made = registry(assume_role, **ROLE).credentials
    found = registry(get_access_key_info, access_key_id=made.access_key_id)
    assert found.account == OTHER


def test_a_role_that_does_not_exist_is_assumed_all_the_same(registry):
    """While nothing is enforced; its id is always the same one."""
    first, second = (registry(assume_role, **ROLE) for _ in range(2))
    assert first.assumed_role_user == second.assumed_role_user
    assert first.credentials.access_key_id != second.credentials.access_key_id


def test_a_session_lasts_an_hour_or_as_long_as_is_asked(registry):
    assert registry(assume_role, **ROLE).credentials.expiration == START.replace(
        microsecond=0
    ) + timedelta(hours=1)
    made = registry(assume_role, **ROLE, duration_seconds=900).credentials
    assert made.expiration - made.issued_at.replace(microsecond=0) == timedelta(minutes=15)


def test_a_role_says_how_long_its_sessions_may_last(registry):
    """Source: reference iam.md §12.2."""
    make_role(registry, max_session_duration=7200)
    registry(assume_role, **ROLE, duration_seconds=7200)
    with pytest.raises(ValidationError, match="MaxSessionDuration"):
        registry(assume_role, **ROLE, duration_seconds=7201)


def test_another_session_of_a_role_lasts_an_hour_at_most(registry):
    """Source: reference iam.md §12.2."""
    caller = registry(assume_role, **ROLE).credentials.caller
    call(registry, assume_role, caller=caller, **ROLE)
    with pytest.raises(ValidationError, match="role chaining"):
        call(registry, assume_role, caller=caller, **ROLE, duration_seconds=3601)


@pytest.mark.parametrize("arn", [f"arn:aws:iam::{OTHER}:user/ci", "no arn at all, but long"])
def test_what_is_no_role_is_invalid(registry, arn):
    """Source: reference iam.md §12.2."""
    with pytest.raises(ValidationError) as caught:
        registry(assume_role, role_arn=arn, role_session_name="ci")
    assert caught.value.message == f"{arn} is invalid"


def test_a_session_keeps_its_policies_and_tags(registry):
    made = registry(
        assume_role,
        **ROLE,
        policy=POLICY,
        policy_arns=(PolicyDescriptor(arn="arn:aws:iam::aws:policy/A"), PolicyDescriptor()),
        tags=(TEAM,),
        transitive_tag_keys=("team",),
        source_identity="me",
    )
    session = made.credentials
    assert (session.policies, session.policy_arns) == ((POLICY,), ("arn:aws:iam::aws:policy/A",))
    assert (session.resource_tags, session.transitive_tag_keys) == ((TEAM,), ("team",))
    assert (made.source_identity, session.source_identity) == ("me", "me")
    assert 1 <= made.packed_policy_size <= 100


def test_transitive_tags_and_the_source_identity_go_on_in_a_chain(registry):
    """Source: reference iam.md §12.2."""
    tags = {"tags": (TEAM, ResourceTag(key="b", value="")), "transitive_tag_keys": ("team",)}
    caller = registry(assume_role, **ROLE, **tags, source_identity="me").credentials.caller
    made = call(registry, assume_role, caller=caller, **ROLE)
    assert made.credentials.resource_tags == (TEAM,)
    assert made.credentials.source_identity == "me"
    with pytest.raises(InvalidParameterValueError):
        call(registry, assume_role, caller=caller, **ROLE, tags=(TEAM,))
    with pytest.raises(AccessDeniedError):
        call(registry, assume_role, caller=caller, **ROLE, source_identity="you")


def test_nothing_packed_has_no_size(registry):
    made = registry(assume_role, **ROLE)
    assert (made.packed_policy_size, made.source_identity) == (None, None)


def test_a_bad_session_policy_is_refused(registry):
    with pytest.raises(MalformedPolicyDocumentError):
        registry(assume_role, **ROLE, policy="{}")
    assert not registry.store.sessions


@pytest.mark.parametrize(("serial", "expected"), [("arn:aws:iam::1:mfa/a", True), (None, False)])
def test_a_session_remembers_that_there_was_a_device(registry, serial, expected):
    code = "123456" if serial else None
    made = registry(assume_role, **ROLE, serial_number=serial, token_code=code)
    assert made.credentials.has_mfa is expected


@pytest.mark.parametrize("size", [600, 601, 1000, 4096])
def test_a_token_is_as_long_as_is_asked(registry, size):
    made = registry(assume_role, **ROLE, minimum_session_token_size=size).credentials
    assert size <= len(made.session_token) <= size + 4


def test_sessions_that_ended_long_ago_are_forgotten(registry):
    """Those that ended lately are kept, to say that they have expired."""
    first = registry(assume_role, **ROLE).credentials
    registry.clock.advance(timedelta(hours=1, days=1) - timedelta(seconds=1))
    second = registry(assume_role, **ROLE).credentials
    assert set(registry.store.sessions) == {first.access_key_id, second.access_key_id}
    registry.clock.advance(timedelta(seconds=1))
    third = registry(assume_role, **ROLE).credentials
    assert set(registry.store.sessions) == {second.access_key_id, third.access_key_id}


# AssumeRoleWithWebIdentity


def token(**claims) -> str:
    said = {"iss": "https://accounts.google.com", "sub": "1", "aud": "app", **claims}
    payload = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    return f"e30.{payload}.c2ln"


def test_a_web_identity_gets_a_session_and_is_told_what_its_token_says(registry):
    made = registry(assume_role_with_web_identity, **ROLE, web_identity_token=token())
    said = (made.subject_from_web_identity_token, made.provider, made.audience)
    assert said == ("1", "accounts.google.com", "app")
    assert made.assumed_role_user.arn == f"arn:aws:sts::{OTHER}:assumed-role/deploy/ci"
    assert registry.store.sessions.get(made.credentials.access_key_id) == made.credentials


def test_a_token_that_has_expired_is_refused(registry):
    bad = token(exp=START.timestamp() - 1)
    with pytest.raises(ExpiredIdentityTokenError):
        registry(assume_role_with_web_identity, **ROLE, web_identity_token=bad)


def test_a_broken_token_is_refused(registry):
    with pytest.raises(InvalidIdentityTokenError):
        registry(assume_role_with_web_identity, **ROLE, web_identity_token="a.b.c")


def test_an_opaque_token_says_nothing(registry):
    """Inferred: no provider can be asked about it here."""
    made = registry(assume_role_with_web_identity, **ROLE, web_identity_token="opaque")
    assert (made.provider, made.subject_from_web_identity_token) == (None, None)


# GetSessionToken and GetFederationToken


def test_a_session_of_a_user_is_the_user(registry):
    """Source: reference iam.md §1.1."""
    caller = user(registry)
    session = call(registry, get_session_token, caller=caller).credentials
    key = session.access_key_id
    assert session.caller == replace(caller, access_key_id=key)
    assert key.startswith("ASIA")
    assert session.principal_arn == caller.arn


@pytest.mark.parametrize(
    ("is_root", "asked", "seconds"),
    [
        (False, {}, 43_200),
        (False, {"duration_seconds": 129_600}, 129_600),
        (True, {}, 3600),
        (True, {"duration_seconds": 7200}, 3600),
        (True, {"duration_seconds": 900}, 900),
    ],
)
@pytest.mark.parametrize("operation", [get_session_token, get_federation_token])
def test_such_a_session_lasts_half_a_day_and_an_hour_for_a_root(
    registry, operation, is_root, asked, seconds
):
    """Source: reference iam.md §12.1."""
    caller = None if is_root else user(registry)
    name = {"name": "bob"} if operation is get_federation_token else {}
    session = call(registry, operation, caller=caller, **asked, **name).credentials
    lasts = session.expiration - session.issued_at.replace(microsecond=0)
    assert lasts == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("operation", "more"), [(get_session_token, {}), (get_federation_token, {"name": "bob"})]
)
def test_a_session_cannot_be_made_by_a_session(registry, operation, more):
    """Inferred text: reference iam.md §12.2."""
    caller = registry(assume_role, **ROLE).credentials.caller
    with pytest.raises(AccessDeniedError, match="with session credentials"):
        call(registry, operation, caller=caller, **more)


def test_a_federated_user_has_a_name_of_its_own(registry):
    """Source: reference iam.md §1.1, §12.1."""
    caller = user(registry)
    made = call(registry, get_federation_token, caller=caller, name="bob", tags=(TEAM,))
    arn = f"arn:aws:sts::{ACCOUNT}:federated-user/bob"
    assert made.federated_user.arn == arn
    assert made.federated_user.federated_user_id == f"{ACCOUNT}:bob"
    session = made.credentials
    assert (session.caller.arn, session.caller.user_id) == (arn, f"{ACCOUNT}:bob")
    assert (session.principal_arn, session.resource_tags) == (caller.arn, (TEAM,))


def test_a_federated_user_has_session_policies(registry):
    made = registry(get_federation_token, name="bob", policy=POLICY)
    assert made.credentials.policies == (POLICY,)
    assert made.packed_policy_size > 0
    with pytest.raises(MalformedPolicyDocumentError):
        registry(get_federation_token, name="bob", policy="no")
