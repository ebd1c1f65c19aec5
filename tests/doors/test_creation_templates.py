"""Repository creation templates, and pushes that make repositories by them.

Source: reference api.md §13, features.md §5, registry.md §14.2.
"""

import json
from typing import Any

import pytest

from tests.doors.conftest import ACCOUNT, START, Door, RegistryClient, content_of

ON_PUSH = {"appliedFor": ["CREATE_ON_PUSH"]}
KEEP_ONE = {
    "rules": [
        {
            "rulePriority": 1,
            "selection": {
                "tagStatus": "any",
                "countType": "imageCountMoreThan",
                "countNumber": 1,
            },
            "action": {"type": "expire"},
        }
    ]
}
OPEN = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:*"}],
}


@pytest.fixture
def client(door: Door) -> Any:
    return door.client()


def create(client: Any, prefix: str = "prod", **settings: Any) -> dict[str, Any]:
    answer = client.create_repository_creation_template(prefix=prefix, **{**ON_PUSH, **settings})
    return answer["repositoryCreationTemplate"]


def refused(call: Any, code: str, **parameters: Any) -> str:
    with pytest.raises(getattr(call.__self__.exceptions, code)) as caught:
        call(**parameters)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return caught.value.response["Error"]["Message"]


def test_a_template_shows_what_was_set_and_nothing_else(client: Any) -> None:
    answer = client.create_repository_creation_template(prefix="prod", **ON_PUSH)
    assert content_of(answer) == {
        "registryId": ACCOUNT,
        "repositoryCreationTemplate": {
            "prefix": "prod",
            "appliedFor": ["CREATE_ON_PUSH"],
            "imageTagMutability": "MUTABLE",
            "createdAt": START,
            "updatedAt": START,
        },
    }


def test_policies_of_a_template_are_checked_when_it_is_put(client: Any) -> None:
    call = client.create_repository_creation_template
    bad = refused(
        call, "InvalidParameterException", prefix="prod", **ON_PUSH, repositoryPolicy="{}"
    )
    assert "Invalid repository policy provided" in bad
    bad = refused(call, "InvalidParameterException", prefix="prod", **ON_PUSH, lifecyclePolicy="{}")
    assert "Lifecycle policy validation failure" in bad


def test_tags_of_a_template_are_checked_when_it_is_put(client: Any) -> None:
    tags = [{"Key": "aws:x", "Value": "y"}]
    call = client.create_repository_creation_template
    assert refused(call, "InvalidParameterException", prefix="prod", **ON_PUSH, resourceTags=tags)


def test_a_prefix_has_one_template(client: Any) -> None:
    create(client)
    call = client.create_repository_creation_template
    assert refused(call, "TemplateAlreadyExistsException", prefix="prod", **ON_PUSH)


@pytest.mark.parametrize("operation", ["update", "delete"])
def test_a_template_that_is_not_there_is_refused(client: Any, operation: str) -> None:
    call = getattr(client, f"{operation}_repository_creation_template")
    assert refused(call, "TemplateNotFoundException", prefix="prod")


def test_an_update_changes_what_it_says_and_clears_what_it_empties(client: Any, door: Door) -> None:
    create(client, description="old", lifecyclePolicy=json.dumps(KEEP_ONE), customRoleArn="")
    door.ecr.clock.advance(hours=1)
    answer = client.update_repository_creation_template(
        prefix="prod", imageTagMutability="IMMUTABLE", lifecyclePolicy=""
    )
    changed = answer["repositoryCreationTemplate"]
    assert (changed["description"], changed["imageTagMutability"]) == ("old", "IMMUTABLE")
    assert "lifecyclePolicy" not in changed
    assert changed["updatedAt"] > changed["createdAt"]


def test_a_prefix_with_and_without_a_slash_is_the_same(client: Any) -> None:
    """Source: service model, Prefix: a slash is always assumed at its end."""
    made = create(client)
    call = client.create_repository_creation_template
    assert refused(call, "TemplateAlreadyExistsException", prefix="prod/", **ON_PUSH)
    found = client.describe_repository_creation_templates(prefixes=["prod/", "prod"])
    assert found["repositoryCreationTemplates"] == [made]
    client.update_repository_creation_template(prefix="prod/", description="new")
    deleted = client.delete_repository_creation_template(prefix="prod/")
    assert deleted["repositoryCreationTemplate"]["description"] == "new"


def test_a_mutability_without_exclusions_takes_the_filters_away(client: Any) -> None:
    filters = [{"filterType": "WILDCARD", "filter": "dev*"}]
    create(
        client,
        imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters=filters,
    )
    call = client.update_repository_creation_template
    bad = refused(
        call,
        "InvalidParameterException",
        prefix="prod",
        imageTagMutability="IMMUTABLE",
        imageTagMutabilityExclusionFilters=filters,
    )
    assert "not allowed" in bad
    changed = call(prefix="prod", imageTagMutability="IMMUTABLE")["repositoryCreationTemplate"]
    assert changed["imageTagMutability"] == "IMMUTABLE"
    assert "imageTagMutabilityExclusionFilters" not in changed


def test_an_empty_key_or_role_is_none(client: Any) -> None:
    """Source: reference features.md §5.1."""
    create(client, encryptionConfiguration={"encryptionType": "AES256", "kmsKey": ""})
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"
    call = client.update_repository_creation_template
    kms = {"encryptionConfiguration": {"encryptionType": "KMS", "kmsKey": key}}
    call(prefix="prod", **kms, customRoleArn=f"arn:aws:iam::{ACCOUNT}:role/template")
    kms["encryptionConfiguration"]["kmsKey"] = ""
    changed = call(prefix="prod", **kms, customRoleArn="")["repositoryCreationTemplate"]
    assert changed["encryptionConfiguration"] == {"encryptionType": "KMS"}
    assert "customRoleArn" not in changed


