"""The table: what it says is what the modules mark, and a module loads when it is needed."""

import importlib
import pkgutil
import subprocess
import sys

import pytest

import ecrmock.operations
from ecrmock.operations.operation import collect
from ecrmock.operations.table import OPERATIONS

NO_CAPABILITY = {"operation", "table"}
MODULES = [
    importlib.import_module(f"ecrmock.operations.{found.name}")
    for found in pkgutil.iter_modules(ecrmock.operations.__path__)
    if found.name not in NO_CAPABILITY
]
MARKED = collect(MODULES)


def test_the_table_lists_what_the_modules_mark():
    assert set(OPERATIONS) == set(MARKED)


@pytest.mark.parametrize("key", sorted(MARKED), ids=":".join)
def test_the_table_finds_an_operation_in_its_module(key):
    assert OPERATIONS[key] == MARKED[key]


def test_no_operation_is_marked_twice():
    assert sum(len(collect([module])) for module in MODULES) == len(MARKED)


def test_an_operation_that_ecrmock_lacks_is_not_in_the_table():
    assert ("ecr", "DescribeThings") not in OPERATIONS
    with pytest.raises(KeyError):
        OPERATIONS["ecr", "DescribeThings"]


def test_a_module_loads_with_the_first_call_of_one_of_its_operations():
    code = (
        "import sys; from ecrmock.operations.table import OPERATIONS; "
        "OPERATIONS['sts', 'GetCallerIdentity']; "
        "print(*(name for name in sys.modules if name.startswith('ecrmock.operations.')))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.rpartition(".")[2] for name in run.stdout.split()}
    assert loaded == {"sts", *NO_CAPABILITY}
