"""The admin door in memory."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call
from ecrmock.frontends.http import BytesBody, HttpRequest, HttpResponse
from ecrmock.frontends.mount import Doors
from ecrmock.values.authorization import AccessKey
from ecrmock.values.names import Region
from ecrmock.values.settings import Settings
from ecrmock.world.clock import Clock
from ecrmock.world.ids import Ids

START = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)


class Admin:
    """``admin(method, path, …)`` sends a request; the clock stands still at ``START``."""

    def __init__(self, **settings: Any) -> None:
        self.clock = Clock(START)
        self.backend = Backend(Settings(**settings), clock=self.clock, ids=Ids(seed=1))
        self.doors = Doors(self.backend)

    def __call__(self, method: str, path: str, body: Any = b"") -> HttpResponse:
        return self.doors.handle(self.request(method, path, body, {}))

    def request(self, method: str, path: str, body: Any, headers: dict[str, str]) -> HttpRequest:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        path, _, query = path.partition("?")
        sent = BytesBody(content)
        return HttpRequest(method=method, path=path, query=query, headers=headers, body=sent)

    def get(self, path: str) -> dict[str, Any]:
        return document_of(self("GET", path))

    def call(self, operation: str, **parameters: Any) -> Any:
        """Make a call of the API that does not go through a door."""
        return self.backend.dispatcher.dispatch(
            Call(
                service="ecr",
                operation=operation,
                parameters=parameters,
                credentials=AccessKey("AKIAIOSFODNN7EXAMPLE"),
                region=Region("us-east-1"),
                request_id="request",
            )
        )


def document_of(response: HttpResponse) -> dict[str, Any]:
    assert isinstance(response.body, bytes)
    return json.loads(response.body)


@pytest.fixture
def admin() -> Admin:
    """The admin door of a backend with the repository ``app``."""
    admin = Admin()
    admin.call("CreateRepository", repository_name="app")
    return admin
