import pytest

from ecrmock.values.registry_settings import AccountSetting, RegistrySettings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASIC_SCAN_TYPE_VERSION", "AWS_NATIVE"),
        ("REGISTRY_POLICY_SCOPE", "V2"),
        ("BLOB_MOUNTING", "DISABLED"),
    ],
)
def test_an_account_setting_has_a_default(name: str, value: str) -> None:
    """Source: reference api.md §14."""
    assert RegistrySettings().account_setting(name) == value


def test_an_account_setting_that_was_put_is_what_counts() -> None:
    put = AccountSetting(name="BLOB_MOUNTING", value="ENABLED")
    settings = RegistrySettings(account_settings=(put,))
    assert settings.account_setting("BLOB_MOUNTING") == "ENABLED"
    assert settings.account_setting("REGISTRY_POLICY_SCOPE") == "V2"


def test_a_registry_begins_without_replication() -> None:
    """Source: reference api.md §11."""
    assert RegistrySettings().replication_configuration.rules == ()
