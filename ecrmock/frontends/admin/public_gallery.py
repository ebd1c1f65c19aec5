"""Public registries over HTTP: the aliases that AWS gives on request. Source: reference public.md §1.2."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call
from ecrmock.frontends.admin.errors import AdminError
from ecrmock.values.authorization import AccountRoot
from ecrmock.values.names import PUBLIC, AccountId, is_account_id
from ecrmock.values.public_gallery import ACTIVE

_USAGE = 'an alias takes {"name": "<alias>"} and may have "account", "status" and "primary", true or false'
_KINDS: Mapping[str, type] = MappingProxyType(
    {"name": str, "account": str, "status": str, "primary": bool}
)


def put_alias(backend: Backend, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give an account's public registry one more alias. Raises: AdminError."""
    is_known = "name" in document and document.keys() <= _KINDS.keys()
    if not is_known or not all(type(value) is _KINDS[key] for key, value in document.items()):
        raise AdminError(_USAGE)
    account = document.get("account", backend.settings.account)
    if not is_account_id(account):
        raise AdminError(_USAGE)
    call = Call(
        service="ecrmock",
        operation="PutPublicAlias",
        parameters={
            "name": document["name"],
            "status": document.get("status", ACTIVE),
            "is_primary": document.get("primary", True),
        },
        credentials=AccountRoot(AccountId(account)),
        region=PUBLIC,
        request_id=backend.world.ids.uuid(),
    )
    try:
        alias = backend.dispatcher.dispatch(call)
    except ValueError as error:
        raise AdminError(str(error)) from None
    return {
        "account": alias.registry_id,
        "name": alias.name,
        "status": alias.status,
        "primary": alias.primary_registry_alias,
        "registryUri": backend.world.addresses.public_registry(alias.name),
    }
