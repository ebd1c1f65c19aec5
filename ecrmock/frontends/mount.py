"""The doors of one backend on a port: each request goes to the door that takes it."""

import logging
from typing import Protocol

from ecrmock.backend import Backend
from ecrmock.frontends.admin.door import AdminDoor
from ecrmock.frontends.aws.routing import AwsDoor
from ecrmock.frontends.gallery.door import GalleryDoor
from ecrmock.frontends.http import BodyError, HttpRequest, HttpResponse
from ecrmock.frontends.oci.door import OciDoor
from ecrmock.frontends.oci.layer_urls import LayerUrlDoor
from ecrmock.frontends.oci.logos import LogoDoor
from ecrmock.frontends.oci.public import PublicOciDoor, TokenDoor
from ecrmock.frontends.web_pages import WebPages
from ecrmock.values.errors import ConnectionDroppedError, EcrError, ServerError, WebPageError

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
    """The doors of a port, of all of them unless told; the first one that takes a request answers it."""

    def __init__(self, backend: Backend, doors: tuple[Door, ...] | None = None) -> None:
        self._backend = backend
        self.traffic = backend.world.traffic
        self._doors = doors or (
            LayerUrlDoor(backend),  # first: what it takes is presigned, as requests to AWS may be
            LogoDoor(backend),
            AwsDoor(backend),
            TokenDoor(backend, everywhere=False),
            PublicOciDoor(backend, everywhere=False),
            OciDoor(backend),
            GalleryDoor(backend, everywhere=False),
            AdminDoor(backend),
        )
        self._pages = WebPages(backend)
        self._is_anonymous = backend.settings.anonymous

    @classmethod
    def of_public_registry(cls, backend: Backend) -> "Doors":
        """Return the doors of the port for public registries alone."""
        return cls(
            backend,
            (
                LogoDoor(backend),
                TokenDoor(backend, everywhere=True),
                PublicOciDoor(backend, everywhere=True),
                GalleryDoor(backend, everywhere=True),
            ),
        )

    def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer a request. A bug of ours ends as the door's own form of a 500, and in the log.

        Raises: BodyError when the request's body breaks off; there is nobody left to answer then.
        """
        response = self._answer(request)
        if request.method == "HEAD":
            response.leave_out_body()
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        request_id = self._backend.world.ids.uuid()
        door = next(door for door in self._doors if door.takes(request))
        try:
            self._refuse_pages(door, request)
            response = door.handle(request, request_id)
        except BodyError:
            raise
        except ConnectionDroppedError:
            return HttpResponse(0, abort=True)
        except WebPageError as error:
            _log.warning("refused %s %s: %s", request.method, request.path, error.message)
            return door.fail(request, error, request_id)
        except Exception:
            _log.exception("request %s: %s %s failed", request_id, request.method, request.path)
            return door.fail(request, ServerError(), request_id)
        faults = self._backend.dispatcher.faults
        if faults.cuts:
            response.cut = faults.take_cut(request_id)
        return response

    def _refuse_pages(self, door: Door, request: HttpRequest) -> None:
        """Let no web page drive a door that asks for no login. Raises: WebPageError."""
        if isinstance(door, LayerUrlDoor | LogoDoor):
            return
        asks_for_login = isinstance(door, OciDoor) and not isinstance(door, PublicOciDoor)
        if asks_for_login and not self._is_anonymous:
            return
        is_page = isinstance(door, AdminDoor | GalleryDoor)
        is_harmless = is_page and request.method in ("GET", "HEAD")
        self._pages.refuse(request, is_harmless=is_harmless)
