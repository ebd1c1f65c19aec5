"""The files in examples/ run, and the YAML ones say what they should."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ecrmock.cli.serve import serve
from ecrmock.server import DEFAULT_PORT, DEFAULT_PUBLIC_PORT

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
IN_CONTAINERS = {"test_testcontainers.py"}  # run by tests/clients
PYTHON = sorted({path.name for path in EXAMPLES.glob("test_*.py")} - IN_CONTAINERS)
YAML = sorted(path.name for path in EXAMPLES.glob("*.yml"))
WITH_SERVER = [name for name in YAML if "ecrmock lifecycle" not in (EXAMPLES / name).read_text()]
VARIABLES = {
    "AWS_ENDPOINT_URL_ECR",
    "AWS_ENDPOINT_URL_STS",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_DEFAULT_REGION",
}


def load(name: str) -> Any:
    """Return the document of a YAML file; None where PyYAML is missing."""
    try:
        import yaml
    except ImportError:
        return None
    return yaml.safe_load((EXAMPLES / name).read_text())


def test_there_are_examples() -> None:
    assert {"test_first.py", "test_clock.py", "test_forms.py"} <= set(PYTHON)
    assert {"docker-compose.yml", "github-actions.yml", "gitlab-ci.yml"} == set(WITH_SERVER)
    assert set(YAML) - set(WITH_SERVER) == {"lifecycle-guard.yml"}


@pytest.mark.parametrize("name", PYTHON)
def test_an_example_runs_as_a_reader_would_run_it(name: str) -> None:
    """In a pytest of its own, without configuration or credentials for AWS."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PYTEST_"))
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", name]
    run = subprocess.run(
        command, cwd=EXAMPLES, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"\b[1-9][0-9]* passed", run.stdout)


def test_the_first_example_fits_in_ten_lines() -> None:
    assert len((EXAMPLES / "test_first.py").read_text().splitlines()) <= 10


@pytest.mark.parametrize("name", YAML)
def test_a_yaml_example_is_a_mapping(name: str) -> None:
    document = load(name)
    assert document is None or isinstance(document, dict)


@pytest.mark.parametrize("name", WITH_SERVER)
def test_a_yaml_example_leads_clients_to_the_server(name: str) -> None:
    text = (EXAMPLES / name).read_text()
    assert {variable for variable in VARIABLES if f"{variable}: " in text} == VARIABLES
    ports = {str(DEFAULT_PORT), str(DEFAULT_PUBLIC_PORT)}
    assert str(DEFAULT_PORT) in text
    assert set(re.findall(r"(?:localhost|ecrmock):([0-9]+)", text)) <= ports


@pytest.mark.parametrize("name", YAML)
def test_a_yaml_example_uses_options_that_serve_has(name: str) -> None:
    text = (EXAMPLES / name).read_text()
    known = {option for parameter in serve.params for option in parameter.opts}
    assert set(re.findall(r"ecrmock serve.*?(--[a-z-]+)", text)) <= known
    variables = {f"ECRMOCK_{str(parameter.name).upper()}" for parameter in serve.params}
    assert set(re.findall(r"ECRMOCK_[A-Z_]+", text)) <= variables


def test_compose_waits_until_the_server_is_healthy() -> None:
    document = load("docker-compose.yml")
    if document is not None:
        waits = document["services"]["app"]["depends_on"]["ecrmock"]
        assert waits == {"condition": "service_healthy"}
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text()


def test_the_job_pushes_after_the_server_is_ready() -> None:
    document = load("github-actions.yml")
    if document is not None:
        names = [step.get("name") for step in document["jobs"]["push"]["steps"]]
        assert names.index("Start ecrmock") < names.index("Push")
