"""The AWS door, driven by the bytes of botocore's own serializer and read by its own parser."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import botocore.session
import pytest
from botocore.model import OperationModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from ecrmock.backend import Backend
from ecrmock.frontends.aws.routing import AwsDoor
from ecrmock.frontends.http import BytesBody, HttpRequest, HttpResponse
from ecrmock.values.settings import Settings
from ecrmock.world.clock import Clock
from ecrmock.world.ids import Ids
from tests.documents import digest_of

START = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
SESSION = botocore.session.Session()
TARGETS = {"ecr": "AmazonEC2ContainerRegistry_V20150921", "ecr-public": "SpencerFrontendService"}
REQUEST_ID = "00000000-0000-4000-8000-00000000000a"


def model_of(service: str, operation: str) -> OperationModel:
    return SESSION.get_service_model(service).operation_model(operation)


def serialized(service: str, operation: str, parameters: dict[str, Any]) -> HttpRequest:
    """Return the request that botocore would send, but for its signature."""
    model = model_of(service, operation)
    serializer = create_serializer(model.service_model.resolved_protocol, include_validation=False)
    raw = serializer.serialize_to_request(parameters, model)
    body = raw["body"]
    content = urlencode(body).encode() if isinstance(body, dict) else body
    headers = {name.lower(): value for name, value in raw["headers"].items()}
    return HttpRequest(
        method=raw["method"], path=raw["url_path"], headers=headers, body=BytesBody(content)
    )


def parsed(service: str, operation: str, response: HttpResponse) -> dict[str, Any]:
    """Return what botocore makes of a response."""
    model = model_of(service, operation)
    parser = create_parser(model.service_model.resolved_protocol)
    headers = {name.lower(): value for name, value in response.headers.items()}
    raw = {"status_code": response.status, "headers": headers, "body": response.body}
    return parser.parse(raw, model.output_shape)


def scope(
    key: str = "AKIAIOSFODNN7EXAMPLE", region: str = "us-east-1", service: str = "ecr"
) -> str:
    """Return the ``Authorization`` header of a signed request."""
    credential = f"{key}/20260102/{region}/{service}/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0123abcd"


class Door:
    """``door(operation, …)`` goes through botocore's serializer, the AWS door and botocore's parser."""

    def __init__(self, service: str = "ecr", **settings: Any) -> None:
        """Make a door; ``service`` is meant where a request does not say which."""
        self.service = service
        self.backend = Backend(Settings(**settings), clock=Clock(START), ids=Ids(seed=1))
        self.door = AwsDoor(self.backend)

    def send(self, request: HttpRequest) -> HttpResponse:
        return self.door.handle(request, REQUEST_ID)

    def respond(self, operation: str, service: str = "", **parameters: Any) -> HttpResponse:
        return self.send(serialized(service or self.service, operation, parameters))

    def __call__(self, operation: str, service: str = "", **parameters: Any) -> dict[str, Any]:
        response = self.respond(operation, service, **parameters)
        return parsed(service or self.service, operation, response)

    def post(self, operation: str, body: bytes | str, **headers: str) -> HttpResponse:
        """Send a JSON request whose body botocore would not write."""
        content = body.encode() if isinstance(body, str) else body
        target = {"x-amz-target": f"{TARGETS[self.service]}.{operation}"}
        return self.send(
            HttpRequest(method="POST", path="/", headers=target | headers, body=BytesBody(content))
        )

    def document(self, operation: str, **members: Any) -> dict[str, Any]:
        """Send members as they are, and return the JSON of the answer."""
        return json.loads(self.post(operation, json.dumps(members)).body)

    def message(self, operation: str, **members: Any) -> str:
        return self.document(operation, **members)["message"]

    def create(self, name: str = "app") -> "Door":
        self("CreateRepository", repositoryName=name)
        return self

    def upload(self, content: bytes, name: str = "app") -> str:
        upload_id = self("InitiateLayerUpload", repositoryName=name)["uploadId"]
        upload = {"repositoryName": name, "uploadId": upload_id}
        span = {"partFirstByte": 0, "partLastByte": len(content) - 1}
        self("UploadLayerPart", **upload, **span, layerPartBlob=content)
        self("CompleteLayerUpload", **upload, layerDigests=[digest_of(content)])
        return digest_of(content)

    def push(self, tag: str | None = None, name: str = "app") -> str:
        """Push an image without layers, and return its manifest."""
        digest = self.upload(b"{}", name)
        manifest = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "config": {"mediaType": "application/x", "digest": digest, "size": 2},
                "layers": [],
            }
        )
        more = {} if tag is None else {"imageTag": tag}
        self("PutImage", repositoryName=name, imageManifest=manifest, **more)
        return manifest


@pytest.fixture
def door() -> Door:
    """The AWS door of a new backend."""
    return Door()


@pytest.fixture
def app(door: Door) -> Door:
    """The AWS door of a backend with the empty repository ``app``."""
    return door.create()
