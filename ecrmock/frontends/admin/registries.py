"""Which registry a request to the admin endpoints means."""

from collections.abc import Mapping
from typing import Any, TypedDict

from ecrmock.frontends.admin.errors import AdminError
from ecrmock.values.names import AccountId, Region, is_account_id


class Where(TypedDict):
    """A registry, by keyword arguments; None stands for the default."""

    account: AccountId | None
    region: Region | None


def registry_of(document: Mapping[str, Any], usage: str) -> Where:
    """Return the registry that texts ``account`` and ``region`` name. Raises: AdminError with the usage."""
    account, region = document.get("account"), document.get("region")
    if account is not None and not is_account_id(account):
        raise AdminError(usage)
    return {
        "account": AccountId(account) if account else None,
        "region": Region(region) if region else None,
    }
