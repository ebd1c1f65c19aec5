"""Values that stand as a text in a form, a path or a query."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from botocore.model import Shape
from dateutil.parser import isoparse

from ecrmock.values.errors import SerializationError

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_BOOLEANS: Mapping[str, bool] = MappingProxyType({"true": True, "false": False})


def read_scalar(shape: Shape, text: str) -> Any:
    """Return the value of a text; one of another type stays a text, and the check refuses it.

    Raises: SerializationError when it is no time of ISO 8601 where one has to be.
    """
    if shape.type_name in ("integer", "long"):
        return int(text) if _INTEGER.fullmatch(text) else text
    if shape.type_name == "boolean":
        return _BOOLEANS.get(text, text)
    return _seconds(text) if shape.type_name == "timestamp" else text


def _seconds(text: str) -> float:
    try:
        time: datetime = isoparse(text)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise SerializationError("STRING_VALUE can not be converted to a Timestamp") from None
