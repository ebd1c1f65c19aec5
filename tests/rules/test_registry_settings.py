"""Account settings. Source: reference api.md §14; the refusals are inferred."""

import pytest

from ecrmock.rules.registry_settings import (
    check_account_setting,
    check_account_setting_name,
    with_account_setting,
)
from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.registry_settings import AccountSetting


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASIC_SCAN_TYPE_VERSION", "AWS_NATIVE"),
        ("REGISTRY_POLICY_SCOPE", "V2"),
        ("REGISTRY_POLICY_SCOPE", "V1"),
        ("BLOB_MOUNTING", "ENABLED"),
        ("BLOB_MOUNTING", "DISABLED"),
    ],
)
def test_a_setting_takes_its_values(name: str, value: str) -> None:
    check_account_setting(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASIC_SCAN_TYPE_VERSION", "CLAIR"),
        ("REGISTRY_POLICY_SCOPE", "V3"),
        ("BLOB_MOUNTING", "enabled"),
        ("BLOB_MOUNTING", ""),
    ],
)
def test_a_setting_refuses_other_values(name: str, value: str) -> None:
    """Also CLAIR, which is retired."""
    with pytest.raises(InvalidParameterError) as caught:
        check_account_setting(name, value)
    assert caught.value.field == "value"


@pytest.mark.parametrize("name", ["blob_mounting", "", "NO_SETTING"])
def test_a_setting_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        check_account_setting_name(name)
    assert caught.value.field == "name"


def test_the_name_is_looked_at_before_the_value() -> None:
    with pytest.raises(InvalidParameterError) as caught:
        check_account_setting("NO_SETTING", "NO_VALUE")
    assert caught.value.field == "name"


def test_a_setting_that_is_put_again_is_there_once() -> None:
    once = with_account_setting((), "REGISTRY_POLICY_SCOPE", "V1")
    both = with_account_setting(once, "BLOB_MOUNTING", "ENABLED")
    assert with_account_setting(both, "REGISTRY_POLICY_SCOPE", "V2") == (
        AccountSetting(name="BLOB_MOUNTING", value="ENABLED"),
        AccountSetting(name="REGISTRY_POLICY_SCOPE", value="V2"),
    )
