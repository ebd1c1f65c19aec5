"""Access control over HTTP: whether a principal could do something, and which statement says so."""

from collections.abc import Mapping
from typing import Any

from ecrmock.backend import Backend
from ecrmock.frontends.admin.errors import AdminError
from ecrmock.values.errors import EcrError
from ecrmock.values.names import Region

_USAGE = (
    'it takes {"principal": "<ARN or account>", "action": "ecr:…", "resource": "<ARN or *>"} and may have '
    '"region" and "context", an object of condition keys with a text or a list of texts each'
)
_NEEDED = frozenset({"principal", "action", "resource"})
_MEMBERS = _NEEDED | {"region", "context"}


def explain(backend: Backend, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Decide about an action, and say why. Raises: AdminError."""
    texts = {name: value for name, value in document.items() if name != "context"}
    is_complete = texts.keys() >= _NEEDED and document.keys() <= _MEMBERS
    if not is_complete or not all(isinstance(text, str) for text in texts.values()):
        raise AdminError(_USAGE)
    region = texts.pop("region", None)
    try:
        decision = backend.explain_access(
            **texts, keys=_keys(document), region=Region(region) if region else None
        )
    except ValueError as error:
        raise AdminError(str(error), 404) from None
    except EcrError as error:
        raise AdminError(error.message) from None
    return decision.document()


def _keys(document: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    context = document.get("context", {})
    if not isinstance(context, dict):
        raise AdminError(_USAGE)
    listed = {key: value if isinstance(value, list) else [value] for key, value in context.items()}
    if not all(isinstance(text, str) for values in listed.values() for text in values):
        raise AdminError(_USAGE)
    return {key: tuple(values) for key, values in listed.items()}
