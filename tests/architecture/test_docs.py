"""The pages against the code: nothing is undocumented, nothing documented is gone, all links resolve."""

import inspect
import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from ecrmock import pytest_plugin
from ecrmock.cli import main
from ecrmock.cli.serve import serve
from ecrmock.dispatch.call import CallRecord
from ecrmock.frontends.admin.door import _HANDLERS as ADMIN
from ecrmock.handle import Ecr
from ecrmock.handle.clock import ClockHandle
from ecrmock.inprocess.decorator import mock_ecr
from ecrmock.operations.table import OPERATIONS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (*ROOT.glob("*.md"), *DOCS.rglob("*.md"), ROOT / "benchmarks/README.md")
)
GENERATOR = runpy.run_path(str(DOCS / "generate_parity.py"))
CODE = "\n".join(path.read_text() for path in sorted((ROOT / "examples").glob("*.py")))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TERMS = (
    # OCI
    *("manifest", "index", "config", "layer", "blob", "descriptor", "subject", "referrer"),
    *("digest", "tag", "reference", "media type", "artifact type", "platform"),
    # ECR
    *("registry", "repository", "image", "image identifier", "image tag mutability"),
    *("pull through cache rule", "upstream", "creation template", "scan finding"),
    *("authorization token", "lifecycle policy", "rule", "selection", "action", "resource tag"),
    # IAM
    *("principal", "identity policy", "repository policy", "registry policy", "statement"),
    *("effect", "resource", "condition", "explicit deny", "implicit deny"),
)


def page(name: str) -> str:
    return (ROOT / name).read_text()


def blocks(name: str, language: str) -> list[str]:
    return [text for kind, text in FENCE.findall(page(name)) if kind == language]


# Operations


def test_the_parity_page_is_what_its_script_writes() -> None:
    assert page("docs/parity.md") == GENERATOR["page"](), "run: python docs/generate_parity.py"


@pytest.mark.parametrize("key", [key for key in OPERATIONS if key[0] != "ecrmock"], ids=":".join)
def test_each_operation_is_on_the_parity_page(key: tuple[str, str]) -> None:
    titles = dict(GENERATOR["SERVICES"])
    section = page("docs/parity.md").partition(f"\n## {titles[key[0]]}\n")[2].partition("\n## ")[0]
    assert f"\n| {key[1]} | yes |" in section


def test_a_note_is_about_an_operation_that_is_there() -> None:
    assert set(GENERATOR["NOTES"]) <= set(OPERATIONS)


def test_every_resource_of_the_registry_has_its_path() -> None:
    assert {resource for resource, _ in GENERATOR["_HANDLERS"]} == set(GENERATOR["PATHS"])


# The server


def rows(name: str) -> dict[str, list[str]]:
    """Return the cells of the tables of a page by their first cell."""
    lines = [line for line in page(name).splitlines() if line.startswith("| ")]
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    return {first: rest for first, *rest in cells}


@pytest.mark.parametrize("option", serve.params, ids=lambda option: option.name)
def test_each_option_of_serve_is_documented(option: click.Option) -> None:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    variable, default, _ = rows("docs/server.md")[names]
    assert variable == f"`ECRMOCK_{str(option.name).upper()}`"
    assert default == shown_default(option)


def shown_default(option: click.Option) -> str:
    value = option.to_info_dict()["default"]
    if option.is_flag:
        return "on" if value else "off"
    return f"`{value}`" if isinstance(value, str | int) and value != "" else ""


def test_no_page_names_an_option_that_serve_does_not_have() -> None:
    known = {name for option in serve.params for name in (*option.opts, *option.secondary_opts)}
    table = [name for row in rows("docs/server.md") for name in re.findall(r"`(--[a-z-]+)`", row)]
    assert set(table) <= known
    for name in PAGES:
        assert set(re.findall(r"ecrmock serve (--[a-z-]+)", page(name))) <= known


@pytest.mark.parametrize("command", sorted(main.commands))
def test_each_command_is_documented(command: str) -> None:
    assert f"ecrmock {command}" in page("docs/server.md")


@pytest.mark.parametrize(("method", "path"), sorted(ADMIN))
def test_each_admin_endpoint_is_documented(method: str, path: str) -> None:
    assert f"`{method} {path}`" in rows("docs/server.md")


def test_no_page_names_an_admin_endpoint_that_is_gone() -> None:
    known = {path for _, path in ADMIN}
    for name in PAGES:
        assert set(re.findall(r"/_ecrmock/[a-z./-]+[a-z]", page(name))) <= known


