"""Policies are asked at every door alike: same decision, same code, same text, same status.

Source: reference iam.md §2.3, §5, §6, §7, §12, §13.3.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ecrmock.handle.identities import AccessCredentials
from tests.documents import identity_policy, trust_policy
from tests.doors.conftest import (
    ACCOUNT,
    ONE_ATTEMPT,
    OTHER_ACCOUNT,
    REGION,
    SESSION,
    Door,
    push,
)

ARNS = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/"
APP = {"repositoryName": "app"}
USER = f"arn:aws:iam::{ACCOUNT}:user/ci"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/deploy"
FULL_ACCESS = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryFullAccess"
IMAGE = {**APP, "imageIds": [{"imageTag": "1.0"}]}
Answer = tuple[str, str, int]
WRONG_SIGNATURE = (
    "The request signature we calculated does not match the signature you provided. Check your AWS "
    "Secret Access Key and signing method. Consult the service documentation for details."
)
UNKNOWN_KEY = "The security token included in the request is invalid."


@pytest.fixture(autouse=True)
def _policies_are_asked(door: Door) -> Iterator[None]:
    push_to_app = door.client()
    push_to_app.create_repository(**APP)
    push(push_to_app, b"layer", "1.0")
    with door.ecr.enforced():
        yield


@pytest.fixture
def acting(door: Door) -> Callable[..., Any]:
    """Make clients that sign with some credentials."""

    def acting(who: AccessCredentials, service: str = "ecr") -> Any:
        client = SESSION.client(
            service,
            region_name=REGION,
            endpoint_url=door.endpoint_url,
            aws_access_key_id=who.access_key_id,
            aws_secret_access_key=who.secret_access_key,
            aws_session_token=who.session_token,
            config=ONE_ATTEMPT,
        )
        door.clients.append(client)
        return client

    return acting


@pytest.fixture
def user(door: Door, acting: Callable[..., Any]) -> Callable[..., Any]:
    """Make the user ``ci`` with some policies, and a client that acts as it."""
    return lambda *policies, service="ecr": acting(
        door.ecr.create_user("ci", policy=policies), service
    )


def refusal(call: Any, **parameters: Any) -> Answer:
    """Return the code, the text and the status with which a call is refused."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    answer = caught.value.response
    error = answer["Error"]
    return error["Code"], error["Message"], answer["ResponseMetadata"]["HTTPStatusCode"]


def denied(action: str, why: str = "", *, who: str = USER, on: str = f"{ARNS}app") -> Answer:
    """Return the refusal of an ECR call for want of a right."""
    reason = why or f"because no identity-based policy allows the {action} action"
    text = f"User: {who} is not authorized to perform: {action} on resource: {on} {reason}"
    return "AccessDeniedException", text, 400


def denied_by_iam(action: str, on: str, why: str = "") -> Answer:
    """Return the refusal of a call of IAM or STS, which are of the query protocol."""
    text = f"User: {USER} is not authorized to perform: {action} on resource: {on}{why}"
    return "AccessDenied", text, 403


def resource_policy(principal: str, *actions: str, **more: Any) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": list(actions)}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, **more}]})


# Users


def test_a_user_without_policies_may_nothing(user: Callable[..., Any]) -> None:
    client = user()
    assert refusal(client.list_images, **APP) == denied("ecr:ListImages")
    listing = denied("ecr:DescribeRepositories", on=f"{ARNS}*")
    assert refusal(client.describe_repositories) == listing
    assert refusal(client.get_authorization_token) == denied("ecr:GetAuthorizationToken", on="*")


def test_a_user_may_what_its_policy_says_where_it_says_it(
    door: Door, user: Callable[..., Any]
) -> None:
    door.client().create_repository(repositoryName="web")
    client = user(identity_policy("ecr:ListImages", resource=f"{ARNS}app"))
    assert len(client.list_images(**APP)["imageIds"]) == 1
    elsewhere = denied("ecr:ListImages", on=f"{ARNS}web")
    assert refusal(client.list_images, repositoryName="web") == elsewhere


def test_who_has_no_right_does_not_learn_what_is_there(user: Callable[..., Any]) -> None:
    """Source: reference api.md §3.6."""
    absent = denied("ecr:ListImages", on=f"{ARNS}absent")
    assert refusal(user().list_images, repositoryName="absent") == absent


def test_a_boundary_limits_what_policies_allow(door: Door, user: Callable[..., Any]) -> None:
    client, iam = user(FULL_ACCESS), door.client("iam")
    made = iam.create_policy(PolicyName="limit", PolicyDocument=identity_policy("ecr:List*"))
    arn = made["Policy"]["Arn"]
    iam.put_user_permissions_boundary(UserName="ci", PermissionsBoundary=arn)
    assert client.list_images(**APP)
    why = "because no permissions boundary allows the ecr:DescribeImages action"
    assert refusal(client.describe_images, **APP) == denied("ecr:DescribeImages", why)


