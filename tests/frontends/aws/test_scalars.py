"""Values that stand as a text in a form, a path or a query."""

import pytest
from botocore.model import Shape

from ecrmock.frontends.aws.scalars import read_scalar
from ecrmock.values.errors import SerializationError


def shape(kind: str) -> Shape:
    return Shape("Value", {"type": kind})


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("string", "5", "5"),
        ("integer", "-5", -5),
        ("long", "5", 5),
        ("boolean", "true", True),
        ("boolean", "false", False),
        ("timestamp", "1970-01-01T00:00:01Z", 1.0),
        ("timestamp", "1970-01-01T00:00:01", 1.0),
        ("timestamp", "1970-01-01T01:00:00.5+01:00", 0.5),
    ],
)
def test_a_text_is_read_by_its_type(kind, text, value):
    assert read_scalar(shape(kind), text) == value


@pytest.mark.parametrize(
    ("kind", "text"), [("integer", "five"), ("integer", "5" * 19), ("boolean", "True")]
)
def test_a_text_of_another_type_stays_one(kind, text):
    assert read_scalar(shape(kind), text) == text


@pytest.mark.parametrize("text", ["", "soon", "1", "9999-12-31T23:59:59-23:00x"])
def test_a_text_that_is_no_time_is_refused(text):
    with pytest.raises(SerializationError):
        read_scalar(shape("timestamp"), text)
