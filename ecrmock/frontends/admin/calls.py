"""The last calls of every door, as a list or a stream, and which of them one asks for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ecrmock.backend import Backend
from ecrmock.dispatch.call import CallRecord
from ecrmock.frontends.admin.errors import AdminError
from ecrmock.frontends.admin.stream import EventStream, answer, last_id
from ecrmock.frontends.http import HttpRequest, HttpResponse
from ecrmock.values.names import is_account_id

_ANY, _NONE = "any", "none"
_FILTERS = frozenset({"operation", "account", "error", "since"})
_USAGE = (
    "calls are chosen by operation (as PutImage), account (12 digits), error (a code, any or none) and since "
    "(ISO 8601 with a time zone)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Which calls are asked for: those that meet all that is not None."""

    operation: str | None
    account: str | None
    error: str | None
    since: datetime | None

    def takes(self, record: CallRecord) -> bool:
        """Tell whether a call is asked for."""
        return (
            self.operation in (None, record.operation)
            and self.account in (None, record.account)
            and self._takes_error(record.error)
            and (self.since is None or record.time >= self.since)
        )

    def _takes_error(self, error: str | None) -> bool:
        if self.error in (_ANY, _NONE):
            return (error is None) == (self.error == _NONE)
        return self.error in (None, error)


def show(backend: Backend, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the calls that are asked for, the oldest first. Raises: AdminError."""
    chosen = _filter(parameters)
    return {"calls": [_document(record) for record in backend.calls() if chosen.takes(record)]}


def follow(backend: Backend, request: HttpRequest) -> HttpResponse:
    """Answer with the calls that come, after those that the client missed. Raises: AdminError.

    Who says since when, but not what it had, gets the kept calls since then first.
    """
    chosen, after = _filter(request.query_parameters()), last_id(request)
    if after is None and chosen.since is not None:
        after = 0
    return answer(_FollowedCalls(backend, chosen, after))


class _FollowedCalls(EventStream):
    """A stream of calls. They become JSON where they are sent, not where they are made."""

    def __init__(self, backend: Backend, chosen: CallFilter, after: int | None) -> None:
        super().__init__(_document)
        self._end: Callable[[], None] = backend.follow_calls(
            lambda number, record: self.put(number, record) if chosen.takes(record) else None,
            after=after,
        )

    def close(self) -> None:
        self._end()
        super().close()


def _filter(parameters: Mapping[str, Any]) -> CallFilter:
    if not {*_FILTERS, "stream"}.issuperset(parameters):
        raise AdminError(_USAGE)
    texts = {name: parameters.get(name) for name in _FILTERS}
    if not all(text is None or (isinstance(text, str) and text) for text in texts.values()):
        raise AdminError(_USAGE)
    if texts["account"] is not None and not is_account_id(texts["account"]):
        raise AdminError(_USAGE)
    since = texts.pop("since")
    return CallFilter(**texts, since=None if since is None else _time(since))


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text.replace(" ", "+"))  # what "+" in a query means
    except ValueError:
        raise AdminError(_USAGE) from None
    if time.tzinfo is None:
        raise AdminError(_USAGE)
    return time


def _document(record: CallRecord) -> Mapping[str, Any]:
    return {
        "time": record.time.isoformat(),
        "requestId": record.request_id,
        "service": record.service,
        "operation": record.operation,
        "account": record.account,
        "region": record.region,
        "principal": record.principal,
        "action": record.action or None,
        "decision": None if record.decision is None else record.decision.document(),
        "error": record.error,
    }
