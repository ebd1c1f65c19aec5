"""The answer to a request of botocore's, without JSON: a value becomes the parsed output directly.

That this equals what botocore's parser makes of our bytes is a property test.
"""

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.client import BaseClient
from botocore.model import OperationModel, Shape

from ecrmock.backend import Backend
from ecrmock.frontends.aws import json_protocol
from ecrmock.frontends.aws.calls import call_operation
from ecrmock.frontends.aws.service_models import operation_model, service_model
from ecrmock.frontends.aws.shapes import Convert, to_parsed, to_parsed_xml
from ecrmock.values.authorization import AccessKey
from ecrmock.values.errors import EcrError
from ecrmock.values.names import Region

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


def answer(
    backend: Backend, client: BaseClient, operation: OperationModel, request: dict[str, Any]
) -> Answer:
    """Answer a request that a client has serialized but not signed."""
    service = operation.service_model.service_name
    model = operation_model(service, operation.name)
    if model is None:  # a client made from another model than botocore's own
        raise LookupError(f"{service} has no operation {operation.name}")
    request_id = backend.world.ids.uuid()
    protocol = _protocol_of(service)
    status = 200
    try:
        value = call_operation(
            backend,
            model,
            lambda model: protocol.read(model, request),
            credentials=AccessKey(access_key_id(client)),
            region=Region(client.meta.region_name or backend.settings.region),
            request_id=request_id,
        )
        parsed = {}
        if model.output_shape is not None:
            parsed = protocol.parse(model.output_shape)(value)
    except EcrError as error:
        parsed, status = protocol.error(service, error), error.status_in(service)
    headers = {"x-amzn-requestid": request_id, "content-type": protocol.content_type}
    parsed["ResponseMetadata"] = {
        "RequestId": request_id,
        "HTTPStatusCode": status,
        "HTTPHeaders": headers,
        "RetryAttempts": 0,
    }
    return _Response(request["url"], status, headers), parsed


def _read_json(model: OperationModel, request: dict[str, Any]) -> dict[str, Any]:
    return json_protocol.read_parameters(model, request["body"])


def _read_query(model: OperationModel, request: dict[str, Any]) -> dict[str, Any]:
    from ecrmock.frontends.aws import query_protocol  # noqa: PLC0415 - sts and iam alone

    form = {name: str(value) for name, value in request["body"].items()}  # numbers are numbers yet
    return query_protocol.read_parameters(model, form)


def _read_rest(model: OperationModel, request: dict[str, Any]) -> dict[str, Any]:
    from ecrmock.frontends.aws import rest_json_protocol  # noqa: PLC0415 - signer alone

    query = urlsplit(request["url"]).query
    asked = rest_json_protocol.RestRequest(request["url_path"], query, request["body"])
    return rest_json_protocol.read_parameters(model, asked)


def _json_error(service: str, error: EcrError) -> dict[str, Any]:
    """Return what botocore's parser makes of an error: code and text, and the members of its shape."""
    shape = service_model(service).shape_for_error_code(error.code)
    members: dict[str, Any] = {} if shape is None else to_parsed(shape)(error)
    return {"Error": {"Message": error.message, "Code": error.code}, **members}


def _query_error(service: str, error: EcrError) -> dict[str, Any]:
    """Return what botocore's parser makes of an error in XML, where it finds no members of a shape."""
    from ecrmock.frontends.aws import query_protocol  # noqa: PLC0415 - sts and iam alone

    return {"Error": query_protocol.error_members(service, error)}


def _rest_error(service: str, error: EcrError) -> dict[str, Any]:
    """Return what botocore's parser makes of an error that a header names."""
    from ecrmock.frontends.aws import rest_json_protocol  # noqa: PLC0415 - signer alone

    members = rest_json_protocol.error_members(service, error)
    described = {"Message": members["message"], "Code": members["code"]}
    shape = service_model(service).shape_for_error_code(members["code"])
    return {"Error": described, **({} if shape is None else members)}


class _Protocol(NamedTuple):
    """How requests are read, and what botocore's parser makes of values and of errors."""

    content_type: str
    read: Callable[[OperationModel, dict[str, Any]], dict[str, Any]]
    parse: Callable[[Shape], Convert]
    error: Callable[[str, EcrError], dict[str, Any]]


_PROTOCOLS: Mapping[str, _Protocol] = MappingProxyType(
    {
        "json": _Protocol(json_protocol.CONTENT_TYPE, _read_json, to_parsed, _json_error),
        "query": _Protocol("text/xml", _read_query, to_parsed_xml, _query_error),
        "rest-json": _Protocol("application/json", _read_rest, to_parsed, _rest_error),
    }
)


@cache
def _protocol_of(service: str) -> _Protocol:
    return _PROTOCOLS[service_model(service).resolved_protocol]


def access_key_id(client: BaseClient) -> str | None:
    """Return the access key that would sign, without making anybody fetch credentials."""
    credentials = client._request_signer._credentials
    attributes = {} if credentials is None else vars(credentials)
    key: str | None = attributes.get("access_key") or attributes.get("_access_key")
    return key
