"""The gallery in a real browser: headless Chromium loads its pages, style and logos.

Source: docs/decisions/0026-public-registry.md.
"""

import re
import struct
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.clients.conftest import available
from tests.clients.image_files import random_layer, write_oci_layout
from tests.clients.programs import Program
from tests.clients.running_server import RunningServer
from tests.documents import png

pytestmark = pytest.mark.clients

SCHEMES = ("dark", "light")  # as Chromium numbers them
ABOUT = "Made <b>nightly</b>.\n\n  docker run it"


@pytest.fixture
def browser(tmp_path: Path) -> Callable[..., str]:
    """Load a page; return the document as the browser has it in the end, where that is asked for."""
    program = Program((available("chromium"),))
    usual = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
    profile = f"--user-data-dir={tmp_path / 'profile'}"

    def browser(url: str, *options: str) -> str:
        return program(*usual, profile, *options, url)

    return browser


@pytest.fixture
def loaded(browser: Callable[..., str]) -> Callable[[str], str]:
    return lambda url: browser(url, "--dump-dom")


@pytest.fixture
def api(server: RunningServer) -> Any:
    return boto3.client(
        "ecr-public",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id="444455556666",
        aws_secret_access_key="test",
    )


@pytest.fixture
def uri(api: Any) -> Any:
    """A repository with everything that can be said of it."""
    said = {
        "description": "A tool for browsers",
        "architectures": ["x86-64"],
        "operatingSystems": ["Linux"],
        "logoImageBlob": png(64, 64),
        "aboutText": ABOUT,
    }
    made = api.create_repository(repositoryName="browser/tool", catalogData=said)
    yield made["repository"]["repositoryUri"]
    api.delete_repository(repositoryName="browser/tool", force=True)


def page_of(server: RunningServer, uri: str) -> str:
    return f"{server.public_url}/{uri.partition('/')[2]}"


def test_a_repository_is_found_and_shown(
    loaded: Callable[[str], str], server: RunningServer, uri: str
) -> None:
    path = uri.partition("/")[2]
    found = loaded(f"{server.public_url}/?q=tool+browsers")
    assert f'href="/{path}"' in found
    shown = loaded(page_of(server, uri))
    assert "Made &lt;b&gt;nightly&lt;/b&gt;." in shown


def test_the_same_page_is_on_the_port_for_everything(
    loaded: Callable[[str], str], server: RunningServer, uri: str
) -> None:
    path = uri.partition("/")[2]
    assert f"<title>{path} " in loaded(f"{server.url}/gallery/{path}")


def test_what_skopeo_pushed_can_be_pulled_as_the_page_says(
    loaded: Callable[[str], str], server: RunningServer, uri: str, api: Any, tmp_path: Path
) -> None:
    skopeo = Program((available("skopeo"), "--insecure-policy"))
    layout = write_oci_layout(tmp_path / "layout", "1", [random_layer()])
    token = api.get_authorization_token()["authorizationData"]["authorizationToken"]
    login = b64decode(token).decode()
    skopeo(
        "copy",
        "--dest-tls-verify=false",
        "--dest-creds",
        login,
        f"oci:{layout}:1",
        f"docker://{uri}:2.0",
    )
    command = re.search(r"docker pull ([^<]+)</code>", loaded(page_of(server, uri)))
    assert command is not None
    source = f"docker://{command[1]}"
    skopeo("copy", "--src-tls-verify=false", source, f"dir:{tmp_path / 'saved'}")


@pytest.fixture
def drawn(browser: Callable[..., str], tmp_path: Path) -> Callable[..., bytes]:
    """Draw a page in a window of some size; return the picture, a PNG."""

    def drawn(url: str, size: tuple[int, int], scheme: str) -> bytes:
        file = tmp_path / f"{scheme}.png"
        chosen = f"--blink-settings=preferredColorScheme={SCHEMES.index(scheme)}"
        browser(url, chosen, "--window-size={},{}".format(*size), f"--screenshot={file}")
        return file.read_bytes()

    return drawn


@pytest.mark.parametrize("size", [(1280, 900), (500, 900)], ids=["wide", "narrow"])
def test_pages_are_drawn_light_and_dark(
    drawn: Callable[..., bytes], server: RunningServer, uri: str, size: tuple[int, int]
) -> None:
    pictures = [drawn(page_of(server, uri), size, scheme) for scheme in SCHEMES]
    assert [struct.unpack(">II", picture[16:24]) for picture in pictures] == [size, size]
    assert pictures[0] != pictures[1]
