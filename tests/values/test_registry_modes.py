"""What a mode of the registry changes about data. Source: reference registry.md §19."""

from dataclasses import fields

import pytest

from ecrmock.values.registry_modes import DATA_RULES, DataRules


@pytest.mark.parametrize("rule", [field.name for field in fields(DataRules)])
def test_every_rule_differs_between_the_modes(rule: str) -> None:
    assert getattr(DATA_RULES["ecr"], rule) != getattr(DATA_RULES["oci"], rule)


def test_ecr_s_rules_are_the_default() -> None:
    assert DATA_RULES["ecr"] == DataRules()
