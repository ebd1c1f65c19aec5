"""REST with JSON bodies, which signer speaks: operations are told by method and path.

The templates of the paths, and which member goes where, are those of the service model; signer's has members
in paths, queries and bodies. Source: Smithy 2.0, "AWS restJson1 protocol" and "HTTP bindings".
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote

from botocore.model import ListShape, OperationModel, Shape, StructureShape

from ecrmock.frontends.aws.query_validation import query_validator
from ecrmock.frontends.aws.scalars import read_scalar
from ecrmock.frontends.aws.service_models import operation_model, service_model
from ecrmock.frontends.aws.shapes import to_parameters, to_wire
from ecrmock.frontends.http import HttpResponse
from ecrmock.values.errors import EcrError, SerializationError, UnknownOperationError

CONTENT_TYPE = "application/json"
SERVICES = frozenset({"signer"})  # as signatures name them, which is how requests are told apart
_LABEL = re.compile(r"\{(\w+)\}")


class RestRequest(NamedTuple):
    """What a request says: ``path`` and ``query`` as they were sent, with their percent signs."""

    path: str
    query: str
    body: bytes


class _Route(NamedTuple):
    operation: str
    method: str
    path: re.Pattern[str]


def find_operation(service: str, method: str, path: str) -> str:
    """Return the operation that a method and a path mean; an empty name when there is none."""
    found = (
        route.operation
        for route in _routes(service)
        if route.method == method and route.path.fullmatch(path)
    )
    return next(found, "")


@cache
def _routes(service: str) -> tuple[_Route, ...]:
    names = service_model(service).operation_names
    models = [model for name in names if (model := operation_model(service, name)) is not None]
    return tuple(_Route(model.name, model.http["method"], _pattern(model)) for model in models)


@cache
def _pattern(model: OperationModel) -> re.Pattern[str]:
    """Return the template of a path as a pattern; its labels are the segments of their names."""
    parts = _LABEL.split(model.http["requestUri"])  # every second one is a label
    return re.compile(
        "".join(
            f"(?P<{part}>[^/]+)" if number % 2 else re.escape(part)
            for number, part in enumerate(parts)
        )
    )


def read_parameters(model: OperationModel, request: RestRequest) -> dict[str, Any]:
    """Return the parameters of an operation.

    A path without one of its labels names no operation, also where a client says which one it means.
    Raises: SerializationError, UnknownOperationError, ValidationError.
    """
    shape, match = model.input_shape, _pattern(model).fullmatch(request.path)
    if match is None:
        raise UnknownOperationError
    raw = {
        **_in_body(shape, request.body),
        **dict(_in_query(shape, request.query)),
        **dict(_in_path(shape, match)),
    }
    query_validator(shape)(raw)
    parameters: dict[str, Any] = to_parameters(shape)(raw)
    return parameters


def _members(shape: StructureShape, location: str | None) -> Iterator[tuple[str, str, Shape]]:
    """Yield the members in a place: their names, their names there, and their shapes."""
    for name, member in shape.members.items():
        if member.serialization.get("location") == location:
            yield name, member.serialization.get("name", name), member


def _in_path(shape: StructureShape, match: re.Match[str]) -> Iterator[tuple[str, Any]]:
    for name, label, member in _members(shape, "uri"):
        yield name, read_scalar(member, unquote(match[label]))


def _in_query(shape: StructureShape, query: str) -> Iterator[tuple[str, Any]]:
    given = parse_qs(query, keep_blank_values=True)
    for name, parameter, member in _members(shape, "querystring"):
        texts = given.get(parameter)
        if texts is not None:
            yield (
                name,
                _listed(member, texts)
                if isinstance(member, ListShape)
                else read_scalar(member, texts[0]),
            )


def _listed(shape: ListShape, texts: list[str]) -> list[Any]:
    return [read_scalar(shape.member, text) for text in texts]


def _in_body(shape: StructureShape, body: bytes) -> Mapping[str, Any]:
    """Return what a body says; the body of an operation that has no members there is not read."""
    names = {name: key for name, key, _ in _members(shape, None)}
    if not names:
        return {}
    document = _load(body)
    return {name: document[key] for name, key in names.items() if key in document}


def _load(body: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise SerializationError("The request body is not valid JSON") from None
    if not isinstance(document, dict):
        raise SerializationError("The request body is not a JSON object")
    return document


def render_answer(model: OperationModel, answer: object, request_id: str) -> HttpResponse:
    """Return the response for what an operation answered; without output it has no body."""
    if model.output_shape is None:
        return _response(200, b"", request_id)
    return _response(200, _json(to_wire(model.output_shape)(answer)), request_id)


def render_error(service: str, error: EcrError, request_id: str) -> HttpResponse:
    """Return the response for an error."""
    status, members = error.status_in(service), error_members(service, error)
    response = _response(status, _json(members), request_id)
    response.headers["x-amzn-ErrorType"] = members["code"]
    return response


def error_members(service: str, error: EcrError) -> dict[str, str]:
    """Return what the body says of an error; each shape of the model's errors has these two members."""
    return {"message": error.message, "code": error.code_in(service)}


def _json(document: Mapping[str, Any]) -> bytes:
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "replace")


def _response(status: int, body: bytes, request_id: str) -> HttpResponse:
    headers = {"x-amzn-RequestId": request_id, "Content-Type": CONTENT_TYPE}
    return HttpResponse(status, headers, body)
