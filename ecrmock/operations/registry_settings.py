"""DescribeRegistry, GetAccountSetting, PutAccountSetting."""

from dataclasses import dataclass, replace

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.registry_settings import (
    check_account_setting,
    check_account_setting_name,
    with_account_setting,
)
from ecrmock.values.names import AccountId
from ecrmock.values.registry_settings import AccountSetting
from ecrmock.values.replication import ReplicationConfiguration


@dataclass(frozen=True, slots=True)
class DescribedRegistry:
    """Answer of DescribeRegistry."""

    registry_id: AccountId
    replication_configuration: ReplicationConfiguration


@operation("ecr", "DescribeRegistry")
def describe_registry(context: Context) -> DescribedRegistry:
    """Return the replication rules of the registry, of which there may be none.

    Source: reference api.md §11.
    """
    configuration = context.registry.settings.replication_configuration
    return DescribedRegistry(context.account, configuration)


@operation("ecr", "GetAccountSetting")
def get_account_setting(context: Context, *, name: str) -> AccountSetting:
    """Return an account setting of the registry; its default while it was never put.

    Raises: InvalidParameterError. Source: reference api.md §14.
    """
    check_account_setting_name(name)
    return AccountSetting(name=name, value=context.registry.settings.account_setting(name))


@operation("ecr", "PutAccountSetting")
def put_account_setting(context: Context, *, name: str, value: str) -> AccountSetting:
    """Put an account setting, for this account in this region.

    Raises: InvalidParameterError. Source: reference api.md §14.
    """
    check_account_setting(name, value)
    settings = context.registry.settings
    put = with_account_setting(settings.account_settings, name, value)
    context.registry.change(replace(settings, account_settings=put))
    return AccountSetting(name=name, value=value)
