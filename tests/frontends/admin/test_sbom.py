"""Bills of materials over HTTP."""

import json
import sys
from typing import Any
from urllib.parse import urlencode

import pytest

from ecrmock import Ecr
from tests.frontends.admin.conftest import Admin, document_of
from tests.world.inventory.layer_files import OS_RELEASE, STATUS, layer

DEBIAN = layer({"etc/os-release": OS_RELEASE, "var/lib/dpkg/status": STATUS})


def ask(admin: Admin, **asked: Any) -> Any:
    return admin("GET", f"/_ecrmock/sbom?{urlencode(asked)}")


@pytest.fixture
def digest(admin: Admin) -> str:
    """The digest of an image of Debian: ``app:1``."""
    pushed = Ecr(admin.backend).push_image("app", tag="1", layers=[DEBIAN])
    assert pushed.image_digest is not None
    return pushed.image_digest


def test_an_image_is_named_by_tag_or_digest(admin: Admin, digest: str) -> None:
    by_tag, by_digest = (
        ask(admin, repository="app", tag="1"),
        ask(admin, repository="app", digest=digest),
    )
    assert by_tag.headers["Content-Type"] == "application/vnd.cyclonedx+json"
    for response in (by_tag, by_digest):
        document = document_of(response)
        assert document["metadata"]["component"]["version"] == digest
        names = [each["name"] for each in document["components"]]
        assert sorted(names) == ["debian", "libc6", "login"]


def test_an_image_is_of_a_registry(admin: Admin, digest: str) -> None:
    where = {"account": "123456789012", "region": "us-east-1"}
    named = document_of(ask(admin, repository="app", tag="1", **where))["metadata"]["component"][
        "name"
    ]
    assert named == "123456789012.dkr.ecr.us-east-1.amazonaws.com/app"
    assert ask(admin, repository="app", tag="1", account="111122223333").status == 404


@pytest.mark.parametrize(
    ("asked", "status", "text"),
    [
        ({}, 400, "?repository=<name>&tag=<tag>"),
        ({"repository": "app"}, 400, "?repository=<name>&tag=<tag>"),
        ({"repository": "app", "tag": "1", "format": "spdx"}, 400, "?repository=<name>"),
        ({"repository": "app", "tag": "1", "account": "1"}, 400, "?repository=<name>"),
        ({"repository": "app", "digest": "sha256:1"}, 404, "does not exist"),
        ({"repository": "none", "tag": "1"}, 404, "does not exist"),
        ({"repository": "app", "tag": "2"}, 404, "does not exist"),
        ({"repository": "app", "tag": "all"}, 422, "cannot be scanned"),
        ({"repository": "app", "tag": "broken"}, 422, "ends in the middle of a"),
    ],
)
def test_what_cannot_be_had_says_why(
    admin: Admin, digest: str, asked: dict[str, str], status: int, text: str
) -> None:
    handle = Ecr(admin.backend)
    handle.push_index("app", {"linux/amd64": digest}, tag="all")
    handle.push_image("app", tag="broken", layers=[DEBIAN[:700]])
    response = ask(admin, **asked)
    assert response.status == status
    assert text in json.loads(response.body)["message"]


def test_a_server_without_the_extra_says_how_to_get_it(
    admin: Admin, digest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cyclonedx.model.component", None)
    response = ask(admin, repository="app", digest=digest)
    assert response.status == 501
    assert "pip install 'ecrmock[scan]'" in document_of(response)["message"]
