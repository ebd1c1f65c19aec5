"""The gallery in a browser: search, a page for each public registry, and one for each repository.

Whoever looks at it needs no login, as at the real one. Pages are made by Jinja alone, which loads with the
first of them. Source: reference public.md §4.1; docs/decisions/0026-public-registry.md.
"""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call
from ecrmock.frontends.http import HttpRequest, HttpResponse
from ecrmock.values.authorization import Anonymous
from ecrmock.values.errors import EcrError
from ecrmock.values.gallery import ARCHITECTURES, OPERATING_SYSTEMS
from ecrmock.values.names import PUBLIC, PUBLIC_HOME, AccountId, Region, is_repository_name
from ecrmock.values.public_gallery import RegistryNotFoundError, is_alias
from ecrmock.values.repositories import RepositoryNotFoundError

if TYPE_CHECKING:
    from ecrmock.frontends.gallery.pages import Pages

ROOT = (
    "/gallery"  # on the port for everything; a port for public registries has nothing else to show
)
_STYLE = "_static/gallery.css"  # no alias begins like this
_ALLOWED = ("GET", "HEAD")
# A page loads its style and logos from the server that it is of, and is shown in no other page.
_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
)
_NOT_FOUND = (RegistryNotFoundError, RepositoryNotFoundError)


class GalleryDoor:
    """Answers browsers.

    With ``everywhere`` it takes what no other door of the port does; else what is below ``/gallery``.
    """

    def __init__(self, backend: Backend, *, everywhere: bool) -> None:
        self._backend = backend
        self._everywhere = everywhere
        self._root = "" if everywhere else ROOT

    def takes(self, request: HttpRequest) -> bool:
        """Tell whether a request is this door's, by its path."""
        return self._everywhere or request.path == ROOT or request.path.startswith(f"{ROOT}/")

    def handle(self, request: HttpRequest, request_id: str) -> HttpResponse:
        """Send a page, or say that there is none."""
        if request.method not in _ALLOWED:
            return self._not_here(request)
        if request.path == ROOT and not self._everywhere:
            return HttpResponse(308, {"Location": f"{ROOT}/"})
        try:
            return self._page(request, request_id)
        except EcrError as error:
            status = 404 if isinstance(error, _NOT_FOUND) else error.status
            return self._failure(error, request_id, status)

    def _page(self, request: HttpRequest, request_id: str) -> HttpResponse:
        """Return the page that a path names. Raises: EcrError."""
        path = request.path.removeprefix(self._root).strip("/")
        if path == _STYLE:
            return HttpResponse(200, {**_HEADERS, "Content-Type": "text/css"}, self._pages.style())
        query = parse_qs(request.query)
        if not path:
            return self._search(query, request_id)
        alias, _, name = unquote(path).partition("/")
        if not is_alias(alias):
            raise RegistryNotFoundError(alias)
        number = {"number": _number(query)}
        if not name:
            found = self._call("ReadGalleryRegistry", request_id, number, alias)
            return self._render("registry.html", {"registry": found})
        if not is_repository_name(name):
            raise RegistryNotFoundError(path)
        named = {"repository_name": name, **number}
        found = self._call("ReadGalleryRepository", request_id, named, alias)
        return self._render("repository.html", {"repository": found, "alias": alias})

    def _search(self, query: Mapping[str, list[str]], request_id: str) -> HttpResponse:
        text = " ".join(query.get("q", ()))
        chosen = {
            "architectures": frozenset(query.get("arch", ())) & frozenset(ARCHITECTURES),
            "operating_systems": frozenset(query.get("os", ())) & frozenset(OPERATING_SYSTEMS),
        }
        asked = {"text": text, "number": _number(query), **chosen}
        page = self._call("FindGalleryRepositories", request_id, asked)
        known = {"all_architectures": ARCHITECTURES, "all_operating_systems": OPERATING_SYSTEMS}
        return self._render("search.html", {"page": page, "text": text, **chosen, **known})

    def _call(
        self, operation: str, request_id: str, parameters: Mapping[str, Any], alias: str = ""
    ) -> Any:
        """Ask as somebody who is not known, of a public registry or of all. Raises: EcrError."""
        call = Call(
            service="ecrmock",
            operation=operation,
            parameters=parameters,
            credentials=Anonymous(),
            region=Region(PUBLIC if alias else PUBLIC_HOME),
            account=AccountId(alias) if alias else None,
            request_id=request_id,
        )
        return self._backend.dispatcher.dispatch(call)

    @property
    def _pages(self) -> "Pages":
        from ecrmock.frontends.gallery.pages import pages  # noqa: PLC0415 - loads Jinja

        return pages()

    def _render(self, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
        body = self._pages.render(template, {"root": self._root, **context})
        headers = {**_HEADERS, "Content-Type": "text/html; charset=utf-8"}
        return HttpResponse(status, headers, body.encode("utf-8", "replace"))

    def _not_here(self, request: HttpRequest) -> HttpResponse:
        """Answer what is no page: an AWS client that was led to the port of public registries, perhaps."""
        text = (
            f"The gallery of ecrmock takes no {request.method}. The AWS API, of ecr-public too, is at "
            f"{self._backend.world.addresses.url('')}\n"
        )
        headers = {"Content-Type": "text/plain; charset=utf-8", "Allow": ", ".join(_ALLOWED)}
        return HttpResponse(405, headers, text.encode())

    def fail(self, request: HttpRequest, error: EcrError, request_id: str) -> HttpResponse:  # noqa: ARG002
        """Answer a request that met a bug, or came from a page of another site."""
        return self._failure(error, request_id, error.status)

    def _failure(self, error: EcrError, request_id: str, status: int) -> HttpResponse:
        title = HTTPStatus(status).phrase
        told = {"title": title, "message": error.message, "request_id": request_id}
        return self._render("error.html", told, status)


def _number(query: Mapping[str, list[str]]) -> int:
    """Return the number of the page that is asked for; what is no number means the first."""
    (text, *_) = query.get("page", ["1"])
    return int(text[:9]) if text.isascii() and text.isdigit() else 1
