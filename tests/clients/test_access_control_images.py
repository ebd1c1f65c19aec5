"""Who may push and who may pull: clients that are logged in to the registry with the tokens of users.

Source: reference registry.md §3.3, §14; iam.md §6.2.
"""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.clients.enforcing import PULL, PUSH, Office, User, repository_arn
from tests.clients.image_files import random_layer, write_docker_archive, write_oci_layout
from tests.clients.programs import Program
from tests.clients.running_server import (
    DEFAULT_ACCOUNT,
    ROOT,
    Repository,
    new_repository,
    running_server,
)
from tests.clients.words import CLIENTS, EXTRA, LOGIN, Words, log_in

OTHER_ACCOUNT, OTHER_REGION = "111122223333", "eu-west-1"
STARTING, READING = "ecr:InitiateLayerUpload", "ecr:BatchGetImage"
ASK_FIRST = ("ctr", "oras")  # for the manifest, before they push: it takes what a pull takes
SAY_WHY = ("docker", "regctl")  # the others begin a push by HEAD, whose answer has no text


@dataclass
class Case:
    """A client, the image that it has, and the users who may only push it and only pull it."""

    name: str
    program: Program
    words: Words
    values: dict[str, str]
    pusher: User
    puller: User
    log_in: Callable[[User], None]

    def run(self, lines: tuple[str, ...]) -> None:
        """Run some of the client's command lines."""
        for line in lines:
            self.program(*line.format_map(self.values).split())

    def refused(self, lines: tuple[str, ...]) -> str:
        """Run the lines up to the one that goes to the registry, and return what that says as it fails."""
        number = next(n for n, line in enumerate(lines) if "{image}" in line)
        self.run(lines[:number])
        return self.program.fails(*lines[number].format_map(self.values).split())


def each_client(*without: str) -> list[object]:
    """Return the clients as parameters of a test, but for some."""
    return [
        pytest.param(
            name, marks=pytest.mark.clients_extra if name in EXTRA else pytest.mark.clients
        )
        for name in CLIENTS
        if name not in without
    ]


@pytest.fixture
def mine(office: Office) -> Repository:
    """A repository of the server that asks policies."""
    return new_repository(office.root("ecr"))


@pytest.fixture
def case(
    request: pytest.FixtureRequest, aws: Program, office: Office, mine: Repository, tmp_path: Path
) -> Iterator[Case]:
    name: str = request.param
    program = request.getfixturevalue(name)
    layers, image = [random_layer()], f"{mine.uri}:1.0"
    write_oci_layout(tmp_path / "layout", "1", layers)
    write_docker_archive(tmp_path / "archive.tar", image, layers)
    values = {
        "image": image,
        "layout": str(tmp_path / "layout"),
        "archive": str(tmp_path / "archive.tar"),
        "saved": str(tmp_path / "saved"),
    }

    def become(user: User) -> None:
        values["password"] = office.password(aws, user)
        log_in(program, name, office.server.registry, values["password"])

    pusher, puller = office.user(*PUSH), office.user(*PULL)
    yield Case(name, program, CLIENTS[name], values, pusher, puller, become)
    if name == "docker":
        forget(image)


def forget(image: str) -> None:
    """Remove an image from docker's engine, if it is there."""
    subprocess.run(["docker", "image", "rm", image], capture_output=True, check=False)


@pytest.mark.parametrize("case", each_client(), indirect=True)
def test_who_may_only_pull_cannot_push(case: Case, mine: Repository) -> None:
    case.log_in(case.puller)
    said = case.refused(case.words.push)
    told = case.puller.denied(STARTING, repository_arn(mine.name))
    assert (told if case.name in SAY_WHY else "403") in said
    assert not mine.digests()


@pytest.mark.parametrize("case", each_client(*ASK_FIRST), indirect=True)
def test_who_may_only_push_cannot_pull(case: Case, mine: Repository) -> None:
    case.log_in(case.pusher)
    case.run(case.words.push)
    assert mine.tags() == {"1.0"}
    told = case.pusher.denied(READING, repository_arn(mine.name))
    assert told in case.refused(case.words.pull)
    case.log_in(case.puller)
    case.run(case.words.pull)


