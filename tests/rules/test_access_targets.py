"""What a call takes, and what conditions can ask about it. Source: reference iam.md §5, §7, §8."""

from datetime import UTC, datetime

import pytest

from ecrmock.rules.access_targets import (
    Target,
    dependent_keys,
    linking_target,
    origin_keys,
    request_keys,
    resource_keys,
    targets,
)
from ecrmock.values.authorization import Origin
from ecrmock.values.names import PUBLIC, AccountId, Region
from ecrmock.values.repositories import ResourceTag

ACCOUNT, REGION = AccountId("123456789012"), Region("eu-west-1")
REPOSITORY = "arn:aws:ecr:eu-west-1:123456789012:repository/"
SIGNER, PROFILE = "arn:aws:signer:eu-west-1:", "/signing-profiles/ab"
TEAM = ResourceTag(key="Team", value="a")


@pytest.mark.parametrize(
    ("action", "parameters", "resources"),
    [
        ("ecr:PutImage", {"repository_name": "app"}, [f"{REPOSITORY}app"]),
        ("ecr:CreateRepository", {"repository_name": "app"}, [f"{REPOSITORY}app"]),
        ("ecr:DescribeRepositories", {}, [f"{REPOSITORY}*"]),
        ("ecr:DescribeRepositories", {"repository_names": ()}, [f"{REPOSITORY}*"]),
        (
            "ecr:DescribeRepositories",
            {"repository_names": ("a1", "b1")},
            [f"{REPOSITORY}a1", f"{REPOSITORY}b1"],
        ),
        ("ecr:TagResource", {"resource_arn": f"{REPOSITORY}app"}, [f"{REPOSITORY}app"]),
        ("ecr:GetAuthorizationToken", {}, ["*"]),
        ("ecr:PutRegistryPolicy", {"policy_text": "{}"}, ["*"]),
    ],
)
def test_a_call_names_its_repositories_or_everything(action, parameters, resources):
    found = targets(action, parameters, ACCOUNT, REGION)
    assert [(action, resource) for resource in resources] == list(found)


@pytest.mark.parametrize(
    ("action", "parameters", "resources"),
    [
        ("PutSigningProfile", {"profile_name": "ab", "platform_id": "p"}, ["*"]),
        ("ListSigningProfiles", {"platform_id": "p"}, ["*"]),
        ("GetSigningPlatform", {"platform_id": "p"}, ["*"]),
        ("GetSigningProfile", {"profile_name": "ab"}, [f"{SIGNER}{ACCOUNT}:{PROFILE}"]),
        (
            "GetSigningProfile",
            {"profile_name": "ab", "profile_owner": "111122223333"},
            [f"{SIGNER}111122223333:{PROFILE}"],
        ),
        ("TagResource", {"resource_arn": "arn"}, ["arn"]),
        ("DescribeSigningJob", {"job_id": "1"}, [f"{SIGNER}{ACCOUNT}:/signing-jobs/1"]),
        (
            "RevokeSignature",
            {"job_id": "1", "job_owner": "111122223333"},
            [f"{SIGNER}111122223333:/signing-jobs/1"],
        ),
        (
            "GetRevocationStatus",
            {"job_arn": "job", "profile_version_arn": "profile/version"},
            ["job", "profile"],
        ),
    ],
)
def test_a_call_of_signer_names_its_profile_and_job(action, parameters, resources):
    """Source: Service Authorization Reference, AWS Signer."""
    found = targets(f"signer:{action}", parameters, ACCOUNT, REGION)
    assert [target.resource for target in found] == resources


def test_creating_a_repository_with_tags_is_tagging_it_too():
    found = targets(
        "ecr:CreateRepository", {"repository_name": "app", "tags": (TEAM,)}, ACCOUNT, REGION
    )
    assert [target.action for target in found] == ["ecr:CreateRepository", "ecr:TagResource"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"prefix": "ROOT"}, [("ecr:CreateRepository", f"{REPOSITORY}*")]),
        ({"prefix": "prod"}, [("ecr:CreateRepository", f"{REPOSITORY}prod/*")]),
        (
            {"prefix": "ROOT", "lifecycle_policy": "{}", "repository_policy": "{}"},
            [
                ("ecr:CreateRepository", f"{REPOSITORY}*"),
                ("ecr:PutLifecyclePolicy", f"{REPOSITORY}*"),
                ("ecr:SetRepositoryPolicy", f"{REPOSITORY}*"),
            ],
        ),
        (
            {"prefix": "ROOT", "custom_role_arn": "arn:aws:iam::123456789012:role/maker"},
            [
                ("ecr:CreateRepository", f"{REPOSITORY}*"),
                ("iam:PassRole", "arn:aws:iam::123456789012:role/maker"),
            ],
        ),
    ],
)
def test_making_a_template_takes_what_is_done_by_it(given, expected):
    """Source: reference iam.md §8, dependent actions."""
    action = "ecr:CreateRepositoryCreationTemplate"
    assert targets(action, given, ACCOUNT, REGION) == ((action, "*"), *expected)


