"""The gallery in memory, and what its pages have in them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest

from ecrmock import Ecr
from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call
from ecrmock.frontends.http import HttpRequest, HttpResponse
from ecrmock.frontends.mount import Doors
from ecrmock.values.authorization import AccessKey
from ecrmock.values.names import PUBLIC_HOME
from ecrmock.values.public_gallery import CatalogDataInput
from ecrmock.values.settings import Settings


@dataclass
class Page(HTMLParser):
    """A page: its text, its links and images, and whether each element is closed."""

    text: str = ""
    links: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    elements: list[str] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.elements.append(tag)
        if tag == "a":
            self.links.append(given["href"] or "")
        if tag == "img":
            self.images.append(given["src"] or "")
        if tag == "input" and given["type"] == "checkbox" and "checked" in given:
            self.checked.append(given["value"] or "")
        if tag not in ("meta", "link", "input", "img"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"{tag} is closed where something else is open"

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def words(self) -> str:
        """The text with single blanks."""
        return " ".join(self.text.split())


class Gallery:
    """The gallery of a new backend; ``gallery(path)`` returns a page of the port of its own."""

    def __init__(self) -> None:
        self.backend = Backend(Settings(uri_style="path"))
        self.ecr = Ecr(self.backend)
        self.doors = Doors.of_public_registry(self.backend)

    def call(self, operation: str, *, account: str = "123456789012", **parameters: Any) -> Any:
        """Make a call of ECR Public's API."""
        return self.backend.dispatcher.dispatch(
            Call(
                service="ecr-public",
                operation=operation,
                parameters=parameters,
                credentials=AccessKey(account),
                region=PUBLIC_HOME,
                request_id="request",
            )
        )

    def create(self, name: str, *, account: str = "123456789012", **said: Any) -> str:
        """Make a repository with what is said of it, and return the alias of its registry."""
        data = {"catalog_data": CatalogDataInput(**said)} if said else {}
        self.call("CreateRepository", account=account, repository_name=name, **data)
        (registry,) = self.call("DescribeRegistries", account=account).registries
        return registry.aliases[0].name

    def send(self, path: str, method: str = "GET", **headers: str) -> HttpResponse:
        path, _, query = path.partition("?")
        given = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        sent = {"host": "localhost:5328", **given}
        return self.doors.handle(HttpRequest(method=method, path=path, query=query, headers=sent))

    def __call__(self, path: str = "/", status: int = 200) -> Page:
        response = self.send(path)
        assert response.status == status
        assert isinstance(response.body, bytes)
        page = Page()
        page.feed(response.body.decode())
        page.close()
        assert page._open == []
        return page


@pytest.fixture
def gallery() -> Iterator[Gallery]:
    """The gallery of a new backend."""
    gallery = Gallery()
    yield gallery
    gallery.backend.close()
