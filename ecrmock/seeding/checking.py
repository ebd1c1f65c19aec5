"""Whether a seed is as the schema has it: every mistake at once, with what was expected."""

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from ecrmock.seeding.mistakes import Mistake, SeedError
from ecrmock.seeding.seed_text import Seed
from ecrmock.seeding.yaml_text import Steps
from ecrmock.values.errors import MissingExtraError

_SCHEMA = "seed.schema.json"
_SHOWN = 60  # letters of a value in a message
_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "object": "an object",
        "array": "a list",
        "string": "a text",
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true or false",
        "null": "nothing",
    }
)


def schema_text() -> str:
    """Return the JSON Schema of seeds, as it is published."""
    return files("ecrmock.seeding").joinpath(_SCHEMA).read_text(encoding="utf-8")


def check(seed: Seed) -> None:
    """Raise SeedError with every mistake; MissingExtraError where jsonschema is not installed.

    What YAML reads as a number, and the schema has as a text, becomes that text: ``tag: 1.10``.
    """
    validator = _validator()
    errors = list(validator.iter_errors(seed.document))
    mended = [error for error in errors if _mend(seed, error)]
    if mended:
        errors = list(validator.iter_errors(seed.document))
    mistakes = [mistake for error in errors for mistake in _mistakes(seed, error)]
    if mistakes:
        raise SeedError(sorted(set(mistakes), key=_order))


def _order(mistake: Mistake) -> tuple[int, int, str]:
    place = mistake.position
    return (place.line, place.column, str(mistake)) if place else (0, 0, str(mistake))


def _validator() -> Any:
    try:
        from jsonschema import Draft202012Validator  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtraError("seeds need jsonschema: pip install 'ecrmock[seed]'") from None
    return Draft202012Validator(json.loads(schema_text()))


def _mend(seed: Seed, error: Any) -> bool:
    """Put the text in place of a number where only a text will do."""
    path: Steps = tuple(error.absolute_path)
    text = seed.as_written(path)
    if error.validator != "type" or error.validator_value != "string" or not text or not path:
        return False
    owner = seed.document
    for step in path[:-1]:
        owner = owner[step]
    owner[path[-1]] = text
    return True


def _mistakes(seed: Seed, error: Any) -> Iterator[Mistake]:
    """Yield what one finding of the schema means to a reader."""
    path: Steps = tuple(error.absolute_path)
    if error.validator == "additionalProperties" and error.validator_value is False:
        known = error.schema["properties"]
        for name in sorted(set(error.instance) - set(known)):
            yield seed.mistake((*path, name), _unknown(name, known), at_key=True)
    elif "propertyNames" in error.absolute_schema_path:
        yield seed.mistake((*path, error.instance), _sentence(error), at_key=True)
    else:
        yield seed.mistake(path, _sentence(error), at_key=error.validator == "not")


def _unknown(name: str, known: Mapping[str, Any]) -> str:
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"nothing of this name is known here; {hint}there are {', '.join(sorted(known))}"


def _sentence(error: Any) -> str:  # noqa: PLR0911 - one for each word of the schema
    schema, expected, value = error.schema, error.validator_value, _shown(error.instance)
    title, description = schema.get("title", "value"), schema.get("description", "")
    match error.validator:
        case "type":
            kinds = (expected,) if isinstance(expected, str) else expected
            wanted = " or ".join(_KINDS[kind] for kind in kinds)
            return f"{value} is not {wanted}; expected: {title}"
        case "enum":
            return f"{value} is none of {', '.join(map(str, expected))}"
        case "const":
            return f"{value} is not {json.dumps(expected)}"
        case "required":
            missing = [name for name in expected if name not in error.instance]
            return f"{' and '.join(missing)} must be given here"
        case "dependentRequired":
            lacking = [
                f"{name} needs {' and '.join(needed)}"
                for name, needed in expected.items()
                if name in error.instance and not set(needed) <= set(error.instance)
            ]
            return "; ".join(lacking)
        case "pattern" | "minLength" | "maxLength":
            return f"{value} is no {title}: {description}"
        case "not":
            return str(description)
        case _:
            return f"{error.message} ({title})"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
