"""The operations on pull through cache rules, through both doors. Source: reference api.md §12."""

from typing import Any

import pytest

from tests.doors.conftest import ACCOUNT, OTHER_ACCOUNT, START, Door, content_of, push

HUB = "registry-1.docker.io"
SECRET = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:ecr-pullthroughcache/hub-AbCdEf"
NEW_SECRET = SECRET.replace("AbCdEf", "GhIjKl")
WEST = f"{ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/cache"
PREFIX = {"ecrRepositoryPrefix": "quay"}
QUAY = {**PREFIX, "upstreamRegistryUrl": "quay.io"}


@pytest.fixture
def client(door: Door) -> Any:
    return door.client()


def refused(call: Any, code: str, **parameters: Any) -> str:
    with pytest.raises(getattr(call.__self__.exceptions, code)) as caught:
        call(**parameters)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return caught.value.response["Error"]["Message"]


def listed(client: Any, **parameters: Any) -> list[str]:
    answer = client.describe_pull_through_cache_rules(**parameters)
    return [rule["ecrRepositoryPrefix"] for rule in answer["pullThroughCacheRules"]]


def test_a_rule_shows_what_was_set(client: Any) -> None:
    answer = client.create_pull_through_cache_rule(**QUAY)
    assert content_of(answer) == {
        **QUAY,
        "createdAt": START,
        "registryId": ACCOUNT,
        "upstreamRegistry": "quay",
    }


def test_a_described_rule_has_all_members(client: Any) -> None:
    rule = {
        "ecrRepositoryPrefix": "west",
        "upstreamRegistryUrl": WEST,
        "upstreamRegistry": "ecr",
        "customRoleArn": ROLE,
        "upstreamRepositoryPrefix": "team",
    }
    client.create_pull_through_cache_rule(**rule)
    (found,) = client.describe_pull_through_cache_rules()["pullThroughCacheRules"]
    assert found == {**rule, "createdAt": START, "updatedAt": START, "registryId": ACCOUNT}


def test_a_prefix_with_and_without_a_slash_is_the_same(client: Any) -> None:
    """Inferred: reference features.md §4.2."""
    client.create_pull_through_cache_rule(**QUAY)
    again = {**QUAY, "ecrRepositoryPrefix": "quay/"}
    code = "PullThroughCacheRuleAlreadyExistsException"
    refused(client.create_pull_through_cache_rule, code, **again)
    assert listed(client, ecrRepositoryPrefixes=["quay/"]) == ["quay"]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"upstreamRegistryUrl": "example.com"}, "UnsupportedUpstreamRegistryException"),
        ({"upstreamRegistryUrl": HUB}, "UnsupportedUpstreamRegistryException"),
        ({"credentialArn": SECRET}, "UnsupportedUpstreamRegistryException"),
        ({"customRoleArn": ROLE}, "ValidationException"),
        (
            {"upstreamRegistryUrl": HUB, "credentialArn": SECRET.replace(ACCOUNT, OTHER_ACCOUNT)},
            "SecretNotFoundException",
        ),
        ({"ecrRepositoryPrefix": "Quay"}, "InvalidParameterException"),
        ({"upstreamRegistry": "none"}, "InvalidParameterException"),
    ],
)
def test_a_rule_that_cannot_work_is_refused(client: Any, rule: dict[str, str], code: str) -> None:
    refused(client.create_pull_through_cache_rule, code, **{**QUAY, **rule})
    assert listed(client) == []


def test_there_are_fifty_rules_at_most(client: Any) -> None:
    """Source: reference features.md §4.1."""
    for number in range(50):
        client.create_pull_through_cache_rule(**{**QUAY, "ecrRepositoryPrefix": f"p{number}"})
    text = refused(client.create_pull_through_cache_rule, "LimitExceededException", **QUAY)
    assert "'50'" in text


def test_rules_come_in_pages_in_the_order_of_creation(client: Any) -> None:
    for prefix in ("b1", "a1", "c1"):
        client.create_pull_through_cache_rule(**{**QUAY, "ecrRepositoryPrefix": prefix})
    first = client.describe_pull_through_cache_rules(maxResults=2)
    assert listed(client, nextToken=first["nextToken"]) == ["c1"]
    assert listed(client, ecrRepositoryPrefixes=["c1", "b1", "c1"]) == ["c1", "b1"]


@pytest.mark.parametrize("operation", ["update", "delete", "validate", "describe"])
def test_a_rule_that_is_not_there_is_not_found(client: Any, operation: str) -> None:
    if operation == "describe":
        call, named = (
            client.describe_pull_through_cache_rules,
            {"ecrRepositoryPrefixes": ["quay"]},
        )
    else:
        call, named = getattr(client, f"{operation}_pull_through_cache_rule"), PREFIX
    refused(call, "PullThroughCacheRuleNotFoundException", **named)


