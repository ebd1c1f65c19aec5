"""The pytest plugin, in runs of pytest of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., str]


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest on ``test_it.py`` in a folder, with nothing in its environment and warnings as errors."""
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, "--rootdir", str(folder), *arguments, "test_it.py"],
        cwd=folder,
        env={"HOME": str(folder), "PATH": os.defpath},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run some test functions, and return the last line that pytest prints."""

    def run(functions: str, *arguments: str) -> str:
        (tmp_path / "test_it.py").write_text(functions)
        done = pytest_in(tmp_path, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip().splitlines()[-1]

    return run


def test_ecr_answers_every_client_during_a_test(run: Run) -> None:
    """Without credentials and without a region."""
    functions = """
def test_it(ecr):
    import boto3
    boto3.client("ecr").create_repository(repositoryName="app")
    assert ecr.calls[-1].operation == "CreateRepository"
"""
    assert run(functions).startswith("1 passed")


def test_ecr_is_the_handle_that_pushes_images(run: Run) -> None:
    functions = """
def test_it(ecr, ecr_client):
    pushed = ecr.push_image("team/app", tag="1.0")
    (detail,) = ecr_client.describe_images(repositoryName="team/app")["imageDetails"]
    assert detail["imageDigest"] == pushed.image_digest
"""
    assert run(functions).startswith("1 passed")


def test_ecr_client_is_a_client_of_the_region_of_ecr(run: Run) -> None:
    functions = """
def test_it(ecr, ecr_client):
    assert ecr_client.meta.region_name == ecr.region
"""
    assert run(functions).startswith("1 passed")


def test_ecr_client_needs_nothing_beside_it(run: Run) -> None:
    functions = """
def test_it(ecr_client):
    assert ecr_client.describe_repositories()["repositories"] == []
"""
    assert run(functions).startswith("1 passed")


def test_every_test_has_an_ecr_of_its_own(run: Run) -> None:
    functions = """
import pytest

@pytest.mark.parametrize("number", range(3))
def test_it(ecr_client, number):
    ecr_client.create_repository(repositoryName="app")
    assert len(ecr_client.describe_repositories()["repositories"]) == 1
"""
    assert run(functions).startswith("3 passed")


def test_a_clock_that_was_frozen_goes_on_in_the_next_test(run: Run) -> None:
    functions = """
from datetime import datetime, UTC
def test_one(ecr):
    ecr.clock.set(datetime(2000, 1, 1, tzinfo=UTC))
    ecr.clock.freeze()
def test_two(ecr):
    assert ecr.clock.now().year > 2000
"""
    assert run(functions).startswith("2 passed")


def test_a_test_that_fails_leaves_nothing_to_the_next_one(run: Run) -> None:
    functions = """
import pytest
@pytest.mark.xfail(strict=True)
def test_one(ecr):
    raise AssertionError(ecr.push_image("app"))
def test_two(ecr_client):
    assert ecr_client.describe_repositories()["repositories"] == []
"""
    assert run(functions).startswith("1 passed, 1 xfailed")


def test_a_test_without_the_fixtures_loads_nothing(run: Run) -> None:
    functions = """
import sys

def test_it():
    assert not {"boto3", "botocore", "ecrmock.backend", "cheroot"} & set(sys.modules)
"""
    assert run(functions).startswith("1 passed")


def test_nothing_is_patched_after_the_last_test(run: Run) -> None:
    functions = """
from botocore.client import BaseClient
before = BaseClient._make_request
def test_one(ecr):
    assert BaseClient._make_request is not before
def test_two():
    assert BaseClient._make_request is before
"""
    assert run(functions).startswith("2 passed")


# The server


def test_ecr_server_is_reached_over_http(run: Run) -> None:
    functions = """
from urllib.request import urlopen

def test_it(ecr_server):
    with urlopen(ecr_server.url + "/_ecrmock/health") as response:
        assert response.status == 200
    assert ecr_server.url == f"http://{ecr_server.registry}"
    assert callable(ecr_server.docker_login)
"""
    assert run(functions).startswith("1 passed")


@pytest.mark.parametrize("order", ["ecr, ecr_client, ecr_server", "ecr_server, ecr_client, ecr"])
def test_beside_ecr_server_all_fixtures_are_of_one_ecr(run: Run, order: str) -> None:
    functions = f"""
def test_it({order}):
    ecr_server.push_image("app")
    assert ecr is ecr_server
    assert len(ecr_client.describe_repositories()["repositories"]) == 1
"""
    assert run(functions).startswith("1 passed")


# Options


OPTIONS = """
import pytest

def test_of_the_file(ecr):
    assert (ecr.account, ecr.region) == ("111122223333", "eu-west-1")

