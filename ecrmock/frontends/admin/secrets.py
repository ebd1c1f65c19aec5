"""Secrets of upstreams over HTTP, as Secrets Manager would keep them. Source: reference features.md §4.2."""

from collections.abc import Mapping
from typing import Any

from ecrmock.backend import Backend
from ecrmock.frontends.admin.errors import AdminError
from ecrmock.frontends.admin.registries import registry_of
from ecrmock.own_calls import put_upstream_secret

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
    where = registry_of(document, _USAGE)
    try:
        arn = put_upstream_secret(
            backend,
            document["name"],
            document["username"],
            document["accessToken"],
            **where,
        )
    except ValueError as error:
        raise AdminError(str(error)) from None
    return {"arn": arn}
