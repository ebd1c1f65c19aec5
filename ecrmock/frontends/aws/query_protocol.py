"""The query protocol with XML answers, which sts and iam speak. Source: reference iam.md §12."""

import re
from collections.abc import Mapping
from datetime import datetime
from html import escape
from types import MappingProxyType
from typing import Any

from botocore.model import ListShape, OperationModel, Shape, StructureShape

from ecrmock.frontends.aws.service_models import service_model
from ecrmock.frontends.aws.shapes import to_parameters, to_parsed
from ecrmock.frontends.aws.validation import validator
from ecrmock.frontends.http import HttpResponse
from ecrmock.values.errors import EcrError

_INTEGER = re.compile(r"-?[0-9]{1,18}")
# What XML 1.0 cannot say, not even escaped (section 2.2, "Char").
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
VERSIONS: Mapping[str, str] = MappingProxyType({"2011-06-15": "sts", "2010-05-08": "iam"})


def read_parameters(model: OperationModel, form: Mapping[str, str]) -> dict[str, Any]:
    """Return the parameters of an operation. Raises: InvalidParameterError."""
    shape = model.input_shape
    if shape is None:
        return {}
    raw = _read(shape, form, "")
    validator(shape)(raw)
    parameters: dict[str, Any] = to_parameters(shape)(raw)
    return parameters


def _read(shape: Shape, form: Mapping[str, str], prefix: str) -> Any:
    """Return what a form says under a prefix, or None: lists are ``Name.member.1``, structures ``A.B``."""
    if isinstance(shape, StructureShape):
        members = {
            name: _read(member, form, f"{prefix}.{name}".lstrip("."))
            for name, member in shape.members.items()
        }
        return {name: value for name, value in members.items() if value is not None} or (
            None if prefix else {}
        )
    if isinstance(shape, ListShape):
        items: list[Any] = []
        while (item := _read(shape.member, form, f"{prefix}.member.{len(items) + 1}")) is not None:
            items.append(item)
        return items or None
    return _scalar(shape, form.get(prefix))


def _scalar(shape: Shape, text: str | None) -> Any:
    if text is None:
        return None
    if shape.type_name in ("integer", "long"):
        return int(text) if _INTEGER.fullmatch(text) else text
    return text == "true" if shape.type_name == "boolean" else text


def render_answer(model: OperationModel, answer: object, request_id: str) -> HttpResponse:
    """Return the response for what an operation answered."""
    name, shape = model.name, model.output_shape
    result = ""
    if shape is not None:
        result = f"<{name}Result>{_members(shape, to_parsed(shape)(answer))}</{name}Result>"
    metadata = f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    return _response(
        200, model.service_model.service_name, f"{name}Response", result + metadata, request_id
    )


def fault(error: EcrError) -> str:
    """Say whose fault an error is, as the protocol calls it."""
    return "Sender" if error.status < 500 else "Receiver"


def render_error(service: str, error: EcrError, request_id: str) -> HttpResponse:
    """Return the response for an error."""
    body = (
        f"<Error><Type>{fault(error)}</Type><Code>{error.code}</Code>"
        f"<Message>{_text(error.message)}</Message></Error><RequestId>{request_id}</RequestId>"
    )
    return _response(error.status, service, "ErrorResponse", body, request_id)


def _response(status: int, service: str, root: str, content: str, request_id: str) -> HttpResponse:
    namespace = service_model(service).metadata["xmlNamespace"]
    text = f'<{root} xmlns="{namespace}">{content}</{root}>'
    headers = {"x-amzn-RequestId": request_id, "Content-Type": "text/xml"}
    return HttpResponse(status, headers, text.encode())


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text), quote=False)


def _members(shape: StructureShape, parsed: Mapping[str, Any]) -> str:
    return "".join(_element(name, shape.members[name], value) for name, value in parsed.items())


def _element(name: str, shape: Shape, value: Any) -> str:
    return f"<{name}>{_content(shape, value)}</{name}>"


def _content(shape: Shape, value: Any) -> str:
    if isinstance(shape, StructureShape):
        return _members(shape, value)
    if isinstance(shape, ListShape):
        return "".join(_element("member", shape.member, item) for item in value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value).lower() if isinstance(value, bool) else _text(str(value))
