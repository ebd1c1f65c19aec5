"""A seed as it was written: its document, and where each member of it stands."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ecrmock.rules.json_positions import Position, find, position
from ecrmock.seeding.mistakes import Mistake, SeedError
from ecrmock.seeding.yaml_text import Member, Steps, YamlError, read_yaml
from ecrmock.values.strict_json import strict_decoder

Files = Callable[
    [str], Path
]  # where a file is that a seed names; ValueError where it may name none
_IN_PYTHON = "seed"
_NO_PLACE: Mapping[Steps, Member] = MappingProxyType({})


@dataclass(slots=True, kw_only=True)
class Seed:
    """A document that is to be played. ``files`` finds what it names; ``text`` is empty when it has none."""

    document: Any
    name: str
    files: Files
    text: str = ""
    members: Mapping[Steps, Member] = field(default_factory=lambda: _NO_PLACE)

    def mistake(self, path: Steps, message: str, *, at_key: bool = False) -> Mistake:
        """Return a mistake at a member: at its value, or at its key."""
        place = self._position(path, at_key=at_key)
        return Mistake(file=self.name, path=path, position=place, message=message)

    def as_written(self, path: Steps) -> str | None:
        """Return the text of a value that was read as no text, though it might be one: ``1.0``."""
        member = self.members.get(path)
        return None if member is None else member.text

    def _position(self, path: Steps, *, at_key: bool) -> Position | None:
        if not self.text:
            return None
        if self.members:
            known = next(
                path[:end] for end in range(len(path), -1, -1) if path[:end] in self.members
            )
            place = self.members[known].place
        else:
            place = find(self.text, path)
        return position(self.text, place.key if at_key else place.value)


def seed_of(source: str | Path | Mapping[str, Any]) -> Seed:
    """Return the seed of a file, or of a document; files that it names are relative to it.

    Raises: SeedError when the file is neither YAML nor JSON, MissingExtraError, OSError.
    """
    if isinstance(source, Mapping):
        document = json.loads(json.dumps(source))  # what is checked does not change any more
        return Seed(document=document, name=_IN_PYTHON, files=Path)
    path = Path(source)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        start = Position(line=1, column=1)
        said = "this is no text in UTF-8"
        raise SeedError([Mistake(file=str(path), path=(), position=start, message=said)]) from None
    return read_seed(text, str(path), lambda name: path.parent / name)


def read_seed(text: str, name: str, files: Files) -> Seed:
    """Return the seed of a text, which is JSON when its name says so. Raises: SeedError, MissingExtraError."""
    if name.endswith(".json"):
        return _of_json(text, name, files)
    try:
        made = read_yaml(text)
    except YamlError as error:
        said = Mistake(file=name, path=(), position=error.position, message=error.message)
        raise SeedError([said]) from None
    seed = Seed(document=made.document, name=name, files=files, text=text, members=made.members)
    if made.twice:
        twice = sorted(made.twice, key=str)
        raise SeedError([seed.mistake(path, "it is given twice", at_key=True) for path in twice])
    return seed


def _of_json(text: str, name: str, files: Files) -> Seed:
    try:
        document = strict_decoder().decode(text)
    except json.JSONDecodeError as error:
        place = Position(line=error.lineno, column=error.colno)
        said = f"this is no JSON: {error.msg}"
    except (ValueError, RecursionError) as error:
        place, said = Position(line=1, column=1), f"this is no JSON: {error}"
    else:
        return Seed(document=document, name=name, files=files, text=text)
    raise SeedError([Mistake(file=name, path=(), position=place, message=said)])
