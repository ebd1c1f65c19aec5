"""Every row of the table "Spec mode versus ECR mode", in both modes. Source: reference registry.md §19."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from ecrmock.frontends.http import HttpResponse
from ecrmock.frontends.oci.modes import MODES
from tests.frontends.oci.conftest import (
    BROKEN,
    EMPTY,
    HOST,
    OCI_CONFIG,
    OCI_INDEX,
    OCI_LAYER,
    OCI_MANIFEST,
    OTHER_ACCOUNT,
    Registry,
    StreamBody,
    content_of,
    descriptor,
    digest_of,
    error_of,
    index_of,
    manifest_of,
)

MANIFEST = manifest_of(b"layer")
DIGEST = digest_of(MANIFEST)
LAYER = digest_of(b"layer")
NOTHING = digest_of(b"unknown")
UPLOADS = "/v2/app/blobs/uploads/"
HALF = 3 * 1024 * 1024  # bytes, below the least size of a part

Make = Callable[..., Registry]


def sha512_of(content: bytes) -> str:
    return "sha512:" + hashlib.sha512(content).hexdigest()


def in_modes(ecr: Any, oci: Any) -> pytest.MarkDecorator:
    """Run a test in both modes, with what each of them answers."""
    return pytest.mark.parametrize(("mode", "expected"), [("ecr", ecr), ("oci", oci)])


@pytest.fixture(params=MODES)
def either(request: pytest.FixtureRequest, registry_with: Make) -> Registry:
    """A registry in one mode, then in the other."""
    return registry_with(registry_mode=request.param)


@pytest.fixture
def registry(mode: str, registry_with: Make) -> Registry:
    """A registry in the mode of the test."""
    return registry_with(registry_mode=mode)


@pytest.fixture
def oci(registry_with: Make) -> Registry:
    return registry_with(registry_mode="oci")


def tags_of(response: HttpResponse) -> list[str]:
    return json.loads(response.body)["tags"]


def stored(registry: Registry) -> tuple[int, Any]:
    """Return how many blobs there are, and everything else that is kept but uploads in progress."""
    state = registry.backend.state()
    for regions in state.values():
        for content in regions.values():
            for repository in content["repositories"]:
                repository["uploads"] = []
    return registry.backend.usage()["blobs"], state


# auth and errors: ECR's in both modes


def test_without_login_there_is_the_same_challenge(either: Registry) -> None:
    response = either.without_login("GET", "/v2/")
    challenge = f'Basic realm="http://{HOST}/",service="ecr.amazonaws.com"'
    found = (response.status, response.headers["Www-Authenticate"], response.body)
    assert found == (401, challenge, b"Not Authorized\n")


def test_a_repository_is_not_made_by_a_push(either: Registry) -> None:
    assert error_of(either("POST", "/v2/gone/blobs/uploads/")) == (404, "NAME_UNKNOWN")


def test_the_catalog_is_there(either: Registry) -> None:
    assert json.loads(either("GET", "/v2/_catalog").body) == {"repositories": ["app"]}


# uploads


@in_modes(201, 202)
def test_the_answer_to_a_part(registry: Registry, expected: int) -> None:
    assert registry("PATCH", registry.start(), b"layer").status == expected


def test_the_range_of_an_upload_advances(either: Registry) -> None:
    path = either.start()
    found = [either("PATCH", path, b"layer").headers["Range"] for _ in range(3)]
    assert found == ["0-4", "0-9", "0-14"]


@in_modes(400, 201)
def test_a_chunk_may_be_small(registry: Registry, expected: int) -> None:
    path, whole = registry.start(), b"first" + b"second"
    registry("PATCH", path, b"first", Content_Range="0-4")
    registry("PATCH", path, b"second", Content_Range="5-10")
    assert registry("PUT", f"{path}?digest={digest_of(whole)}").status == expected


def test_no_least_length_of_chunks_is_announced(either: Registry) -> None:
    assert "OCI-Chunk-Min-Length" not in either("POST", UPLOADS).headers


@in_modes(202, 201)
def test_an_upload_in_a_single_post(registry: Registry, expected: int) -> None:
    response = registry("POST", f"{UPLOADS}?digest={LAYER}", b"layer")
    held = registry("HEAD", f"/v2/app/blobs/{LAYER}").status
    assert (response.status, held) == (expected, {202: 404, 201: 200}[expected])


def test_a_single_post_says_where_the_blob_is(oci: Registry) -> None:
    response = oci("POST", f"{UPLOADS}?digest={LAYER}", b"layer")
    location = f"http://{HOST}/v2/app/blobs/{LAYER}"
    found = (response.headers["Location"], response.headers["Docker-Content-Digest"])
    assert found == (location, LAYER)


def test_an_empty_blob_comes_in_a_single_post(oci: Registry) -> None:
    assert oci("POST", f"{UPLOADS}?digest={EMPTY}").status == 201


def test_a_single_post_of_what_is_there_is_no_error(oci: Registry) -> None:
    oci.upload(b"layer")
    assert oci("POST", f"{UPLOADS}?digest={LAYER}", b"layer").status == 201


@pytest.mark.parametrize(
    ("digest", "body"), [(NOTHING, b"layer"), (NOTHING, b""), ("sha256:0", b"layer"), ("", b"")]
)
def test_nothing_is_left_of_a_single_post_that_is_wrong(
    oci: Registry, digest: str, body: bytes
) -> None:
    before = oci.backend.state()
    response = oci("POST", f"{UPLOADS}?digest={digest}", body)
    assert (error_of(response), oci.backend.state()) == ((400, "DIGEST_INVALID"), before)


def test_nothing_is_left_of_a_single_post_that_breaks_off(oci: Registry) -> None:
    before = oci.backend.state()
    with pytest.raises(type(BROKEN)):
        oci("POST", f"{UPLOADS}?digest={LAYER}", StreamBody([b"lay", BROKEN]))
    assert (oci.backend.state(), oci.backend.usage()["memory_bytes"]) == (before, 0)


# manifests


@in_modes(None, f"http://{HOST}/v2/app/manifests/{DIGEST}")
def test_the_location_of_a_manifest(registry: Registry, expected: str | None) -> None:
    registry.push()
    assert registry.put(MANIFEST, "1.0").headers.get("Location") == expected


@in_modes(None, DIGEST)
@pytest.mark.parametrize("reference", ["1.0", DIGEST])
def test_the_digest_on_get(registry: Registry, reference: str, expected: str | None) -> None:
    registry.push(b"layer", "1.0")
    response = registry("GET", f"/v2/app/manifests/{reference}")
    assert response.headers.get("Docker-Content-Digest") == expected


def test_head_and_get_of_a_manifest_agree(either: Registry) -> None:
    either.push(b"layer", "1.0")
    got, told = (either(method, "/v2/app/manifests/1.0") for method in ("GET", "HEAD"))
    assert (told.status, told.length) == (got.status, len(got.body))
    assert got.headers.items() <= told.headers.items()


def test_head_and_get_of_a_blob_agree(either: Registry) -> None:
    """But on the type, which HEAD has wrong. Source: reference registry.md §6."""
    either.push()
    got, told = (either(method, f"/v2/app/blobs/{LAYER}") for method in ("GET", "HEAD"))
    assert (told.status, told.length) == (got.status, len(content_of(got)))
    del got.headers["Content-Type"]
    assert got.headers.items() <= told.headers.items()


@pytest.mark.parametrize(
    "reference", ["1.0", digest_of(manifest_of(b"layer", subject={"digest": DIGEST}))]
)
def test_a_manifest_with_a_subject_is_told(either: Registry, reference: str) -> None:
    either.push()
    response = either.put(manifest_of(b"layer", subject={"digest": DIGEST}), reference)
    assert response.headers["OCI-Subject"] == DIGEST


@pytest.mark.parametrize(
    "accept", [OCI_INDEX, "application/vnd.docker.distribution.manifest.v2+json"]
)
def test_a_manifest_is_never_translated(either: Registry, accept: str) -> None:
    either.push(b"layer", "1.0")
    response = either("GET", "/v2/app/manifests/1.0", Accept=accept)
    assert (response.headers["Content-Type"], response.body) == (OCI_MANIFEST, MANIFEST)


def test_a_manifest_over_the_limit_is_413(either: Registry) -> None:
    body = MANIFEST + b" " * (4 * 1024 * 1024)
    assert error_of(either.put(body, "1.0")) == (413, "SIZE_INVALID")


@in_modes([], ["a", "b"])
def test_tags_come_with_a_manifest_by_digest(registry: Registry, expected: list[str]) -> None:
    registry.push()
    response = registry.put(MANIFEST, f"{DIGEST}?tag=a&tag=b&tag=a")
    assert response.headers.get("OCI-Tag") == (", ".join(expected) or None)
    assert tags_of(registry("GET", "/v2/app/tags/list")) == expected


def test_a_tag_of_the_query_that_cannot_be_one_leaves_no_trace(oci: Registry) -> None:
    oci.push()
    before = stored(oci)
    response = oci.put(MANIFEST, f"{DIGEST}?tag=a&tag=b%2Fc")
    assert (response.status, stored(oci)) == (400, before)


def test_a_manifest_by_tag_takes_no_other_tag(oci: Registry) -> None:
    oci.push()
    assert "OCI-Tag" not in oci.put(MANIFEST, "1.0?tag=a").headers


@in_modes((404, []), (200, []))
def test_deleting_the_last_tag(registry: Registry, expected: tuple[int, list[str]]) -> None:
    """ECR deletes the image with it; the specification only the tag. Inferred: registry.md §13."""
    registry.push(b"layer", "1.0")
    assert registry("DELETE", "/v2/app/manifests/1.0").status == 202
    found = registry("HEAD", f"/v2/app/manifests/{DIGEST}").status
    assert (found, tags_of(registry("GET", "/v2/app/tags/list"))) == expected


def test_a_tag_that_is_gone_is_not_deleted(either: Registry) -> None:
    assert error_of(either("DELETE", "/v2/app/manifests/1.0")) == (404, "MANIFEST_UNKNOWN")


def test_deleting_by_digest_takes_all_tags(either: Registry) -> None:
    either.push(b"layer", "1.0", "2.0")
    assert either("DELETE", f"/v2/app/manifests/{DIGEST}").status == 202
    assert tags_of(either("GET", "/v2/app/tags/list")) == []


@in_modes((400, "MANIFEST_BLOB_UNKNOWN"), None)
def test_an_index_without_its_images_where_layers_are_not_required(
    registry_with: Make, mode: str, expected: tuple[int, str] | None
) -> None:
    registry = registry_with(registry_mode=mode, require_layers=False)
    response = registry.put(index_of(MANIFEST), "1.0")
    assert response.status == 201 if expected is None else error_of(response) == expected


def test_an_index_needs_its_images(either: Registry) -> None:
    assert error_of(either.put(index_of(MANIFEST), "1.0")) == (400, "MANIFEST_BLOB_UNKNOWN")


# blobs


@in_modes(404, 200)
def test_a_blob_that_no_manifest_references(registry: Registry, expected: int) -> None:
    path = f"/v2/app/blobs/{registry.upload(b'layer')}"
    got = registry("GET", path)
    content_of(got)
    assert (registry("HEAD", path).status, got.status) == (200, expected)


@in_modes(404, 404)
def test_a_blob_that_only_an_archived_image_references(registry: Registry, expected: int) -> None:
    """Source: reference registry.md §3.3."""
    digest = registry.push()
    registry.call(
        "UpdateImageStorageClass",
        repository_name="app",
        image_id=_by(digest),
        target_storage_class="ARCHIVE",
    )
    assert registry("GET", f"/v2/app/blobs/{LAYER}").status == expected


def _by(digest: str) -> Any:
    from ecrmock.values.images import ImageIdentifier

    return ImageIdentifier(image_digest=digest)


@in_modes((405, 200), (202, 404))
def test_deleting_a_blob(registry: Registry, expected: tuple[int, int]) -> None:
    path = f"/v2/app/blobs/{registry.upload(b'layer')}"
    assert (registry("DELETE", path).status, registry("HEAD", path).status) == expected


def test_the_bytes_of_a_deleted_blob_go(oci: Registry) -> None:
    oci("DELETE", f"/v2/app/blobs/{oci.upload(b'layer')}")
    assert oci.backend.usage()["blobs"] == 0


def test_a_blob_that_a_manifest_references_is_not_deleted(either: Registry) -> None:
    either.push()
    assert error_of(either("DELETE", f"/v2/app/blobs/{LAYER}")) == (405, "UNSUPPORTED")


def test_a_blob_that_is_gone_is_not_deleted(oci: Registry) -> None:
    assert error_of(oci("DELETE", f"/v2/app/blobs/{LAYER}")) == (404, "BLOB_UNKNOWN")


def test_head_says_one_type_of_every_blob(either: Registry) -> None:
    either.push()
    response = either("HEAD", f"/v2/app/blobs/{LAYER}")
    expected = "application/vnd.docker.container.image.v1+json"
    assert response.headers["Content-Type"] == expected


# mounting


@in_modes(202, 201)
@pytest.mark.parametrize("query", [f"mount={LAYER}&from=team/source", f"mount={LAYER}"])
def test_mounting_without_the_setting(registry: Registry, query: str, expected: int) -> None:
    registry.create("team/source").upload(b"layer", "team/source")
    assert registry("POST", f"{UPLOADS}?{query}").status == expected


def test_a_blob_of_the_repository_itself_is_mounted(oci: Registry) -> None:
    oci.upload(b"layer")
    assert oci("POST", f"{UPLOADS}?mount={LAYER}").status == 201


def test_a_mounted_blob_is_held(oci: Registry) -> None:
    oci.create("source").upload(b"layer", "source")
    oci("POST", f"{UPLOADS}?mount={LAYER}&from=source")
    assert content_of(oci("GET", f"/v2/app/blobs/{LAYER}")) == b"layer"


@pytest.mark.parametrize("query", ["mount={}", "mount={}&from=source", "mount={}&from=gone"])
def test_a_blob_that_is_nowhere_is_uploaded(either: Registry, query: str) -> None:
    either.create("source")
    assert either("POST", f"{UPLOADS}?{query.format(LAYER)}").status == 202


def test_nothing_is_mounted_from_another_registry(oci: Registry) -> None:
    where = {"account": OTHER_ACCOUNT, "region": "eu-west-1"}
    oci.create("app", **where)
    other = f"/v2/{OTHER_ACCOUNT}.eu-west-1/app/blobs/uploads/"
    oci("POST", f"{other}?digest={LAYER}", b"layer")
    assert oci("POST", f"{UPLOADS}?mount={LAYER}").status == 202


# tags


@in_modes(["c", "a", "b"], ["a", "b", "c"])
def test_the_order_of_tags(registry: Registry, expected: list[str]) -> None:
    registry.push(b"layer", "c", "a", "b")
    assert tags_of(registry("GET", "/v2/app/tags/list")) == expected


@in_modes((405, "UNSUPPORTED"), ["b", "c"])
def test_a_tag_as_the_last_one(registry: Registry, expected: Any) -> None:
    registry.push(b"layer", "c", "a", "b")
    response = registry("GET", "/v2/app/tags/list?last=a")
    found = tags_of(response) if response.status == 200 else error_of(response)
    assert found == expected


@in_modes((405, "UNSUPPORTED"), ["a"])
def test_more_than_a_thousand_tags(registry: Registry, expected: Any) -> None:
    registry.push(b"layer", "a")
    response = registry("GET", "/v2/app/tags/list?n=1001")
    found = tags_of(response) if response.status == 200 else error_of(response)
    assert found == expected


@in_modes((405, "UNSUPPORTED"), [])
def test_a_page_of_no_tags(registry: Registry, expected: Any) -> None:
    registry.push(b"layer", "a")
    response = registry("GET", "/v2/app/tags/list?n=0")
    assert "Link" not in response.headers
    found = tags_of(response) if response.status == 200 else error_of(response)
    assert found == expected


def test_pages_of_sorted_tags_go_on_after_the_last_one(oci: Registry) -> None:
    oci.push(b"layer", "c", "a", "b")
    first = oci("GET", "/v2/app/tags/list?n=2")
    link = f'<http://{HOST}/v2/app/tags/list?last=b&n=2>; rel="next"'
    assert (tags_of(first), first.headers["Link"]) == (["a", "b"], link)
    rest = oci("GET", "/v2/app/tags/list?last=b&n=2")
    assert (tags_of(rest), "Link" in rest.headers) == (["c"], False)


@pytest.mark.parametrize("path", ["/v2/app/tags/list", "/v2/_catalog"])
def test_a_list_is_json(either: Registry, path: str) -> None:
    assert either("GET", path).headers["Content-Type"] == "application/json"


def test_a_repository_without_tags_has_an_empty_list(either: Registry) -> None:
    assert json.loads(either("GET", "/v2/app/tags/list").body) == {"name": "app", "tags": []}


def test_an_unknown_subject_has_no_referrers(either: Registry) -> None:
    response = either("GET", f"/v2/app/referrers/{NOTHING}")
    assert (response.status, json.loads(response.body)["manifests"]) == (200, [])


# parameter errors


@in_modes((405, "UNSUPPORTED"), (400, "UNSUPPORTED"))
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v2/app/tags/list?n=x"),
        ("GET", "/v2/_catalog?n=1001"),
        ("GET", "/v2/_catalog?last=app"),
        ("GET", f"/v2/app/referrers/{DIGEST}?last=x"),
        ("GET", "/v2/app/manifests/%20"),
        ("DELETE", "/v2/app/manifests/%20"),
    ],
)
def test_a_bad_parameter(
    registry: Registry, method: str, path: str, expected: tuple[int, str]
) -> None:
    assert error_of(registry(method, path)) == expected


@in_modes((405, "UNSUPPORTED"), (400, "MANIFEST_INVALID"))
@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"\xff", b"{", b"[" * 100_000, MANIFEST.replace(b"{", b'{"config": 1, ', 1)],
    ids=["empty", "list", "no text", "broken", "deep", "double"],
)
def test_what_is_no_manifest(registry: Registry, body: bytes, expected: tuple[int, str]) -> None:
    before = stored(registry)
    assert (error_of(registry.put(body, "1.0")), stored(registry)) == (expected, before)


# sha512


@in_modes((400, "DIGEST_INVALID"), 201)
@pytest.mark.parametrize("parts", [[], [b"lay"], [b"la", b"y"]])
def test_a_blob_by_sha512(registry: Registry, parts: list[bytes], expected: Any) -> None:
    path = registry.start()
    for part in parts:
        registry("PATCH", path, part)
    response = registry("PUT", f"{path}?digest={sha512_of(b'layer')}", b"er" if parts else b"layer")
    assert response.status == expected if expected == 201 else error_of(response) == expected


def test_a_blob_by_sha512_comes_back(oci: Registry) -> None:
    name = sha512_of(b"layer")
    oci("POST", f"{UPLOADS}?digest={name}", b"layer")
    response = oci("GET", f"/v2/app/blobs/{name}")
    found = (content_of(response), response.headers["Docker-Content-Digest"])
    assert found == (b"layer", name)


def test_a_large_blob_is_named_by_sha512_when_it_is_complete(oci: Registry) -> None:
    """What came before is read once more. Source: DESIGN.md section 6."""
    whole, path = bytes(HALF) + b"x" * HALF, oci.start()
    oci("PATCH", path, whole[:HALF])
    oci("PATCH", path, whole[HALF:])
    assert oci("PUT", f"{path}?digest={sha512_of(whole)}").status == 201


def test_an_algorithm_may_be_announced(oci: Registry) -> None:
    path = oci("POST", f"{UPLOADS}?digest-algorithm=sha512").headers["Location"]
    path = path.removeprefix(f"http://{HOST}")
    oci("PATCH", path, b"lay")
    assert oci("PUT", f"{path}?digest={sha512_of(b'layer')}", b"er").status == 201


def test_a_part_that_breaks_off_is_in_no_digest(oci: Registry) -> None:
    path = oci.start()
    path = oci("POST", f"{UPLOADS}?digest-algorithm=sha512").headers["Location"]
    path = path.removeprefix(f"http://{HOST}")
    with pytest.raises(type(BROKEN)):
        oci("PATCH", path, StreamBody([b"broken", BROKEN]))
    assert oci("PUT", f"{path}?digest={sha512_of(b'layer')}", b"layer").status == 201


@in_modes(202, (400, "DIGEST_INVALID"))
def test_an_algorithm_that_nobody_has(registry: Registry, expected: Any) -> None:
    response = registry("POST", f"{UPLOADS}?digest-algorithm=md5")
    assert response.status == expected if expected == 202 else error_of(response) == expected


def test_an_empty_blob_by_sha512(oci: Registry) -> None:
    assert oci("PUT", f"{oci.start()}?digest={sha512_of(b'')}").status == 201


def test_a_wrong_digest_by_sha512_is_refused(oci: Registry) -> None:
    before = stored(oci)
    response = oci("PUT", f"{oci.start()}?digest={sha512_of(b'other')}", b"layer")
    assert (error_of(response), stored(oci)) == ((400, "DIGEST_INVALID"), before)


def test_the_bytes_of_a_blob_with_two_names_are_kept_once(oci: Registry) -> None:
    oci("POST", f"{UPLOADS}?digest={sha512_of(b'layer')}", b"layer")
    oci.upload(b"layer")
    assert (oci.backend.usage()["blobs"], oci.backend.usage()["memory_bytes"]) == (1, 5)


@pytest.mark.parametrize("kept", [LAYER, sha512_of(b"layer")])
def test_a_blob_with_two_names_is_there_while_one_is(oci: Registry, kept: str) -> None:
    names = [LAYER, sha512_of(b"layer")]
    for name in names:
        oci("POST", f"{UPLOADS}?digest={name}", b"layer")
    names.remove(kept)
    oci("DELETE", f"/v2/app/blobs/{names[0]}")
    assert content_of(oci("GET", f"/v2/app/blobs/{kept}")) == b"layer"
    oci("DELETE", f"/v2/app/blobs/{kept}")
    assert oci.backend.usage()["blobs"] == 0


def sha512_manifest() -> bytes:
    def named(media_type: str, content: bytes) -> dict[str, Any]:
        return descriptor(media_type, content) | {"digest": sha512_of(content)}

    document = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": named(OCI_CONFIG, b"{}"),
        "layers": [named(OCI_LAYER, b"layer")],
    }
    return json.dumps(document).encode()


def test_a_manifest_by_sha512(oci: Registry) -> None:
    for blob in (b"{}", b"layer"):
        oci("POST", f"{UPLOADS}?digest={sha512_of(blob)}", blob)
    manifest = sha512_manifest()
    name = sha512_of(manifest)
    put = oci.put(manifest, f"{name}?tag=1.0")
    assert (put.status, put.headers["Docker-Content-Digest"]) == (201, name)
    got = oci("GET", "/v2/app/manifests/1.0")
    assert (got.body, got.headers["Docker-Content-Digest"]) == (manifest, name)


def test_a_manifest_that_is_not_what_its_sha512_says_is_refused(oci: Registry) -> None:
    oci.push()
    response = oci.put(MANIFEST, sha512_of(b"other"))
    assert error_of(response) == (400, "MANIFEST_INVALID")


# conditional requests


@in_modes((200, None), (304, f'"{DIGEST}"'))
@pytest.mark.parametrize("asked", [f'"{DIGEST}"', f'W/"{DIGEST}"', f'"a", "{DIGEST}"', "*"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_has_a_manifest_already(
    registry: Registry, method: str, asked: str, expected: tuple[int, str | None]
) -> None:
    """ECR does not use entity tags. Inferred: reference registry.md §8."""
    registry.push(b"layer", "1.0")
    response = registry(method, "/v2/app/manifests/1.0", If_None_Match=asked)
    assert (response.status, response.headers.get("ETag")) == expected


@in_modes(200, 304)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_has_a_blob_already(registry: Registry, method: str, expected: int) -> None:
    registry.push()
    response = registry(method, f"/v2/app/blobs/{LAYER}", If_None_Match=f'"{LAYER}"')
    content_of(response)
    assert response.status == expected


@pytest.mark.parametrize("asked", ["", "garbage", f'"{NOTHING}"', LAYER])
def test_who_has_another_manifest_gets_this_one(oci: Registry, asked: str) -> None:
    oci.push(b"layer", "1.0")
    assert oci("GET", "/v2/app/manifests/1.0", If_None_Match=asked).body == MANIFEST


# redirects


@pytest.mark.parametrize("mode", MODES)
def test_a_blob_is_redirected_on_request(registry_with: Make, mode: str) -> None:
    """As ECR always does. Source: reference registry.md §6."""
    registry = registry_with(registry_mode=mode, redirect_blobs=True)
    registry.push()
    response = registry("GET", f"/v2/app/blobs/{LAYER}")
    host = response.headers["Location"].partition("/123456789012")[0]
    expected = (307, "https://prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com")
    assert (response.status, host) == expected


@pytest.mark.parametrize("mode", MODES)
def test_a_redirect_leads_to_the_blob(registry_with: Make, mode: str) -> None:
    registry = registry_with(registry_mode=mode, redirect_blobs=True)
    registry.backend.world.addresses.serve_at(f"http://{HOST}")
    registry.push()
    location = registry("GET", f"/v2/app/blobs/{LAYER}").headers["Location"]
    response = registry.without_login("GET", location.removeprefix(f"http://{HOST}"))
    assert content_of(response) == b"layer"


def test_a_redirect_leads_to_a_blob_by_sha512(registry_with: Make) -> None:
    registry = registry_with(registry_mode="oci", redirect_blobs=True)
    registry.backend.world.addresses.serve_at(f"http://{HOST}")
    registry("POST", f"{UPLOADS}?digest={sha512_of(b'layer')}", b"layer")
    location = registry("GET", f"/v2/app/blobs/{sha512_of(b'layer')}").headers["Location"]
    response = registry.without_login("GET", location.removeprefix(f"http://{HOST}"))
    assert content_of(response) == b"layer"


def test_head_is_not_redirected(registry_with: Make) -> None:
    registry = registry_with(redirect_blobs=True)
    registry.push()
    assert registry("HEAD", f"/v2/app/blobs/{LAYER}").status == 200


@pytest.mark.parametrize("digest", [NOTHING, "unreferenced"])
def test_a_blob_that_is_unknown_is_not_redirected(registry_with: Make, digest: str) -> None:
    registry = registry_with(redirect_blobs=True)
    digest = registry.upload(b"unreferenced") if digest == "unreferenced" else digest
    assert error_of(registry("GET", f"/v2/app/blobs/{digest}")) == (404, "BLOB_UNKNOWN")


def test_blobs_are_not_redirected_by_default(either: Registry) -> None:
    either.push()
    assert content_of(either("GET", f"/v2/app/blobs/{LAYER}")) == b"layer"
