"""Seeds over HTTP: as JSON, or packed with the files that they name."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from ecrmock.frontends.http import FileRange, HttpResponse
from ecrmock.seeding.export import unpack_export
from ecrmock.seeding.packing import pack
from ecrmock.seeding.seed_text import seed_of
from tests.frontends.admin.conftest import Admin, document_of

SEED = {"version": 1, "repositories": {"team/app": {"images": [{"tag": "1.0"}]}}}


def send(admin: Admin, content: bytes) -> HttpResponse:
    headers = {"content-type": "application/x-tar"}
    return admin.doors.handle(admin.request("POST", "/_ecrmock/seed", content, headers))


def content_of(response: HttpResponse) -> bytes:
    assert isinstance(response.body, FileRange)
    content = b"".join(response.body.file.chunks(0, response.body.stop))
    response.body.file.close()
    return content


def tags(admin: Admin, repository: str = "team/app") -> list[str]:
    answer = admin.call("ListImages", repository_name=repository)
    return [each.image_tag for each in answer.image_ids]


def test_a_seed_is_played(admin: Admin) -> None:
    assert document_of(admin("POST", "/_ecrmock/seed", SEED)) == {"status": "ok"}
    assert tags(admin) == ["1.0"]


@pytest.mark.parametrize(
    ("seed", "status", "said"),
    [
        ({"version": 2}, 400, "the body: version: 2 is not 1"),
        ({"version": 1, "users": {"a": {"groups": ["b"]}}}, 409, "AddUserToGroup was refused"),
        (
            {"version": 1, "repositories": {"app": {"images": [{"oci_layout": "/etc"}]}}},
            400,
            "cannot name",
        ),
    ],
)
def test_what_is_wrong_is_said(admin: Admin, seed: dict, status: int, said: str) -> None:
    response = admin("POST", "/_ecrmock/seed", seed)
    assert response.status == status
    assert said in document_of(response)["message"]


def test_a_packed_seed_brings_its_files(admin: Admin, tmp_path: Path) -> None:
    (tmp_path / "layer.tar").write_bytes(b"layer")
    images = [{"tag": "1.0", "layers": ["layer.tar"]}]
    seed = {"version": 1, "repositories": {"team/app": {"images": images}}}
    (tmp_path / "seed.json").write_text(json.dumps(seed))
    packed = io.BytesIO()
    pack(seed_of(tmp_path / "seed.json"), packed)
    assert send(admin, packed.getvalue()).status == 200
    assert tags(admin) == ["1.0"]


def test_what_is_no_packed_seed_is_said(admin: Admin) -> None:
    response = send(admin, b"nothing")
    assert (response.status, "no packed seed" in document_of(response)["message"]) == (400, True)


def test_an_export_is_a_seed(admin: Admin) -> None:
    admin("POST", "/_ecrmock/seed", SEED)
    there = admin.get("/_ecrmock/export")["accounts"]["123456789012"]["regions"]["us-east-1"]
    (image,) = there["repositories"]["team/app"]["images"]
    assert (image["tags"], image["oci_layout"]) == (["1.0"], "seed.images")


def test_a_packed_export_has_the_images(admin: Admin, tmp_path: Path) -> None:
    admin("POST", "/_ecrmock/seed", SEED)
    response = admin("GET", "/_ecrmock/export?images=x.images")
    assert response.headers["Content-Type"] == "application/x-tar"
    unpack_export(io.BytesIO(content_of(response)), tmp_path / "x.yaml")
    assert (tmp_path / "x.images/index.json").exists()
    other = Admin()
    packed = io.BytesIO()
    pack(seed_of(tmp_path / "x.yaml"), packed)
    assert send(other, packed.getvalue()).status == 200
    assert tags(other) == ["1.0"]


def test_a_head_of_an_export_has_no_body(admin: Admin) -> None:
    response = admin("HEAD", "/_ecrmock/export?images=x.images")
    assert (response.status, response.body) == (200, b"")


@pytest.mark.parametrize("folder", ["", "..", "a/b", "../a", ".hidden"])
def test_the_folder_of_an_export_is_one(admin: Admin, folder: str) -> None:
    assert admin("GET", f"/_ecrmock/export?images={folder}").status == 400


def test_the_seed_comes_first_in_a_packed_export(admin: Admin) -> None:
    content = content_of(admin("GET", "/_ecrmock/export?images=a"))
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        assert archive.getnames()[0] == "seed.json"
        assert archive.getnames()[-1] == "a/index.json"