# Tests in Python


def shown_of_a_call() -> set[str]:
    """Return what can be read of a record, but the Call that its other members are read from."""
    return {name for name in dir(CallRecord) if not name.startswith("_")} - {"call"}


def members(owner: type) -> list[str]:
    return [name for name in vars(owner) if not name.startswith("_")]


@pytest.mark.parametrize("option", list(inspect.signature(mock_ecr).parameters)[1:])
def test_each_option_of_mock_ecr_is_documented(option: str) -> None:
    assert f"`{option}`" in rows("docs/testing.md")


@pytest.mark.parametrize("name", members(Ecr))
def test_each_member_of_the_handle_is_documented(name: str) -> None:
    assert re.search(rf"`ecr\.{name}[`(]", page("docs/testing.md"))


@pytest.mark.parametrize("name", members(ClockHandle))
def test_each_method_of_the_clock_is_documented(name: str) -> None:
    assert re.search(rf"`(ecr\.clock)?\.{name}\(", page("docs/testing.md"))


@pytest.mark.parametrize("name", sorted(shown_of_a_call()))
def test_each_member_of_a_call_is_documented(name: str) -> None:
    assert any(f"`{name}`" in cell for cell in rows("docs/testing.md")["`ecr.calls`"])


def test_each_fixture_is_documented() -> None:
    found = [name for name, value in vars(pytest_plugin).items() if is_fixture(value)]
    assert found
    assert [name for name in found if f"`{name}`" not in page("docs/testing.md")] == []


def is_fixture(value: Any) -> bool:
    return type(value).__name__ == "FixtureFunctionDefinition"


@pytest.mark.parametrize(
    "title",
    [
        "ECR Image Action",
        "ECR Referrer Action",
        "ECR Replication Action",
        "ECR Pull Through Cache Action",
    ],
)
def test_each_event_is_documented(title: str) -> None:
    assert f'"{title}"' in page("ecrmock/rules/event_envelopes.py")
    assert f"`{title}`" in rows("docs/testing.md")


def test_there_is_no_other_event() -> None:
    code = page("ecrmock/rules/event_envelopes.py")
    assert set(re.findall(r'"(ECR [A-Z][A-Za-z ]+)"', code)) <= set(
        re.findall(r"`(ECR [A-Z][A-Za-z ]+)`", page("docs/testing.md"))
    )


# Examples, words and links


def test_the_readme_shows_the_first_example_as_it_is() -> None:
    assert blocks("README.md", "python") == [page("examples/test_first.py")]


@pytest.mark.parametrize("name", PAGES)
def test_each_block_of_python_is_part_of_an_example(name: str) -> None:
    assert [block for block in blocks(name, "python") if block not in CODE] == []


@pytest.mark.parametrize("term", TERMS)
def test_each_term_is_in_the_glossary(term: str) -> None:
    assert re.search(rf"^- \*\*{term}\*\*: .", page("docs/glossary.md"), re.MULTILINE)


def test_no_term_is_in_the_glossary_twice() -> None:
    terms = re.findall(r"^- \*\*(.+?)\*\*", page("docs/glossary.md"), re.MULTILINE)
    assert len(terms) == len(set(terms))


def links(name: str) -> Iterator[str]:
    text = FENCE.sub("", page(name))
    targets = re.findall(r"\[[^\]]+\]\(([^)\s]+)\)", text)
    yield from (target for target in targets if not target.startswith(("https://", "http://")))


def anchors(path: Path) -> set[str]:
    """Return what can follow ``#``: each heading in lower case, with hyphens for spaces."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", PAGES)
def test_local_links_resolve(name: str) -> None:
    for link in links(name):
        target, _, anchor = link.partition("#")
        path = (ROOT / name).parent / target if target else ROOT / name
        assert path.exists(), f"{name} links to {link}"
        assert not anchor or anchor in anchors(path), f"{name} links to {link}"


def test_each_page_is_in_the_index() -> None:
    """But what parity.md includes."""
    linked = {(DOCS / link).resolve() for link in links("docs/index.md")}
    assert set(DOCS.rglob("*.md")) - linked == {DOCS / "index.md", DOCS / "assumptions.md"}


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`([\w/]+\.py)`", page("docs/architecture.md"))))
)
def test_the_architecture_page_names_files_that_exist(path: str) -> None:
    assert (ROOT / "ecrmock" / path).exists() or (ROOT / path).exists()
