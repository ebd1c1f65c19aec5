"""JSON 1.1, the protocol of ecr and ecr-public. Source: reference api.md §2."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from botocore.model import OperationModel

from ecrmock.frontends.aws.service_models import service_model
from ecrmock.frontends.aws.shapes import to_parameters, to_wire
from ecrmock.frontends.aws.validation import validator
from ecrmock.frontends.http import HttpResponse
from ecrmock.values.errors import EcrError, SerializationError

CONTENT_TYPE = "application/x-amz-json-1.1"
TARGETS: Mapping[str, str] = MappingProxyType(
    {"AmazonEC2ContainerRegistry_V20150921": "ecr", "SpencerFrontendService": "ecr-public"}
)


def read_parameters(model: OperationModel, body: bytes) -> dict[str, Any]:
    """Return the parameters of an operation. Raises: SerializationError, InvalidParameterError."""
    raw = _load(body)
    validator(model.input_shape)(raw)
    parameters: dict[str, Any] = to_parameters(model.input_shape)(raw)
    return parameters


def _load(body: bytes) -> object:
    try:
        return json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise SerializationError("The request body is not valid JSON") from None


def render_answer(model: OperationModel, answer: object, request_id: str) -> HttpResponse:
    """Return the response for what an operation answered."""
    document = {} if model.output_shape is None else to_wire(model.output_shape)(answer)
    return _response(200, document, request_id)


def render_error(service: str, error: EcrError, request_id: str) -> HttpResponse:
    """Return the response for an error, with the extra members of its shape."""
    return _response(error.status, error_document(service, error), request_id)


def error_document(service: str, error: EcrError) -> dict[str, Any]:
    """Return the body of an error response."""
    shape = service_model(service).shape_for_error_code(error.code)
    members = {} if shape is None else to_wire(shape)(error)
    document = {"__type": error.code, **members}
    if error.message:
        document["message"] = error.message
    return document


def _response(status: int, document: Mapping[str, Any], request_id: str) -> HttpResponse:
    headers = {"x-amzn-RequestId": request_id, "Content-Type": CONTENT_TYPE}
    body = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    return HttpResponse(status, headers, body.encode("utf-8", "replace"))
