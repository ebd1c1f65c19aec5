"""The registry door: from a request to the handler of its resource and method, as one call each.

Handlers turn a request into calls through the corridor and their answers into responses; they know no rule
of ECR's. What refuses a request, in whatever layer, is an error that `errors.py` renders.
"""

import logging
from collections.abc import Callable, Mapping
from types import MappingProxyType

from ecrmock.backend import Backend
from ecrmock.frontends.http import HttpRequest, HttpResponse
from ecrmock.frontends.oci import blobs, manifests, referrers, tags, uploads
from ecrmock.frontends.oci.errors import (
    API_VERSION,
    MALFORMED,
    MethodNotAllowedError,
    render_error,
)
from ecrmock.frontends.oci.exchange import Exchange
from ecrmock.frontends.oci.modes import MODES, RegistryMode
from ecrmock.frontends.oci.routing import Target, read_target
from ecrmock.frontends.oci.token import read_authorization
from ecrmock.values.authorization import Credentials
from ecrmock.values.errors import AccessDeniedError, EcrError
from ecrmock.values.repositories import RepositoryNotFoundError

_log = logging.getLogger("ecrmock")
Handler = Callable[[Exchange], HttpResponse]


def check_login(exchange: Exchange) -> HttpResponse:
    """Answer ``GET /v2/``, by which clients try out a login. Source: reference registry.md §2.4."""
    exchange.call(exchange.mode.login_check, service="ecrmock")
    return HttpResponse(200, {"Content-Type": "application/json; charset=utf-8"}, b"{}")


def say_where_it_is(exchange: Exchange) -> None:
    """Log where the caller's account has a repository that is not where the address leads.

    Source: DESIGN.md section 3: the token says who is asking, never where.
    """
    addresses = exchange.call("LocateRepository", service="ecrmock")
    if addresses:
        target = exchange.target
        _log.warning(
            "%s is not in the registry %s.%s that the address names; use %s",
            *(target.repository_name, target.account, target.region, " or ".join(addresses)),
        )


def _answer_or_create(handler: Handler, exchange: Exchange) -> HttpResponse:
    """Answer a request; a push to a repository that is not there makes it where a template says so.

    That comes before the caller's permission is asked. Source: reference registry.md §14.2.
    """
    try:
        return handler(exchange)
    except (RepositoryNotFoundError, AccessDeniedError):
        is_push = (exchange.target.resource, exchange.request.method) in _BEGINS_PUSH
        if not is_push or not exchange.call("CreateRepositoryByTemplate", service="ecrmock"):
            raise
        return handler(exchange)


_BEGINS_PUSH = frozenset({("uploads", "POST"), ("manifest", "PUT")})
_HANDLERS: Mapping[tuple[str, str], Handler] = MappingProxyType(
    {
        ("root", "GET"): check_login,
        ("root", "HEAD"): check_login,
        ("catalog", "GET"): tags.list_repositories,
        ("tags", "GET"): tags.list_tags,
        ("manifest", "GET"): manifests.get_manifest,
        ("manifest", "HEAD"): manifests.head_manifest,
        ("manifest", "PUT"): manifests.put_manifest,
        ("manifest", "DELETE"): manifests.delete_manifest,
        ("referrers", "GET"): referrers.list_referrers,
        ("blob", "GET"): blobs.get_blob,
        ("blob", "HEAD"): blobs.head_blob,
        ("blob", "DELETE"): blobs.delete_blob,
        ("uploads", "POST"): uploads.start_upload,
        ("upload", "PATCH"): uploads.append,
        ("upload", "PUT"): uploads.complete,
        ("upload", "GET"): uploads.show_progress,
        ("upload", "DELETE"): uploads.cancel,
    }
)


class OciDoor:
    """Answers docker, podman, skopeo, crane, oras and their like, at private registries."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._mode = self._choose_mode()

    def _choose_mode(self) -> RegistryMode:
        return MODES[self._backend.settings.registry_mode]

    def takes(self, request: HttpRequest) -> bool:
        """Tell whether a request is this door's, by its path."""
        return request.path == "/v2" or request.path.startswith("/v2/")

    def handle(self, request: HttpRequest, request_id: str) -> HttpResponse:
        """Answer a request. Raises: BodyError."""
        try:
            response = self._answer(request, request_id)
        except MALFORMED as error:
            refusal = self._refusal_of_login(request, request_id)
            return render_error(request, self._mode, refusal or error)
        except EcrError as error:
            return render_error(request, self._mode, error)
        response.headers |= API_VERSION
        return response

    def _answer(self, request: HttpRequest, request_id: str) -> HttpResponse:
        credentials, target = self._credentials(request), self._target(request)
        handler = _HANDLERS.get((target.resource, request.method))
        if handler is None:
            raise MethodNotAllowedError
        exchange = Exchange(self._backend, self._mode, request, target, credentials, request_id)
        return self._respond(handler, exchange)

    def _refusal_of_login(self, request: HttpRequest, request_id: str) -> EcrError | None:
        """Return why the sender of a malformed request is not let in; that comes first.

        Source: reference api.md §3.6.
        """
        settings = self._backend.settings
        door = Target(resource="root", account=settings.account, region=settings.region)
        try:
            credentials = self._credentials(request)
            check_login(Exchange(self._backend, self._mode, request, door, credentials, request_id))
        except EcrError as error:
            return error
        return None

    def _target(self, request: HttpRequest) -> Target:
        """Return what a request is for. Raises: EcrError."""
        return read_target(request, self._backend.settings)

    def _credentials(self, request: HttpRequest) -> Credentials:
        """Return who sent a request, as it says. Raises: EcrError."""
        return read_authorization(request.headers.get("authorization"))

    def _respond(self, handler: Handler, exchange: Exchange) -> HttpResponse:
        """Have a request answered. Raises: EcrError, BodyError."""
        try:
            return _answer_or_create(handler, exchange)
        except RepositoryNotFoundError:
            say_where_it_is(exchange)
            raise

    def fail(self, request: HttpRequest, error: EcrError, request_id: str) -> HttpResponse:  # noqa: ARG002
        """Answer a request that met a bug."""
        return render_error(request, self._mode, error)
