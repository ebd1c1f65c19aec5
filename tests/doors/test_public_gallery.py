"""ECR Public by its API: the same scenarios in this process and over HTTP. Source: reference public.md."""

import base64
import json
import re
import urllib.request
from datetime import timedelta
from typing import Any

import pytest

from tests.documents import digest_of, png
from tests.doors.conftest import (
    ACCOUNT,
    OTHER_ACCOUNT,
    START,
    Door,
    alias_of,
    content_of,
    manifest_of,
    push,
    refused,
)

APP = {"repositoryName": "app"}
ARN = f"arn:aws:ecr-public::{ACCOUNT}:repository/app"
MISSING = f"The repository with name 'app' does not exist in the registry with id '{ACCOUNT}'"
LOGO = png(60, 60)
OTHER_ROOT = f"arn:aws:iam::{OTHER_ACCOUNT}:root"
SAID = {
    "description": "A tool for everybody.",
    "architectures": ["ARM 64", "x86-64"],
    "operatingSystems": ["Linux"],
    "aboutText": "# About",
    "usageText": "# Usage",
}
STATEMENT = {
    "Effect": "Allow",
    "Principal": {"AWS": OTHER_ROOT},
    "Action": "ecr-public:PutImage",
}
POLICY = json.dumps({"Version": "2008-10-17", "Statement": [STATEMENT]})


# Registries and their aliases


def test_a_registry_has_no_alias_before_its_first_repository(public: Any) -> None:
    """Inferred: reference public.md §1.2."""
    assert content_of(public.describe_registries())["registries"] == [
        {
            "registryId": ACCOUNT,
            "registryArn": f"arn:aws:ecr-public::{ACCOUNT}:registry/{ACCOUNT}",
            "registryUri": "",
            "verified": False,
            "aliases": [],
        }
    ]


def test_the_first_repository_brings_the_default_alias(app: Any) -> None:
    """Source: reference public.md §1.2."""
    (registry,) = app.describe_registries()["registries"]
    (alias,) = registry["aliases"]
    assert re.fullmatch("[a-z][a-z0-9]{7}", alias.pop("name"))
    assert alias == {
        "status": "ACTIVE",
        "primaryRegistryAlias": True,
        "defaultRegistryAlias": True,
    }


def test_the_alias_stays_when_more_repositories_come_and_all_go(app: Any) -> None:
    alias = alias_of(app)
    app.create_repository(repositoryName="second")
    for name in ("app", "second"):
        app.delete_repository(repositoryName=name)
    app.create_repository(**APP)
    assert alias_of(app) == alias


def test_each_account_has_an_alias_of_its_own(door: Door, app: Any) -> None:
    other = door.client("ecr-public", OTHER_ACCOUNT)
    other.create_repository(**APP)
    assert alias_of(other) != alias_of(app)


def test_the_registry_is_addressed_by_the_alias_that_is_primary(door: Door, app: Any) -> None:
    """Source: reference public.md §1.2."""
    door.ecr.public.put_alias("acme")
    (registry,) = app.describe_registries()["registries"]
    (repository,) = app.describe_repositories()["repositories"]
    assert registry["registryUri"].endswith("/acme")
    assert repository["repositoryUri"] == f"{registry['registryUri']}/app"
    assert [each["primaryRegistryAlias"] for each in registry["aliases"]] == [False, True]


def test_no_page_follows_the_only_registry(app: Any) -> None:
    assert "nextToken" not in app.describe_registries(maxResults=1)
    said = refused(app.describe_registries, "InvalidParameterException", nextToken="no")
    assert "Invalid next token provided" in said


# Regions


@pytest.mark.parametrize("region", ["us-west-2", "eu-west-1"])
def test_the_api_is_in_one_region(door: Door, region: str) -> None:
    """Source: reference public.md §1.1, before a constraint of the request is looked at."""
    elsewhere = door.client("ecr-public", region=region)
    said = refused(elsewhere.get_authorization_token, "UnsupportedCommandException")
    assert said == "GetAuthorizationToken command is only supported in us-east-1."
    said = refused(elsewhere.create_repository, "UnsupportedCommandException", repositoryName="NO")
    assert said == "CreateRepository command is only supported in us-east-1."


@pytest.mark.parametrize("service", ["ecr", "ecr-public"])
def test_no_region_of_a_signature_leads_to_the_public_registry(door: Door, service: str) -> None:
    """The name by which ecrmock itself means it is no region of AWS's. Source: reference iam.md §2.3."""
    client = door.client(service, region="public")
    said = refused(client.describe_repositories, "InvalidSignatureException")
    assert said == "Credential should be scoped to a valid Region, not public"


