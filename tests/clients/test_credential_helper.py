"""docker-credential-ecr-login, which knows only AWS's own names: the server answers to one of them."""

import fcntl
import http.client
import json
import os
import socket
import ssl
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.clients import conftest, go_tools
from tests.clients.image_files import contents_of, digest_of
from tests.clients.programs import Program
from tests.clients.running_server import (
    DEFAULT_ACCOUNT,
    NO_IMAGE,
    Repository,
    new_repository,
    running_server,
)

pytestmark = pytest.mark.clients_extra

NAME = "docker-credential-ecr-login"
HOST = f"{DEFAULT_ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"
PUBLIC_HOST = "public.ecr.aws"
HOSTS = Path("/etc/hosts")
LINE = f"127.0.0.1 {HOST} {PUBLIC_HOST} # ecrmock's tests\n"


@contextmanager
def aws_name_leads_here() -> Iterator[None]:
    """Add a line to the hosts file for a while; one test process at a time."""
    go_tools.cache_folder().mkdir(parents=True, exist_ok=True)
    with (go_tools.cache_folder() / "hosts.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with HOSTS.open("a") as hosts:
            hosts.write(LINE)
        try:
            yield
        finally:
            HOSTS.write_text(HOSTS.read_text().replace(LINE, ""))


def require_port_443() -> None:
    """Skip the test, with the reason in the report, where the port cannot be had."""
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", 443))
        if not os.access(HOSTS, os.W_OK):
            raise PermissionError("the hosts file cannot be written")
    except OSError as error:
        conftest.used[NAME] = f"absent: port 443 or the hosts file: {error}"
        pytest.skip(conftest.used[NAME])


@pytest.fixture
def helper(built: Callable[[str], Program], tmp_path: Path) -> Iterator[Program]:
    """The helper, with a server that plays AWS under AWS's names."""
    program = built(NAME)
    require_port_443()
    options = ("--port", "443", "--tls", "--uri-style", "aws", "--region", "us-east-1")
    with aws_name_leads_here(), running_server(tmp_path, *options) as server:
        bundle = tmp_path / "ca.pem"
        command = Program((sys.executable, "-m", "ecrmock", "ca", "--url", server.url))
        bundle.write_text(command())
        yield program.with_environment(
            **server.variables,
            AWS_ENDPOINT_URL_ECR=server.url,
            AWS_CA_BUNDLE=str(bundle),
            AWS_ECR_DISABLE_CACHE="1",
            SSL_CERT_FILE=str(bundle),
            PATH=f"{Path(program.command[0]).parent}:{os.environ['PATH']}",
        )


def client_of(helper: Program, service: str = "ecr") -> Any:
    """Make a boto3 client of the server that the helper speaks to."""
    environment = helper.environment
    return boto3.client(
        service,
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        region_name=environment["AWS_DEFAULT_REGION"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        verify=environment["AWS_CA_BUNDLE"],
    )


def test_the_helper_gets_a_password_that_opens_the_registry(helper: Program) -> None:
    login = json.loads(helper("get", stdin=f"{HOST}\n"))
    basic = b64encode(f"{login['Username']}:{login['Secret']}".encode()).decode()
    trust = ssl.create_default_context(cafile=helper.environment["AWS_CA_BUNDLE"])
    connection = http.client.HTTPSConnection(HOST, timeout=20, context=trust)
    connection.request("GET", "/v2/", headers={"Authorization": f"Basic {basic}"})
    status = connection.getresponse().status
    connection.close()
    assert (login["Username"], status) == ("AWS", 200)


@pytest.fixture
def repository(helper: Program) -> Repository:
    """A repository of the server that plays AWS."""
    return new_repository(client_of(helper), "team/app")


@pytest.fixture
def helped(helper: Program, crane: Program, repository: Repository, layout: Path) -> Program:
    """crane, which gets its logins from the helper; it has pushed an image under AWS's own name."""
    config = Path(helper.environment["DOCKER_CONFIG"]) / "config.json"
    config.write_text(json.dumps({"credHelpers": {HOST: "ecr-login"}}))
    helped = crane.with_environment(**helper.environment)
    helped("push", str(layout), f"{HOST}/team/app:1")
    return helped


def test_the_api_describes_what_is_pushed_by_way_of_the_helper(
    helped: Program, repository: Repository
) -> None:
    image, text = repository.image("1"), repository.manifest("1")
    assert repository.uri == f"{HOST}/team/app"
    assert (image["imageTags"], image["imageDigest"]) == (["1"], digest_of(text.encode()))


def test_what_is_pulled_by_way_of_the_helper_has_the_bytes_that_were_pushed(
    helped: Program, repository: Repository, layout: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "saved"
    helped("pull", "--format", "oci", f"{repository.uri}:1", str(saved))
    assert contents_of(saved / "blobs") == contents_of(layout / "blobs")


def test_what_the_api_has_deleted_cannot_be_pulled_by_way_of_the_helper(
    helped: Program, repository: Repository, tmp_path: Path
) -> None:
    repository.delete("1")
    said = helped.fails("pull", f"{repository.uri}:1", str(tmp_path / "saved"))
    assert f"/v2/team/app/manifests/1: {': '.join(NO_IMAGE)}" in said


@pytest.fixture
def public_uri(helper: Program) -> str:
    """The address of a repository of ECR Public, which has AWS's own host."""
    made = client_of(helper, "ecr-public").create_repository(repositoryName="team/app")
    return made["repository"]["repositoryUri"]


def test_images_go_to_ecr_public_by_way_of_the_helper_and_come_back_without_it(
    helper: Program, crane: Program, public_uri: str, layout: Path, tmp_path: Path
) -> None:
    """Source: reference public.md §6.2: the helper knows the host, and asks ecr-public in us-east-1."""
    config = Path(helper.environment["DOCKER_CONFIG"]) / "config.json"
    config.write_text(json.dumps({"credHelpers": {PUBLIC_HOST: "ecr-login"}}))
    crane.with_environment(**helper.environment)("push", str(layout), f"{public_uri}:1")
    config.write_text("{}")
    nobody = crane.with_environment(SSL_CERT_FILE=helper.environment["SSL_CERT_FILE"])
    nobody("pull", "--format", "oci", f"{public_uri}:1", str(tmp_path / "saved"))
    assert public_uri.startswith(f"{PUBLIC_HOST}/")
    assert contents_of(tmp_path / "saved" / "blobs") == contents_of(layout / "blobs")
