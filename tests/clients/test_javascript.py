"""The AWS SDK for JavaScript against the server: what it sees is what boto3 sees."""

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from tests.clients.enforcing import Office, assuming, denied, repository_arn
from tests.clients.programs import Program
from tests.clients.running_server import DEFAULT_ACCOUNT, RunningServer

pytestmark = pytest.mark.clients

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).parent / "javascript"
ACCOUNT = "222233334444"  # no other test's
REPOSITORIES = ["team/app", "team/base", "team/tool"]
APP = {"repositoryName": "team/app"}
UPLOAD = {
    "uploadId": "11111111-2222-3333-4444-555555555555",
    "layerDigests": ["sha256:" + 64 * "0"],
}
FAILING: list[tuple[str, dict[str, Any]]] = [
    ("CreateRepository", APP),
    ("DescribeRepositories", {"repositoryNames": ["team/absent"]}),
    ("DescribeImages", {**APP, "imageIds": [{"imageTag": "absent"}]}),
    ("GetRepositoryPolicy", APP),
    ("PutImage", {**APP, "imageManifest": "no manifest"}),
    ("CompleteLayerUpload", {**APP, **UPLOAD}),
]


@pytest.fixture(scope="session")
def packages(node: Program, announce: Callable[[str], None]) -> Path:
    """Install what the lock file names, once; skip the tests when npm cannot."""
    folder = Path(os.environ.get("ECRMOCK_CACHE") or ROOT / ".cache") / "javascript"
    folder.mkdir(parents=True, exist_ok=True)
    stamp, lock_file = folder / "stamp", (SCRIPT / "package-lock.json").read_text()
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes may want it at once
        if not stamp.is_file() or stamp.read_text() != lock_file:
            announce("installing the AWS SDK for JavaScript …")
            stamp.unlink(missing_ok=True)
            install(folder)
            stamp.write_text(lock_file)
    return folder / "node_modules"


def install(folder: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(SCRIPT / name, folder)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    result = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=300
    )
    if result.returncode:
        pytest.skip(f"npm could not install the SDK: {result.stderr.strip()[-300:]}")


@pytest.fixture(scope="session")
def seen(node: Program, packages: Path, server: RunningServer) -> dict[str, Any]:
    """Run the script once, in an account of its own; return what it printed."""
    files = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    who = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_REGION": "us-east-1"}
    environment = {**server.variables, **files, **who, "NODE_PATH": str(packages)}
    program = node.with_environment(**environment)
    work = {"repositories": REPOSITORIES, "failing": FAILING}
    return json.loads(program(str(SCRIPT / "walk.cjs"), stdin=json.dumps(work)))


@pytest.fixture(scope="session")
def api(server: RunningServer) -> Any:
    return server.api(ACCOUNT)


def test_it_reads_a_created_repository_as_boto3_does(seen: dict[str, Any], api: Any) -> None:
    described = api.describe_repositories(repositoryNames=REPOSITORIES)["repositories"]
    for repository in described:
        created_at = repository["createdAt"].astimezone(UTC)
        repository["createdAt"] = (
            f"{created_at:%Y-%m-%dT%H:%M:%S}.{created_at.microsecond // 1000:03}Z"
        )
    assert seen["created"] == described


def test_its_paginator_follows_the_tokens_to_the_end(seen: dict[str, Any]) -> None:
    assert seen["pages"] == [REPOSITORIES[:2], REPOSITORIES[2:]]


@pytest.mark.parametrize("number", range(len(FAILING)), ids=[name for name, _ in FAILING])
def test_it_throws_the_error_that_boto3_raises(number: int, seen: dict[str, Any], api: Any) -> None:
    operation, parameters = FAILING[number]
    with pytest.raises(ClientError) as raised:
        getattr(api, xform_name(operation))(**parameters)
    answer = raised.value.response
    error = seen["errors"][number]
    assert error["known"], "the SDK has no class for it"
    assert (error["name"], error["message"], error["status"]) == (
        answer["Error"]["Code"],
        answer["Error"]["Message"],
        answer["ResponseMetadata"]["HTTPStatusCode"],
    )


def test_it_assumes_the_role_of_a_profile(
    node: Program, packages: Path, office: Office, tmp_path: Path
) -> None:
    user = office.user("sts:AssumeRole")
    role = office.role(user.arn, "ecr:DescribeRepositories")
    (tmp_path / "config").write_text(assuming(user, role))
    program = office.acting(node).with_environment(
        AWS_CONFIG_FILE=str(tmp_path / "config"),
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_PROFILE="deploy",
        AWS_REGION="us-east-1",
        NODE_PATH=str(packages),
    )
    name = f"team/never-{user.name}"
    work = {"repositories": [], "failing": [("CreateRepository", {"repositoryName": name})]}
    seen = json.loads(program(str(SCRIPT / "walk.cjs"), stdin=json.dumps(work)))
    session = f"arn:aws:sts::{DEFAULT_ACCOUNT}:assumed-role/{role.rpartition('/')[2]}/nightly"
    (error,) = seen["errors"]
    assert (error["name"], error["status"]) == ("AccessDeniedException", 400)
    assert error["message"] == denied(session, "ecr:CreateRepository", repository_arn(name))