@pytest.mark.parametrize(
    "case",
    each_client(*(name for name in CLIENTS if name not in ASK_FIRST)),
    indirect=True,
)
def test_who_asks_for_the_manifest_first_has_to_be_allowed_to_read_it(
    case: Case, office: Office, mine: Repository
) -> None:
    """Source: reference registry.md §14, on the policy that AWS's guide gives for a push."""
    case.log_in(case.pusher)
    assert "403" in case.refused(case.words.push)
    case.log_in(office.user(*PUSH, READING))
    case.run(case.words.push)
    assert mine.tags() == {"1.0"}


@pytest.mark.clients
def test_docker_says_denied_and_why(
    docker: Program, aws: Program, office: Office, mine: Repository, tmp_path: Path
) -> None:
    user = office.user(*PULL)
    image = loaded(docker, f"{mine.uri}:1.0", tmp_path)
    become(docker, aws, office, user)
    told = user.denied(STARTING, repository_arn(mine.name))
    assert docker.fails("push", image).endswith(f"\ndenied: {told}\n")
    forget(image)


@pytest.mark.clients
def test_docker_pulls_from_another_account_once_the_repository_lets_it(
    docker: Program, aws: Program, office: Office, tmp_path: Path
) -> None:
    there = new_repository(office.server.api(OTHER_ACCOUNT, OTHER_REGION))
    assert there.uri.startswith(f"{office.server.registry}/{OTHER_ACCOUNT}.{OTHER_REGION}/team/")
    image = loaded(docker, f"{there.uri}:1.0", tmp_path)
    become(docker, aws, office, User("", OTHER_ACCOUNT, "any"))
    docker("push", image)
    forget(image)
    become(docker, aws, office, office.user(*PULL))
    assert f"because no resource-based policy allows the {READING} action" in docker.fails(
        "pull", image
    )
    allow_pulls(there, DEFAULT_ACCOUNT)
    docker("pull", image)
    forget(image)


@pytest.mark.clients
def test_docker_is_refused_with_the_token_of_a_key_that_was_deleted(
    docker: Program, aws: Program, office: Office, mine: Repository
) -> None:
    user, image = office.user(*PULL), f"{mine.uri}:1.0"
    become(docker, aws, office, user)
    assert "Requested image not found" in docker.fails("pull", image)
    office.delete_key(user)
    assert "denied: Your Authorization Token is invalid." in docker.fails("pull", image)


@pytest.mark.clients
def test_who_may_not_get_a_token_cannot_log_in(aws: Program, office: Office) -> None:
    user = office.user(*PUSH[1:])
    told = user.denied("ecr:GetAuthorizationToken", "*")
    assert told in office.acting(aws, user).fails("ecr", "get-login-password")


def loaded(docker: Program, image: str, folder: Path) -> str:
    """Give docker's engine an image of that name."""
    archive = write_docker_archive(folder / "image.tar", image, [random_layer()])
    docker("load", "--input", str(archive))
    return image


def become(docker: Program, aws: Program, office: Office, user: User) -> None:
    """Log docker in with a user's own token."""
    words = LOGIN.format(registry=office.server.registry).split()
    docker(*words, stdin=office.password(aws, user))


def allow_pulls(repository: Repository, account: str) -> None:
    """Let another account pull from a repository."""
    statement = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": list(PULL[1:])}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    repository.api.set_repository_policy(repositoryName=repository.name, policyText=text)


@pytest.mark.clients
def test_the_lines_of_the_page_are_typed_as_they_are(
    docker: Program, aws: Program, tmp_path: Path
) -> None:
    page = (ROOT / "docs/access-control.md").read_text()
    (lines,) = re.findall(r"^```sh\n(export AWS_ENDPOINT_URL.*?)^```$", page, re.M | re.S)
    environment = {**docker.environment, **aws.environment}
    shell = Program(("bash", "-e", "-o", "pipefail", "-c"), environment)
    with running_server(tmp_path, "--enforce-iam") as server:
        said = shell(f"cd {tmp_path}\n{lines.replace('localhost:5327', server.registry)}")
    assert "arn:aws:iam::123456789012:user/ci" in said
    assert said.endswith("Login Succeeded\n")
