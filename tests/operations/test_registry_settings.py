"""DescribeRegistry, GetAccountSetting, PutAccountSetting. Source: reference api.md §11, §14."""

from dataclasses import replace

import pytest

from ecrmock.operations.registry_settings import (
    describe_registry,
    get_account_setting,
    put_account_setting,
)
from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.replication import (
    ReplicationConfiguration,
    ReplicationDestination,
    ReplicationRule,
)


def test_a_new_registry_replicates_nothing(registry):
    described = registry(describe_registry)
    assert (described.registry_id, described.replication_configuration.rules) == (
        "123456789012",
        (),
    )


def test_a_registry_shows_its_own_replication_rules(registry):
    destination = ReplicationDestination(region="eu-west-1", registry_id="123456789012")
    rules = ReplicationConfiguration(rules=(ReplicationRule(destinations=(destination,)),))
    state = registry.store.registry(registry.account, registry.region)
    state.change(replace(state.settings, replication_configuration=rules))
    assert registry(describe_registry).replication_configuration == rules
    elsewhere = registry.in_account("123456789012", "eu-west-1")
    assert elsewhere(describe_registry).replication_configuration.rules == ()


def test_a_setting_that_was_never_put_has_its_default(registry):
    found = registry(get_account_setting, name="REGISTRY_POLICY_SCOPE")
    assert (found.name, found.value) == ("REGISTRY_POLICY_SCOPE", "V2")


def test_a_setting_is_kept_and_answered(registry):
    put = registry(put_account_setting, name="BLOB_MOUNTING", value="ENABLED")
    assert registry(get_account_setting, name="BLOB_MOUNTING") == put


@pytest.mark.parametrize("place", [("111122223333", "us-east-1"), ("123456789012", "eu-west-1")])
def test_a_setting_holds_in_one_account_and_region(registry, place):
    registry(put_account_setting, name="BLOB_MOUNTING", value="ENABLED")
    elsewhere = registry.in_account(*place)
    assert elsewhere(get_account_setting, name="BLOB_MOUNTING").value == "DISABLED"


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        (get_account_setting, {"name": "NO_SETTING"}),
        (put_account_setting, {"name": "NO_SETTING", "value": "ENABLED"}),
        (put_account_setting, {"name": "BASIC_SCAN_TYPE_VERSION", "value": "CLAIR"}),
    ],
)
def test_an_unknown_name_or_value_is_refused(registry, operation, parameters):
    with pytest.raises(InvalidParameterError):
        registry(operation, **parameters)
