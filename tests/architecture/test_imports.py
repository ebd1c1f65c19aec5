"""Who may import whom: the rule of STYLE.md section 2, over every file of the package."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

import ecrmock

ROOT = Path(ecrmock.__file__).parent
FILES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))

# A part of the package is a folder, or a file beside the folders. Left may import right.
_BELOW = {"values", "rules", "world", "store", "operations", "reactions", "dispatch"}
_DOORS = {"inprocess", "frontends", "handle", "server", "seeding"}
MAY_IMPORT = {
    "values": set(),
    "rules": {"values"},
    "world": {"values"},
    "store": {"values"},
    "operations": {"rules", "store", "world", "values"},
    "reactions": {"rules", "store", "world", "values"},
    "dispatch": {"operations", "rules", "store", "world", "values"},
    "backend": {"dispatch", "reactions", "rules", "store", "world", "values"},
    "own_calls": {"backend", "dispatch", "values", "world"},
    "seeding": {"backend", "dispatch", "rules", "values"},
    "frontends": {"backend", "dispatch", "values"},
    "frontends/admin": {"backend", "own_calls", "dispatch", "values", "seeding"},
    "inprocess": {"backend", "handle", "frontends", "server", "values"},
    "server": {"backend", "frontends", "serving", "values"},
    "serving": {"backend", "frontends", "values"},  # what server.py is made of
    "handle": {"backend", "own_calls", "dispatch", "rules", "seeding", "values"},
    "cli": {"server", "rules", "seeding", "values", "world"},  # of the world, the clock
    "pytest_plugin": {*_BELOW, *_DOORS, "backend", "cli", "serving", "__init__"},
    "__init__": {"handle", "inprocess"},  # the public names
    "__main__": {"cli"},
}
STANDARD_LIBRARY_ONLY = {*_BELOW, "backend"}
NETWORK = {
    "http",
    "urllib",
    "socket",
    "ssl",
}  # below the doors, only these have a client
CLIENTS = {"world/upstream.py", "world/event_sinks.py"}
AWS = ("frontends/aws/", "inprocess/")
HTTP = ("frontends/", "server.py", "serving/")
ALONE = {
    "botocore": (*AWS, "world/event_sinks.py", "world/service_errors.py"),
    "boto3": (*AWS, "pytest_plugin.py", "handle/identities.py", "world/event_sinks.py"),
    "dateutil": AWS,
    "flask": HTTP,
    "werkzeug": HTTP,
    "jinja2": HTTP,
    "click": ("cli/",),
}
OPEN_TO_SIBLINGS = {
    "operations": {"operation", "follow_ups", "upstreams"},  # what operations get, and share
    "frontends": {"http"},
}
KNOW_THEIR_SIBLINGS = {"operations/table.py", "frontends/mount.py"}  # they put the others together


def violations(path: str, text: str) -> list[str]:
    """Return what a file of the package imports and may not; ``path`` is relative to the package."""
    found = []
    for name, is_top_level in imported(ast.parse(text)):
        own = name == "ecrmock" or name.startswith(("ecrmock.", "."))
        wrong = _own_violation(path, name) if own else _foreign_violation(path, name, is_top_level)
        if wrong is not None:
            found.append(f"{path} imports {name}: {wrong}")
    return found


def imported(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """Yield every imported name, and whether it loads with the module: not in functions or for types."""
    top_level = {id(node) for node in _loading(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in top_level) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from ((f"{module}.{alias.name}", id(node) in top_level) for alias in node.names)


def _loading(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        is_for_types = isinstance(child, ast.If) and ast.unparse(child.test).endswith(
            "TYPE_CHECKING"
        )
        if not is_for_types and not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
            yield from _loading(child)


def _own_violation(path: str, name: str) -> str | None:
    if name.startswith("."):
        return "imports are absolute"
    part, layer, wanted = _part(path), _layer(path), name.split(".")[1:]
    target = wanted[0] if wanted[0] in MAY_IMPORT else "__init__"
    if part not in MAY_IMPORT:
        return f"{part} is in no row of the table"
    if target != part and target not in MAY_IMPORT[layer]:
        return f"{layer} may not import {target}"
    if part == "inprocess" and wanted[:1] == ["frontends"] and wanted[1] not in ("aws", "http"):
        return "in process there are only frontends.aws and frontends.http"
    return _sibling_violation(path, wanted) if target == part else None


def _sibling_violation(path: str, wanted: list[str]) -> str | None:
    folder, *rest = PurePosixPath(path).with_suffix("").parts
    if folder not in OPEN_TO_SIBLINGS or path in KNOW_THEIR_SIBLINGS:
        return None
    is_open = wanted[1] in {*OPEN_TO_SIBLINGS[folder], rest[0]}
    return None if is_open else f"siblings in {folder} do not import each other"


def _foreign_violation(path: str, name: str, is_top_level: bool) -> str | None:
    package, part = name.split(".", maxsplit=1)[0], _part(path)
    if package in ALONE and not path.startswith(ALONE[package]):
        return f"{package} belongs to {', '.join(ALONE[package])} alone"
    if part not in STANDARD_LIBRARY_ONLY:
        return None
    if package in NETWORK and path not in CLIENTS:
        return "below the doors nobody speaks to a network"
    if package in sys.stdlib_module_names or (part == "world" and not is_top_level):
        return None
    return "the standard library only (in world, others inside the function that needs them)"


def _part(path: str) -> str:
    return PurePosixPath(path).parts[0].removesuffix(".py")


def _layer(path: str) -> str:
    return "frontends/admin" if path.startswith("frontends/admin/") else _part(path)


@pytest.mark.parametrize("path", FILES)
def test_imports_follow_the_data_flow(path: str) -> None:
    assert violations(path, (ROOT / path).read_text()) == []


@pytest.mark.parametrize(
    ("path", "text", "complaint"),
    [
        ("values/names.py", "from ecrmock.rules import filters", "values may not import rules"),
        ("values/names.py", "import ecrmock.store.store", "values may not import store"),
        ("rules/images.py", "def f():\n import ecrmock.world.clock", "rules may not import world"),
        ("store/store.py", "from ecrmock import mock_ecr", "store may not import __init__"),
        ("store/store.py", "from ..rules import filters", "absolute"),
        ("operations/images.py", "from ecrmock.operations.layers import open_part", "siblings"),
        ("operations/images.py", "from ecrmock.operations import layers", "siblings"),
        (
            "reactions/layers.py",
            "import ecrmock.dispatch.call",
            "reactions may not import dispatch",
        ),
        ("dispatch/call.py", "import ecrmock.backend", "dispatch may not import backend"),
        ("backend.py", "from ecrmock.frontends.http import HttpRequest", "backend may not import"),
        ("frontends/oci/tags.py", "from ecrmock.store.store import Store", "may not import store"),
        ("frontends/oci/tags.py", "import ecrmock.operations.images", "may not import operations"),
        ("frontends/oci/tags.py", "from ecrmock.frontends.aws import shapes", "siblings"),
        ("frontends/oci/tags.py", "import ecrmock.seeding.play", "may not import seeding"),
        ("frontends/http.py", "import ecrmock.frontends.oci.tags", "siblings"),
        ("inprocess/decorator.py", "import ecrmock.frontends.oci.tags", "only frontends.aws"),
        ("cli/serve.py", "import ecrmock.backend", "cli may not import backend"),
        ("misc/thing.py", "import ecrmock.values.names", "in no row of the table"),
        ("values/names.py", "import botocore.model", "botocore belongs to"),
        ("frontends/oci/tags.py", "from botocore.model import Shape", "botocore belongs to"),
        ("world/tokens.py", "def f():\n from flask import Flask", "flask belongs to"),
        ("inprocess/decorator.py", "import werkzeug", "werkzeug belongs to"),
        ("server.py", "import click", "click belongs to"),
        ("world/tokens.py", "import itsdangerous", "the standard library only"),
        ("world/tokens.py", "try:\n import itsdangerous\nexcept ImportError: pass", "the standard"),
        ("rules/images.py", "def f():\n import itsdangerous", "the standard library only"),
        ("operations/images.py", "import urllib.parse", "network"),
        ("world/event_sinks.py", "import boto3", "the standard library only"),
        ("world/tokens.py", "def f():\n import boto3", "boto3 belongs to"),
    ],
)
def test_a_planted_import_is_found(path: str, text: str, complaint: str) -> None:
    (found,) = violations(path, text)
    assert complaint in found


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("world/tokens.py", "def f():\n from itsdangerous import BadData"),
        ("world/tokens.py", "if TYPE_CHECKING:\n from itsdangerous import BadData"),
        ("world/upstream.py", "import urllib.request"),
        ("world/event_sinks.py", "def f():\n import boto3"),
        ("operations/images.py", "from ecrmock.operations.operation import Context"),
        ("operations/table.py", "from ecrmock.operations import images"),
        ("frontends/mount.py", "from ecrmock.frontends.oci.routing import OciDoor"),
        ("frontends/oci/tags.py", "from ecrmock.frontends.http import HttpRequest"),
        ("frontends/oci/tags.py", "from ecrmock.frontends.oci.errors import render"),
        ("frontends/admin/seeds.py", "from ecrmock.seeding.play import play"),
        ("inprocess/hook.py", "from ecrmock.frontends.aws import shapes"),
        ("pytest_plugin.py", "from ecrmock import mock_ecr"),
        ("frontends/console/pages.py", "import flask"),
    ],
)
def test_what_the_table_allows_is_no_violation(path: str, text: str) -> None:
    assert violations(path, text) == []
