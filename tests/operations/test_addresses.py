"""Where else a repository is. Source: DESIGN.md section 3."""

import pytest

from ecrmock.operations.addresses import locate_repository
from ecrmock.values.names import PUBLIC
from ecrmock.values.public_gallery import PublicAlias

HERE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/app"


def located(registry, name="app"):
    return registry(locate_repository, repository_name=name)


def test_the_registries_of_the_caller_are_looked_into(app):
    app.in_account("111122223333", "eu-west-1")
    assert located(app) == (HERE,)


def test_every_region_is_looked_into(app):
    app.in_account("123456789012", "eu-west-1").create()
    assert located(app) == (HERE.replace("us-east-1", "eu-west-1"), HERE)


@pytest.mark.parametrize("account", ["123456789012", "111122223333"])
def test_a_repository_of_another_account_is_not_found(registry, account):
    registry.in_account("111122223333").create()
    registry.in_account(account)
    assert located(registry) == ()


def test_a_public_repository_is_found_by_its_alias(app):
    alias = PublicAlias(
        name="acme",
        registry_id="123456789012",
        primary_registry_alias=True,
        default_registry_alias=True,
    )
    app.context().store.public_aliases.put("acme", alias)
    app.in_account("123456789012", PUBLIC).create("tool")
    assert located(app, "tool") == ("public.ecr.aws/acme/tool",)
