"""Seeds against their schema: every mistake at once, with line, column and what was expected."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from ecrmock.seeding.checking import check, schema_text
from ecrmock.seeding.mistakes import SeedError
from ecrmock.seeding.seed_text import read_seed, seed_of
from ecrmock.values.errors import MissingExtraError
from tests.seeding.conftest import Write, with_images


def mistakes(text: str, name: str = "seed.yaml") -> list[str]:
    with pytest.raises(SeedError) as caught:
        check(read_seed(text, name, None))  # type: ignore[arg-type]
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "seed.yaml:1:1: the seed: version must be given here"),
        ("version: 2", "seed.yaml:1:10: version: 2 is not 1"),
        (
            "version: 1\nuser: {}",
            "seed.yaml:2:1: user: nothing of this name is known here; did you mean users",
        ),
        ("version: 1\nusers: []", "seed.yaml:2:8: users: [] is not an object; expected: users"),
        ("version: 1\naccounts: {12: {}}", 'seed.yaml:2:12: accounts.12: "12" is no account id: '),
        (
            "version: 1\nrepositories:\n  Team: {}",
            'seed.yaml:3:3: repositories.Team: "Team" is no name of a ',
        ),
        ("version: 1\nusers:\n  a: {path: x}", 'seed.yaml:3:13: users.a.path: "x" is no path: '),
        (
            "version: 1\nusers: {a: {policies: [x]}}",
            'seed.yaml:2:24: users.a.policies[0]: "x" is no ARN: ',
        ),
        (
            "version: 1\nusers: {a: {policies: [{name: x}]}}",
            "users.a.policies[0]: document must be given here",
        ),
        (
            "version: 1\nusers: {a: {access_key: {id: AKIAIOSFODNN7EXAMPLE}}}",
            "access_key: id needs secret",
        ),
        (
            "version: 1\nusers: {a: {access_key: {}, access_keys: []}}",
            "access_key is there already",
        ),
        ("version: 1\nregions: {here: {}}", '"here" is no region: a region is like us-east-1'),
    ],
)
def test_a_mistake_says_where_it_is_and_what_was_expected(text: str, said: str) -> None:
    (line,) = mistakes(text)
    assert said in line


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (
            {"layers": [], "index": {"linux/amd64": "x"}},
            "an image has one source: only one of layers",
        ),
        ({"tag": "a", "tags": ["b"]}, "tags: tag is there already"),
        ({"tag": "a b"}, '"a b" is no tag'),
        ({"index": {"linux": "x"}}, '"linux" is no platform: a platform is like linux/amd64'),
        ({"artifact": {}}, "artifact: type must be given here"),
        ({"pushed_at": "yesterday"}, '"yesterday" is no time: a time is of ISO 8601'),
        ({"restored_at": "1d ago"}, "images[0]: restored_at needs archived_at"),
        ({"digest": "sha256:1", "oci_layout": "x"}, '"sha256:1" is no digest'),
        ({"layers": [1]}, "layers[0]: 1 is not an object or a text; expected: layer"),
    ],
)
def test_a_wrong_image_is_said(image: dict[str, Any], said: str) -> None:
    (line,) = mistakes(json.dumps(with_images(image)), "seed.json")
    assert said in line


def test_all_mistakes_are_said_at_once_in_their_order() -> None:
    text = "version: 1\nrepositories:\n  app: {scan_on_push: 1, tag_mutability: NO}\nusers: 5\n"
    places = [line.partition(": ")[0] for line in mistakes(text)]
    assert places == ["seed.yaml:3:23", "seed.yaml:3:42", "seed.yaml:4:8"]


def test_json_has_places_too() -> None:
    (line,) = mistakes('{"version": 1,\n "users": {"a": {"pth": "/"}}}', "seed.json")
    assert line.startswith("seed.json:2:18: users.a.pth: ")


def test_a_document_has_the_way_alone() -> None:
    with pytest.raises(SeedError, match=r"^seed: version: 2 is not 1$"):
        check(seed_of({"version": 2}))


def test_a_number_is_a_text_where_only_a_text_will_do() -> None:
    text = "version: 1\nrepositories: {app: {images: [{tag: 1.10}], resource_tags: {cost: 012}}}"
    seed = read_seed(text, "seed.yaml", None)  # type: ignore[arg-type]
    check(seed)
    app = seed.document["repositories"]["app"]
    assert (app["images"][0]["tag"], app["resource_tags"]) == ("1.10", {"cost": "012"})


def test_a_number_stays_one_in_json() -> None:
    (line,) = mistakes(json.dumps(with_images({"tag": 1.1})), "seed.json")
    assert "1.1 is not a text; expected: tag" in line


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("seed.json", "{", "seed.json:1:2: the seed: this is no JSON: "),
        (
            "seed.json",
            '{"a": 1, "a": 2}',
            "seed.json:1:1: the seed: this is no JSON: a key is given twice",
        ),
        ("seed.yaml", "a: 1\nb: {c: 1, c: 2}", "seed.yaml:2:11: b.c: it is given twice"),
        ("seed.yaml", "a: [", "seed.yaml:1:5: the seed: this is no YAML: "),
    ],
)
def test_a_text_that_cannot_be_read_is_said(name: str, text: str, said: str) -> None:
    assert mistakes(text, name)[0].startswith(said)


def test_a_file_that_is_no_text_is_said(write: Write) -> None:
    with pytest.raises(SeedError, match="this is no text in UTF-8"):
        seed_of(write(b"\xff\xfe"))


# The schema itself


def walk(schema: Any) -> Any:
    if isinstance(schema, dict):
        yield schema
    for value in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(value, dict | list):
            yield from walk(value)


def test_the_schema_is_one() -> None:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(json.loads(schema_text()))


def test_every_member_has_a_title_and_a_description() -> None:
    schema = json.loads(schema_text())
    for found in walk(schema):
        for name, member in found.get("properties", {}).items():
            described = {**member, **schema["$defs"].get(member.get("$ref", "")[8:], {})}
            assert (
                member is True or "not" in described or {"title", "description"} <= set(described)
            ), name


def test_every_definition_is_used() -> None:
    schema = json.loads(schema_text())
    used = {found["$ref"][8:] for found in walk(schema) if "$ref" in found}
    assert used == set(schema["$defs"])


@pytest.mark.parametrize(
    ("service", "shape", "definition"),
    [
        ("ecr", "RepositoryName", "repositoryName"),
        ("iam", "userNameType", "userName"),
        ("iam", "groupNameType", "groupName"),
        ("iam", "roleNameType", "roleName"),
        ("iam", "policyNameType", "policyName"),
    ],
)
def test_names_are_bounded_as_in_the_service_model(
    service: str, shape: str, definition: str
) -> None:
    """Calls of a seed do not pass the door that checks the constraints of the model."""
    import botocore.session

    model = botocore.session.Session().get_service_model(service).shape_for(shape).metadata
    ours = json.loads(schema_text())["$defs"][definition]
    assert ours["pattern"] == f"^{model['pattern']}$"
    assert ours["maxLength"] == model["max"]


@pytest.mark.parametrize("name", ["docs/seeds.md", "examples/seed.yaml"])
def test_every_member_is_in_the_page_and_in_the_example(name: str) -> None:
    """In the example some stand in a comment, since there are no such files."""
    text = (Path(__file__).parents[2] / name).read_text()
    members = {
        member
        for found in walk(json.loads(schema_text()))
        for member in found.get("properties", {})
    }
    known = {
        "$schema",
        "clock",
        "access_keys",
        "regions",
        "status",
        "frequency",
        "type",
        "rules",
        "kms_key",
    }
    assert {each for each in members - known if not re.search(rf"\b{each}\b", text)} == set()


@pytest.mark.parametrize("package", ["yaml", "jsonschema"])
def test_a_package_that_is_missing_is_said_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=r"pip install 'ecrmock\[seed\]'"):
        check(read_seed("version: 1", "seed.yaml", None))  # type: ignore[arg-type]
