"""IAM as its clients use it: pages, documents and errors as boto3 shows them; what Terraform calls.

Source: reference iam.md §13, §14.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from ecrmock import mock_ecr
from tests.documents import identity_policy, trust_policy

READ_ONLY = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly"
PULL, TRUST = identity_policy(), trust_policy({"Service": "codebuild.amazonaws.com"})


@pytest.fixture
def iam() -> Iterator[Any]:
    """A client of IAM, answered in this process."""
    with mock_ecr():
        yield boto3.client("iam", region_name="us-east-1")


def refused(call: Callable[..., Any], **parameters: Any) -> tuple[str, int]:
    with pytest.raises(call.__self__.exceptions.ClientError) as caught:  # type: ignore[attr-defined]
        call(**parameters)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def test_a_paginator_goes_through_every_page(iam: Any) -> None:
    names = [f"user-{number:03}" for number in range(250)]
    for name in reversed(names):
        iam.create_user(UserName=name)
    pages = list(iam.get_paginator("list_users").paginate())
    assert [len(page["Users"]) for page in pages] == [100, 100, 50]
    assert [user["UserName"] for page in pages for user in page["Users"]] == names
    assert [page["IsTruncated"] for page in pages] == [True, True, False]


def test_a_waiter_sees_a_user_that_is_there(iam: Any) -> None:
    iam.create_user(UserName="ci")
    iam.get_waiter("user_exists").wait(UserName="ci", WaiterConfig={"MaxAttempts": 1})


def test_a_document_is_shown_as_it_was_sent(iam: Any) -> None:
    """It travels URL-encoded, and boto3 decodes it."""
    iam.create_user(UserName="ci")
    iam.put_user_policy(UserName="ci", PolicyName="p", PolicyDocument=PULL)
    shown = iam.get_user_policy(UserName="ci", PolicyName="p")
    assert (shown["UserName"], shown["PolicyDocument"]) == ("ci", json.loads(PULL))


def test_an_entity_without_tags_does_not_mention_them(iam: Any) -> None:
    user = iam.create_user(UserName="ci")["User"]
    assert set(user) == {"Path", "UserName", "UserId", "Arn", "CreateDate"}


@pytest.mark.parametrize(
    ("operation", "parameters", "answer"),
    [
        ("get_user", {"UserName": "none"}, ("NoSuchEntity", 404)),
        ("create_user", {"UserName": "CI"}, ("EntityAlreadyExists", 409)),
        ("delete_user", {"UserName": "ci"}, ("DeleteConflict", 409)),
        ("create_access_key", {"UserName": "ci"}, ("LimitExceeded", 409)),
        (
            "put_user_policy",
            {"UserName": "ci", "PolicyName": "p", "PolicyDocument": "{}"},
            ("MalformedPolicyDocument", 400),
        ),
        (
            "tag_user",
            {"UserName": "ci", "Tags": [{"Key": "a", "Value": ""}] * 2},
            ("InvalidInput", 400),
        ),
        (
            "update_role",
            {"RoleName": "AWSServiceRoleForECRReplication"},
            ("UnmodifiableEntity", 400),
        ),
        (
            "attach_user_policy",
            {
                "UserName": "ci",
                "PolicyArn": "arn:aws:iam::aws:policy/aws-service-role/ECRReplicationServiceRolePolicy",
            },
            ("PolicyNotAttachable", 400),
        ),
        ("list_users", {"Marker": "nonsense"}, ("ValidationError", 400)),
    ],
)
def test_every_error_has_its_code_and_status(
    iam: Any, operation: str, parameters: dict[str, Any], answer: tuple[str, int]
) -> None:
    """Source: reference iam.md §13.3."""
    iam.create_user(UserName="ci")
    iam.create_service_linked_role(AWSServiceName="replication.ecr.amazonaws.com")
    for _ in range(2):
        iam.create_access_key(UserName="ci")
    assert refused(getattr(iam, operation), **parameters) == answer


def test_an_operation_that_is_not_there_says_so(iam: Any) -> None:
    assert refused(iam.create_virtual_mfa_device, VirtualMFADeviceName="x") == (
        "NotImplementedException",
        501,
    )


def test_terraform_makes_reads_changes_and_destroys_a_role(iam: Any) -> None:
    """The calls of ``aws_iam_role``, ``aws_iam_policy`` and their attachment."""
    role = iam.create_role(RoleName="ci", AssumeRolePolicyDocument=TRUST, Path="/x/")["Role"]
    policy = iam.create_policy(PolicyName="pull", PolicyDocument=PULL)["Policy"]
    iam.attach_role_policy(RoleName="ci", PolicyArn=policy["Arn"])
    assert iam.get_role(RoleName="ci")["Role"]["AssumeRolePolicyDocument"] == json.loads(TRUST)
    assert iam.list_role_policies(RoleName="ci")["PolicyNames"] == []
    (attached,) = iam.list_attached_role_policies(RoleName="ci")["AttachedPolicies"]
    assert attached == {"PolicyName": "pull", "PolicyArn": policy["Arn"]}
    iam.update_assume_role_policy(RoleName="ci", PolicyDocument=trust_policy())
    iam.update_role(RoleName="ci", MaxSessionDuration=7200)
    iam.tag_role(RoleName="ci", Tags=[{"Key": "team", "Value": "a"}])
    found = iam.get_role(RoleName="ci")["Role"]
    assert (found["MaxSessionDuration"], found["RoleId"]) == (7200, role["RoleId"])
    assert found["Tags"] == [{"Key": "team", "Value": "a"}]
    iam.detach_role_policy(RoleName="ci", PolicyArn=policy["Arn"])
    assert iam.list_instance_profiles_for_role(RoleName="ci")["InstanceProfiles"] == []
    iam.delete_role(RoleName="ci")
    iam.delete_policy(PolicyArn=policy["Arn"])
    assert refused(iam.get_role, RoleName="ci") == ("NoSuchEntity", 404)


def test_terraform_changes_and_destroys_a_policy(iam: Any) -> None:
    """A change is a new version in force; Terraform deletes the others before the policy."""
    arn = iam.create_policy(PolicyName="pull", PolicyDocument=PULL)["Policy"]["Arn"]
    other = identity_policy("ecr:PutImage")
    made = iam.create_policy_version(PolicyArn=arn, PolicyDocument=other, SetAsDefault=True)
    assert "Document" not in made["PolicyVersion"]
    default = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    shown = iam.get_policy_version(PolicyArn=arn, VersionId=default)["PolicyVersion"]
    assert shown["Document"] == json.loads(other)
    for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
    iam.delete_policy(PolicyArn=arn)
    assert iam.list_policies(Scope="Local")["Policies"] == []


def test_terraform_makes_and_destroys_a_user(iam: Any) -> None:
    """The calls of ``aws_iam_user`` with ``force_destroy``."""
    iam.create_user(UserName="ci", PermissionsBoundary=READ_ONLY)
    iam.attach_user_policy(UserName="ci", PolicyArn=READ_ONLY)
    iam.create_group(GroupName="devs")
    iam.add_user_to_group(UserName="ci", GroupName="devs")
    iam.create_access_key(UserName="ci")
    for group in iam.list_groups_for_user(UserName="ci")["Groups"]:
        iam.remove_user_from_group(UserName="ci", GroupName=group["GroupName"])
    for key in iam.list_access_keys(UserName="ci")["AccessKeyMetadata"]:
        iam.delete_access_key(UserName="ci", AccessKeyId=key["AccessKeyId"])
    assert iam.get_user(UserName="ci")["User"]["PermissionsBoundary"] == {
        "PermissionsBoundaryType": "Policy",
        "PermissionsBoundaryArn": READ_ONLY,
    }
    iam.detach_user_policy(UserName="ci", PolicyArn=READ_ONLY)
    iam.delete_user(UserName="ci")
    assert iam.get_group(GroupName="devs")["Users"] == []
