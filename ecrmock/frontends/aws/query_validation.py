"""The constraints of the service model on a request to iam, sts and signer: all that are violated are told.

Source: reference iam.md §12.2. Inferred: their order, that of the model, that the value of a secret and of
a list of structures is left out, and that signer tells them in the same way.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from ecrmock.frontends.aws.validation import check_of
from ecrmock.values.errors import ValidationError


@cache
def query_validator(shape: StructureShape) -> Callable[[object], None]:
    """Return the check of a request that was read. Raises: SerializationError, ValidationError."""
    check = check_of(shape)

    def validate(raw: object) -> None:
        found: list[str] = []

        def report(shape: Shape, value: Any, path: str, constraint: str) -> None:
            found.append(
                f"{_value(shape, value)} at '{path}' failed to satisfy constraint: {constraint}"
            )

        check(raw, "", report)
        if found:
            errors = "error" if len(found) == 1 else "errors"
            raise ValidationError(f"{len(found)} validation {errors} detected: {'; '.join(found)}")

    return validate


def _value(shape: Shape, value: Any) -> str:
    if value is None:
        return "Value null"
    if shape.metadata.get("sensitive"):
        return "Value"
    if isinstance(shape, ListShape):
        is_secret = isinstance(shape.member, StructureShape) or shape.member.metadata.get(
            "sensitive"
        )
        return "Value" if is_secret else f"Value '[{', '.join(map(str, value))}]'"
    if isinstance(shape, MapShape):
        entries = ", ".join(f"{key}={entry}" for key, entry in value.items())
        return f"Value '{{{entries}}}'"
    return f"Value '{value}'"
