"""Policies about ECR Public at both doors. Source: reference public.md §4.4, §5, §6.4; iam.md §6, §7."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.documents import identity_policy
from tests.doors.conftest import (
    ACCOUNT,
    ONE_ATTEMPT,
    OTHER_ACCOUNT,
    REGION,
    SESSION,
    Door,
    push,
    refused,
)

APP = {"repositoryName": "app"}
USER = f"arn:aws:iam::{ACCOUNT}:user/ci"
ARNS = f"arn:aws:ecr-public::{ACCOUNT}:repository/"
AWS_POLICY = "arn:aws:iam::aws:policy/AmazonElasticContainerRegistryPublic"
BEARER = "sts:GetServiceBearerToken"
TAGS = [{"Key": "team", "Value": "a"}]


@pytest.fixture(autouse=True)
def _policies_are_asked(door: Door, app: Any) -> Iterator[None]:
    push(app, b"layer", "1.0")
    with door.ecr.enforced():
        yield


@pytest.fixture
def acting(door: Door) -> Callable[..., Any]:
    """Make a client of ECR Public or ECR that signs as a user with some policies, in an account."""

    def acting(*policies: str, account: str = ACCOUNT, service: str = "ecr-public") -> Any:
        who = door.ecr.create_user("ci", policy=policies, account=account)
        client = SESSION.client(
            service,
            region_name=REGION,
            endpoint_url=door.endpoint_url,
            aws_access_key_id=who.access_key_id,
            aws_secret_access_key=who.secret_access_key,
            config=ONE_ATTEMPT,
        )
        door.clients.append(client)
        return client

    return acting


def denial(call: Any, **parameters: Any) -> str:
    return refused(call, "AccessDeniedException", **parameters)


def denied(action: str, on: str = f"{ARNS}app") -> str:
    """Return the sentence about a right that no policy of the user gives."""
    why = f"because no identity-based policy allows the {action} action"
    return f"User: {USER} is not authorized to perform: {action} on resource: {on} {why}"


def test_a_user_without_policies_may_nothing(acting: Callable[..., Any]) -> None:
    """Source: reference public.md §5.1, §5.3."""
    client = acting()
    registry = f"arn:aws:ecr-public::{ACCOUNT}:registry/{ACCOUNT}"
    assert denial(client.describe_images, **APP) == denied("ecr-public:DescribeImages")
    assert denial(client.describe_repositories) == denied(
        "ecr-public:DescribeRepositories", f"{ARNS}*"
    )
    assert denial(client.describe_registries) == denied("ecr-public:DescribeRegistries", registry)
    assert denial(client.get_authorization_token) == denied("ecr-public:GetAuthorizationToken", "*")


def test_a_token_takes_a_bearer_token_of_sts_too(acting: Callable[..., Any]) -> None:
    """Source: reference public.md §5.3."""
    client = acting(identity_policy("ecr-public:*"))
    assert denial(client.get_authorization_token) == denied(BEARER, "*")


@pytest.mark.parametrize(
    ("key", "value", "is_given"),
    [
        ("sts:AWSServiceName", "ecr-public.amazonaws.com", True),
        ("sts:AWSServiceName", "codeartifact.amazonaws.com", False),
        ("sts:DurationSeconds", "43200", True),
    ],
)
def test_conditions_see_which_bearer_token_is_asked_for(
    acting: Callable[..., Any], key: str, value: str, is_given: bool
) -> None:
    """Source: reference public.md §5.3."""
    condition = {"StringEquals": {key: value}}
    client = acting(
        identity_policy("ecr-public:GetAuthorizationToken"),
        identity_policy(BEARER, Condition=condition),
    )
    if is_given:
        assert client.get_authorization_token()["authorizationData"]
    else:
        assert denial(client.get_authorization_token) == denied(BEARER, "*")


def test_the_policies_of_private_ecr_say_nothing_about_it(acting: Callable[..., Any]) -> None:
    client = acting(identity_policy("ecr:*"))
    assert denial(client.describe_images, **APP) == denied("ecr-public:DescribeImages")


def test_a_policy_names_a_public_repository_without_a_region(acting: Callable[..., Any]) -> None:
    client = acting(identity_policy("ecr-public:DescribeImages", resource=f"{ARNS}app"))
    assert client.describe_images(**APP)["imageDetails"]
    elsewhere = denied("ecr-public:DescribeImages", f"{ARNS}web")
    assert denial(client.describe_images, repositoryName="web") == elsewhere


def test_the_read_only_policy_of_aws_reads(acting: Callable[..., Any]) -> None:
    """It lists no tags of resources. Source: reference public.md §5.2."""
    client = acting(f"{AWS_POLICY}ReadOnly")
    assert client.get_authorization_token()["authorizationData"]
    assert client.describe_image_tags(**APP)["imageTagDetails"]
    upload, listing = "ecr-public:InitiateLayerUpload", "ecr-public:ListTagsForResource"
    assert denial(client.initiate_layer_upload, **APP) == denied(upload)
    assert denial(client.list_tags_for_resource, resourceArn=f"{ARNS}app") == denied(listing)


def test_the_power_user_policy_of_aws_pushes(acting: Callable[..., Any]) -> None:
    client = acting(f"{AWS_POLICY}PowerUser")
    assert push(client, b"another", "2.0")
    deletion = {**APP, "imageIds": [{"imageTag": "2.0"}]}
    assert denial(client.batch_delete_image, **deletion) == denied("ecr-public:BatchDeleteImage")


def test_the_full_access_policy_of_aws_manages(acting: Callable[..., Any]) -> None:
    client = acting(f"{AWS_POLICY}FullAccess")
    assert client.create_repository(repositoryName="web", tags=TAGS)
    assert client.delete_repository(**APP, force=True)


def test_to_create_with_resource_tags_takes_two_rights(acting: Callable[..., Any]) -> None:
    """Source: reference public.md §5.1."""
    client = acting(identity_policy("ecr-public:CreateRepository"))
    said = denial(client.create_repository, repositoryName="web", tags=TAGS)
    assert said == denied("ecr-public:TagResource", f"{ARNS}web")


def test_conditions_see_the_resource_tags_of_a_repository(
    door: Door, acting: Callable[..., Any]
) -> None:
    """Source: reference public.md §5.1."""
    door.client("ecr-public").tag_resource(resourceArn=f"{ARNS}app", tags=TAGS)
    condition = {"StringEquals": {"ecr-public:ResourceTag/team": "a"}}
    client = acting(identity_policy("ecr-public:DescribeImages", Condition=condition))
    assert client.describe_images(**APP)["imageDetails"]


def test_a_repository_policy_lets_another_account_push(
    door: Door, acting: Callable[..., Any]
) -> None:
    """Source: reference public.md §4.4: it governs management and pushes."""
    other = acting(f"{AWS_POLICY}PowerUser", account=OTHER_ACCOUNT)
    named = {**APP, "registryId": ACCOUNT}
    assert "because no resource-based policy allows" in denial(other.initiate_layer_upload, **named)
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": OTHER_ACCOUNT},
        "Action": "ecr-public:InitiateLayerUpload",
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    door.client("ecr-public").set_repository_policy(**APP, policyText=text)
    assert other.initiate_layer_upload(**named)["uploadId"]


def test_a_cache_pulls_from_a_public_registry_as_anybody_may(
    door: Door, acting: Callable[..., Any]
) -> None:
    """Source: reference public.md §6.4."""
    cache = acting(identity_policy("ecr:*", "iam:CreateServiceLinkedRole"), service="ecr")
    cache.create_pull_through_cache_rule(
        ecrRepositoryPrefix="pub", upstreamRegistryUrl="public.ecr.aws"
    )
    name = f"pub/{door.ecr.public.alias}/app"
    answer = cache.batch_get_image(repositoryName=name, imageIds=[{"imageTag": "1.0"}])
    assert len(answer["images"]) == 1