# Repositories


def test_a_new_repository_reads_as_in_the_example_of_the_aws_cli(public: Any) -> None:
    """Source: reference public.md §4.1."""
    answer = content_of(public.create_repository(**APP))
    uri = answer["repository"].pop("repositoryUri")
    assert uri.endswith(f"/{alias_of(public)}/app")
    assert answer["catalogData"] == {}
    created = answer["repository"].pop("createdAt")
    assert created == START
    assert answer["repository"] == {
        "repositoryArn": ARN,
        "registryId": ACCOUNT,
        "repositoryName": "app",
    }


def test_public_and_private_repositories_do_not_meet(door: Door, app: Any) -> None:
    private = door.client()
    assert private.describe_repositories()["repositories"] == []
    private.create_repository(**APP)
    push(private, b"layer", "1.0")
    assert app.describe_images(**APP)["imageDetails"] == []


@pytest.mark.parametrize("name", ["a__b", "a--b", "a/", "b" * 206, "AA"])
def test_names_are_narrower_than_those_of_private_repositories(public: Any, name: str) -> None:
    """Source: reference public.md §3."""
    said = refused(public.create_repository, "InvalidParameterException", repositoryName=name)
    assert said.startswith("Invalid parameter at 'repositoryName' failed to satisfy constraint")


def test_a_repository_is_there_once(app: Any) -> None:
    said = refused(app.create_repository, "RepositoryAlreadyExistsException", **APP)
    exists = "The repository with name 'app' already exists in the registry with id"
    assert said == f"{exists} '{ACCOUNT}'"


def test_repositories_are_listed_page_by_page(app: Any) -> None:
    for number in range(4):
        app.create_repository(repositoryName=f"team/{number}")
    pages = app.get_paginator("describe_repositories").paginate(PaginationConfig={"PageSize": 2})
    names = [[each["repositoryName"] for each in page["repositories"]] for page in pages]
    assert names == [["app", "team/0"], ["team/1", "team/2"], ["team/3"]]


def test_repositories_are_described_by_name_or_by_page(app: Any) -> None:
    (found,) = app.describe_repositories(repositoryNames=["app"])["repositories"]
    assert found["repositoryArn"] == ARN
    named = {"repositoryNames": ["app"], "maxResults": 1}
    refused(app.describe_repositories, "InvalidParameterException", **named)
    said = refused(
        app.describe_repositories, "RepositoryNotFoundException", repositoryNames=["app", "no"]
    )
    assert said == MISSING.replace("'app'", "'no'")


def test_a_repository_with_images_goes_by_force_alone(app: Any) -> None:
    """Source: reference public.md §4.2."""
    push(app, b"layer", "1.0")
    said = refused(app.delete_repository, "RepositoryNotEmptyException", **APP)
    assert said == (
        f"The repository with name 'app' in registry with id '{ACCOUNT}' "
        "cannot be deleted because it still contains images"
    )
    gone = app.delete_repository(**APP, force=True)["repository"]
    assert gone["repositoryArn"] == ARN
    assert app.describe_repositories()["repositories"] == []


MISSING_CALLS = [
    ("batch_check_layer_availability", {"layerDigests": [digest_of(b"")]}),
    ("batch_delete_image", {"imageIds": [{"imageTag": "1.0"}]}),
    ("delete_repository", {}),
    ("delete_repository_policy", {}),
    ("describe_images", {}),
    ("describe_image_tags", {}),
    ("get_repository_catalog_data", {}),
    ("get_repository_policy", {}),
    ("initiate_layer_upload", {}),
    ("put_image", {"imageManifest": manifest_of(b"layer")}),
    ("put_repository_catalog_data", {"catalogData": {}}),
    ("set_repository_policy", {"policyText": POLICY}),
]


@pytest.mark.parametrize(("operation", "more"), MISSING_CALLS, ids=lambda value: str(value)[:20])
def test_a_repository_that_is_missing_is_named(
    public: Any, operation: str, more: dict[str, Any]
) -> None:
    """Source: reference public.md §7."""
    call = getattr(public, operation)
    assert refused(call, "RepositoryNotFoundException", **APP, **more) == MISSING


