"""Routes of the admin door. It is the last one, so it also answers what no other door takes."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ecrmock.backend import Backend
from ecrmock.frontends.admin import (
    accounts,
    calls,
    clock,
    description,
    faults,
    findings,
    iam,
    lifecycle,
    public_gallery,
    sbom,
    secrets,
    seeds,
    signing,
    snapshots,
    state,
    stream,
)
from ecrmock.frontends.admin.errors import AdminError
from ecrmock.frontends.admin.routes import find_path
from ecrmock.frontends.http import HttpRequest, HttpResponse
from ecrmock.values.errors import EcrError

_BODY_LIMIT = 1024 * 1024
_WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE"})

# What is asked is the JSON object of the body, of requests that bring none the parameters of the query; those
# of the path are among it.
Handler = Callable[[Backend, Any], Mapping[str, Any] | bytes | HttpResponse]

_HANDLERS: Mapping[tuple[str, str], Handler] = MappingProxyType(
    {
        ("GET", "/_ecrmock/health"): state.health,
        ("GET", "/_ecrmock/version"): state.versions,
        ("GET", "/_ecrmock/openapi.json"): description.show,
        ("POST", "/_ecrmock/reset"): state.reset,
        ("POST", "/moto-api/reset"): state.reset,  # a suite moves over by changing its endpoint
        ("POST", "/_ecrmock/settle"): state.settle,
        ("POST", "/_ecrmock/lifecycle"): lifecycle.run,
        ("POST", "/_ecrmock/iam/explain"): iam.explain,
        ("POST", "/_ecrmock/secrets"): secrets.put,
        ("POST", "/_ecrmock/public-aliases"): public_gallery.put_alias,
        ("GET", "/_ecrmock/clock"): clock.show,
        ("POST", "/_ecrmock/clock"): clock.change,
        ("GET", "/_ecrmock/events"): state.events,
        ("GET", "/_ecrmock/calls"): calls.show,
        ("GET", "/_ecrmock/accounts"): accounts.show,
        ("DELETE", "/_ecrmock/accounts/{id}"): accounts.clear,
        ("POST", "/_ecrmock/token"): accounts.token,
        ("GET", "/_ecrmock/faults"): faults.show,
        ("POST", "/_ecrmock/faults"): faults.add,
        ("DELETE", "/_ecrmock/faults"): faults.clear,
        ("DELETE", "/_ecrmock/faults/{id}"): faults.stop,
        ("GET", "/_ecrmock/findings"): findings.show,
        ("POST", "/_ecrmock/findings"): findings.put,
        ("DELETE", "/_ecrmock/findings"): findings.clear,
        ("POST", "/_ecrmock/snapshot"): snapshots.take,
        ("DELETE", "/_ecrmock/snapshot/{id}"): snapshots.forget,
        ("POST", "/_ecrmock/restore"): snapshots.restore,
        ("POST", "/_ecrmock/seed"): seeds.play,
        ("GET", "/_ecrmock/export"): seeds.export,
        ("GET", "/_ecrmock/sbom"): sbom.show,
        ("GET", "/_ecrmock/ca.pem"): state.authority,
        ("GET", "/_ecrmock/signing/ca.pem"): signing.root,
        ("GET", "/_ecrmock/signing/crl.der"): signing.revocations,
    }
)
_STREAMS: Mapping[str, Callable[[Backend, HttpRequest], HttpResponse]] = MappingProxyType(
    {"/_ecrmock/events": stream.events, "/_ecrmock/calls": calls.follow}
)
# What brings or takes files beside the JSON.
_PACKED: Mapping[str, Callable[[Backend, HttpRequest], HttpResponse]] = MappingProxyType(
    {"/_ecrmock/seed": seeds.play_packed, "/_ecrmock/export": seeds.export_packed}
)
_PATHS = frozenset(path for _, path in _HANDLERS)


class AdminDoor:
    """Answers curl, the ecrmock command and browsers."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def takes(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the last door takes the rest
        """Tell whether a request is this door's."""
        return True

    def handle(self, request: HttpRequest, request_id: str) -> HttpResponse:  # noqa: ARG002
        """Answer a request. Raises: BodyError."""
        try:
            return self._answer(request)
        except AdminError as error:
            return _json(error.status, {"message": error.message})

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.path in _STREAMS and stream.is_wanted(request):
            return _STREAMS[request.path](self._backend, request)
        if request.path in _PACKED and seeds.is_packed(request):
            return _PACKED[request.path](self._backend, request)
        method = "GET" if request.method == "HEAD" else request.method
        path, parameters = find_path(request.path, _PATHS) or ("", {})
        handler = _HANDLERS.get((method, path))
        if handler is None:
            raise _unknown(request, path)
        return _response(handler(self._backend, _asked(request) | parameters))

    def fail(self, request: HttpRequest, error: EcrError, request_id: str) -> HttpResponse:  # noqa: ARG002
        """Answer a request that met a bug."""
        return _json(error.status, {"message": error.message, "requestId": request_id})


def _unknown(request: HttpRequest, path: str) -> AdminError:
    if path:
        return AdminError(f"{request.path} does not take {request.method}", 405)
    known = ", ".join(sorted(path for path in _PATHS if path.startswith("/_ecrmock/")))
    return AdminError(
        f"ecrmock has nothing at {request.path}. AWS requests are signed or have a target, "
        "the registry is under /v2/, the gallery of public repositories under /gallery/, and of its own "
        f"ecrmock has {known}",
        404,
    )


def _asked(request: HttpRequest) -> dict[str, Any]:
    """Return what is asked, without parameters of the path. Raises: AdminError, BodyError."""
    if request.method in _WITHOUT_BODY:
        return {**request.query_parameters()}
    return _document(request)


def _document(request: HttpRequest) -> dict[str, Any]:
    """Return the JSON of the body, an empty object without one. Raises: AdminError, BodyError."""
    body = request.read(_BODY_LIMIT)
    if body is None:
        raise AdminError(f"the body is longer than {_BODY_LIMIT} bytes", 413)
    try:
        document = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise AdminError("the body is not valid JSON") from None
    if not isinstance(document, dict):
        raise AdminError("the body is no JSON object")
    return document


def _response(answer: Mapping[str, Any] | bytes | HttpResponse) -> HttpResponse:
    """Return an answer as JSON, or a certificate as it is."""
    if isinstance(answer, HttpResponse):
        return answer
    if isinstance(answer, bytes):
        return HttpResponse(200, {"Content-Type": "application/x-pem-file"}, answer)
    return _json(200, answer)


def _json(status: int, document: Mapping[str, Any]) -> HttpResponse:
    body = json.dumps(document, indent=2).encode() + b"\n"
    return HttpResponse(status, {"Content-Type": "application/json"}, body)