def test_the_root_of_the_account_is_let_in(door: Door) -> None:
    assert len(door.client().describe_images(**APP)["imageDetails"]) == 1


# Who somebody is


@pytest.mark.parametrize(
    ("service", "operation", "codes"),
    [
        ("ecr", "describe_repositories", ("UnrecognizedClientException", 400)),
        ("sts", "get_caller_identity", ("InvalidClientTokenId", 403)),
        ("iam", "list_users", ("InvalidClientTokenId", 403)),
    ],
)
def test_a_key_that_nobody_has_is_refused(
    door: Door, service: str, operation: str, codes: tuple[str, int]
) -> None:
    client = door.client(service, account="AKIAIOSFODNN7EXAMPLE")
    assert refusal(getattr(client, operation)) == (codes[0], UNKNOWN_KEY, codes[1])


@pytest.mark.parametrize(
    ("service", "operation", "codes"),
    [
        ("ecr", "describe_repositories", ("InvalidSignatureException", 400)),
        ("sts", "get_caller_identity", ("SignatureDoesNotMatch", 403)),
        ("iam", "list_users", ("SignatureDoesNotMatch", 403)),
    ],
)
def test_a_wrong_secret_is_refused(
    door: Door, service: str, operation: str, codes: tuple[str, int]
) -> None:
    made = door.ecr.create_user("ci", policy=FULL_ACCESS)
    client = door.client(service, account=made.access_key_id)
    assert refusal(getattr(client, operation)) == (codes[0], WRONG_SIGNATURE, codes[1])


def test_a_key_that_was_deleted_is_one_that_nobody_has(
    door: Door, user: Callable[..., Any]
) -> None:
    client, iam = user(FULL_ACCESS), door.client("iam")
    (key,) = iam.list_access_keys(UserName="ci")["AccessKeyMetadata"]
    named = {"UserName": "ci", "AccessKeyId": key["AccessKeyId"]}
    iam.update_access_key(**named, Status="Inactive")
    expected = ("UnrecognizedClientException", UNKNOWN_KEY, 400)
    assert refusal(client.list_images, **APP) == expected
    iam.delete_access_key(**named)
    assert refusal(client.list_images, **APP) == expected


# Roles


def test_a_session_may_what_its_role_may(door: Door, acting: Callable[..., Any]) -> None:
    door.ecr.create_role("deploy", policy=identity_policy("ecr:ListImages"))
    client = acting(door.ecr.assume_role("deploy", session_name="ci"))
    who = f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/ci"
    assert client.list_images(**APP)
    assert refusal(client.describe_images, **APP) == denied("ecr:DescribeImages", who=who)


def test_a_session_that_has_expired_is_refused(door: Door, acting: Callable[..., Any]) -> None:
    door.ecr.create_role("deploy", policy=FULL_ACCESS)
    session = door.ecr.assume_role("deploy")
    clients = {service: acting(session, service) for service in ("ecr", "sts")}
    door.ecr.clock.advance(hours=1)
    text = "The security token included in the request is expired"
    expected = ("ExpiredTokenException", text, 400)
    assert refusal(clients["ecr"].list_images, **APP) == expected
    assert refusal(clients["sts"].get_caller_identity) == ("ExpiredToken", text, 403)