@pytest.mark.parametrize(("operation", "more"), MISSING_CALLS, ids=lambda value: str(value)[:20])
def test_the_registry_of_an_account_that_has_none_is_out_of_reach(
    public: Any, operation: str, more: dict[str, Any]
) -> None:
    """Inferred: reference public.md §9."""
    call, named = getattr(public, operation), {"registryId": OTHER_ACCOUNT}
    said = refused(call, "AccessDeniedException", **APP, **named, **more)
    assert f"arn:aws:ecr-public::{OTHER_ACCOUNT}:repository/app" in said


# Catalog data


def test_what_is_said_of_a_repository_is_shown(app: Any) -> None:
    assert app.put_repository_catalog_data(**APP, catalogData=SAID)["catalogData"] == SAID
    assert app.get_repository_catalog_data(**APP)["catalogData"] == SAID


def test_a_repository_can_be_made_with_its_catalog_data(public: Any) -> None:
    assert public.create_repository(**APP, catalogData=SAID)["catalogData"] == SAID
    assert public.get_repository_catalog_data(**APP)["catalogData"] == SAID


def test_catalog_data_are_replaced_as_a_whole(app: Any) -> None:
    """Inferred: reference public.md §4.1."""
    app.put_repository_catalog_data(**APP, catalogData=SAID)
    app.put_repository_catalog_data(**APP, catalogData={"aboutText": "new"})
    assert app.get_repository_catalog_data(**APP)["catalogData"] == {"aboutText": "new"}


def test_a_repository_of_which_nothing_was_said_has_empty_catalog_data(app: Any) -> None:
    """As Terraform's AWS provider needs it, which takes no refusal here."""
    assert content_of(app.get_repository_catalog_data(**APP)) == {"catalogData": {}}


def test_a_logo_has_an_address_where_it_is(door: Door, app: Any) -> None:
    """On a server it is the server's; in process AWS's, and the handle reads it. Source: public.md §4.1."""
    said = {"catalogData": {"logoImageBlob": LOGO}}
    shown = app.put_repository_catalog_data(**APP, **said)["catalogData"]
    url = shown.pop("logoUrl")
    assert shown == {}
    assert app.get_repository_catalog_data(**APP)["catalogData"] == {"logoUrl": url}
    assert door.ecr.public.logo(url) == LOGO
    if door.endpoint_url is None:
        uuid = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
        assert re.fullmatch(f"https://[a-z0-9]+.cloudfront.net/logo/{uuid}/{uuid}.png", url)
    else:
        with urllib.request.urlopen(url) as response:
            assert (response.headers["Content-Type"], response.read()) == ("image/png", LOGO)


def test_an_old_logo_is_gone(door: Door, app: Any) -> None:
    urls = [
        app.put_repository_catalog_data(**APP, catalogData={"logoImageBlob": logo})["catalogData"][
            "logoUrl"
        ]
        for logo in (LOGO, png(61, 61))
    ]
    assert [door.ecr.public.logo(url) for url in urls] == [None, png(61, 61)]
    app.delete_repository(**APP)
    assert door.ecr.public.logo(urls[1]) is None


@pytest.mark.parametrize("logo", [b"GIF89a", LOGO[:12], png(59, 60), png(60, 2049)])
def test_what_cannot_be_a_logo_changes_nothing(public: Any, logo: bytes) -> None:
    """Inferred: reference public.md §2, §9."""
    said = {"catalogData": {"logoImageBlob": logo}}
    refused(public.create_repository, "InvalidParameterException", **APP, **said)
    assert public.describe_repositories()["repositories"] == []


@pytest.mark.parametrize(
    "said",
    [
        {"description": "a" * 1_025},
        {"aboutText": "a" * 25_601},
        {"usageText": "a" * 25_601},
        {"architectures": ["a" * 51]},
        {"operatingSystems": ["Linux"] * 51},
        {"logoImageBlob": b"a" * 512_001},
    ],
)
def test_catalog_data_have_limits(app: Any, said: dict[str, Any]) -> None:
    """Source: reference public.md §2."""
    put = app.put_repository_catalog_data
    assert "Member must" in refused(put, "InvalidParameterException", **APP, catalogData=said)


def test_a_registry_has_a_display_name_once_it_was_put(public: Any) -> None:
    """Source: reference public.md §4.1."""
    assert content_of(public.get_registry_catalog_data()) == {"registryCatalogData": {}}
    shown = {"registryCatalogData": {"displayName": "Example Inc."}}
    assert content_of(public.put_registry_catalog_data(displayName="Example Inc.")) == shown
    assert content_of(public.get_registry_catalog_data()) == shown
    refused(public.put_registry_catalog_data, "InvalidParameterException", displayName="a" * 101)


