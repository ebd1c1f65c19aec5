"""The conformance suite of the OCI distribution specification: what fails, and on purpose."""

import tomllib
from pathlib import Path

import pytest

from tests.clients.conformance import failing_cases
from tests.clients.programs import Program
from tests.clients.running_server import running_server

pytestmark = pytest.mark.clients_extra

EXPECTED = tomllib.loads(Path(__file__).with_name("conformance.toml").read_text())


PLAIN = ("--registry-mode", "oci", "--no-require-layers")  # the latter for the sparse data sets


@pytest.mark.parametrize(("mode", "options"), [("default", ()), ("oci", PLAIN)])
def test_only_the_listed_cases_fail_each_for_its_reason(
    conformance: Program, tmp_path: Path, mode: str, options: tuple[str, ...]
) -> None:
    with running_server(tmp_path, *options) as server:
        found = failing_cases(conformance, server, tmp_path, is_sparse=options == PLAIN)
    expected = EXPECTED.get(mode, {})
    changes = {
        f"{row or 'unexplained'}: {case} {'fails' if case in found.get(row, ()) else 'passes now'}"
        for row in {*found, *expected}
        for case in {*found.get(row, ())} ^ {*expected.get(row, ())}
    }
    assert not changes