def test_a_role_is_assumed_by_whom_it_trusts_with_the_id_that_was_agreed(
    door: Door, user: Callable[..., Any]
) -> None:
    sts, iam = user(service="sts"), door.client("iam")
    agreed = {"StringEquals": {"sts:ExternalId": "agreed"}}
    trust = trust_policy(USER, Condition=agreed)
    iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=trust)
    role = {"RoleArn": ROLE, "RoleSessionName": "ci"}
    assert refusal(sts.assume_role, **role) == denied_by_iam("sts:AssumeRole", ROLE)
    assumed = sts.assume_role(**role, ExternalId="agreed")["AssumedRoleUser"]
    assert assumed["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/ci"


@pytest.mark.parametrize("name", ["other", "absent"])
def test_a_role_that_does_not_trust_and_one_that_is_not_there_refuse_alike(
    door: Door, user: Callable[..., Any], name: str
) -> None:
    """Source: reference iam.md §12.2."""
    door.ecr.create_role("other", trusts=[OTHER_ACCOUNT])
    arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    answer = refusal(user(service="sts").assume_role, RoleArn=arn, RoleSessionName="ci")
    assert answer == denied_by_iam("sts:AssumeRole", arn)


def test_a_session_policy_limits_a_session(door: Door, acting: Callable[..., Any]) -> None:
    door.ecr.create_role("deploy", policy=FULL_ACCESS)
    role = {"RoleArn": ROLE, "RoleSessionName": "ci", "Policy": identity_policy("ecr:ListImages")}
    given = door.client("sts").assume_role(**role)
    session = AccessCredentials(
        arn=given["AssumedRoleUser"]["Arn"],
        access_key_id=given["Credentials"]["AccessKeyId"],
        secret_access_key=given["Credentials"]["SecretAccessKey"],
        session_token=given["Credentials"]["SessionToken"],
        region=REGION,
    )
    client = acting(session)
    assert client.list_images(**APP)
    why = "because no session policy allows the ecr:DescribeImages action"
    expected = denied("ecr:DescribeImages", why, who=session.arn)
    assert refusal(client.describe_images, **APP) == expected


@pytest.mark.parametrize(
    ("more", "text"),
    [
        (
            {"RoleSessionName": "no good"},
            "1 validation error detected: Value 'no good' at 'roleSessionName' failed to satisfy "
            r"constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*",
        ),
        ({"RoleArn": "arn:aws:iam::no-good-role-arn"}, "arn:aws:iam::no-good-role-arn is invalid"),
        (
            {"DurationSeconds": 7200},
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ),
    ],
)
def test_sts_says_what_is_wrong_with_a_request(door: Door, more: dict[str, Any], text: str) -> None:
    """Source: reference iam.md §12.2."""
    door.ecr.create_role("deploy")
    role = {"RoleArn": ROLE, "RoleSessionName": "ci", **more}
    answer = refusal(door.client("sts").assume_role, **role)
    assert answer == ("ValidationError", text, 400)


# Other accounts


def test_another_account_needs_both_sides(door: Door, acting: Callable[..., Any]) -> None:
    foreign = {"registryId": ACCOUNT, **IMAGE}
    pull = identity_policy("ecr:BatchGetImage")
    made = door.ecr.create_user("partner", policy=pull, account=OTHER_ACCOUNT)
    nobody = acting(door.ecr.create_user("nobody", account=OTHER_ACCOUNT))
    why = "because no resource-based policy allows the ecr:BatchGetImage action"
    refused = denied("ecr:BatchGetImage", why, who=made.arn)
    assert refusal(acting(made).batch_get_image, **foreign) == refused
    text = resource_policy(OTHER_ACCOUNT, "ecr:BatchGetImage")
    door.client().set_repository_policy(**APP, policyText=text)
    assert len(acting(made).batch_get_image(**foreign)["images"]) == 1
    who = f"arn:aws:iam::{OTHER_ACCOUNT}:user/nobody"
    assert refusal(nobody.batch_get_image, **foreign) == denied("ecr:BatchGetImage", who=who)


def test_a_policy_of_the_registry_lets_another_account_in(
    door: Door, acting: Callable[..., Any]
) -> None:
    """Source: reference iam.md §10, scope V2."""
    made = door.ecr.create_user(
        "partner", policy=identity_policy("ecr:BatchGetImage"), account=OTHER_ACCOUNT
    )
    text = resource_policy(OTHER_ACCOUNT, "ecr:BatchGetImage", Resource=f"{ARNS}*")
    door.client().put_registry_policy(policyText=text)
    assert acting(made).batch_get_image(registryId=ACCOUNT, **IMAGE)["images"]


# Repositories


def test_a_policy_of_the_repository_alone_is_enough_for_a_user_of_its_account(
    door: Door, user: Callable[..., Any]
) -> None:
    client = user()
    text = resource_policy(USER, "ecr:ListImages")
    door.client().set_repository_policy(**APP, policyText=text)
    assert client.list_images(**APP)
    assert refusal(client.describe_images, **APP) == denied("ecr:DescribeImages")


def test_a_deny_of_the_repository_meets_whoever_may_everything(
    door: Door, user: Callable[..., Any]
) -> None:
    client = user(FULL_ACCESS)
    text = resource_policy("*", "ecr:BatchDeleteImage", Effect="Deny")
    door.client().set_repository_policy(**APP, policyText=text)
    why = "with an explicit deny in a resource-based policy"
    deleting = "ecr:BatchDeleteImage"
    assert refusal(client.batch_delete_image, **IMAGE) == denied(deleting, why)
    root = f"arn:aws:iam::{ACCOUNT}:root"
    answer = refusal(door.client().batch_delete_image, **IMAGE)
    assert answer == denied(deleting, why, who=root)


def test_a_deny_by_a_tag_of_the_repository_meets_whoever_may_everything(
    door: Door, user: Callable[..., Any]
) -> None:
    locked = {"StringEquals": {"aws:ResourceTag/locked": "true"}}
    deny = identity_policy("ecr:Delete*", Effect="Deny", Condition=locked)
    client = user(FULL_ACCESS, deny)
    tags = [{"Key": "locked", "Value": "true"}]
    client.tag_resource(resourceArn=f"{ARNS}app", tags=tags)
    why = "with an explicit deny in an identity-based policy"
    answer = refusal(client.delete_repository, **APP, force=True)
    assert answer == denied("ecr:DeleteRepository", why)
    client.untag_resource(resourceArn=f"{ARNS}app", tagKeys=["locked"])
    assert client.delete_repository(**APP, force=True)


def test_who_creates_a_repository_with_tags_may_be_told_which(user: Callable[..., Any]) -> None:
    team = {"StringEquals": {"aws:RequestTag/team": "a"}}
    client = user(identity_policy("ecr:CreateRepository", "ecr:TagResource", Condition=team))
    made = {"repositoryName": "web"}
    expected = denied("ecr:CreateRepository", on=f"{ARNS}web")
    wrong = [{"Key": "team", "Value": "b"}]
    assert refusal(client.create_repository, **made, tags=wrong) == expected
    assert client.create_repository(**made, tags=[{"Key": "team", "Value": "a"}])


# Where a request comes from


@pytest.mark.parametrize(("block", "is_allowed"), [("127.0.0.0/8", True), ("10.0.0.0/8", False)])
def test_a_condition_asks_for_the_address_of_the_caller(
    user: Callable[..., Any], block: str, is_allowed: bool
) -> None:
    condition = {"IpAddress": {"aws:SourceIp": block}}
    client = user(identity_policy("ecr:ListImages", Condition=condition))
    if is_allowed:
        assert client.list_images(**APP)
    else:
        assert refusal(client.list_images, **APP) == denied("ecr:ListImages")


def test_a_condition_asks_whether_a_request_came_over_tls(
    door: Door, user: Callable[..., Any]
) -> None:
    """In this process every request is as it would be to AWS; over plain HTTP none is."""
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    deny = identity_policy("ecr:*", Effect="Deny", Condition=condition)
    client = user(FULL_ACCESS, deny)
    if door.endpoint_url is None:
        assert client.list_images(**APP)
    else:
        why = "with an explicit deny in an identity-based policy"
        assert refusal(client.list_images, **APP) == denied("ecr:ListImages", why)


# IAM


def test_iam_is_asked_about_by_policies_too(user: Callable[..., Any]) -> None:
    iam = user(identity_policy("iam:GetUser"), service="iam")
    assert iam.get_user()["User"]["Arn"] == USER
    why = " because no identity-based policy allows the iam:CreateRole action"
    role = {"RoleName": "deploy", "AssumeRolePolicyDocument": trust_policy()}
    assert refusal(iam.create_role, **role) == denied_by_iam("iam:CreateRole", ROLE, why)


@pytest.mark.parametrize(
    ("operation", "parameters", "answer"),
    [
        (
            "get_user",
            {"UserName": "gone"},
            ("NoSuchEntity", "The user with name gone cannot be found.", 404),
        ),
        (
            "create_user",
            {"UserName": "ci"},
            ("EntityAlreadyExists", "User with name ci already exists.", 409),
        ),
        (
            "delete_user",
            {"UserName": "ci"},
            ("DeleteConflict", "Cannot delete entity, must detach all policies first.", 409),
        ),
        (
            "create_policy",
            {"PolicyName": "p", "PolicyDocument": "{}"},
            ("MalformedPolicyDocument", "Syntax errors in policy.", 400),
        ),
        (
            "attach_user_policy",
            {"UserName": "ci", "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/gone"},
            (
                "NoSuchEntity",
                f"Policy arn:aws:iam::{ACCOUNT}:policy/gone does not exist or is not attachable.",
                404,
            ),
        ),
        (
            "create_role",
            {
                "RoleName": "deploy",
                "AssumeRolePolicyDocument": trust_policy(f"arn:aws:iam::{ACCOUNT}:user/gone"),
            },
            (
                "MalformedPolicyDocument",
                f'Invalid principal in policy: "AWS":"arn:aws:iam::{ACCOUNT}:user/gone"',
                400,
            ),
        ),
    ],
)
def test_iam_says_what_is_wrong_with_a_request(
    door: Door, operation: str, parameters: dict[str, Any], answer: Answer
) -> None:
    """Source: reference iam.md §13.3."""
    door.ecr.create_user("ci", policy=FULL_ACCESS)
    assert refusal(getattr(door.client("iam"), operation), **parameters) == answer
