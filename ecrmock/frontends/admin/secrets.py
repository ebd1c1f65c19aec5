"""Secrets of upstreams over HTTP, as Secrets Manager would keep them. Source: reference features.md §4.2."""

from collections.abc import Mapping
from typing import Any

from ecrmock.backend import Backend
from ecrmock.frontends.admin.errors import AdminError
from ecrmock.own_calls import put_upstream_secret
from ecrmock.values.names import AccountId, Region, is_account_id

_USAGE = (
    'a secret is {"name": "ecr-pullthroughcache/<name>", "username": "<user>", "accessToken": "<token>"} '
    'and may have "account" and "region"; the name may be an ARN'
)
_NEEDED = frozenset({"name", "username", "accessToken"})
_MEMBERS = _NEEDED | {"account", "region"}


def put(backend: Backend, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep a secret, and say by which ARN rules name it. Raises: AdminError."""
    is_complete = _NEEDED <= document.keys() <= _MEMBERS
    if not is_complete or not all(isinstance(text, str) for text in document.values()):
        raise AdminError(_USAGE)
    account, region = document.get("account"), document.get("region")
    if account is not None and not is_account_id(account):
        raise AdminError(_USAGE)
    try:
        arn = put_upstream_secret(
            backend,
            document["name"],
            document["username"],
            document["accessToken"],
            account=AccountId(account) if account else None,
            region=Region(region) if region else None,
        )
    except ValueError as error:
        raise AdminError(str(error)) from None
    return {"arn": arn}
