"""Which account settings there are, and what may be put into them."""

from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.registry_settings import ACCOUNT_SETTINGS, AccountSetting


def check_account_setting_name(name: str) -> None:
    """Refuse a setting that does not exist. Raises InvalidParameterError.

    Inferred: reference api.md §14.
    """
    if name not in ACCOUNT_SETTINGS:
        raise InvalidParameterError("name", "Invalid account setting name")


def check_account_setting(name: str, value: str) -> None:
    """Refuse a value that a setting cannot have, as CLAIR, which is retired. Raises InvalidParameterError.

    Inferred: reference api.md §14.
    """
    check_account_setting_name(name)
    if value not in ACCOUNT_SETTINGS[name]:
        raise InvalidParameterError("value", "Invalid account setting value")


def with_account_setting(
    settings: tuple[AccountSetting, ...], name: str, value: str
) -> tuple[AccountSetting, ...]:
    """Return the settings with one of them put, in the order of their names."""
    others = (setting for setting in settings if setting.name != name)
    changed = (*others, AccountSetting(name=name, value=value))
    return tuple(sorted(changed, key=lambda setting: setting.name))
