"""Requests made from the model's own constraints: valid ones, and valid ones with one thing wrong.

Constraint texts: reference api.md §3.2, and §2.5 for a wrong JSON type.
"""

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from botocore.model import ListShape, Shape, StringShape, StructureShape
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ecrmock.frontends.http import HttpResponse
from ecrmock.operations.table import OPERATIONS
from tests.documents import digest_of
from tests.frontends.aws.conftest import Door, model_of

IMPLEMENTED = sorted(key for key in OPERATIONS if key[0] in ("ecr", "ecr-public"))
COMMON = {
    "AccessDeniedException",
    "SerializationException",
    "ThrottlingException",
    "UnknownOperationException",
}
REPOSITORY_NAMES = {
    "ecr": r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*",
    "ecr-public": r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*",
}
MUTABILITY_ORDER = "[IMMUTABLE, MUTABLE, MUTABLE_WITH_EXCLUSION, IMMUTABLE_WITH_EXCLUSION]"
LONG = 100_000  # longer texts than this are not made a thousand times
MAXIMUM_EXTRA = 3  # entries of a list and characters of a text beyond the least

few = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
# The failure names the mutation, so there is nothing to shrink.
once = settings(few, max_examples=2, phases=(Phase.explicit, Phase.reuse, Phase.generate))

# Values that the door's repository makes meaningful, by the member that they are for.
CONFIG = digest_of(b"{}")
KNOWN = {
    "repositoryName": ("app", "team/app", "a__b", "a--b/0", "x" * 256),
    "registryId": ("123456789012", "000000000000"),
    "imageTag": ("latest", "1.0"),
    "imageDigest": (CONFIG, "sha256"),
    "layerDigest": (CONFIG, "a+b:00"),
    "uploadId": ("00000000-0000-4000-8000-00000000000a", "0" * 8 + "-ABCD" * 3 + "-" + "f" * 12),
    "filter": ("*", "latest", "v*.*", "a" * 128),
    "resourceArn": (
        "arn:aws:ecr:us-east-1:123456789012:repository/app",
        "arn:aws:ecr-public::123456789012:repository/app",
        "arn:aws:ecr",
    ),
}


def text_of(shape: StringShape, name: str) -> st.SearchStrategy[str]:
    """Texts that keep to every constraint of their shape."""
    least = shape.metadata.get("min", 0)
    most = min(shape.metadata.get("max", LONG), least + MAXIMUM_EXTRA + 5)
    if shape.enum:
        return st.sampled_from(sorted(shape.enum))
    pattern = shape.metadata.get("pattern")
    if pattern is None:
        free = st.text(st.characters(codec="utf-8"), min_size=least, max_size=most)
    else:
        free = st.from_regex(pattern, fullmatch=True, alphabet=st.characters(codec="ascii"))
        longest = shape.metadata.get("max", LONG)
        free = free.filter(lambda text: least <= len(text) <= longest)
    known = [each for each in KNOWN.get(name, ()) if fits(shape, each)]
    if not known:
        return free
    named = st.sampled_from(known)
    return st.one_of(named, named, named, free)  # the others take long to make


def fits(shape: StringShape, text: str) -> bool:
    pattern = shape.metadata.get("pattern", r"[\s\S]*")
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max", LONG)
    return least <= len(text) <= most and re.fullmatch(pattern, text) is not None


def valid(shape: Shape, name: str = "", *, whole: bool = False) -> st.SearchStrategy[Any]:
    """Values that keep to every constraint of a shape; a whole one has every member."""
    if isinstance(shape, StructureShape):
        members = {key: valid(member, key, whole=whole) for key, member in shape.members.items()}
        is_fixed = {key: whole or key in shape.required_members for key in members}
        return st.fixed_dictionaries(
            {key: each for key, each in members.items() if is_fixed[key]},
            optional={key: each for key, each in members.items() if not is_fixed[key]},
        )
    least = shape.metadata.get("min", 0)
    if isinstance(shape, ListShape):
        member = valid(shape.member, name.removesuffix("s"), whole=whole)
        size = max(least, 1 if whole else 0)
        most = min(shape.metadata.get("max", LONG), size + MAXIMUM_EXTRA)
        return st.lists(member, min_size=size, max_size=most)
    if isinstance(shape, StringShape):
        return text_of(shape, name)
    return {
        "boolean": st.booleans(),
        "integer": st.integers(least, shape.metadata.get("max", 2**31 - 1)),
        "long": st.integers(least, shape.metadata.get("max", 2**63 - 1)),
        "blob": st.sampled_from(("", "YQ==", "bGF5ZXI=")),
        "timestamp": st.integers(0, 2**31),
        "double": st.floats(0, 1),
    }[shape.type_name]


