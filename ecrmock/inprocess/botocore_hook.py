"""The hook: a class-level patch of botocore's ``BaseClient._make_request``.

It sits above signing and transport, so that it reaches clients made before it, and without credentials;
``Stubber`` acts earlier and still wins, and moto acts later and keeps every other service. What an
operation answers becomes botocore's parsed output directly, with no JSON in between.
"""

import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.client import BaseClient
from botocore.model import OperationModel

from ecrmock.backend import Backend
from ecrmock.frontends.aws import json_protocol, query_protocol
from ecrmock.frontends.aws.calls import call_operation
from ecrmock.frontends.aws.service_models import operation_model, service_model
from ecrmock.frontends.aws.shapes import to_parsed
from ecrmock.inprocess import active
from ecrmock.values.authorization import AccessKey
from ecrmock.values.errors import EcrError
from ecrmock.values.names import Region

_ECR_SERVICES = frozenset({"ecr", "ecr-public"})
_IDENTITY_SERVICES = frozenset({"sts", "iam"})
_COVERED = "_ecrmock_covered"

Answer = tuple[AWSResponse, dict[str, Any]]


class _Response(AWSResponse):  # type: ignore[misc] # botocore has no types
    """What `after-call` handlers see of the transport; its headers are made when somebody looks."""

    def __init__(self, url: str, status_code: int, headers: dict[str, str]) -> None:
        self.url, self.status_code, self.raw = url, status_code, None
        self._content = b""
        self._plain_headers = headers

    @property
    def headers(self) -> HeadersDict:
        """The headers, which are found in any case of letters."""
        return HeadersDict(self._plain_headers)


def install() -> None:
    """Put the patch in place. It remembers the function that it covers, whoever that belongs to."""
    BaseClient._make_request = _patched(BaseClient._make_request)


def remove() -> None:
    """Take the patch away; one that somebody has covered since stays, and lets every call through."""
    BaseClient._make_request = getattr(BaseClient._make_request, _COVERED, BaseClient._make_request)


def _patched(covered: Callable[..., Answer]) -> Callable[..., Answer]:
    def make_request(
        client: BaseClient,
        operation: OperationModel,
        request: dict[str, Any],
        context: dict[str, Any],
    ) -> Answer:
        backend = active.innermost()
        service = operation.service_model.service_name
        if backend is None or not _is_ours(service, request["url"]):
            return covered(client, operation, request, context)
        return _answer(backend, client, service, operation.name, request)

    setattr(make_request, _COVERED, covered)
    return make_request


def _is_ours(service: str, url: str) -> bool:
    if service in _IDENTITY_SERVICES:
        return not _moto_is_active() and not _is_loopback(url)
    return service in _ECR_SERVICES and not _is_loopback(url)


def _moto_is_active() -> bool:
    models = sys.modules.get("moto.core.models")
    return models is not None and bool(models.botocore_stubber.enabled)


def _is_loopback(url: str) -> bool:
    """Tell whether an endpoint is on this machine: then a test means a server, and gets it."""
    if ".amazonaws." in url:
        return False
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.") or host.endswith(".localhost")


def _answer(
    backend: Backend, client: BaseClient, service: str, name: str, request: dict[str, Any]
) -> Answer:
    model = operation_model(service, name)
    request_id = backend.world.ids.uuid()
    if model is None:  # a client made from another model than botocore's own
        raise LookupError(f"{service} has no operation {name}")
    status = 200
    try:
        value = call_operation(
            backend,
            model,
            lambda model: _parameters(model, request),
            credentials=AccessKey(_access_key_id(client)),
            region=Region(client.meta.region_name or backend.settings.region),
            request_id=request_id,
        )
        parsed = {} if model.output_shape is None else to_parsed(model.output_shape)(value)
    except EcrError as error:
        parsed, status = _parsed_error(service, error), error.status
    headers = {"x-amzn-requestid": request_id, "content-type": json_protocol.CONTENT_TYPE}
    parsed["ResponseMetadata"] = {
        "RequestId": request_id,
        "HTTPStatusCode": status,
        "HTTPHeaders": headers,
        "RetryAttempts": 0,
    }
    return _Response(request["url"], status, headers), parsed


def _parameters(model: OperationModel, request: dict[str, Any]) -> dict[str, Any]:
    body = request["body"]
    if isinstance(body, bytes):
        return json_protocol.read_parameters(model, body)
    return query_protocol.read_parameters(model, body)


def _parsed_error(service: str, error: EcrError) -> dict[str, Any]:
    """Return what botocore's parser makes of an error: code and text, and the members of its shape."""
    shape = service_model(service).shape_for_error_code(error.code)
    members: dict[str, Any] = {} if shape is None else to_parsed(shape)(error)
    return {"Error": {"Message": error.message, "Code": error.code}, **members}


def _access_key_id(client: BaseClient) -> str | None:
    """Return the access key that would sign, without making anybody fetch credentials."""
    credentials = client._request_signer._credentials
    attributes = {} if credentials is None else vars(credentials)
    key: str | None = attributes.get("access_key") or attributes.get("_access_key")
    return key
