"""The assets of examples/assets are published by boto3 alone; tests/clients publishes them by docker."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.running_server import ROOT, RunningServer, running_server

EXAMPLES = ROOT / "examples"
((TAG, ASSET),) = json.loads((EXAMPLES / "assets/assets.json").read_text())["dockerImages"].items()
(DESTINATION,) = ASSET["destinations"].values()
IMAGE = {
    "repositoryName": DESTINATION["repositoryName"],
    "imageIds": [{"imageTag": DESTINATION["imageTag"]}],
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


def publish(server: RunningServer) -> str:
    script = str(EXAMPLES / "publish_assets.py")
    result = subprocess.run(
        [sys.executable, script, "--without-docker", str(EXAMPLES / "assets")],
        env=server.variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_an_asset_is_published_once(server: RunningServer) -> None:
    name = f"{DESTINATION['repositoryName']}:{TAG}"
    assert publish(server) == f"{name} was published\n"
    assert publish(server) == f"{name} is there\n"
    assert len(server.api().describe_images(**IMAGE)["imageDetails"]) == 1


def test_its_layer_has_the_files_of_the_folder(server: RunningServer, tmp_path: Path) -> None:
    publish(server)
    (image,) = server.api().batch_get_image(**IMAGE)["images"]
    (layer,) = json.loads(image["imageManifest"])["layers"]
    where = {"repositoryName": DESTINATION["repositoryName"], "layerDigest": layer["digest"]}
    url = server.api().get_download_url_for_layer(**where)["downloadUrl"]
    subprocess.run(["tar", "-xzf", "-"], input=read(url), cwd=tmp_path, check=True)
    hello = EXAMPLES / "assets/hello/hello.txt"
    assert (tmp_path / "hello.txt").read_bytes() == hello.read_bytes()


def read(url: str) -> bytes:
    from urllib.request import urlopen

    with urlopen(url) as answer:
        content: bytes = answer.read()
    return content
