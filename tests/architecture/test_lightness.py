"""Importing ecrmock costs next to nothing, and no state hides in modules."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import ecrmock

ROOT = Path(ecrmock.__file__).parent
FILES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))
HEAVY = ("flask", "werkzeug", "jinja2", "cheroot", "cryptography", "univers", "ecrmock.server")
WITH_STATE = "inprocess/active.py"  # the one global: the active backends
MAKERS = {"list", "dict", "set", "bytearray", "deque", "defaultdict", "Counter", "OrderedDict"}


def mutables(text: str) -> list[str]:
    """Return the names that a module binds to something that can change; ``__all__`` aside."""
    return [
        ast.unparse(target)
        for node in _statements(ast.parse(text))
        if isinstance(node, ast.Assign | ast.AnnAssign) and _is_mutable(node.value)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if ast.unparse(target) != "__all__"
    ]


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield child
            yield from _statements(child)


def _is_mutable(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        return ast.unparse(value.func).rpartition(".")[2] in MAKERS
    literals = ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp
    return isinstance(value, literals)


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules that a fresh process has after the imports of a unit test."""
    code = (
        "import json, sys, boto3, ecrmock; from ecrmock import mock_ecr; "
        "print(json.dumps(list(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    return set(json.loads(run.stdout))


@pytest.mark.parametrize("module", HEAVY)
def test_a_heavy_module_is_not_loaded_by_import(module: str, loaded: set[str]) -> None:
    assert not {name for name in loaded if name == module or name.startswith(f"{module}.")}


def test_the_imports_did_load_the_decorator(loaded: set[str]) -> None:
    assert "ecrmock.inprocess.decorator" in loaded


@pytest.mark.parametrize("path", [path for path in FILES if path != WITH_STATE])
def test_a_module_has_no_state(path: str) -> None:
    assert mutables((ROOT / path).read_text()) == []


@pytest.mark.parametrize(
    "text",
    [
        "x = []",
        "x: list[int] = []",
        "x = {'a': 1}",
        "x = {1}",
        "x = [n for n in ()]",
        "x = dict(a=1)",
        "x = collections.deque(maxlen=3)",
        "if True:\n    x = set()",
    ],
)
def test_planted_state_is_found(text: str) -> None:
    assert mutables(text) == ["x"]


@pytest.mark.parametrize(
    "text", ["x = (1,)", "x = MappingProxyType({'a': 1})", "x = frozenset({1})", "__all__ = ['a']"]
)
def test_what_cannot_change_is_no_state(text: str) -> None:
    assert mutables(text) == []


def test_a_call_of_ecr_loads_nothing_of_signer() -> None:
    """A test pays for what it uses: the model of signer loads when a client of signer calls."""
    code = (
        "import json, sys, boto3; from ecrmock import mock_ecr; context = mock_ecr(); "
        "context.__enter__(); boto3.client('ecr', region_name='us-east-1').describe_repositories(); "
        "from ecrmock.frontends.aws.service_models import service_model; "
        "print(json.dumps([list(sys.modules), service_model.cache_info().currsize]))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    modules, models = json.loads(run.stdout)
    own = [name for name in modules if name.startswith("ecrmock.")]
    assert [name for name in own if re.search("signer|rest_json|signing_", name)] == []
    assert models == 1


PRIVATE_CALLS = """
import json, sys, boto3
from ecrmock import mock_ecr
with mock_ecr(enforce_iam=True) as ecr:
    client = boto3.client("ecr", region_name="us-east-1", aws_access_key_id="123456789012",
                          aws_secret_access_key="any")
    client.create_repository(repositoryName="app", tags=[{"Key": "a", "Value": "b"}])
    ecr.push_image("app", tag="1.0")
    client.describe_images(repositoryName="app")
    client.get_authorization_token()
print(json.dumps([name for name in sys.modules if "public" in name and "ecrmock" in name]))
"""


def test_who_uses_private_registries_loads_nothing_of_public_ones() -> None:
    run = subprocess.run([sys.executable, "-c", PRIVATE_CALLS], capture_output=True, check=True)
    assert json.loads(run.stdout) == []
