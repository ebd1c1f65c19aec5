"""The answer to a request of botocore's, without JSON: a value becomes the parsed output directly.

That this equals what botocore's parser makes of our bytes is a property test.
"""

from typing import Any

from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.client import BaseClient
from botocore.model import OperationModel

from ecrmock.backend import Backend
from ecrmock.frontends.aws import json_protocol
from ecrmock.frontends.aws.calls import call_operation
from ecrmock.frontends.aws.service_models import operation_model, service_model
from ecrmock.frontends.aws.shapes import to_parsed, to_parsed_xml
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
    is_json = service in json_protocol.TARGETS.values()
    status = 200
    try:
        value = call_operation(
            backend,
            model,
            lambda model: _parameters(model, request),
            credentials=AccessKey(access_key_id(client)),
            region=Region(client.meta.region_name or backend.settings.region),
            request_id=request_id,
        )
        parsed = {}
        if model.output_shape is not None:
            parse = to_parsed if is_json else to_parsed_xml
            parsed = parse(model.output_shape)(value)
    except EcrError as error:
        parsed, status = (_json_error if is_json else _query_error)(service, error)
    content_type = json_protocol.CONTENT_TYPE if is_json else "text/xml"
    headers = {"x-amzn-requestid": request_id, "content-type": content_type}
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
    from ecrmock.frontends.aws import query_protocol  # noqa: PLC0415 - sts and iam alone

    form = {name: str(value) for name, value in body.items()}  # numbers are numbers yet
    return query_protocol.read_parameters(model, form)


def _json_error(service: str, error: EcrError) -> tuple[dict[str, Any], int]:
    """Return what botocore's parser makes of an error: code and text, and the members of its shape."""
    shape = service_model(service).shape_for_error_code(error.code)
    members: dict[str, Any] = {} if shape is None else to_parsed(shape)(error)
    described = {"Message": error.message, "Code": error.code}
    return {"Error": described, **members}, error.status


def _query_error(_: str, error: EcrError) -> tuple[dict[str, Any], int]:
    """Return what botocore's parser makes of an error in XML, where it finds no members of a shape."""
    from ecrmock.frontends.aws import query_protocol  # noqa: PLC0415 - sts and iam alone

    return {"Error": query_protocol.error_members(error)}, query_protocol.error_status(error)


def access_key_id(client: BaseClient) -> str | None:
    """Return the access key that would sign, without making anybody fetch credentials."""
    credentials = client._request_signer._credentials
    attributes = {} if credentials is None else vars(credentials)
    key: str | None = attributes.get("access_key") or attributes.get("_access_key")
    return key