Key = tuple[str, str]  # a service and its operation


@cache
def requests_of(operation: Key, *, whole: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    return valid(model_of(*operation).input_shape, whole=whole)


Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Mutation:
    """One thing wrong in a request: where, what is put there, and what is said of it.

    ``code`` is None where any answer will do; ``field`` and ``constraint`` where the text is not known.
    """

    kind: str
    path: Path
    value: Any
    code: str | None = "InvalidParameterException"
    constraint: str | None = None
    field: str | None = None

    def applied(self, document: dict[str, Any]) -> dict[str, Any]:
        changed = deepcopy(document)
        place: Any = changed
        for step in self.path[:-1]:
            place = place[step]
        if self.value is ABSENT:
            del place[self.path[-1]]
        else:
            place[self.path[-1]] = self.value
        return changed

    def explains(self, answer: dict[str, Any]) -> bool:
        if self.code is None:
            return True
        if answer.get("__type") != self.code:
            return False
        text = answer["message"]
        if self.code == "SerializationException":
            return self.constraint in (None, text)
        field = "[^']+" if self.field is None else re.escape(self.field)
        constraint = ".*" if self.constraint is None else re.escape(self.constraint)
        said = f"Invalid parameter at '{field}' failed to satisfy constraint: '{constraint}'"
        return re.fullmatch(said, text, re.DOTALL) is not None


ABSENT = object()


def mutations(shape: StructureShape) -> list[Mutation]:
    return list(_of_structure(shape, ()))


def _of_structure(shape: StructureShape, path: Path) -> Iterator[Mutation]:
    for name, member in shape.members.items():
        where = (*path, name)
        if name in shape.required_members:
            yield from _of_missing(where)
        yield from _of_value(member, where)
    yield Mutation("unknown member", (*path, "noSuchMember"), [{"a": None}], None)


def _of_missing(where: Path) -> Iterator[Mutation]:
    by_hand = where == ("repositoryName",)
    text = "must not be null" if by_hand else "Member must not be null"
    for kind, value in (("missing", ABSENT), ("null", None)):
        yield Mutation(kind, where, value, constraint=text, field=_field(where))


def _field(path: Path) -> str | None:
    """Return a member's name in an error: ``tags.2.member.key``. Not known for nested structures."""
    if len(path) == 1:
        return str(path[0])
    if len(path) == 3 and isinstance(path[1], int):
        name = str(path[2])
        return f"{path[0]}.{path[1] + 1}.member.{name[0].lower()}{name[1:]}"
    return None


def _of_value(shape: Shape, where: Path) -> Iterator[Mutation]:
    yield from _of_type(shape, where)
    yield from _of_size(shape, where)
    if isinstance(shape, StructureShape):
        yield from _of_structure(shape, where)
    elif isinstance(shape, ListShape):
        field = f"{where[0]}.1.member" if len(where) == 1 else None
        text = "Member must not be null"
        yield Mutation("null in a list", (*where, 0), None, constraint=text, field=field)
        yield from _of_value(shape.member, (*where, 0))
    elif isinstance(shape, StringShape):
        yield from _of_text(shape, where)
    elif shape.type_name in ("integer", "long"):
        yield Mutation("huge", where, 10**400, None)
        yield Mutation("huge and negative", where, -(10**30), None)


WRONG_TYPES = {
    "string": (
        (7, "NUMBER_VALUE can not be converted to a String"),
        (True, "TRUE_VALUE can not be converted to a String"),
        ({}, "Start of structure or map found where not expected."),
        ([], "Start of structure or map found where not expected."),
    ),
    "integer": (
        ("7", "STRING_VALUE can not be converted to an Integer"),
        (False, "FALSE_VALUE can not be converted to an Integer"),
        (1.5, None),
        ([], "Start of structure or map found where not expected."),
    ),
    "long": (("7", "STRING_VALUE can not be converted to a Long"), ({}, None)),
    "boolean": (("true", "STRING_VALUE can not be converted to a Boolean"), (1, None), ([], None)),
    "list": (("text", None), ({}, None), (7, None)),
    "structure": (("text", None), ([], None), (7, None)),
    "map": (("text", None), ([], None), (7, None)),
    "blob": ((7, None), ({}, None), ("no base64!", None)),
}


def _of_type(shape: Shape, where: Path) -> Iterator[Mutation]:
    for value, text in WRONG_TYPES.get(shape.type_name, ()):
        yield Mutation("wrong JSON type", where, value, "SerializationException", text)


def _of_size(shape: Shape, where: Path) -> Iterator[Mutation]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    is_number = shape.type_name in ("integer", "long")
    made = (lambda size: size) if is_number else _sized(shape)
    what = "value" if is_number else "length"
    if least is not None and (is_number or least > 0):
        text = f"have {what} greater than or equal to {least}"
        yield _stated("too small", shape, where, made(least - 1), text)
    if most is not None and (is_number or most < LONG):
        text = f"have {what} less than or equal to {most}"
        yield _stated("too large", shape, where, made(most + 1), text)


def _sized(shape: Shape) -> Callable[[int], Any]:
    if isinstance(shape, ListShape):
        return lambda size: [_filler(shape.member)] * size
    return lambda size: "a" * size


def _filler(shape: Shape) -> Any:
    return {} if isinstance(shape, StructureShape) else "aa"


def _stated(kind: str, shape: Shape, where: Path, value: Any, text: str) -> Mutation:
    """A violation whose text is known; ECR checks a repository name by hand."""
    if where == ("repositoryName",):
        return Mutation(kind, where, value, constraint=f"must {text}", field="repositoryName")
    if isinstance(where[-1], int):  # the list is named, and the text wrapped
        wrapped = f"Member must satisfy constraint: [Member must {text}]"
        return Mutation(kind, where, value, constraint=wrapped, field=_field(where[:-1]))
    return Mutation(kind, where, value, constraint=f"Member must {text}", field=_field(where))


def _of_text(shape: StringShape, where: Path) -> Iterator[Mutation]:
    least = max(shape.metadata.get("min", 0), 1)
    for value in ("é" * least, "\ud800" * least, "\0" * least, "𓀀\u202e" * least):
        yield Mutation("unicode", where, value, None)
    if shape.enum:
        order = f"[{', '.join(shape.enum)}]"
        order = {"imageTagMutability": MUTABILITY_ORDER}.get(str(where[-1]), order)
        for value in ("NO_SUCH_VALUE", shape.enum[0].swapcase(), ""):
            yield _stated("wrong enum", shape, where, value, f"satisfy enum value set: {order}")
    pattern = shape.metadata.get("pattern")
    if pattern is not None:
        yield from _of_pattern(shape, where, least)


def _of_pattern(shape: StringShape, where: Path, least: int) -> Iterator[Mutation]:
    pattern = shape.metadata["pattern"]
    text = f"satisfy regular expression pattern: {pattern}"
    for value in ("!" * least, "\n" * least, "é" * least):
        if where == ("repositoryName",):
            own = next(
                each for each in REPOSITORY_NAMES.values() if each == pattern.replace("\\/", "/")
            )
            text = f"must satisfy regular expression '{own}'"
            yield Mutation("pattern", where, value, constraint=text, field=where[0])
        elif not re.fullmatch(pattern, value):
            yield _stated("pattern", shape, where, value, text)


def busy_door(operation: Key) -> Door:
    """A door whose repository ``app`` has an image, a layer and an upload."""
    door = Door(operation[0]).create()
    door.push("latest")
    door("InitiateLayerUpload", repositoryName="app")
    return door


def code_of(response: HttpResponse) -> str:
    return json.loads(response.body)["__type"]


def is_answer(operation: Key, response: HttpResponse) -> bool:
    """Tell whether a response is one that the model allows: an answer, or an error that it declares."""
    if response.status == 200:
        return True
    declared = {shape.name for shape in model_of(*operation).error_shapes}
    return response.status == 400 and code_of(response) in declared | COMMON


def changed_by(door: Door, operation: Key, document: Any) -> tuple[HttpResponse, bool]:
    """Send a request; return the response, and whether the state is another one now."""
    before = door.backend.state()
    response = door.post(operation[1], json.dumps(document))
    return response, door.backend.state() != before


@pytest.mark.parametrize("operation", IMPLEMENTED, ids=":".join)
@few
@given(data=st.data())
def test_a_valid_request_gets_an_answer_that_the_model_allows(operation, data):
    document = data.draw(requests_of(operation))
    response, changed = changed_by(busy_door(operation), operation, document)
    assert is_answer(operation, response)
    assert response.status == 200 or not changed


@pytest.mark.parametrize("operation", IMPLEMENTED, ids=":".join)
@few
@given(data=st.data())
def test_a_valid_request_meets_no_constraint_of_its_shape(operation, data):
    """What is refused then is refused for what it means, in words that no shape check has."""
    document = data.draw(requests_of(operation))
    response = busy_door(operation).post(operation[1], json.dumps(document))
    assert b"Member must" not in response.body
    assert b"SerializationException" not in response.body


@pytest.mark.parametrize("operation", IMPLEMENTED, ids=":".join)
@once
@given(data=st.data())
def test_a_request_with_one_thing_wrong_is_refused_in_the_words_of_ecr(operation, data):
    whole = data.draw(requests_of(operation, whole=True))
    door = busy_door(operation)
    for mutation in mutations(model_of(*operation).input_shape):
        response, changed = changed_by(door, operation, mutation.applied(whole))
        assert is_answer(operation, response), mutation
        assert response.status == 200 or not changed, mutation
        assert mutation.explains(json.loads(response.body)), (mutation, response.body)


@pytest.mark.parametrize("operation", IMPLEMENTED, ids=":".join)
@few
@given(data=st.data())
def test_an_unknown_member_changes_nothing_in_the_answer(operation, data):
    """Source: reference api.md §2.1."""
    document = data.draw(requests_of(operation))
    doors = busy_door(operation), busy_door(operation)
    plain, more = (
        door.post(operation[1], json.dumps(sent))
        for door, sent in zip(doors, (document, {**document, "noSuchMember": 1}), strict=True)
    )
    assert (plain.status, plain.body) == (more.status, more.body)


@pytest.mark.parametrize("operation", IMPLEMENTED, ids=":".join)
@few
@given(data=st.data())
def test_a_null_for_an_optional_member_is_its_absence(operation, data):
    """Source: reference api.md §2.1."""
    document = data.draw(requests_of(operation))
    shape = model_of(*operation).input_shape
    nulls = dict.fromkeys(set(shape.members) - set(document))
    doors = busy_door(operation), busy_door(operation)
    plain, more = (
        door.post(operation[1], json.dumps(sent))
        for door, sent in zip(doors, (document, {**nulls, **document}), strict=True)
    )
    assert (plain.status, plain.body) == (more.status, more.body)


def test_every_kind_of_mutation_is_made():
    shapes = [model_of(*operation).input_shape for operation in IMPLEMENTED]
    kinds = {mutation.kind for shape in shapes for mutation in mutations(shape)}
    assert kinds == {
        "huge",
        "huge and negative",
        "missing",
        "null",
        "null in a list",
        "pattern",
        "too large",
        "too small",
        "unicode",
        "unknown member",
        "wrong JSON type",
        "wrong enum",
    }


@pytest.mark.parametrize(
    ("operation", "member", "value"),
    [
        ("PutImage", "imageManifest", "a" * 4_194_305),
        ("UploadLayerPart", "layerPartBlob", "YWFh" * 6_990_507),
    ],
)
def test_what_is_longer_than_the_largest_members_is_refused(app, operation, member, value):
    most = {"imageManifest": 4_194_304, "layerPartBlob": 20_971_520}[member]
    span = {"partFirstByte": 0, "partLastByte": 20_971_520}
    upload = {"uploadId": "00000000-0000-4000-8000-00000000000a", **span}
    more = upload if operation == "UploadLayerPart" else {}
    said = app.message(operation, repositoryName="app", **more, **{member: value})
    constraint = f"Member must have length less than or equal to {most}"
    assert said == f"Invalid parameter at '{member}' failed to satisfy constraint: '{constraint}'"


@pytest.mark.parametrize("tag", ["a b", "é", "a/b", "a:b", "\n"])
def test_a_tag_with_other_characters_is_refused_by_hand(app, tag):
    said = app.message("PutImage", repositoryName="app", imageManifest="{}", imageTag=tag)
    constraint = "must satisfy regular expression '[a-zA-Z0-9-_.]+'"
    assert said == f"Invalid parameter at 'imageTag' failed to satisfy constraint: '{constraint}'"


@pytest.mark.parametrize("arn", ["", "app", "arn:aws:ecr:us-east-1:123456789012:app", "arn:é"])
@pytest.mark.parametrize("operation", ["TagResource", "UntagResource", "ListTagsForResource"])
def test_what_is_no_arn_of_a_repository_is_refused_by_hand(app, operation, arn):
    said = app.message(operation, resourceArn=arn, tags=[], tagKeys=[])
    text = "Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN'"
    assert said == text
