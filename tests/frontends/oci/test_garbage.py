"""What a broken or hostile client sends: a documented error in either mode, and nothing is stored."""

from typing import Any

import pytest

from ecrmock.frontends.oci.modes import MODES
from tests.frontends.oci.conftest import (
    OCI_MANIFEST,
    Registry,
    digest_of,
    error_of,
    index_of,
    manifest_of,
)

MANIFEST = manifest_of(b"layer")
LAYER = digest_of(b"layer")
NO_MANIFEST = {"ecr": (405, "UNSUPPORTED"), "oci": (400, "MANIFEST_INVALID")}
NAMES = [
    *("..", "../app", "app/..", "app/../app", "app/./x", ".", "%2e%2e", "%2e%2e/app", "app%2f.."),
    *("app%2fx", "%2fapp", "App", "\u00e4pp", "%C3%A4pp", "%E2%80%A8", "%00", "app%00", "app%0a"),
    *("-app", "app-", "a__b___c", "a..b", "a/", "a//b", " app", "app%20", "%ff", "a" * 257, "a"),
    *("\uff41pp", "\u0430pp", "app%E2%80%8B", "$(app)", "app;x", "app'--", "app\\x"),
]
DIGESTS = [
    *("sha256:", "sha256:0", LAYER[:-1], LAYER + "0", LAYER.upper(), LAYER.replace("a", "g") + "g"),
    *("sha256:" + "G" * 64, "sha1:" + "0" * 40, "md5:" + "0" * 32, "sha512:" + "0" * 127),
    *("sha384:" + "0" * 96, "blake3:" + "0" * 64, ":" + "0" * 64, "sha256:%00" + "0" * 63),
    *("sha256:" + "\uff10" * 64, "sha256::" + "0" * 64, "x:y", ":", "sha256+b64:" + "0" * 64),
]
CHILD = b'{"schemaVersion": 2, "schemaVersion": 2}'


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def registry(mode: str) -> Registry:
    """A registry in one mode, then in the other, with an image in ``app``."""
    registry = Registry(registry_mode=mode).create()
    registry.push(b"layer", "1.0")
    return registry


def kept(registry: Registry) -> tuple[int, int, Any]:
    """Return everything that is stored."""
    usage = registry.backend.usage()
    return usage["blobs"], usage["memory_bytes"], registry.backend.state()


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("PUT", "manifests/1.0"),
        ("GET", "manifests/1.0"),
        ("GET", "tags/list"),
        ("POST", "blobs/uploads/"),
        ("GET", f"blobs/{LAYER}"),
        ("DELETE", f"blobs/{LAYER}"),
    ],
)
@pytest.mark.parametrize("name", NAMES)
def test_what_cannot_be_a_name(registry: Registry, name: str, method: str, rest: str) -> None:
    before = kept(registry)
    response = registry(method, f"/v2/{name}/{rest}", MANIFEST)
    assert (error_of(response), kept(registry)) == ((400, "NAME_INVALID"), before)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "manifests/{}"),
        ("GET", "manifests/{}"),
        ("DELETE", "manifests/{}"),
        ("GET", "blobs/{}"),
        ("GET", "referrers/{}"),
    ],
)
@pytest.mark.parametrize("digest", DIGESTS)
def test_what_cannot_be_a_digest(registry: Registry, digest: str, method: str, path: str) -> None:
    before = kept(registry)
    response = registry(method, f"/v2/app/{path.format(digest)}", MANIFEST)
    assert (error_of(response), kept(registry)) == ((400, "DIGEST_INVALID"), before)


@pytest.mark.parametrize("digest", ["", *DIGESTS])
def test_an_upload_with_what_cannot_be_a_digest(registry: Registry, digest: str) -> None:
    path = registry.start()
    before = kept(registry)
    response = registry("PUT", f"{path}?digest={digest}", b"layer")
    assert (error_of(response), kept(registry)) == ((400, "DIGEST_INVALID"), before)


@pytest.mark.parametrize("digest", ["", *DIGESTS])
def test_a_mount_of_what_cannot_be_a_digest_is_an_upload(registry: Registry, digest: str) -> None:
    registry.create("source")
    response = registry("POST", f"/v2/app/blobs/uploads/?mount={digest}&from=source")
    assert (response.status, registry.backend.usage()["blobs"]) == (202, 2)


def nested(depth: int) -> bytes:
    return b'{"schemaVersion": 2, "annotations": ' + b'{"a": ' * depth + b"1" + b"}" * (depth + 1)


