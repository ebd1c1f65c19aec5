"""Users and roles by the Python door. Source: DESIGN.md section 4; reference iam.md §12, §13."""

import json
from datetime import timedelta

import pytest

from ecrmock import mock_ecr
from ecrmock.handle.identities import AccessCredentials
from ecrmock.values.errors import AccessDeniedError, EcrError
from ecrmock.values.iam_errors import (
    IdentityAlreadyExistsError,
    IdentityNotFoundError,
    NoAttachablePolicyError,
)
from ecrmock.values.policies import MalformedPolicyDocumentError
from tests.documents import identity_policy

IAM, STS = "arn:aws:iam::111122223333", "arn:aws:sts::111122223333"
OTHER = "444455556666"
READ_ONLY = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly"
PULL = json.loads(identity_policy())


@pytest.fixture
def iam(ask):
    """Make a call of IAM's."""
    return lambda operation, **parameters: ask(operation, service="iam", **parameters)


def policies_of(iam, kind, name):
    """Return the names of the inline policies and the ARNs of the managed ones."""
    named = {f"{kind.lower()}_name": name}
    inline = iam(f"List{kind}Policies", **named).policy_names
    attached = iam(f"ListAttached{kind}Policies", **named).attached_policies
    return inline, tuple(policy.policy_arn for policy in attached)


# Users


def test_a_user_has_a_key_of_its_own(handle, iam):
    user = handle.create_user("ci")
    (key,) = iam("ListAccessKeys", user_name="ci").access_key_metadata
    assert (user.arn, user.access_key_id) == (f"{IAM}:user/ci", key.access_key_id)
    assert (user.region, user.session_token, len(user.secret_access_key)) == ("eu-west-1", None, 40)


def test_a_user_may_be_of_another_account(handle, iam):
    assert handle.create_user("ci", account=OTHER).arn == f"arn:aws:iam::{OTHER}:user/ci"
    assert iam("ListUsers").users == ()
    assert len(iam("ListUsers", account=OTHER).users) == 1


@pytest.mark.parametrize(
    ("policy", "inline", "attached"),
    [
        ((), (), ()),
        (PULL, ("inline-policy-1",), ()),
        (json.dumps(PULL), ("inline-policy-1",), ()),
        (READ_ONLY, (), (READ_ONLY,)),
        ([PULL, READ_ONLY, PULL], ("inline-policy-1", "inline-policy-3"), (READ_ONLY,)),
    ],
)
def test_policies_are_documents_or_arns(handle, iam, policy, inline, attached):
    handle.create_user("ci", policy=policy)
    handle.create_role("deploy", policy=policy)
    assert policies_of(iam, "User", "ci") == (inline, attached)
    assert policies_of(iam, "Role", "deploy") == (inline, attached)


@pytest.mark.parametrize(
    ("policy", "error"),
    [
        ("arn:aws:iam::aws:policy/none", NoAttachablePolicyError),
        ("{}", MalformedPolicyDocumentError),
        ({"Statement": []}, MalformedPolicyDocumentError),
    ],
)
def test_a_bad_policy_meets_the_errors_of_iam(handle, policy, error):
    with pytest.raises(error):
        handle.create_user("ci", policy=policy)


def test_a_name_that_is_taken_meets_the_error_of_iam(handle):
    handle.create_user("ci")
    with pytest.raises(IdentityAlreadyExistsError):
        handle.create_user("CI")


# Roles


def trusted(iam, name="deploy", **more):
    role = iam("GetRole", role_name=name, **more).role
    (statement,) = json.loads(role.assume_role_policy_document)["Statement"]
    return statement["Principal"]["AWS"]


def test_a_role_is_told_by_its_arn_and_trusts_its_account(handle, iam):
    assert handle.create_role("deploy") == f"{IAM}:role/deploy"
    assert trusted(iam) == ["111122223333"]


def test_a_role_of_another_account_trusts_that_account(handle, iam):
    assert handle.create_role("deploy", account=OTHER) == f"arn:aws:iam::{OTHER}:role/deploy"
    assert trusted(iam, account=OTHER) == [OTHER]


def test_a_role_trusts_whom_it_is_told_to(handle, iam):
    user = handle.create_user("ci")
    handle.create_role("deploy", trusts=[user.arn, OTHER])
    assert trusted(iam) == [user.arn, OTHER]


def test_a_role_that_trusts_somebody_missing_meets_the_error_of_iam(handle):
    with pytest.raises(MalformedPolicyDocumentError, match="Invalid principal"):
        handle.create_role("deploy", trusts=[f"{IAM}:user/none"])


