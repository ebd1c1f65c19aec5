"""The query protocol with XML answers, which sts and iam speak. Source: reference iam.md §12."""

import re
from collections.abc import Mapping
from datetime import datetime
from html import escape
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from ecrmock.frontends.aws.query_validation import query_validator
from ecrmock.frontends.aws.scalars import read_scalar
from ecrmock.frontends.aws.service_models import service_model
from ecrmock.frontends.aws.shapes import to_parameters, to_parsed_xml
from ecrmock.frontends.http import HttpRequest, HttpResponse
from ecrmock.values.errors import EcrError, SerializationError

CONTENT_TYPE = "text/xml"
MAX_FIELDS = 10_000  # of a form; the longest list of any request has some hundred entries
# What XML 1.0 cannot say, not even escaped (section 2.2, "Char").
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
VERSIONS: Mapping[str, str] = MappingProxyType({"2011-06-15": "sts", "2010-05-08": "iam"})


def read_form(request: HttpRequest, body: bytes) -> Mapping[str, str]:
    """Return the fields of a request; of those beyond the limit only one, so that they are refused."""
    text = request.query if request.method == "GET" else body.decode("utf-8", "replace")
    fields = text.split("&", MAX_FIELDS + 1)[: MAX_FIELDS + 1]
    return dict(parse_qsl("&".join(fields), keep_blank_values=True))


def read_parameters(model: OperationModel, form: Mapping[str, str]) -> dict[str, Any]:
    """Return the parameters of an operation. Raises: SerializationError, ValidationError."""
    if len(form) > MAX_FIELDS:
        raise SerializationError(f"The form has more than {MAX_FIELDS} fields")
    shape = model.input_shape
    if shape is None:
        return {}
    raw = _structure(shape, form, "") or {}
    query_validator(shape)(raw)
    parameters: dict[str, Any] = to_parameters(shape)(raw)
    return parameters


def _read(shape: Shape, form: Mapping[str, str], prefix: str) -> Any:
    """Return what a form says under a prefix, or None when it says nothing there."""
    if isinstance(shape, StructureShape):
        return _structure(shape, form, prefix)
    if isinstance(shape, ListShape):
        return _list(shape, form, prefix)
    if isinstance(shape, MapShape):
        return _map(shape, form, prefix)
    text = form.get(prefix)
    return None if text is None else read_scalar(shape, text)


def _structure(shape: StructureShape, form: Mapping[str, str], prefix: str) -> Any:
    """Read members: ``A.B``."""
    start = f"{prefix}." if prefix else ""
    members = {name: _read(member, form, start + name) for name, member in shape.members.items()}
    return {name: value for name, value in members.items() if value is not None} or None


def _list(shape: ListShape, form: Mapping[str, str], prefix: str) -> Any:
    """Read items: ``A.member.1``, up to the first number that is missing; ``A=`` is an empty list."""
    items: list[Any] = []
    while (item := _read(shape.member, form, f"{prefix}.member.{len(items) + 1}")) is not None:
        items.append(item)
    return items or ([] if form.get(prefix) == "" else None)


def _map(shape: MapShape, form: Mapping[str, str], prefix: str) -> Any:
    """Read entries: ``A.entry.1.key`` and ``A.entry.1.value``."""
    entries: dict[str, Any] = {}
    number = 1
    while (key := form.get(f"{prefix}.entry.{number}.key")) is not None:
        entries[key] = _read(shape.value, form, f"{prefix}.entry.{number}.value")
        number += 1
    return entries or ({} if form.get(prefix) == "" else None)


def render_answer(model: OperationModel, answer: object, request_id: str) -> HttpResponse:
    """Return the response for what an operation answered."""
    name, shape = model.name, model.output_shape
    result = ""
    if shape is not None:
        result = f"<{name}Result>{_members(shape, to_parsed_xml(shape)(answer))}</{name}Result>"
    metadata = f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    return _response(
        200, model.service_model.service_name, f"{name}Response", result + metadata, request_id
    )


def error_members(service: str, error: EcrError) -> dict[str, str]:
    """Return what a service says of an error: whose fault it is, its code and its text."""
    fault = "Sender" if error.status_in(service) < 500 else "Receiver"
    message = _NOT_XML.sub("\ufffd", error.message)
    return {"Type": fault, "Code": error.code_in(service), "Message": message}


def render_error(service: str, error: EcrError, request_id: str) -> HttpResponse:
    """Return the response for an error."""
    members = "".join(
        f"<{name}>{_text(value)}</{name}>" for name, value in error_members(service, error).items()
    )
    body = f"<Error>{members}</Error><RequestId>{request_id}</RequestId>"
    return _response(error.status_in(service), service, "ErrorResponse", body, request_id)


def _response(status: int, service: str, root: str, content: str, request_id: str) -> HttpResponse:
    namespace = service_model(service).metadata["xmlNamespace"]
    text = f'<{root} xmlns="{namespace}">{content}</{root}>'
    headers = {"x-amzn-RequestId": request_id, "Content-Type": CONTENT_TYPE}
    return HttpResponse(status, headers, text.encode())


def _text(text: str) -> str:
    """Return a text as XML can say it; what reads XML takes a bare carriage return for a line feed."""
    return escape(_NOT_XML.sub("\ufffd", text), quote=False).replace("\r", "&#xD;")


def _members(shape: StructureShape, parsed: Mapping[str, Any]) -> str:
    return "".join(_element(name, shape.members[name], value) for name, value in parsed.items())


def _element(name: str, shape: Shape, value: Any) -> str:
    return f"<{name}>{_content(shape, value)}</{name}>"


def _content(shape: Shape, value: Any) -> str:
    if isinstance(shape, StructureShape):
        return _members(shape, value)
    if isinstance(shape, ListShape):
        return "".join(_element("member", shape.member, item) for item in value)
    if isinstance(shape, MapShape):
        return "".join(_entry(shape, key, item) for key, item in value.items())
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value).lower() if isinstance(value, bool) else _text(str(value))


def _entry(shape: MapShape, key: str, value: Any) -> str:
    parts = _element("key", shape.key, key) + _element("value", shape.value, value)
    return f"<entry>{parts}</entry>"
