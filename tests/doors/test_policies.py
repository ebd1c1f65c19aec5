"""Policies of repositories and registries. Source: reference api.md §8, iam.md §9 and §10."""

import json
from typing import Any

import pytest

from tests.documents import POLICY_SENT, POLICY_SHOWN
from tests.doors.conftest import ACCOUNT, OTHER_ACCOUNT, Door, content_of

APP = {"repositoryName": "app"}


def text_of(**elements: Any) -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "ecr:*", **elements}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def refused(call: Any, code: str = "InvalidParameterException", **parameters: Any) -> str:
    """Return the text with which a call is refused, as the client's own exception."""
    with pytest.raises(getattr(call.__self__.exceptions, code)) as caught:
        call(**parameters)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return caught.value.response["Error"]["Message"]


# Repository policies


def test_a_repository_policy_is_shown_as_in_the_example_of_the_aws_cli(ecr: Any) -> None:
    """Source: AWS CLI, examples of set-, get- and delete-repository-policy."""
    expected = {"registryId": ACCOUNT, "repositoryName": "app", "policyText": POLICY_SHOWN}
    assert content_of(ecr.set_repository_policy(**APP, policyText=POLICY_SENT)) == expected
    assert content_of(ecr.get_repository_policy(**APP)) == expected
    assert content_of(ecr.delete_repository_policy(**APP)) == expected


@pytest.mark.parametrize("operation", ["get_repository_policy", "delete_repository_policy"])
def test_a_repository_without_a_policy_says_so(ecr: Any, operation: str) -> None:
    text = refused(getattr(ecr, operation), "RepositoryPolicyNotFoundException", **APP)
    assert text == (
        "Repository policy does not exist for the repository with name 'app' "
        f"in the registry with id '{ACCOUNT}'"
    )


def test_a_deleted_policy_is_gone(ecr: Any) -> None:
    ecr.set_repository_policy(**APP, policyText=POLICY_SENT)
    ecr.delete_repository_policy(**APP)
    assert refused(ecr.get_repository_policy, "RepositoryPolicyNotFoundException", **APP)


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("set_repository_policy", {"policyText": POLICY_SENT}),
        ("get_repository_policy", {}),
        ("delete_repository_policy", {}),
    ],
)
def test_the_repository_must_exist(ecr: Any, operation: str, more: dict[str, str]) -> None:
    call = getattr(ecr, operation)
    text = refused(call, "RepositoryNotFoundException", repositoryName="gone", **more)
    assert text == (
        f"The repository with name 'gone' does not exist in the registry with id '{ACCOUNT}'"
    )


@pytest.mark.parametrize("text", ["", "no policy", text_of(Resource="*"), text_of(Action="s3:*")])
def test_a_bad_repository_policy_is_refused(ecr: Any, text: str) -> None:
    """Source: reference iam.md §9.2."""
    assert refused(ecr.set_repository_policy, **APP, policyText=text) == (
        "Invalid parameter at 'PolicyText' failed to satisfy constraint: "
        "'Invalid repository policy provided'"
    )


def test_a_policy_that_locks_its_author_out_needs_force(ecr: Any) -> None:
    """Source: reference iam.md §9.2."""
    deny = text_of(Effect="Deny", Action="ecr:SetRepositoryPolicy")
    assert refused(ecr.set_repository_policy, **APP, policyText=deny)
    answer = ecr.set_repository_policy(**APP, policyText=deny, force=True)
    assert json.loads(answer["policyText"]) == json.loads(deny)


@pytest.mark.parametrize("sent", [OTHER_ACCOUNT, f"arn:aws:iam::{OTHER_ACCOUNT}:root"])
def test_an_account_is_shown_as_its_root(ecr: Any, sent: str) -> None:
    """Inferred: reference iam.md §9.3."""
    answer = ecr.set_repository_policy(**APP, policyText=text_of(Principal={"AWS": sent}))
    (statement,) = json.loads(answer["policyText"])["Statement"]
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}


def test_a_policy_has_at_most_10_240_characters(ecr: Any) -> None:
    """Source: API shape ``RepositoryPolicyText``; reference api.md §3.1, §3.2."""
    text = text_of().ljust(10_240)
    assert ecr.set_repository_policy(**APP, policyText=text)
    assert refused(ecr.set_repository_policy, **APP, policyText=f"{text} ") == (
        "Invalid parameter at 'policyText' failed to satisfy constraint: "
        "'Member must have length less than or equal to 10240'"
    )


# Registry policies


def test_the_life_of_a_registry_policy(door: Door) -> None:
    ecr = door.client()
    put = content_of(ecr.put_registry_policy(policyText=text_of(Resource="*")))
    assert put["registryId"] == ACCOUNT
    assert put["policyText"].startswith('{\n  "Version" : "2012-10-17",\n  "Statement" : [ {\n')
    assert content_of(ecr.get_registry_policy()) == put
    assert content_of(ecr.delete_registry_policy()) == put


@pytest.mark.parametrize("operation", ["get_registry_policy", "delete_registry_policy"])
def test_a_registry_without_a_policy_says_so(door: Door, operation: str) -> None:
    call = getattr(door.client(), operation)
    assert ACCOUNT in refused(call, "RegistryPolicyNotFoundException")


@pytest.mark.parametrize("text", ["", "no policy", text_of(), text_of(Resource="*", Action="s3:*")])
def test_a_bad_registry_policy_is_refused(door: Door, text: str) -> None:
    """Source: reference api.md §8.2."""
    assert refused(door.client().put_registry_policy, policyText=text) == (
        "Invalid parameter at 'PolicyText' failed to satisfy constraint: "
        "'Invalid registry policy provided'"
    )


def test_a_registry_policy_has_at_most_10_240_characters(door: Door) -> None:
    """Source: API shape ``RegistryPolicyText``."""
    text = text_of(Resource="*").ljust(10_241)
    assert "10240" in refused(door.client().put_registry_policy, policyText=text)


def test_each_region_has_a_registry_policy_of_its_own(door: Door) -> None:
    door.client().put_registry_policy(policyText=text_of(Resource="*"))
    call = door.client(region="eu-west-1").get_registry_policy
    assert refused(call, "RegistryPolicyNotFoundException")