@pytest.mark.parametrize(
    "body",
    [
        MANIFEST.replace(b'"schemaVersion": 2', b'"schemaVersion": 2, "schemaVersion": 2'),
        MANIFEST.replace(b'"config"', b'"layers": [], "config"', 1),
        MANIFEST.replace(b'"size": 5', b'"size": 5, "size": 6'),
        nested(100_000),
        b"[" * 200_000,
        MANIFEST[:-1],
        MANIFEST + b"{}",
        MANIFEST.replace(b'"size": 5', b'"size": -5'),
        MANIFEST.replace(b'"size": 5', b'"size": 5.0'),
        MANIFEST.replace(b'"size": 5', b'"size": NaN'),
        MANIFEST.replace(b'"size": 5', b'"size": 1' + b"0" * 30),
        MANIFEST.replace(b'"size": 5', b'"size": 1' + b"0" * 5000),
        MANIFEST.replace(LAYER.encode(), b"sha256"),
        MANIFEST.replace(LAYER.encode(), b"\\ud800"),
        MANIFEST.replace(b"layers", b"l\xffyers"),
        b"\xef\xbb\xbf" + MANIFEST,
        b"\xff\xfe" + MANIFEST.decode().encode("utf-16-le"),
        MANIFEST.replace(OCI_MANIFEST.encode(), b"text/plain"),
        b"null",
        b"0",
    ],
    ids=range(20),
)
def test_what_cannot_be_a_manifest(registry: Registry, mode: str, body: bytes) -> None:
    before = kept(registry)
    response = registry.put(body, "2.0")
    assert (error_of(response), kept(registry)) == (NO_MANIFEST[mode], before)


@pytest.mark.parametrize("digest", ["sha512:" + "0" * 128, "sha256:" + "0" * 64, "md5:0"])
def test_a_manifest_of_a_blob_that_nobody_has(registry: Registry, digest: str) -> None:
    before = kept(registry)
    response = registry.put(MANIFEST.replace(LAYER.encode(), digest.encode()), "2.0")
    assert (error_of(response), kept(registry)) == ((400, "MANIFEST_BLOB_UNKNOWN"), before)


def test_an_index_of_an_image_that_nobody_has(registry: Registry) -> None:
    before = kept(registry)
    response = registry.put(index_of(CHILD), "2.0")
    assert (error_of(response), kept(registry)) == ((400, "MANIFEST_BLOB_UNKNOWN"), before)


@pytest.mark.parametrize(
    ("span", "body"),
    [
        ("0-3", b"layer"),  # longer than it says
        ("0-5", b"layer"),  # shorter
        ("0-9223372036854775807", b"layer"),
        ("1-5", b"layer"),  # leaves a gap
        ("5-9", b"layer"),
        ("4-0", b"layer"),  # backwards
        ("bytes 0-4", b"layer"),
        ("bytes=0-4", b"layer"),
        ("0-4/5", b"layer"),
        ("-4", b"layer"),
        ("0-", b"layer"),
        ("-1-3", b"layer"),
        ("0x0-0x4", b"layer"),
        ("\u0660-\u0664", b"layer"),
        ("", b"layer"),
        ("0-4, 5-9", b"layer"),
        ("9" * 40 + "-" + "9" * 40, b"layer"),
    ],
    ids=range(17),
)
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_range_that_is_a_lie(registry: Registry, method: str, span: str, body: bytes) -> None:
    path = registry.start()
    before = kept(registry)
    response = registry(method, f"{path}?digest={LAYER}", body, Content_Range=span)
    assert (error_of(response), kept(registry)) == ((416, "RANGE_INVALID"), before)


def test_a_range_without_bytes(registry: Registry) -> None:
    path = registry.start()
    before = kept(registry)
    response = registry("PATCH", path, Content_Range="0-0")
    assert (error_of(response), kept(registry)) == ((416, "RANGE_INVALID"), before)


def test_a_part_that_comes_twice(registry: Registry) -> None:
    path = registry.start()
    registry("PATCH", path, b"layer", Content_Range="0-4")
    response = registry("PATCH", path, b"layer", Content_Range="0-4")
    found = (error_of(response), response.headers["Range"], registry.progress(path))
    assert found == ((416, "RANGE_INVALID"), "0-4", "0-4")


@pytest.mark.parametrize("upload_id", ["..", "%2e%2e", "%00", "0", "\u00e4", "a" * 500])
@pytest.mark.parametrize("method", ["PATCH", "PUT", "GET", "DELETE"])
def test_what_cannot_be_an_upload(registry: Registry, method: str, upload_id: str) -> None:
    before = kept(registry)
    path = f"/v2/app/blobs/uploads/{upload_id}?digest={LAYER}"
    response = registry(method, path, b"layer")
    assert (error_of(response), kept(registry)) == ((404, "BLOB_UPLOAD_UNKNOWN"), before)
