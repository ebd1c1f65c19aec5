"""The registry door at public registries: named by alias, opened by Bearer tokens, and read by everybody.

Handlers and operations are those of private registries. Source: reference public.md §4.2, §6.
"""

import json
from typing import Any

from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call
from ecrmock.frontends.http import HttpRequest, HttpResponse
from ecrmock.frontends.oci.door import Handler, OciDoor
from ecrmock.frontends.oci.errors import MethodNotAllowedError, denied, render_error
from ecrmock.frontends.oci.exchange import Exchange
from ecrmock.frontends.oci.modes import MODES, RegistryMode
from ecrmock.frontends.oci.routing import Target, read_public_target
from ecrmock.frontends.oci.token import read_authorization, read_bearer
from ecrmock.values.authorization import (
    PUBLIC_LOGIN,
    Anonymous,
    Credentials,
    InvalidTokenError,
    NotAuthenticatedError,
)
from ecrmock.values.errors import EcrError
from ecrmock.values.manifests import MEDIA_TYPES, parse_manifest
from ecrmock.values.names import PUBLIC_HOME, PUBLIC_HOSTS, sha256_of
from ecrmock.values.public_gallery import RegistryNotFoundError
from ecrmock.values.repositories import RepositoryNotFoundError

_TOKEN = "/token"  # noqa: S105 - a path


def is_public_host(request: HttpRequest) -> bool:
    """Tell whether a request was sent to the host that AWS has for public registries."""
    return request.host.partition(":")[0].rstrip(".").lower() in PUBLIC_HOSTS


class PublicOciDoor(OciDoor):
    """Answers docker and its like at public registries.

    With ``everywhere`` whatever the host, as on a port of its own; else at the hosts that AWS has.
    """

    def __init__(self, backend: Backend, *, everywhere: bool) -> None:
        super().__init__(backend)
        self._everywhere = everywhere

    def _choose_mode(self) -> RegistryMode:
        return super()._choose_mode().for_public_registries()

    def takes(self, request: HttpRequest) -> bool:
        """Tell whether a request is this door's, by its path and host."""
        return super().takes(request) and (self._everywhere or is_public_host(request))

    def _target(self, request: HttpRequest) -> Target:
        return read_public_target(request, self._backend.settings)

    def _credentials(self, request: HttpRequest) -> Credentials:
        credentials = read_bearer(request.headers.get("authorization"))
        if isinstance(credentials, Anonymous) and not self._backend.settings.anonymous:
            raise NotAuthenticatedError
        return credentials

    def _respond(self, handler: Handler, exchange: Exchange) -> HttpResponse:
        """Have a request answered; what is not there is quoted by the alias that the client used.

        Source: reference public.md §4.2.
        """
        target = exchange.target
        try:
            response = handler(exchange)
        except (RepositoryNotFoundError, RegistryNotFoundError):
            raise RepositoryNotFoundError(target.repository_name, target.account) from None
        is_read = exchange.request.method in ("GET", "HEAD") and response.status in (200, 304)
        if is_read and exchange.backend.settings.public_rate_limits:
            _count(exchange, response)
        return response


def _count(exchange: Exchange, response: HttpResponse) -> None:
    """Count what reads a manifest or a list of tags. Raises: ThrottledError. Source: public.md §2."""
    if exchange.target.resource not in ("manifest", "tags"):
        return
    source = exchange.request.remote_address
    exchange.call("CountPublicPull", service="ecrmock", source_ip=source, **_taken(response))


def _taken(response: HttpResponse) -> dict[str, Any]:
    """Return which manifest a response has, and which ones belong to the same pull.

    A client that only looks comes back for what it has found; who gets an index comes for a part of it.
    """
    looked_for = response.headers.get("Docker-Content-Digest")
    if response.length is not None and looked_for:
        return {"parts": frozenset({looked_for})}
    media_type = response.headers.get("Content-Type")  # none where the client has it: 304
    if media_type not in MEDIA_TYPES or not isinstance(response.body, bytes):
        return {}
    manifest = parse_manifest(response.body.decode(), media_type)
    parts = frozenset(each.digest for each in manifest.manifests)
    return {"image_digest": sha256_of(response.body), "parts": parts}


class TokenDoor:
    """Gives Bearer tokens of public registries: of one hour to everybody, of twelve for a login.

    Source: reference public.md §6.1, §6.2.
    """

    def __init__(self, backend: Backend, *, everywhere: bool) -> None:
        self._backend = backend
        self._everywhere = everywhere
        self._mode = MODES[backend.settings.registry_mode].for_public_registries()

    def takes(self, request: HttpRequest) -> bool:
        """Tell whether a request is this door's, by its path and host."""
        return request.path in (_TOKEN, f"{_TOKEN}/") and (
            self._everywhere or is_public_host(request)
        )

    def handle(self, request: HttpRequest, request_id: str) -> HttpResponse:
        """Answer a request; what a client asks to have in its scope is ignored."""
        if request.path == _TOKEN:
            query = f"?{request.query}" if request.query else ""
            return HttpResponse(301, {"Location": f"{_TOKEN}/{query}"})
        try:
            return self._answer(request, request_id)
        except (NotAuthenticatedError, InvalidTokenError):
            return denied(NotAuthenticatedError())
        except EcrError as error:
            return render_error(request, self._mode, error)

    def _answer(self, request: HttpRequest, request_id: str) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            raise MethodNotAllowedError
        header = request.headers.get("authorization")
        call = Call(
            service="ecrmock",
            operation="IssueBearerToken",
            parameters={},
            credentials=read_authorization(header, purpose=PUBLIC_LOGIN),
            region=PUBLIC_HOME,
            request_id=request_id,
            origin=request.origin,
        )
        token = self._backend.dispatcher.dispatch(call)
        body = json.dumps({"token": token}, separators=(",", ":")).encode()
        return HttpResponse(200, {"Content-Type": "application/json; charset=utf-8"}, body)

    def fail(self, request: HttpRequest, error: EcrError, request_id: str) -> HttpResponse:  # noqa: ARG002
        """Answer a request that met a bug."""
        return render_error(request, self._mode, error)
