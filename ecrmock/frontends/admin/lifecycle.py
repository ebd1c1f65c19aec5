"""Lifecycle policies over HTTP: evaluated now, not a day later. Source: DESIGN.md §4."""

from collections.abc import Mapping
from typing import Any

from ecrmock.backend import Backend
from ecrmock.frontends.admin.errors import AdminError
from ecrmock.own_calls import run_lifecycle
from ecrmock.values.errors import EcrError
from ecrmock.values.names import AccountId, Region, is_account_id

_USAGE = (
    'a lifecycle run takes {} or any of {"repository": "<name>", "account": "<12 digits>", '
    '"region": "<name>"}'
)
_MEMBERS = frozenset({"repository", "account", "region"})


def run(backend: Backend, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Evaluate one policy, or all of a registry, and do what they say. Raises: AdminError."""
    if not _MEMBERS.issuperset(document) or not all(
        isinstance(value, str) for value in document.values()
    ):
        raise AdminError(_USAGE)
    account, region = document.get("account"), document.get("region")
    if account is not None and not is_account_id(account):
        raise AdminError(_USAGE)
    try:
        ran = run_lifecycle(
            backend,
            document.get("repository"),
            account=AccountId(account) if account else None,
            region=Region(region) if region else None,
        )
    except EcrError as error:
        raise AdminError(error.message, 404) from None
    return {"repositories": list(ran)}
