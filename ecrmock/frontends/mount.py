"""Every door of one backend on one port: each request goes to the door that takes it."""

import logging
from typing import Protocol

from ecrmock.backend import Backend
from ecrmock.frontends.admin.door import AdminDoor
from ecrmock.frontends.aws.routing import AwsDoor
from ecrmock.frontends.http import BodyError, HttpRequest, HttpResponse
from ecrmock.frontends.oci.door import OciDoor
from ecrmock.frontends.oci.layer_urls import LayerUrlDoor
from ecrmock.values.errors import EcrError, ServerError

_log = logging.getLogger("ecrmock")


class Door(Protocol):
    """One way in, with a protocol of its own."""

    def takes(self, request: HttpRequest) -> bool:
        """Tell whether a request is this door's."""

    def handle(self, request: HttpRequest, request_id: str) -> HttpResponse:
        """Answer a request. Raises: BodyError."""

    def fail(self, request: HttpRequest, error: EcrError, request_id: str) -> HttpResponse:
        """Answer a request that met a bug."""


class Doors:
    """The doors of one backend; the first one that takes a request answers it."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._doors: tuple[Door, ...] = (
            LayerUrlDoor(backend),  # first: what it takes is presigned, as requests to AWS may be
            AwsDoor(backend),
            OciDoor(backend),
            AdminDoor(backend),
        )

    def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer a request. A bug of ours ends as the door's own form of a 500, and in the log.

        Raises: BodyError when the request's body breaks off; there is nobody left to answer then.
        """
        request_id = self._backend.world.ids.uuid()
        door = next(door for door in self._doors if door.takes(request))
        try:
            return door.handle(request, request_id)
        except BodyError:
            raise
        except Exception:
            _log.exception("request %s: %s %s failed", request_id, request.method, request.path)
            return door.fail(request, ServerError(), request_id)
