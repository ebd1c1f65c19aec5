"""Which template a repository is made by. Source: reference features.md §5.2."""

from datetime import UTC, datetime

import pytest

from ecrmock.rules.creation_templates import matching_template, needs_custom_role
from ecrmock.values.creation_templates import (
    CREATE_ON_PUSH,
    REPLICATION,
    RepositoryCreationTemplate,
)
from ecrmock.values.repositories import EncryptionConfiguration, ResourceTag

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def template(prefix, applied_for=(CREATE_ON_PUSH,), **settings):
    return RepositoryCreationTemplate(
        prefix=prefix, applied_for=applied_for, created_at=NOW, updated_at=NOW, **settings
    )


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("prod/team/x", "prod/team"),
        ("prod/x", "prod"),
        ("production/x", "ROOT"),
        ("prod", "ROOT"),
        ("x", "ROOT"),
    ],
)
def test_the_longest_prefix_wins_and_root_takes_the_rest(name, prefix):
    templates = [template("ROOT"), template("prod"), template("prod/team")]
    assert matching_template(templates, name, CREATE_ON_PUSH).prefix == prefix


def test_a_template_for_another_scenario_does_not_stand_in_the_way():
    """Inferred: reference features.md §5.2."""
    templates = [template("prod"), template("prod/team", (REPLICATION,))]
    assert matching_template(templates, "prod/team/x", CREATE_ON_PUSH).prefix == "prod"


@pytest.mark.parametrize("applied_for", [(), (REPLICATION,)])
def test_without_a_template_for_the_scenario_there_is_none(applied_for):
    assert matching_template([template("ROOT", applied_for)], "x", CREATE_ON_PUSH) is None


TAGS = (ResourceTag(key="a", value="b"),)
KMS = EncryptionConfiguration(encryption_type="KMS")


@pytest.mark.parametrize(
    ("settings", "needs"),
    [
        ({}, False),
        ({"resource_tags": TAGS}, True),
        ({"encryption_configuration": KMS}, True),
        ({"encryption_configuration": EncryptionConfiguration()}, False),
        ({"resource_tags": TAGS, "custom_role_arn": "arn:aws:iam::1:role/x"}, False),
    ],
)
def test_tags_and_kms_keys_need_a_role_of_the_customers(settings, needs):
    assert needs_custom_role(template("prod", **settings)) is needs