# Sessions


@pytest.mark.parametrize("by", ["name", "arn"])
def test_a_role_is_assumed_by_its_name_or_its_arn(handle, by):
    arn = handle.create_role("deploy")
    session = handle.assume_role("deploy" if by == "name" else arn)
    assert session.arn == f"{STS}:assumed-role/deploy/ecrmock"
    assert session.access_key_id.startswith("ASIA")
    assert session.session_token


def test_a_session_may_have_a_name(handle):
    handle.create_role("deploy")
    session = handle.assume_role("deploy", session_name="build-1")
    assert session.arn == f"{STS}:assumed-role/deploy/build-1"


def test_the_role_of_another_account_is_assumed_by_its_arn(handle):
    arn = handle.create_role("deploy", account=OTHER)
    assert handle.assume_role(arn).arn == f"arn:aws:sts::{OTHER}:assumed-role/deploy/ecrmock"


def test_a_name_is_looked_for_in_the_account_of_the_handle(handle):
    handle.create_role("deploy", account=OTHER)
    with pytest.raises(IdentityNotFoundError):
        handle.assume_role("deploy")


# Enforcement


def test_policies_are_asked_while_a_block_runs(handle, backend):
    before = backend.dispatcher.enforces_iam
    with handle.enforced():
        assert backend.dispatcher.enforces_iam
        handle.push_image("app", tag="1")  # the handle is the root, and always let in
    assert backend.dispatcher.enforces_iam is before is False


def test_after_a_block_that_failed_policies_are_not_asked(handle, backend):
    with pytest.raises(EcrError), handle.enforced():
        handle.images("absent")
    assert not backend.dispatcher.enforces_iam


def test_blocks_within_blocks_end_with_the_outer_one(handle, backend):
    with handle.enforced():
        with handle.enforced():
            pass
        assert backend.dispatcher.enforces_iam
    assert not backend.dispatcher.enforces_iam


def test_the_handle_makes_users_while_policies_are_asked(handle):
    with handle.enforced():
        handle.create_user("ci", policy=READ_ONLY)
        handle.create_role("deploy")
        assert handle.assume_role("deploy")
    assert all(call.error is None for call in handle.calls)


# Credentials


def credentials(**members):
    made = {"arn": "arn", "access_key_id": "AKIA", "secret_access_key": "s", "region": "eu-west-1"}
    return AccessCredentials(**made, **members)


def test_the_environment_has_what_other_programs_sign_with():
    keys = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s"}
    assert credentials().environment == {**keys, "AWS_DEFAULT_REGION": "eu-west-1"}
    temporary = credentials(session_token="t").environment
    assert temporary["AWS_SESSION_TOKEN"] == "t"


def test_a_session_of_boto3_signs_with_them():
    session = credentials(session_token="t").session()
    found = session.get_credentials()
    assert (found.access_key, found.secret_key, found.token) == ("AKIA", "s", "t")
    assert session.region_name == "eu-west-1"


def test_a_client_is_of_ecr_unless_another_service_is_named():
    assert credentials().client().meta.service_model.service_name == "ecr"
    client = credentials().client("sts", region_name="us-east-1")
    assert (client.meta.service_model.service_name, client.meta.region_name) == ("sts", "us-east-1")


def test_a_client_acts_as_its_user_or_role():
    with mock_ecr(region="eu-west-1") as ecr:
        ecr.create_role("deploy")
        for who in (ecr.create_user("ci"), ecr.assume_role("deploy")):
            assert who.client("sts").get_caller_identity()["Arn"] == who.arn


def test_credentials_of_a_session_are_good_for_an_hour():
    with mock_ecr(region="eu-west-1", enforce_iam=True) as ecr:
        ecr.create_role("deploy", policy=READ_ONLY)
        client = ecr.assume_role("deploy").client()
        assert client.describe_repositories()["repositories"] == []
        ecr.clock.advance(seconds=timedelta(hours=1).total_seconds())
        with pytest.raises(client.exceptions.ClientError, match="ExpiredTokenException"):
            client.describe_repositories()


def test_a_user_without_policies_is_denied_what_the_handle_may():
    with mock_ecr(region="eu-west-1", enforce_iam=True) as ecr:
        ecr.push_image("app", tag="1")
        client = ecr.create_user("ci").client()
        with pytest.raises(client.exceptions.ClientError, match=AccessDeniedError.code):
            client.describe_images(repositoryName="app")