def test_an_update_changes_the_login_alone(client: Any, door: Door) -> None:
    rule = {"ecrRepositoryPrefix": "hub", "upstreamRegistryUrl": HUB}
    client.create_pull_through_cache_rule(**rule, credentialArn=SECRET)
    door.ecr.clock.advance(hours=1)
    updated = client.update_pull_through_cache_rule(
        ecrRepositoryPrefix="hub", credentialArn=NEW_SECRET
    )
    expected = {"ecrRepositoryPrefix": "hub", "registryId": ACCOUNT, "credentialArn": NEW_SECRET}
    assert content_of(updated) == {**expected, "updatedAt": door.ecr.clock.now()}


@pytest.mark.parametrize(
    ("login", "code"),
    [
        ({"customRoleArn": ROLE}, "ValidationException"),
        (
            {"credentialArn": SECRET.replace("us-east-1", "eu-west-1")},
            "SecretNotFoundException",
        ),
    ],
)
def test_an_update_with_another_kind_of_login_is_refused(
    client: Any, login: dict[str, str], code: str
) -> None:
    """Source: reference api.md §12.2."""
    rule = {"ecrRepositoryPrefix": "hub", "upstreamRegistryUrl": HUB}
    client.create_pull_through_cache_rule(**rule, credentialArn=SECRET)
    refused(client.update_pull_through_cache_rule, code, ecrRepositoryPrefix="hub", **login)


def test_an_update_gives_no_secret_to_an_upstream_that_wants_none(client: Any) -> None:
    """Source: reference api.md §12.2, the last bullet."""
    client.create_pull_through_cache_rule(ecrRepositoryPrefix="quay", upstreamRegistryUrl="quay.io")
    call = client.update_pull_through_cache_rule
    refused(call, "ValidationException", ecrRepositoryPrefix="quay", credentialArn=SECRET)
    (rule,) = client.describe_pull_through_cache_rules()["pullThroughCacheRules"]
    assert "credentialArn" not in rule


def test_an_empty_role_is_none(client: Any) -> None:
    foreign = "111122223333.dkr.ecr.us-east-1.amazonaws.com"
    call = client.create_pull_through_cache_rule
    rule = {"ecrRepositoryPrefix": "other", "upstreamRegistryUrl": foreign, "customRoleArn": ""}
    refused(call, "UnsupportedUpstreamRegistryException", **rule)
    made = call(ecrRepositoryPrefix="quay", upstreamRegistryUrl="quay.io", customRoleArn="")
    assert "customRoleArn" not in made


def test_with_secrets_an_unknown_one_is_not_found(client: Any, door: Door) -> None:
    """Inferred: reference api.md §12.2."""
    arn = door.ecr.put_upstream_secret("ecr-pullthroughcache/hub", "user", "token")
    rule = {"ecrRepositoryPrefix": "hub", "upstreamRegistryUrl": HUB}
    unknown = {**rule, "credentialArn": SECRET.replace("hub-", "other-")}
    refused(client.create_pull_through_cache_rule, "SecretNotFoundException", **unknown)
    assert client.create_pull_through_cache_rule(**rule, credentialArn=arn)["credentialArn"] == arn


def test_what_a_rule_brought_stays_without_it(client: Any, door: Door) -> None:
    west = door.client(region="us-west-2")
    west.create_repository(repositoryName="app")
    digest = push(west, b"layer", "1")
    rule = {"ecrRepositoryPrefix": "west", "upstreamRegistryUrl": WEST}
    client.create_pull_through_cache_rule(**rule)
    this = {"repositoryName": "west/app", "imageIds": [{"imageTag": "1"}]}
    assert client.batch_get_image(**this)["images"][0]["imageId"]["imageDigest"] == digest
    deleted = client.delete_pull_through_cache_rule(ecrRepositoryPrefix="west")
    assert content_of(deleted) == {**rule, "createdAt": START, "registryId": ACCOUNT}
    assert client.batch_get_image(**this)["failures"] == []


def test_a_rule_to_another_region_is_valid(client: Any) -> None:
    rule = {"ecrRepositoryPrefix": "west", "upstreamRegistryUrl": WEST}
    client.create_pull_through_cache_rule(**rule)
    validation = client.validate_pull_through_cache_rule(ecrRepositoryPrefix="west")
    assert content_of(validation) == {**rule, "registryId": ACCOUNT, "isValid": True}


def test_a_rule_that_cannot_be_used_says_why(client: Any) -> None:
    """A failed check is no error. Source: reference api.md §12.3."""
    client.create_pull_through_cache_rule(**QUAY)
    validation = client.validate_pull_through_cache_rule(**PREFIX)
    assert validation["isValid"] is False
    assert validation["failure"]


def test_rules_are_of_one_registry(client: Any, door: Door) -> None:
    client.create_pull_through_cache_rule(**QUAY)
    assert listed(door.client(region="eu-west-1")) == []
    assert listed(door.client(account=OTHER_ACCOUNT)) == []