def test_a_role_of_a_template_is_passed_on_to_ecr():
    passing = Target("iam:PassRole", "arn:aws:iam::123456789012:role/maker")
    assert dependent_keys(passing) == {"iam:passedtoservice": ("ecr.amazonaws.com",)}


PUBLIC_ARNS = f"arn:aws:ecr-public::{ACCOUNT}:"


@pytest.mark.parametrize(
    ("action", "parameters", "resource"),
    [
        ("PutImage", {"repository_name": "app"}, "repository/app"),
        ("DescribeRepositories", {}, "repository/*"),
        ("DescribeRegistries", {}, f"registry/{ACCOUNT}"),
        ("PutRegistryCatalogData", {"display_name": "a"}, f"registry/{ACCOUNT}"),
    ],
)
def test_a_call_of_ecr_public_names_its_repository_or_its_registry(action, parameters, resource):
    """Source: reference public.md §5.1."""
    (found,) = targets(f"ecr-public:{action}", parameters, ACCOUNT, PUBLIC)
    assert found == (f"ecr-public:{action}", f"{PUBLIC_ARNS}{resource}")


def test_a_token_for_public_registries_is_a_bearer_token_of_a_service_too():
    """Source: reference public.md §5.3."""
    action = "ecr-public:GetAuthorizationToken"
    found = targets(action, {}, ACCOUNT, PUBLIC)
    assert list(found) == [(action, "*"), ("sts:GetServiceBearerToken", "*")]
    assert request_keys({}, action) == {
        "sts:awsservicename": ("ecr-public.amazonaws.com",),
        "sts:durationseconds": ("43200",),
    }


def test_creating_a_public_repository_with_tags_is_tagging_it_too():
    found = targets(
        "ecr-public:CreateRepository", {"repository_name": "app", "tags": (TEAM,)}, ACCOUNT, PUBLIC
    )
    assert [target.action for target in found] == [
        "ecr-public:CreateRepository",
        "ecr-public:TagResource",
    ]


def test_a_request_says_when_from_where_and_how_it_came():
    origin = Origin(source_ip="10.1.2.3", is_secure=False, user_agent="docker/28")
    keys = origin_keys(origin, REGION, datetime(2026, 1, 31, 12, tzinfo=UTC))
    assert keys == {
        "aws:currenttime": ("2026-01-31T12:00:00Z",),
        "aws:epochtime": ("1769860800",),
        "aws:sourceip": ("10.1.2.3",),
        "aws:securetransport": ("false",),
        "aws:useragent": ("docker/28",),
        "aws:requestedregion": ("eu-west-1",),
        "aws:viaawsservice": ("false",),
    }


def test_a_referer_is_there_only_if_it_was_sent():
    keys = origin_keys(Origin(referer="http://a"), REGION, datetime(2026, 1, 31, tzinfo=UTC))
    assert keys["aws:referer"] == ("http://a",)


def test_the_tags_of_a_request_can_be_asked_for_whatever_their_case():
    keys = request_keys({"tags": (TEAM,)}, "ecr:TagResource")
    assert keys == {"aws:tagkeys": ("Team",), "aws:requesttag/team": ("a",)}


def test_taking_tags_away_names_their_keys():
    assert request_keys({"tag_keys": ("Team",)}, "ecr:UntagResource") == {"aws:tagkeys": ("Team",)}


def test_a_request_without_tags_has_no_tag_keys():
    assert request_keys({}, "ecr:CreateRepository") == {}


def test_an_account_setting_can_be_asked_for_by_name():
    keys = request_keys({"name": "BLOB_MOUNTING"}, "ecr:PutAccountSetting")
    assert keys == {"ecr:accountsetting": ("BLOB_MOUNTING",)}


def test_the_tags_of_a_repository_have_two_names():
    assert resource_keys(ACCOUNT, (TEAM,), "ecr") == {
        "aws:resourceaccount": (ACCOUNT,),
        "aws:resourcetag/team": ("a",),
        "ecr:resourcetag/team": ("a",),
    }


def test_making_the_role_of_a_service_tells_the_service():
    """Source: reference iam.md §5."""
    role = "arn:aws:iam::123456789012:role/aws-service-role/ecr.amazonaws.com/AWSServiceRoleForECRTemplate"
    assert dependent_keys(linking_target(role)) == {"iam:awsservicename": ("ecr.amazonaws.com",)}
    assert dependent_keys(linking_target("*")) == {}
    assert dependent_keys(Target("iam:GetRole", role)) == {}
