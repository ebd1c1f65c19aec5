"""The way through the whole of botocore, with our answer where the network would be.

Taken when user code watches the request on its way, by handlers of ``before-sign``, ``before-send`` or
``request-created``: botocore then signs, retries and parses as ever, and a ``before-send`` handler of ours
gives the answer unless one of the user's does.
"""

import sys
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.client import BaseClient
from botocore.model import OperationModel

from ecrmock.frontends.aws.routing import AwsDoor
from ecrmock.frontends.http import BytesBody, HttpRequest
from ecrmock.inprocess import active

_EVENTS = ("before-sign", "before-send", "request-created")
_OWN_MODULES = ("botocore.", "aiobotocore.", "moto.", "ecrmock.")


def moto_is_active() -> bool:
    """Tell whether moto answers AWS's other services at present."""
    models = sys.modules.get("moto.core.models")
    return models is not None and bool(models.botocore_stubber.enabled)


def is_needed(client: BaseClient, operation: OperationModel) -> bool:
    """Tell whether user code has handlers on the way of a request that only the whole way calls.

    The answer is kept where botocore keeps the handlers of an event, which it forgets when one is added.
    """
    events = client.meta.events
    emitter = getattr(events, "_emitter", events)
    key = f"ecrmock.{operation.name}"
    found: bool | None = emitter._lookup_cache.get(key)
    if found is None:
        found = emitter._lookup_cache[key] = _is_watched(emitter, operation)
    return found


def _is_watched(emitter: Any, operation: OperationModel) -> bool:
    service = operation.service_model.service_id.hyphenize()
    handlers = (
        handler
        for event in _EVENTS
        for handler in emitter._handlers.prefix_search(f"{event}.{service}.{operation.name}")
    )
    return any(not _module(handler).startswith(_OWN_MODULES) for handler in handlers)


def _module(handler: Any) -> str:
    return getattr(getattr(handler, "__func__", handler), "__module__", None) or ""


def prepare(client: BaseClient, *, is_async: bool) -> None:
    """Have a client's requests answered at the transport while a backend is active.

    The user's handlers come first; moto's would too, and ECR is not its own while ecrmock is there.
    """
    register = client.meta.events.register_last
    if moto_is_active():
        register = client.meta.events.register_first
    answer = _async_answer if is_async else _answer
    service = client.meta.service_model.service_id.hyphenize()
    register(f"before-send.{service}", answer, unique_id=f"ecrmock-{service}")


def _answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
    """Answer a prepared request at the AWS door; None when no backend is active any more."""
    answered = _handle(request)
    return None if answered is None else AWSResponse(*answered)


async def _async_answer(request: AWSPreparedRequest, **_: Any) -> Any:
    from aiobotocore.awsrequest import AioAWSResponse  # noqa: PLC0415 - only clients of its kind get here

    answered = _handle(request)
    return None if answered is None else AioAWSResponse(*answered)


def _handle(request: AWSPreparedRequest) -> tuple[str, int, dict[str, str], "_Raw"] | None:
    backend = active.innermost()
    if backend is None:
        return None
    parts = urlsplit(request.url)
    body = request.body or b""
    response = AwsDoor(backend).handle(
        HttpRequest(
            method=request.method,
            path=parts.path or "/",
            query=parts.query,
            headers={name.lower(): _text(value) for name, value in request.headers.items()},
            body=BytesBody(body.encode() if isinstance(body, str) else body),
        ),
        backend.world.ids.uuid(),
    )
    content = response.body if isinstance(response.body, bytes) else b""
    return request.url, response.status, response.headers, _Raw(content)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


class _Raw:
    """The body of a response, as urllib3 and aiohttp hand it to botocore and aiobotocore."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> list[bytes]:
        """Return the body in pieces."""
        return [self._content]

    async def read(self) -> bytes:
        """Return the body."""
        return self._content
