"""The way through the whole of botocore, with our answer where the network would be.

Taken when user code watches the request on its way, by handlers of ``before-sign``, ``before-send`` or
``request-created``, and while the backend has faults: botocore then signs, retries and parses as ever, and
the client's HTTP session gives our answer unless a ``before-send`` handler of the user's has given one.
"""

import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.client import BaseClient
from botocore.exceptions import ConnectionClosedError
from botocore.model import OperationModel

from ecrmock.inprocess import active
from ecrmock.values.errors import ConnectionDroppedError

OWN_SERVICES = frozenset({"ecr", "ecr-public", "signer"})  # whatever moto does
_EVENTS = ("before-sign", "before-send", "request-created")
_OWN_MODULES = ("botocore.", "aiobotocore.", "moto.", "ecrmock.")
_OURS = "_ecrmock_sends"
# What a request that nobody signed says of its region and service.
_UNSIGNED = "AWS4-HMAC-SHA256 Credential=none/20000101/{scope}/aws4_request"


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
    """Have a client's requests answered where they would be sent, while a backend is active.

    That is behind all handlers: botocore calls each of them, and sends when none has answered. moto's
    answers too, so while it is active a handler of ours is before it. Who has no credentials signs nothing.
    """
    events, model = client.meta.events, client.meta.service_model
    scope = f"{client.meta.region_name or ''}/{model.signing_name}"
    answer = _async_answer if is_async else _answer

    is_own = model.service_name in OWN_SERVICES

    def before_moto(request: AWSPreparedRequest, **_: Any) -> Any:
        is_ours = moto_is_active() and (is_own or _enforces_iam())
        return answer(request, scope) if is_ours else None

    def unsigned(**_: Any) -> Any:
        signs = client._request_signer._credentials is not None or active.innermost() is None
        return None if signs else UNSIGNED

    events.register_first("before-send", before_moto, unique_id="ecrmock-before-moto")
    events.register_last("choose-signer", unsigned, unique_id="ecrmock-unsigned")
    session = client._endpoint.http_session
    if not hasattr(session.send, _OURS):
        session.send = (_async_send if is_async else _send)(session.send, scope)
        setattr(session.send, _OURS, True)


def _enforces_iam() -> bool:
    backend = active.innermost()
    return backend is not None and backend.dispatcher.enforces_iam


def _send(covered: Callable[..., Any], scope: str) -> Callable[..., Any]:
    def send(request: AWSPreparedRequest) -> Any:
        return _answer(request, scope) or covered(request)

    return send


def _async_send(covered: Callable[..., Any], scope: str) -> Callable[..., Any]:
    async def send(request: AWSPreparedRequest) -> Any:
        return await _answer_beside(request, scope) or await covered(request)

    return send


def _answer(request: AWSPreparedRequest, scope: str) -> AWSResponse | None:
    """Answer a prepared request at the AWS door; None when no backend is active any more."""
    answered = _handle(request, scope)
    return None if answered is None else AWSResponse(*answered)


def _async_answer(request: AWSPreparedRequest, scope: str) -> Any:
    from aiobotocore.awsrequest import AioAWSResponse  # noqa: PLC0415 - only clients of its kind get here

    answered = _handle(request, scope)
    if (
        answered is not None and not answered[-1].is_whole
    ):  # aiohttp sees it; botocore does not look
        raise ConnectionClosedError(endpoint_url=request.url)
    return None if answered is None else AioAWSResponse(*answered)


async def _answer_beside(request: AWSPreparedRequest, scope: str) -> Any:
    """Answer in a thread when a fault may make the answer wait: other tasks go on."""
    backend = active.innermost()
    if backend is None or not backend.dispatcher.faults.active:
        return _async_answer(request, scope)
    import asyncio  # noqa: PLC0415 - only clients that are asynchronous get here

    return await asyncio.to_thread(_async_answer, request, scope)


def _handle(
    request: AWSPreparedRequest, scope: str
) -> tuple[str, int, dict[str, str], "_Raw"] | None:
    from ecrmock.frontends.aws.routing import AwsDoor  # noqa: PLC0415 - few calls come this way
    from ecrmock.frontends.http import BytesBody, HttpRequest  # noqa: PLC0415

    backend = active.innermost()
    if backend is None:
        return None
    parts = urlsplit(request.url)
    body = request.body or b""
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    headers.setdefault("host", parts.netloc)  # what sends a request adds it, and it is signed
    if not backend.dispatcher.identification.is_strict:
        headers.setdefault("authorization", _UNSIGNED.format(scope=scope))
    asked = HttpRequest(
        method=request.method,
        path=parts.path or "/",
        query=parts.query,
        headers=headers,
        body=BytesBody(body.encode() if isinstance(body, str) else body),
        scheme=parts.scheme,
    )
    request_id = backend.world.ids.uuid()
    try:
        response = AwsDoor(backend).handle(asked, request_id)
    except ConnectionDroppedError:
        raise ConnectionClosedError(endpoint_url=request.url) from None
    content = response.body if isinstance(response.body, bytes) else b""
    cut = backend.dispatcher.faults.take_cut(request_id)
    return request.url, response.status, response.headers, _Raw(content, cut)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


class _Raw:
    """The body of a response, as urllib3 and aiohttp hand it to botocore and aiobotocore."""

    def __init__(self, content: bytes, cut: int | None) -> None:
        self.is_whole = cut is None or cut >= len(content)
        self._content = content[:cut]

    def stream(self) -> list[bytes]:
        """Return the body in pieces."""
        return [self._content]

    async def read(self) -> bytes:
        """Return the body."""
        return self._content
