"""A server in a container for as long as the tests run; it takes an engine and the image of the Dockerfile."""

import base64
import os
import socket
from pathlib import Path

import boto3
import docker
import pytest
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

IMAGE = os.environ.get("ECRMOCK_IMAGE", "ecrmock")
HELLO = Path(__file__).parent / "assets/hello"


@pytest.fixture(scope="session")
def url():
    """Start ecrmock; the port is chosen beforehand, because the addresses that it prints contain it."""
    port = free_port()
    ecrmock = (
        DockerContainer(IMAGE)
        .with_bind_ports(5327, port)
        .with_env("ECRMOCK_PUBLIC_URL", f"http://localhost:{port}")
        .with_tmpfs_mount("/tmp")
        .with_kwargs(read_only=True)
        .waiting_for(HttpWaitStrategy(5327, "/_ecrmock/health"))
    )
    with ecrmock:
        yield f"http://localhost:{port}"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def test_an_image_that_docker_built_is_pushed_and_described(url):
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    ecr = boto3.client("ecr", endpoint_url=url, region_name="us-east-1", **keys)
    repository = ecr.create_repository(repositoryName="team/app")["repository"]
    (login,) = ecr.get_authorization_token()["authorizationData"]
    user, _, password = base64.b64decode(login["authorizationToken"]).decode().partition(":")
    engine = docker.from_env()
    try:
        name = repository["repositoryUri"]
        engine.images.build(path=str(HELLO), tag=f"{name}:1.0")
        auth = {"username": user, "password": password}
        engine.images.push(name, tag="1.0", auth_config=auth)
        engine.images.remove(f"{name}:1.0")
    finally:
        engine.close()
    (image,) = ecr.describe_images(repositoryName="team/app")["imageDetails"]
    assert image["imageTags"] == ["1.0"]
