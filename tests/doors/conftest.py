"""One ECR behind two doors: mock_ecr in this process, and a server over HTTP. The scenarios are the same."""

import base64
import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from ecrmock import Ecr, mock_ecr
from ecrmock.server import Server, make_server
from ecrmock.values.settings import Settings
from tests.documents import descriptor, digest_of

ACCOUNT = "123456789012"
OTHER_ACCOUNT = "111122223333"
REGION = "us-east-1"
START = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
ONE_ATTEMPT = Config(retries={"total_max_attempts": 1})
SESSION = boto3.Session()  # it keeps the service models that it has read


def manifest_of(*layers: bytes, config: bytes = b"{}", **more: Any) -> str:
    document = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": descriptor(OCI_CONFIG, config),
        "layers": [descriptor(OCI_LAYER, layer) for layer in layers],
    }
    return json.dumps(document | more)


def index_of(*manifests: str) -> str:
    children = [descriptor(OCI_MANIFEST, manifest) for manifest in manifests]
    return json.dumps({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": children})


def content_of(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without what botocore adds to it."""
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def start_upload(client: Any, repository: str = "app") -> dict[str, str]:
    """Start an upload, and return the members that the other calls name it by."""
    upload_id = client.initiate_layer_upload(repositoryName=repository)["uploadId"]
    return {"repositoryName": repository, "uploadId": upload_id}


def upload(client: Any, content: bytes, repository: str = "app") -> str:
    """Upload a blob that the repository may hold already, and return its digest."""
    digest = digest_of(content)
    checked = client.batch_check_layer_availability(
        repositoryName=repository, layerDigests=[digest]
    )
    if checked["layers"][0]["layerAvailability"] == "AVAILABLE":
        return digest
    started = start_upload(client, repository)
    client.upload_layer_part(
        **started, partFirstByte=0, partLastByte=len(content) - 1, layerPartBlob=content
    )
    return client.complete_layer_upload(**started, layerDigests=[digest])["layerDigest"]


def push(client: Any, layer: bytes = b"layer", *tags: str, repository: str = "app") -> str:
    """Push an image with one layer under some tags, or untagged, and return its digest."""
    manifest = manifest_of(layer)
    for blob in (b"{}", layer):
        upload(client, blob, repository)
    for tag in tags or (None,):
        named = {} if tag is None else {"imageTag": tag}
        client.put_image(repositoryName=repository, imageManifest=manifest, **named)
    return digest_of(manifest)


def refused(call: Any, code: str, **parameters: Any) -> str:
    """Return the text with which a call is refused."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    assert caught.value.response["Error"]["Code"] == code
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return caught.value.response["Error"]["Message"]


def alias_of(client: Any) -> str:
    """Return the primary alias of a registry."""
    (registry,) = client.describe_registries()["registries"]
    (name,) = [each["name"] for each in registry["aliases"] if each["primaryRegistryAlias"]]
    return name


@dataclass
class Door:
    """The door that a test goes through: its clients, its addresses, and the ECR behind it."""

    ecr: Ecr
    host: str  # of the default registry, with its port
    scheme: str
    endpoint_url: str | None = None
    clients: list[Any] = field(default_factory=list)

    def client(self, service: str = "ecr", account: str = ACCOUNT, region: str = REGION) -> Any:
        """Make a boto3 client of an account, whose access key id is the account's id."""
        client = SESSION.client(
            service,
            region_name=region,
            endpoint_url=self.endpoint_url,
            aws_access_key_id=account,
            aws_secret_access_key="any",
            config=ONE_ATTEMPT,
        )
        self.clients.append(client)
        return client

    def registry(self, account: str = ACCOUNT, region: str = REGION) -> str:
        """Return the address of a registry, as it should be printed."""
        if self.endpoint_url is None:
            return f"{account}.dkr.ecr.{region}.amazonaws.com"
        is_default = (account, region) == (ACCOUNT, REGION)
        return self.host if is_default else f"{self.host}/{account}.{region}"


@contextmanager
def closing_clients(door: Door) -> Iterator[Door]:
    door.ecr.clock.set(START)
    door.ecr.clock.freeze()
    yield door
    for client in door.clients:
        client.close()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server for all tests of this process; each finds it empty."""
    with make_server(Settings(uri_style="path"), port=0) as server:
        yield server


@pytest.fixture
def http_door(server: Server) -> Iterator[Door]:
    """The door over HTTP."""
    server.backend.reset()
    with closing_clients(Door(Ecr(server.backend), server.address, "http", server.url)) as door:
        yield door


@pytest.fixture
def in_process_door() -> Iterator[Door]:
    """The door of mock_ecr."""
    host = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
    with mock_ecr(region=REGION) as ecr, closing_clients(Door(ecr, host, "https")) as door:
        yield door


@pytest.fixture(params=["in process", "http"])
def door(request: pytest.FixtureRequest) -> Door:
    """Each door in turn; the clock behind it stands still at ``START``."""
    name = "in_process_door" if request.param == "in process" else "http_door"
    return request.getfixturevalue(name)


@pytest.fixture
def ecr(door: Door) -> Any:
    """A client of the default registry, which has the empty repository ``app``."""
    client = door.client()
    client.create_repository(repositoryName="app")
    return client


@pytest.fixture
def public(door: Door) -> Any:
    """A client of ECR Public."""
    return door.client("ecr-public")


@pytest.fixture
def app(public: Any) -> Any:
    """A client of ECR Public, whose registry has the empty repository ``app``."""
    public.create_repository(repositoryName="app")
    return public


@dataclass
class Answer:
    """What the registry door answered."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


class RegistryClient:
    """Requests to ``/v2/`` of the server, with a token of the default account."""

    def __init__(self, door: Door, client: Any) -> None:
        self._host = door.host
        (issued,) = client.get_authorization_token()["authorizationData"]
        self._authorization = f"Basic {issued['authorizationToken']}"

    def __call__(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Make a request; header names are given with underscores."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection(self._host, timeout=30)
        try:
            connection.request(method, path, body, {"Authorization": self._authorization, **sent})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def upload(self, content: bytes, repository: str = "app") -> str:
        """Upload a blob with POST and PUT, and return its digest."""
        started = self("POST", f"/v2/{repository}/blobs/uploads/")
        path = started.headers["Location"].partition(self._host)[2]
        digest = digest_of(content)
        assert self("PUT", f"{path}?digest={digest}", content).status == 201
        return digest

    def push(self, layer: bytes, tag: str, repository: str = "app") -> str:
        """Push an image with one layer, and return its digest."""
        for blob in (b"{}", layer):
            self.upload(blob, repository)
        manifest = manifest_of(layer)
        path = f"/v2/{repository}/manifests/{tag}"
        assert self("PUT", path, manifest.encode(), Content_Type=OCI_MANIFEST).status == 201
        return digest_of(manifest)


def decoded(token: str) -> str:
    return base64.b64decode(token, validate=True).decode()
