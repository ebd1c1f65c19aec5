"""Accounts: what each holds, one of them forgotten, and a password for docker. Source: DESIGN.md §4."""

import base64
from collections.abc import Mapping
from typing import Any

from ecrmock.backend import Backend
from ecrmock.frontends.admin.errors import AdminError
from ecrmock.own_calls import issue_token
from ecrmock.values.authorization import TOKEN_USER
from ecrmock.values.names import PUBLIC, AccountId, Region, is_account_id

_USAGE = (
    'a token takes {} or any of {"account": "<12 digits>", "region": "<name>"}, '
    'for ECR Public {"public": true} in place of the region'
)


def show(backend: Backend, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the accounts that hold anything, with the numbers of what they hold."""
    counted = backend.accounts()
    return {"accounts": [{"account": account, **held} for account, held in counted.items()]}


def clear(backend: Backend, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Forget all that an account holds, if it holds anything. Raises: AdminError."""
    account = parameters["id"]
    if not is_account_id(account):
        raise AdminError(f"{account!r} is no account id; one has twelve digits")
    backend.clear_account(AccountId(account))
    return {"status": "ok"}


def token(backend: Backend, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a password for docker, as the root of an account. Raises: AdminError."""
    is_public = document.get("public", False)
    account = document.get("account", backend.settings.account)
    region = PUBLIC if is_public else document.get("region", backend.settings.region)
    is_known = {"account", "public" if is_public is True else "region"}.issuperset(document)
    if not is_known or not isinstance(account, str) or not is_account_id(account):
        raise AdminError(_USAGE)
    if not isinstance(region, str) or not region:
        raise AdminError(_USAGE)
    data = issue_token(backend, AccountId(account), Region(region))
    return {
        "username": TOKEN_USER,
        "password": base64.b64decode(data.authorization_token).decode().partition(":")[2],
        "expiresAt": data.expires_at.isoformat(),
        "registry": data.proxy_endpoint,
    }
