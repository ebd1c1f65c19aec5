"""Sinks: where EventBridge envelopes are sent outside the emulator.

A sink only delivers or fails; waiting, order and retries are its worker's (``event_delivery.py``). With
``upstream.py`` this is the only place below the doors that speaks to a network, and it is loaded when a
server has sinks.
"""

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from ecrmock.values.settings import Settings

if TYPE_CHECKING:
    from urllib.request import OpenerDirector

_PATIENCE = 5.0  # seconds that a request may take
_LINES_AT_ONCE = 500
_ENTRIES_AT_ONCE = 10  # EventBridge API reference, PutEvents
_NOBODY = "test"  # who signs when the environment has no credentials

Envelope = Mapping[str, Any]


class EventSink(Protocol):
    """Somewhere that envelopes go to. ``name`` is how the log calls it."""

    name: str
    batch_size: int  # that ``deliver`` takes

    def deliver(self, batch: Sequence[Envelope]) -> None:
        """Send envelopes in their order.

        Raises: PartlyDeliveredError with what was refused; after anything else all are sent again.
        """


class PartlyDeliveredError(Exception):
    """Some envelopes of a batch were refused; ``left`` are those, in their order."""

    def __init__(self, reason: str, left: Sequence[Envelope]) -> None:
        super().__init__(reason)
        self.left = left


class JsonLinesSink:
    """Appends one line of JSON for each envelope to a file, which may be moved away at any time."""

    batch_size = _LINES_AT_ONCE

    def __init__(self, path: str) -> None:
        self.name = path
        self._path = Path(path)

    def deliver(self, batch: Sequence[Envelope]) -> None:
        """Append the lines; what a full disk cuts off is taken back. Raises: OSError."""
        lines = memoryview(b"".join(json.dumps(envelope).encode() + b"\n" for envelope in batch))
        with self._path.open("ab", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            try:
                while lines:
                    lines = lines[file.write(lines) :]
            except OSError:
                with suppress(OSError):
                    file.truncate(size)
                raise


class WebhookSink:
    """Posts each envelope as JSON; any answer but 2xx is a failure, a redirect too."""

    batch_size = 1

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.name = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        self._url = url
        self._opener = _opener()

    def deliver(self, batch: Sequence[Envelope]) -> None:
        """Make the request. Raises: OSError (urllib's errors among them), http.client.HTTPException."""
        from urllib.error import HTTPError  # noqa: PLC0415 - loaded when needed
        from urllib.request import Request  # noqa: PLC0415 - loaded when needed

        headers = {"Content-Type": "application/json", "User-Agent": "ecrmock"}
        for envelope in batch:
            body = json.dumps(envelope).encode()
            request = Request(self._url, body, headers)  # noqa: S310 - http or https, by the option
            try:
                self._opener.open(request, timeout=_PATIENCE).close()
            except HTTPError as error:
                error.close()
                raise


def _opener() -> "OpenerDirector":
    """Return what opens URLs; it does not follow redirects, which would make a GET of a POST."""
    from urllib.request import HTTPRedirectHandler, build_opener  # noqa: PLC0415 - loaded when needed

    class Refuse(HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    return build_opener(Refuse)


class EventBridgeSink:
    """Puts events on the default bus of an EventBridge endpoint, in the region that each is of.

    Credentials are those of the environment, or made-up ones where it has none.
    """

    batch_size = _ENTRIES_AT_ONCE

    def __init__(self, endpoint: str) -> None:
        self.name = self._endpoint = endpoint
        self._clients: dict[str, Any] = {}

    def deliver(self, batch: Sequence[Envelope]) -> None:
        """Put the events. Raises: PartlyDeliveredError, errors of botocore."""
        left: list[Envelope] = []
        reason = ""
        for region in dict.fromkeys(envelope["region"] for envelope in batch):
            mine = [envelope for envelope in batch if envelope["region"] == region]
            answer = self._client(region).put_events(Entries=[_entry(each) for each in mine])
            if answer["FailedEntryCount"]:
                refused = _refused(mine, answer["Entries"])
                left += (envelope for envelope, _ in refused)
                reason = refused[0][1]
        if left:
            raise PartlyDeliveredError(reason, left)

    def _client(self, region: str) -> Any:
        if region not in self._clients:
            self._clients[region] = _events_client(self._endpoint, region)
        return self._clients[region]


def _refused(
    envelopes: Sequence[Envelope], results: Sequence[Mapping[str, str]]
) -> list[tuple[Envelope, str]]:
    """Return which envelopes were refused, and why; results are in the order of the entries."""
    pairs = zip(envelopes, results, strict=True)
    return [
        (envelope, f"{result['ErrorCode']}: {result.get('ErrorMessage', '')}")
        for envelope, result in pairs
        if "ErrorCode" in result
    ]


def _entry(envelope: Envelope) -> dict[str, Any]:
    return {
        "Time": datetime.fromisoformat(envelope["time"]),
        "Source": envelope["source"],
        "DetailType": envelope["detail-type"],
        "Detail": json.dumps(envelope["detail"]),
        "Resources": envelope["resources"],
    }


def _events_client(endpoint: str, region: str) -> Any:
    import boto3  # noqa: PLC0415 - loaded when needed
    from botocore.config import Config  # noqa: PLC0415 - loaded when needed

    session = boto3.Session(region_name=region)
    key = None if session.get_credentials() else _NOBODY
    config = Config(
        connect_timeout=_PATIENCE,
        read_timeout=_PATIENCE,
        retries={"total_max_attempts": 1},  # the worker retries
    )
    return session.client(
        "events",
        endpoint_url=endpoint,
        config=config,
        aws_access_key_id=key,
        aws_secret_access_key=key,
    )


def sinks_of(settings: Settings) -> tuple[EventSink, ...]:
    """Return the sinks that the settings ask for."""
    return (
        *map(JsonLinesSink, settings.events_file),
        *map(WebhookSink, settings.events_webhook),
        *map(EventBridgeSink, settings.events_endpoint),
    )