# Policies, resource tags, tokens


def test_a_repository_policy_is_shown_as_in_private_ecr(app: Any) -> None:
    """Source: reference public.md §4.4, iam.md §9.3."""
    refused(app.get_repository_policy, "RepositoryPolicyNotFoundException", **APP)
    put = app.set_repository_policy(**APP, policyText=POLICY)
    shown = app.get_repository_policy(**APP)
    assert content_of(put) == content_of(shown)
    assert json.loads(shown["policyText"]) == json.loads(POLICY)
    assert '"Version" : "2008-10-17"' in shown["policyText"]
    assert content_of(app.delete_repository_policy(**APP)) == content_of(shown)
    refused(app.delete_repository_policy, "RepositoryPolicyNotFoundException", **APP)


@pytest.mark.parametrize("action", ["ecr:PutImage", "s3:*"])
def test_a_repository_policy_is_about_ecr_public(app: Any, action: str) -> None:
    """Source: reference public.md §4.4; the text is private ECR's."""
    text = POLICY.replace("ecr-public:PutImage", action)
    said = refused(app.set_repository_policy, "InvalidParameterException", **APP, policyText=text)
    assert said == (
        "Invalid parameter at 'PolicyText' failed to satisfy constraint: "
        "'Invalid repository policy provided'"
    )


def test_actions_that_no_api_has_may_stand_in_a_repository_policy(app: Any) -> None:
    """As a widely used Terraform module has them. Source: reference public.md §4.4."""
    text = POLICY.replace("PutImage", "BatchGetImage")
    assert app.set_repository_policy(**APP, policyText=text)


def test_who_would_lock_himself_out_needs_force(app: Any) -> None:
    """Inferred: reference public.md §4.4."""
    deny = {"Effect": "Deny", "Principal": "*", "Action": "ecr-public:*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    refused(app.set_repository_policy, "InvalidParameterException", **APP, policyText=text)
    assert app.set_repository_policy(**APP, policyText=text, force=True)


def test_resource_tags_are_put_listed_and_taken_away(app: Any) -> None:
    """Source: reference public.md §4.3."""
    app.tag_resource(resourceArn=ARN, tags=[{"Key": "a", "Value": "b"}, {"Key": "c"}])
    tags = [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": ""}]
    assert app.list_tags_for_resource(resourceArn=ARN)["tags"] == tags
    app.untag_resource(resourceArn=ARN, tagKeys=["c", "none"])
    assert app.list_tags_for_resource(resourceArn=ARN)["tags"] == tags[:1]


@pytest.mark.parametrize(
    "tags",
    [
        [{"Value": "b"}],
        [{"Key": "aws:a", "Value": "b"}],
        [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}],
    ],
)
def test_a_resource_tag_needs_a_key_of_its_own(public: Any, tags: list[dict[str, str]]) -> None:
    """A repository that cannot be tagged is not made. Source: reference public.md §4.3."""
    refused(public.create_repository, "InvalidTagParameterException", **APP, tags=tags)
    assert public.describe_repositories()["repositories"] == []


def test_a_repository_has_at_most_fifty_resource_tags(app: Any) -> None:
    """Source: reference public.md §4.3."""
    tags = [{"Key": str(number), "Value": ""} for number in range(51)]
    refused(app.tag_resource, "TooManyTagsException", resourceArn=ARN, tags=tags)


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/app",
        f"arn:aws:ecr-public:us-east-1:{ACCOUNT}:repository/app",
        f"arn:aws:ecr-public::{ACCOUNT}:registry/{ACCOUNT}",
        "app",
    ],
)
def test_only_the_arn_of_a_public_repository_can_be_tagged(app: Any, arn: str) -> None:
    """Inferred text: reference public.md §4.3."""
    said = refused(app.list_tags_for_resource, "InvalidParameterException", resourceArn=arn)
    constraint = "failed to satisfy constraint: 'Invalid ARN'"
    assert said == f"Invalid parameter at 'resourceArn' {constraint}"


def test_a_token_is_one_object_with_one_colon(public: Any) -> None:
    """Source: reference public.md §1, §6.2."""
    data = public.get_authorization_token()["authorizationData"]
    assert set(data) == {"authorizationToken", "expiresAt"}
    user, password = base64.b64decode(data["authorizationToken"]).decode().split(":")
    assert (user, bool(password)) == ("AWS", True)
    assert data["expiresAt"] == START + timedelta(hours=12)
