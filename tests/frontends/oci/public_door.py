"""The door at public registries in memory, and the words of who comes to it."""

import json
from typing import Any

from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call
from ecrmock.frontends.http import HttpResponse
from ecrmock.frontends.mount import Doors
from ecrmock.values.authorization import AccessKey
from ecrmock.values.names import PUBLIC_HOME
from ecrmock.values.settings import Settings
from ecrmock.world.clock import Clock
from ecrmock.world.ids import Ids
from tests.documents import digest_of
from tests.frontends.oci.conftest import ACCOUNT, START, content_of, manifest_of, request

PUBLIC_HOST = "localhost:5328"
NOBODY = ""


class PublicRegistry:
    """The port for public registries: ``public(method, path, …)``, by default with a pusher's bearer.

    ``alias`` is that of the default account, which has the repository ``app``.
    """

    def __init__(self, *, seed: int = 1, **settings: Any) -> None:
        given = Settings(**{"uri_style": "path", **settings})
        self.clock = Clock(START)
        self.backend = Backend(given, clock=self.clock, ids=Ids(seed=seed))
        self.doors = Doors.of_public_registry(self.backend)
        self.call("CreateRepository", repository_name="app")
        (registry,) = self.call("DescribeRegistries").registries
        self.alias = registry.aliases[0].name
        self.login = self.call("GetAuthorizationToken").authorization_data.authorization_token
        self.bearer = self.token(Authorization=f"Basic {self.login}")

    def call(self, operation: str, *, account: str = ACCOUNT, **parameters: Any) -> Any:
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

    def ask(
        self, method: str, path: str, body: bytes = b"", remote: str = "127.0.0.1", **headers: str
    ) -> HttpResponse:
        """Send a request as it is; header names are given with underscores."""
        given = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        sent = request(method, path, body, {"host": PUBLIC_HOST, **given})
        sent.remote_address = remote
        return self.doors.handle(sent)

    def token(self, path: str = "/token/", **headers: str) -> str:
        """Return a bearer token; nobody's, without a login."""
        token: str = json.loads(content_of(self.ask("GET", path, **headers)))["token"]
        return token

    def __call__(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        bearer: str | None = None,
        remote: str = "127.0.0.1",
        **headers: str,
    ) -> HttpResponse:
        """Send a request with a bearer token: the pusher's unless told, ``NOBODY`` for an anonymous one."""
        token = self.token() if bearer == NOBODY else bearer or self.bearer
        authorization = {"Authorization": f"Bearer {token}"}
        return self.ask(method, path, body, remote, **{**authorization, **headers})

    def path(self, rest: str, name: str = "app") -> str:
        return f"/v2/{self.alias}/{name}/{rest}"

    def upload(self, content: bytes) -> str:
        digest = digest_of(content)
        started = self("POST", self.path("blobs/uploads/"))
        upload = self.path(f"blobs/uploads/{started.headers['Docker-Upload-UUID']}")
        assert self("PUT", f"{upload}?digest={digest}", content).status == 201
        return digest

    def push(self, *tags: str, layer: bytes = b"layer") -> str:
        """Push an image with one layer under some tags, and return its digest."""
        manifest = manifest_of(layer)
        for blob in (b"{}", layer):
            self.upload(blob)
        for tag in tags:
            assert self("PUT", self.path(f"manifests/{tag}"), manifest).status == 201
        return digest_of(manifest)
