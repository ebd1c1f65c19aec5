"""YAML with the place of each value. What it says is read as YAML 1.2 does: ``on`` and dates are texts.

Source: YAML 1.2.2, section 10.3 (core schema). PyYAML finds the structure, by version 1.1.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ecrmock.rules.json_positions import Place, Position
from ecrmock.values.errors import MissingExtraError

_NULL = re.compile(r"|~|null|Null|NULL")
_TRUE, _FALSE = re.compile(r"true|True|TRUE"), re.compile(r"false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_PLAIN = None  # the style of a scalar without quotation marks
_DEEPEST = 100

Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """Where a value stands, and its text where that was read as something else."""

    place: Place
    text: str | None = None


@dataclass(slots=True)
class ReadYaml:
    """A document with its members by their path, and the keys that are given twice."""

    document: Any = None
    members: dict[Steps, Member] = field(default_factory=dict)
    twice: list[Steps] = field(default_factory=list)


class YamlError(ValueError):
    """A text that is no YAML, or none that a seed may be; ``position`` is where that shows."""

    def __init__(self, message: str, position: Position) -> None:
        self.message, self.position = message, position
        super().__init__(message)


def load_yaml() -> Any:
    """Return PyYAML. Raises: MissingExtraError."""
    try:
        import yaml  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtraError(
            "YAML needs PyYAML: pip install 'ecrmock[seed]'; seeds may be JSON as well"
        ) from None
    return yaml


def read_yaml(text: str) -> ReadYaml:
    """Return what a text says. Raises: YamlError, MissingExtraError."""
    yaml = load_yaml()
    made = ReadYaml()
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is not None:
            made.document = _Reader(loader, made).read(node, (), node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = ", ".join(part for part in (error.context, error.problem) if part)
        raise YamlError(f"this is no YAML: {said}", _position(mark)) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise YamlError(f"this is no YAML: {error}", Position(line=1, column=1)) from None
    return made


class _Reader:
    """Makes values of nodes, and remembers where they stood."""

    def __init__(self, loader: Any, made: ReadYaml) -> None:
        self._loader, self._made = loader, made

    def read(self, node: Any, path: Steps, key: Any) -> Any:
        """Return the value of a node that stands behind a key, or alone. Raises: YamlError."""
        if len(path) > _DEEPEST:
            raise YamlError("this is too deep, or contains itself", _position(node.start_mark))
        value = self._value(node, path)
        place = Place(key=_offset(key), value=_offset(node))
        is_other = node.id == "scalar" and node.style is _PLAIN and not isinstance(value, str)
        self._made.members[path] = Member(place, node.value if is_other else None)
        return value

    def _value(self, node: Any, path: Steps) -> Any:
        if node.id == "scalar":
            return node.value if node.style is not _PLAIN else _scalar(node.value)
        if node.id == "sequence":
            return [
                self.read(item, (*path, number), item) for number, item in enumerate(node.value)
            ]
        return {
            key.value: self.read(value, (*path, key.value), key)
            for key, value in self._pairs(node, path)
        }

    def _pairs(self, node: Any, path: Steps) -> Iterator[tuple[Any, Any]]:
        own = [key for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
        for key in own:
            if key.id != "scalar":
                raise YamlError("a key is a text", _position(key.start_mark))
        counts = Counter(key.value for key in own)
        self._made.twice += [(*path, name) for name, count in counts.items() if count > 1]
        self._loader.flatten_mapping(node)  # what is merged comes before the node's own
        yield from node.value


def _scalar(text: str) -> Any:
    """Return what a text without quotation marks means."""
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text) or _FALSE.fullmatch(text):
        return _TRUE.fullmatch(text) is not None
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _offset(node: Any) -> int:
    offset: int = node.start_mark.index
    return offset


def _position(mark: Any) -> Position:
    return Position(line=mark.line + 1, column=mark.column + 1)
