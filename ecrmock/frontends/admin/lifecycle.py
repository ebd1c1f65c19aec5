"""Lifecycle policies over HTTP: evaluated now, not a day later. Source: DESIGN.md §4."""

from collections.abc import Mapping
from typing import Any

from ecrmock.backend import Backend
from ecrmock.frontends.admin.errors import AdminError
from ecrmock.frontends.admin.registries import registry_of
from ecrmock.own_calls import run_lifecycle
from ecrmock.values.errors import EcrError

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
    where = registry_of(document, _USAGE)
    try:
        ran = run_lifecycle(
            backend,
            document.get("repository"),
            **where,
        )
    except EcrError as error:
        raise AdminError(error.message, 404) from None
    return {"repositories": list(ran)}
