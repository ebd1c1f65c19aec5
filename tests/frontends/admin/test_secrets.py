"""Secrets of upstreams, kept over HTTP. Source: reference features.md §4.2."""

from typing import Any

import pytest

from ecrmock.values.pull_through_cache import SecretNotFoundError
from tests.frontends.admin.conftest import Admin, document_of

PATH = "/_ecrmock/secrets"
SECRET = {"name": "ecr-pullthroughcache/hub", "username": "user", "accessToken": "token"}
RULE = {"ecr_repository_prefix": "hub", "upstream_registry_url": "registry-1.docker.io"}


def test_a_rule_names_the_secret_by_its_arn(admin: Admin) -> None:
    arn = document_of(admin("POST", PATH, SECRET))["arn"]
    assert arn.startswith(
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/hub-"
    )
    assert admin.call("CreatePullThroughCacheRule", **RULE, credential_arn=arn)


def test_a_secret_is_of_one_account_and_region(admin: Admin) -> None:
    elsewhere = {"account": "111122223333", "region": "eu-west-1"}
    arn = document_of(admin("POST", PATH, {**SECRET, **elsewhere}))["arn"]
    assert ":eu-west-1:111122223333:" in arn
    with pytest.raises(SecretNotFoundError):
        admin.call("CreatePullThroughCacheRule", **RULE, credential_arn=arn)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        {**SECRET, "name": 1},
        {**SECRET, "account": "1"},
        {**SECRET, "other": "member"},
        {"name": SECRET["name"], "username": "user"},
    ],
)
def test_any_other_form_is_answered_with_the_form_there_is(admin: Admin, body: Any) -> None:
    response = admin("POST", PATH, body)
    assert response.status == 400
    assert '"accessToken": "<token>"' in document_of(response)["message"]


def test_a_name_that_no_secret_of_an_upstream_has_is_refused(admin: Admin) -> None:
    response = admin("POST", PATH, {**SECRET, "name": "hub"})
    assert response.status == 400
    assert "ecr-pullthroughcache/" in document_of(response)["message"]