@pytest.mark.ecr(account="444455556666")
class TestMarked:
    def test_of_the_class(self, ecr):
        assert (ecr.account, ecr.region) == ("444455556666", "eu-west-1")

    @pytest.mark.ecr(region="ap-south-1")
    def test_of_class_and_function(self, ecr):
        assert (ecr.account, ecr.region) == ("444455556666", "ap-south-1")

    @pytest.mark.ecr(account="777788889999")
    def test_of_the_nearest(self, ecr):
        assert ecr.account == "777788889999"

def test_of_the_server(ecr_server):
    assert (ecr_server.account, ecr_server.region) == ("111122223333", "eu-west-1")
"""
LAYERS = """
import json
import pytest

def put(client):
    blob = {"mediaType": "application/x", "digest": "sha256:" + "0" * 64, "size": 7}
    kind = "application/vnd.oci.image.manifest.v1+json"
    manifest = {"schemaVersion": 2, "mediaType": kind, "config": blob, "layers": []}
    client.create_repository(repositoryName="app")
    client.put_image(repositoryName="app", imageManifest=json.dumps(manifest), imageTag="1")

def test_of_the_file(ecr_client):
    put(ecr_client)

@pytest.mark.ecr(require_layers=True)
def test_of_the_marker(ecr_client):
    with pytest.raises(ecr_client.exceptions.LayersNotFoundException):
        put(ecr_client)
"""
FILES = {
    "pytest.ini": "[pytest]\n",
    "tox.ini": "[pytest]\n",
    "pyproject.toml": "[tool.pytest.ini_options]\n",
}


@pytest.mark.parametrize("name", FILES)
def test_the_configuration_file_has_options(run: Run, tmp_path: Path, name: str) -> None:
    """A marker on the test is nearer than one on its class, and either is nearer than the file."""
    mark = '"' if name == "pyproject.toml" else ""
    lines = f"ecr_account = {mark}111122223333{mark}\necr_region = {mark}eu-west-1{mark}\n"
    (tmp_path / name).write_text(FILES[name] + lines)
    assert run(OPTIONS).startswith("5 passed")


@pytest.mark.parametrize("name", FILES)
def test_the_configuration_file_may_let_layers_be_missing(
    run: Run, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text(FILES[name] + "ecr_require_layers = false\n")
    assert run(LAYERS).startswith("2 passed")


def test_the_marker_may_leave_work_for_later(run: Run) -> None:
    functions = """
from datetime import timedelta
import pytest

@pytest.mark.ecr(settle="manual")
def test_it(ecr):
    ecr.push_image("app")
    ecr._backend.world.clock.advance(timedelta(days=1))  # as time goes by, without the handle's clock
    ecr.images("app")
    assert "DropUnclaimedLayer" not in [call.operation for call in ecr.calls]
"""
    assert run(functions, "--strict-markers").startswith("1 passed")


# Many processes, and failures


def test_tests_run_in_several_processes(run: Run) -> None:
    pytest.importorskip("xdist")
    functions = """
import pytest

@pytest.mark.parametrize("number", range(8))
def test_it(ecr_client, ecr_server, number):
    ecr_client.create_repository(repositoryName="app")
    assert len(ecr_client.describe_repositories()["repositories"]) == 1
"""
    assert run(functions, "-n", "2").startswith("8 passed")


FAILING = """
def test_fails(ecr, ecr_client):
    for number in range(12):
        ecr_client.create_repository(repositoryName=f"app{number}")
    ecr_client.list_images(repositoryName="no")

def test_fails_without_calls(ecr):
    raise AssertionError

def test_fails_with_much(ecr_client):
    ecr_client.put_image(repositoryName="no", imageManifest="m" * 5000)

def test_passes(ecr):
    ecr.push_image("never-shown")
"""


@pytest.fixture(params=[(), ("-n", "1")], ids=["one process", "xdist"])
def report(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return what pytest prints about tests that fail."""
    (tmp_path / "test_it.py").write_text(FAILING)
    done = pytest_in(tmp_path, *request.param)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


def test_a_failed_test_shows_its_last_calls(report: str) -> None:
    _, _, shown = report.partition("calls that ecrmock saw")
    assert "(3 earlier ones)" in shown
    assert "ecr CreateRepository us-east-1 ok {'repository_name': 'app11'}" in shown
    assert "ecr ListImages us-east-1 RepositoryNotFoundException" in shown


def test_a_failed_test_shows_the_beginning_of_what_is_long(report: str) -> None:
    (line,) = [line for line in report.splitlines() if " ecr PutImage us-east-1 " in line]
    assert line.endswith("mmm…")
    assert len(line) < 400


def test_only_a_failed_test_that_made_calls_shows_some(report: str) -> None:
    assert report.count("calls that ecrmock saw") == 2
    assert "never-shown" not in report
