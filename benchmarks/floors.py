"""Two floors below which no emulator can go: boto3 with canned answers.

``wire`` answers at botocore's ``before-send``, where a mock of the transport sits: boto3 still
builds, signs and parses. ``hook`` answers at ``BaseClient._make_request``, where ecrmock's hook
sits.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from unittest.mock import patch

import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.parsers import create_parser

from benchmarks.images import MEDIA_TYPE, digest_of, numbered_manifest

_ACCOUNT, _REGION, _NAME = "123456789012", "us-east-1", "bench/app"
_ARN = f"arn:aws:ecr:{_REGION}:{_ACCOUNT}:repository/{_NAME}"
_WHEN = 1767225600.0
_HEADERS = {
    "Content-Type": "application/x-amz-json-1.1",
    "x-amzn-RequestId": "00000000-0000-4000-8000-000000000000",
}
_MISSING = "DescribeMissing"


def _repository() -> dict[str, object]:
    return {
        "repositoryArn": _ARN,
        "registryId": _ACCOUNT,
        "repositoryName": _NAME,
        "repositoryUri": f"{_ACCOUNT}.dkr.ecr.{_REGION}.amazonaws.com/{_NAME}",
        "createdAt": _WHEN,
        "imageTagMutability": "MUTABLE",
        "imageScanningConfiguration": {"scanOnPush": False},
        "encryptionConfiguration": {"encryptionType": "AES256"},
    }


def _image(number: int) -> dict[str, object]:
    text = numbered_manifest(number)
    return {
        "registryId": _ACCOUNT,
        "repositoryName": _NAME,
        "imageId": {"imageDigest": digest_of(text.encode()), "imageTag": f"t{number}"},
        "imageManifest": text,
        "imageManifestMediaType": MEDIA_TYPE,
    }


def _detail(number: int) -> dict[str, object]:
    return {
        "registryId": _ACCOUNT,
        "repositoryName": _NAME,
        "imageDigest": digest_of(numbered_manifest(number).encode()),
        "imageTags": [f"t{number}"],
        "imageSizeInBytes": 91,
        "imagePushedAt": _WHEN,
        "imageManifestMediaType": MEDIA_TYPE,
        "artifactMediaType": "application/vnd.oci.image.config.v1+json",
        "imageStatus": "ACTIVE",
    }


def _answers() -> dict[str, dict[str, object]]:
    """Return what each operation answers, in the wire's form."""
    return {
        "DescribeRepositories": {"repositories": [_repository()]},
        "CreateRepository": {"repository": _repository()},
        "DeleteRepository": {"repository": _repository()},
        "PutImage": {"image": _image(0)},
        "BatchGetImage": {"images": [_image(0)], "failures": []},
        "BatchDeleteImage": {"imageIds": [], "failures": []},
        "DescribeImages": {"imageDetails": [_detail(number) for number in range(1000)]},
        _MISSING: {
            "__type": "RepositoryNotFoundException",
            "message": "The repository with name 'bench/missing' does not exist in the registry "
            f"with id '{_ACCOUNT}'",
        },
    }


def _key(operation: str, body: bytes) -> tuple[str, int]:
    """Choose the answer and its status."""
    if operation == "DescribeRepositories" and b"missing" in body:
        return _MISSING, 400
    return operation, 200


class _Raw(BytesIO):
    """What botocore expects below its response."""

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


def answer_at_before_send(client: Any) -> None:
    """Let a client meet canned answers where it would send."""
    bodies = {name: json.dumps(answer).encode() for name, answer in _answers().items()}

    def answer(request: Any, event_name: str, **_: object) -> AWSResponse:
        name, status = _key(event_name.rpartition(".")[2], request.body)
        return AWSResponse(request.url, status, _HEADERS, _Raw(bodies[name]))

    client.meta.events.register("before-send.ecr", answer)


@contextmanager
def answer_at_make_request() -> Iterator[None]:
    """Let every client meet canned answers where ecrmock answers."""
    with patch.object(BaseClient, "_make_request", _canned_make_request()):
        yield


def _canned_make_request() -> Callable[..., tuple[AWSResponse, dict[str, Any]]]:
    parsed = {name: _parsed(name, answer) for name, answer in _answers().items()}

    def make_request(
        _: BaseClient, model: Any, request: dict[str, Any], __: object
    ) -> tuple[AWSResponse, dict[str, Any]]:
        return parsed[_key(model.name, request["body"])[0]]

    return make_request


def _parsed(name: str, answer: dict[str, object]) -> tuple[AWSResponse, dict[str, Any]]:
    """Let botocore's own parser say what a client gets."""
    status = 400 if name == _MISSING else 200
    operation = "DescribeRepositories" if name == _MISSING else name
    model = botocore.session.get_session().get_service_model("ecr").operation_model(operation)
    body = json.dumps(answer).encode()
    response = {"status_code": status, "headers": _HEADERS, "body": body}
    parsed = create_parser("json").parse(response, model.output_shape)
    return AWSResponse("", status, _HEADERS, _Raw(body)), parsed