def test_templates_are_described_by_prefix_and_unknown_ones_are_left_out(client: Any) -> None:
    for prefix in ("prod", "test", "ROOT"):
        create(client, prefix)
    answer = client.describe_repository_creation_templates(prefixes=["test", "absent"])
    assert [each["prefix"] for each in answer["repositoryCreationTemplates"]] == ["test"]


def test_templates_come_in_pages(client: Any) -> None:
    for prefix in ("p1", "p2", "p3"):
        create(client, prefix)
    pages = client.get_paginator("describe_repository_creation_templates").paginate(
        PaginationConfig={"PageSize": 2}
    )
    found = [[each["prefix"] for each in page["repositoryCreationTemplates"]] for page in pages]
    assert found == [["p1", "p2"], ["p3"]]


def test_a_deleted_template_is_answered_and_gone(client: Any) -> None:
    made = create(client)
    answer = client.delete_repository_creation_template(prefix="prod")
    assert answer["repositoryCreationTemplate"] == made
    assert client.describe_repository_creation_templates()["repositoryCreationTemplates"] == []


# Create on push


@pytest.fixture
def pushing(http_door: Door) -> RegistryClient:
    return RegistryClient(http_door, http_door.client())


def test_a_push_makes_the_repository_with_every_setting(
    pushing: RegistryClient, http_door: Door
) -> None:
    client = http_door.client()
    create(
        client,
        imageTagMutability="IMMUTABLE",
        repositoryPolicy=json.dumps(OPEN),
        lifecyclePolicy=json.dumps(KEEP_ONE),
        resourceTags=[{"Key": "team", "Value": "a"}],
        customRoleArn=f"arn:aws:iam::{ACCOUNT}:role/template",
    )
    pushing.push(b"layer", "1", "prod/app")
    (made,) = client.describe_repositories()["repositories"]
    assert (made["repositoryName"], made["imageTagMutability"]) == ("prod/app", "IMMUTABLE")
    tags = client.list_tags_for_resource(resourceArn=made["repositoryArn"])["tags"]
    assert tags == [{"Key": "team", "Value": "a"}]
    name = {"repositoryName": "prod/app"}
    assert json.loads(client.get_repository_policy(**name)["policyText"]) == OPEN
    assert json.loads(client.get_lifecycle_policy(**name)["lifecyclePolicyText"]) == KEEP_ONE


def test_a_repository_with_a_kms_key_shows_it_as_one_that_somebody_makes(
    pushing: RegistryClient, http_door: Door
) -> None:
    client, kms = http_door.client(), {"encryptionConfiguration": {"encryptionType": "KMS"}}
    client.create_repository(repositoryName="mine", **kms)
    create(client, **kms, customRoleArn=f"arn:aws:iam::{ACCOUNT}:role/template")
    pushing.push(b"layer", "1", "prod/app")
    mine, made = client.describe_repositories()["repositories"]
    assert made["encryptionConfiguration"] == mine["encryptionConfiguration"]
    assert "kmsKey" in made["encryptionConfiguration"]


def test_the_lifecycle_policy_of_a_template_acts(pushing: RegistryClient, http_door: Door) -> None:
    create(http_door.client(), lifecyclePolicy=json.dumps(KEEP_ONE))
    for number in ("1", "2"):
        pushing.push(number.encode(), number, "prod/app")
        http_door.ecr.clock.advance(seconds=1)
    http_door.ecr.clock.advance(days=1)
    assert [image.image_tags for image in http_door.ecr.images("prod/app")] == [("2",)]


@pytest.mark.parametrize("prefix", ["other", "pro", "prod/app"])
def test_without_a_template_for_it_a_push_makes_nothing(
    pushing: RegistryClient, http_door: Door, prefix: str
) -> None:
    create(http_door.client(), prefix)
    answer = pushing("POST", "/v2/prod/app/blobs/uploads/")
    assert (answer.status, json.loads(answer.body)["errors"][0]["code"]) == (404, "NAME_UNKNOWN")


def test_a_template_for_something_else_makes_nothing_on_a_push(
    pushing: RegistryClient, http_door: Door
) -> None:
    create(http_door.client(), appliedFor=["REPLICATION", "PULL_THROUGH_CACHE"])
    assert pushing("POST", "/v2/prod/app/blobs/uploads/").status == 404


def test_tags_need_a_role_of_the_customers(pushing: RegistryClient, http_door: Door) -> None:
    """Source: reference features.md §5.3; iam.md §11.2."""
    create(http_door.client(), resourceTags=[{"Key": "team", "Value": "a"}])
    assert pushing("POST", "/v2/prod/app/blobs/uploads/").status == 404


def test_reading_makes_nothing(pushing: RegistryClient, http_door: Door) -> None:
    """Inferred: reference registry.md §14.2."""
    create(http_door.client())
    assert pushing("GET", "/v2/prod/app/manifests/1").status == 404
    assert http_door.client().describe_repositories()["repositories"] == []


def test_the_repository_appears_even_where_the_push_is_denied(http_door: Door) -> None:
    """Source: reference registry.md §14.2: creation comes before the permission."""
    create(http_door.client())
    user = http_door.ecr.create_user(
        "ci",
        policy={
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"}
            ],
        },
    )
    with http_door.ecr.enforced():
        pushing = RegistryClient(http_door, user.client(endpoint_url=http_door.endpoint_url))
        assert pushing("POST", "/v2/prod/app/blobs/uploads/").status == 403
    assert len(http_door.client().describe_repositories()["repositories"]) == 1
