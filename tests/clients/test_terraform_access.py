"""Terraform where policies are asked: a provider that assumes a role, and identities as resources.

The tests of identities follow one state from its creation to its end, in the order in which they stand here.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.clients.enforcing import Office, User, denied, repository_arn
from tests.clients.programs import Program
from tests.clients.running_server import DEFAULT_ACCOUNT
from tests.clients.terraform_folders import SECONDS

pytestmark = pytest.mark.clients_extra

FILES = Path(__file__).parent / "terraform"
CREATES = ("ecr:CreateRepository", "ecr:DescribeRepositories", "ecr:ListTagsForResource")
DELETES = "ecr:DeleteRepository"
IDENTITIES = f"arn:aws:iam::{DEFAULT_ACCOUNT}:"
PULL = "ecr:BatchGetImage"


@pytest.fixture
def assuming(folder: Callable[..., Program], office: Office) -> Callable[..., Program]:
    """Make a configuration whose provider assumes a role as a user who may do nothing else."""

    def assuming(user: User, role: str, repository: str) -> Program:
        return folder(
            repository.replace("/", "-"),
            FILES / "assuming" / "assuming.tf",
            TF_VAR_ecrmock=office.server.url,
            TF_VAR_access_key=user.access_key_id,
            TF_VAR_secret_key=user.secret_access_key,
            TF_VAR_role_arn=role,
            TF_VAR_repository=repository,
        )

    return assuming


def session_of(role: str) -> str:
    return f"arn:aws:sts::{DEFAULT_ACCOUNT}:assumed-role/{role.rpartition('/')[2]}/terraform"


def test_a_provider_that_assumes_a_role_may_what_the_role_may(
    assuming: Callable[..., Program], office: Office
) -> None:
    user = office.user("sts:AssumeRole")
    role = office.role(user.arn, *CREATES, DELETES)
    program = assuming(user, role, "team/by-role")
    program("apply", "-auto-approve", timeout=SECONDS)
    assert json.loads(program("output", "-json"))["caller"]["value"] == session_of(role)
    program("plan", "-detailed-exitcode", timeout=SECONDS)
    program("destroy", "-auto-approve", timeout=SECONDS)
    with pytest.raises(ClientError, match="RepositoryNotFoundException"):
        office.root("ecr").describe_repositories(repositoryNames=["team/by-role"])


def test_a_role_that_may_not_create_a_repository_is_refused(
    assuming: Callable[..., Program], office: Office
) -> None:
    user = office.user("sts:AssumeRole")
    role = office.role(user.arn, *CREATES[1:])
    program = assuming(user, role, "team/never")
    said = " ".join(program.fails("apply", "-auto-approve", timeout=SECONDS).split())
    told = denied(session_of(role), CREATES[0], repository_arn("team/never"))
    assert "StatusCode: 400" in said
    assert f"AccessDeniedException: {told}" in said


def test_a_role_that_does_not_trust_the_user_is_not_assumed(
    assuming: Callable[..., Program], office: Office
) -> None:
    user = office.user("sts:AssumeRole")
    role = office.role(user.arn, *CREATES, external_id="another")
    program = assuming(user, role, "team/untrusted")
    said = " ".join(program.fails("plan", timeout=SECONDS).split())
    assert "Cannot assume IAM Role" in said
    assert f"{user.arn} is not authorized to perform: sts:AssumeRole on resource: {role}" in said


@pytest.fixture(scope="module")
def applied(folder: Callable[..., Program], office: Office) -> Program:
    """The identities, as they are."""
    source = FILES / "identities" / "identities.tf"
    program = folder("identities", source, TF_VAR_ecrmock=office.server.url)
    program("apply", "-auto-approve", timeout=SECONDS)
    return program


@pytest.fixture(scope="module")
def outputs(applied: Program) -> dict[str, Any]:
    read = json.loads(applied("output", "-json"))
    return {name: output["value"] for name, output in read.items()}


def test_a_second_plan_finds_nothing_to_change(applied: Program) -> None:
    applied("plan", "-detailed-exitcode", timeout=SECONDS)


def test_outputs_read_as_they_do_on_aws(outputs: dict[str, Any]) -> None:
    assert outputs["account"] == DEFAULT_ACCOUNT
    assert outputs["arns"] == {
        "user": f"{IDENTITIES}user/machines/ci",
        "group": f"{IDENTITIES}group/readers",
        "role": f"{IDENTITIES}role/deploy",
        "policy": f"{IDENTITIES}policy/teams/pull",
    }


def test_the_key_is_the_users_and_may_what_its_policies_say(
    aws: Program, office: Office, outputs: dict[str, Any]
) -> None:
    """The boundary keeps from the user what the group's policy allows."""
    arn, key = outputs["arns"]["user"], outputs["key"]
    signed = office.acting(aws, User(arn, key["id"], key["secret"]))
    assert json.loads(signed("sts", "get-caller-identity"))["Arn"] == arn
    assert signed("ecr", "get-login-password")
    named = ("ecr", "list-images", "--repository-name", "team/app")
    why = "because no permissions boundary allows the ecr:ListImages action"
    assert why in signed.fails(*named)


def test_nothing_is_left_of_what_was_destroyed(applied: Program, office: Office) -> None:
    applied("destroy", "-auto-approve", timeout=SECONDS)
    iam = office.root()
    users = [user["UserName"] for user in iam.list_users()["Users"]]
    roles = [role["RoleName"] for role in iam.list_roles()["Roles"]]
    assert not {"ci", "deploy"} & {*users, *roles}
    assert iam.list_groups()["Groups"] == []
    assert iam.list_policies(Scope="Local")["Policies"] == []
