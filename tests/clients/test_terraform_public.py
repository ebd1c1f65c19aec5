"""Terraform's AWS provider against ECR Public: apply, no drift, update in place, import, destroy.

The tests follow one state from its creation to its end, in the order in which they stand here.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.programs import Program
from tests.clients.running_server import DEFAULT_ACCOUNT, RunningServer, running_server
from tests.clients.terraform_folders import SECONDS
from tests.documents import png

pytestmark = pytest.mark.clients_extra

SOURCE = Path(__file__).parent / "terraform" / "public" / "public.tf"
TOOL = {"repositoryName": "team/tool"}
CHANGED = {"stage": "production", "action": "ecr-public:*", "about": "# New"}


def api_of(server: RunningServer) -> Any:
    """Return a boto3 client of ECR Public, as the account that Terraform acts in."""
    return server.api(DEFAULT_ACCOUNT, service="ecr-public")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(tmp_path_factory.mktemp("server"), "--uri-style", "aws") as server:
        yield server


@pytest.fixture(scope="module")
def applied(
    folder: Callable[..., Program], server: RunningServer, tmp_path_factory: pytest.TempPathFactory
) -> Program:
    logo = tmp_path_factory.mktemp("logo") / "logo.png"
    logo.write_bytes(png(60, 60))
    program = folder("public", SOURCE, logo, TF_VAR_ecrmock=server.url)
    program("apply", "-auto-approve", timeout=SECONDS)
    return program


@pytest.fixture(scope="module")
def update(applied: Program) -> tuple[Program, str]:
    """The same after a change of what can change, and what Terraform said."""
    program = applied.with_environment(**{f"TF_VAR_{key}": CHANGED[key] for key in CHANGED})
    return program, program("apply", "-auto-approve", timeout=SECONDS)


def test_a_second_plan_finds_nothing_to_change(applied: Program) -> None:
    applied("plan", "-detailed-exitcode", timeout=SECONDS)


def test_outputs_read_as_they_do_on_aws(applied: Program, server: RunningServer) -> None:
    outputs = json.loads(applied("output", "-json"))
    tool = outputs["tool"]["value"]
    (registry,) = api_of(server).describe_registries()["registries"]
    assert tool["arn"] == f"arn:aws:ecr-public::{DEFAULT_ACCOUNT}:repository/team/tool"
    assert tool["repository_uri"] == f"{registry['registryUri']}/team/tool"
    assert tool["registry_id"] == DEFAULT_ACCOUNT
    assert outputs["user_name"]["value"] == "AWS"


def test_changes_are_made_in_place(update: tuple[Program, str], server: RunningServer) -> None:
    api = api_of(server)
    said = api.get_repository_catalog_data(**TOOL)["catalogData"]
    assert "Resources: 0 added, 2 changed, 0 destroyed." in update[1]
    assert said["aboutText"] == "# New"
    assert "ecr-public:*" in api.get_repository_policy(**TOOL)["policyText"]


def test_a_plan_after_changes_finds_nothing_to_change(update: tuple[Program, str]) -> None:
    update[0]("plan", "-detailed-exitcode", timeout=SECONDS)


def test_nothing_is_left_of_what_was_destroyed(
    update: tuple[Program, str], server: RunningServer
) -> None:
    update[0]("destroy", "-auto-approve", timeout=SECONDS)
    assert api_of(server).describe_repositories()["repositories"] == []
