"""Upstreams as a client meets them: logins, redirects, and registries that misbehave."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from ecrmock.values.manifests import InvalidManifestError
from ecrmock.values.pull_through_cache import (
    ACCESS_DENIED,
    NOT_FOUND,
    TOO_MANY_REQUESTS,
    UNAVAILABLE,
    UpstreamCredentials,
    UpstreamError,
    UpstreamSource,
)
from ecrmock.world.upstream import Upstreams
from tests.documents import digest_of
from tests.upstreams import OCI_INDEX, Answer, FakeRegistry, fake_registry

LAYER = b"the bytes of a layer" * 1000
MANIFEST = "/v2/app/manifests/1"


@pytest.fixture
def registry() -> Iterator[FakeRegistry]:
    with fake_registry() as registry:
        yield registry


@pytest.fixture
def upstreams() -> Upstreams:
    return Upstreams(timeout=30)


def source(registry: FakeRegistry, path: str = "", **members: Any) -> UpstreamSource:
    return UpstreamSource(
        account="123456789012",
        region="us-east-1",
        repository_name="hub/app",
        ecr_repository_prefix="hub",
        upstream_registry_url="quay.io",
        upstream_name="app",
        address=registry.url + path,
        **members,
    )


def as_user(password: str = "secret") -> dict[str, Any]:
    return {"credentials": UpstreamCredentials(username="user", access_token=password)}


def code_of(call: Any, *arguments: Any) -> str:
    with pytest.raises(UpstreamError) as failed:
        call(*arguments)
    return failed.value.code


def read(upstreams: Upstreams, where: UpstreamSource, digest: str) -> bytes:
    with upstreams.layer(where, digest) as pieces:
        return b"".join(pieces)


def test_a_manifest_comes_with_its_type_and_digest(
    registry: FakeRegistry, upstreams: Upstreams
) -> None:
    digest = registry.keep("app", "1", LAYER)
    came = upstreams.manifest(source(registry), "1", None)
    assert came is not None
    assert came.image_digest == digest == digest_of(came.text.encode())
    assert came.media_type == "application/vnd.oci.image.manifest.v1+json"


def test_the_known_manifest_is_not_sent_again(registry: FakeRegistry, upstreams: Upstreams) -> None:
    digest = registry.keep("app", "1", LAYER)
    assert upstreams.manifest(source(registry), "1", digest) is None
    assert registry.requests == [("HEAD", MANIFEST)]


def test_a_head_without_a_digest_is_followed_by_a_get(
    registry: FakeRegistry, upstreams: Upstreams
) -> None:
    digest = registry.keep("app", "1", LAYER)
    del registry.contents[MANIFEST].headers["Docker-Content-Digest"]
    assert upstreams.manifest(source(registry), "1", digest) is None
    assert [method for method, _ in registry.requests] == ["HEAD", "GET"]


@pytest.mark.parametrize("status", [404, 405, 501])
def test_an_upstream_that_knows_no_head_is_asked_by_get(
    registry: FakeRegistry, upstreams: Upstreams, status: int
) -> None:
    before = registry.keep("app", "1", LAYER)
    after = registry.keep("app", "1", b"news")
    registry.head_status = status
    came = upstreams.manifest(source(registry), "1", before)
    assert came is not None
    assert came.image_digest == after


def test_a_blob_comes_in_pieces(registry: FakeRegistry, upstreams: Upstreams) -> None:
    registry.keep("app", "1", LAYER)
    assert read(upstreams, source(registry), digest_of(LAYER)) == LAYER


def test_the_path_of_an_address_stands_before_the_name(
    registry: FakeRegistry, upstreams: Upstreams
) -> None:
    digest = registry.keep("mirror/app", "1", LAYER)
    came = upstreams.manifest(source(registry, "/mirror"), "1", None)
    assert came is not None
    assert came.image_digest == digest


@pytest.mark.parametrize("login", ["basic", "bearer"])
def test_a_login_is_made_once(registry: FakeRegistry, upstreams: Upstreams, login: str) -> None:
    registry.login = login
    registry.keep("app", "1", LAYER)
    where = source(registry, **as_user())
    assert upstreams.manifest(where, "1", None) is not None
    asked = len(registry.requests)
    assert read(upstreams, where, digest_of(LAYER)) == LAYER
    assert len(registry.requests) == asked + 1


def test_a_login_that_is_not_good_any_more_is_made_again(
    registry: FakeRegistry, upstreams: Upstreams
) -> None:
    registry.login = "basic"
    registry.keep("app", "1", LAYER)
    upstreams.login(source(registry, **as_user()))
    registry.login = "bearer"
    assert upstreams.manifest(source(registry, **as_user()), "1", None) is not None


@pytest.mark.parametrize("login", ["basic", "bearer"])
@pytest.mark.parametrize("user", [{}, as_user("wrong")])
def test_without_the_right_credentials_access_is_denied(
    registry: FakeRegistry, upstreams: Upstreams, login: str, user: dict[str, Any]
) -> None:
    registry.login = login
    registry.keep("app", "1", LAYER)
    assert code_of(upstreams.manifest, source(registry, **user), "1", None) == ACCESS_DENIED
    assert code_of(upstreams.login, source(registry, **user)) == ACCESS_DENIED


@pytest.mark.parametrize(
    "challenge",
    [
        'Bearer realm="file:///etc/passwd"',
        'Bearer realm="http://[::1"',
        "Bearer",
        'Bearer realm="http://127.0.0.1:1/"',
        "Digest",
    ],
)
def test_a_challenge_that_leads_nowhere_is_a_failure(
    registry: FakeRegistry, upstreams: Upstreams, challenge: str
) -> None:
    registry.answers[MANIFEST] = Answer(401, headers={"WWW-Authenticate": challenge})
    assert code_of(upstreams.manifest, source(registry), "1", None) in (UNAVAILABLE, ACCESS_DENIED)


def test_a_token_server_that_is_not_there_says_nothing_about_images(
    registry: FakeRegistry, upstreams: Upstreams
) -> None:
    challenge = f'Basic realm="hub", Bearer realm="{registry.url}/nowhere"'
    registry.answers[MANIFEST] = Answer(401, headers={"WWW-Authenticate": challenge})
    assert code_of(upstreams.manifest, source(registry), "1", None) == UNAVAILABLE


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, ACCESS_DENIED),
        (404, NOT_FOUND),
        (429, TOO_MANY_REQUESTS),
        (400, UNAVAILABLE),
        (500, UNAVAILABLE),
        (503, UNAVAILABLE),
    ],
)
def test_a_refusal_is_told_by_its_code(
    registry: FakeRegistry, upstreams: Upstreams, status: int, code: str
) -> None:
    """Inferred: reference api.md §5.4."""
    registry.answers[MANIFEST] = Answer(status, b"no")
    assert code_of(upstreams.manifest, source(registry), "1", None) == code


def test_a_redirect_to_another_host_is_followed_without_the_login(
    registry: FakeRegistry, upstreams: Upstreams
) -> None:
    registry.login = "basic"
    with fake_registry() as elsewhere:
        elsewhere.contents["/layer"] = Answer(200, LAYER)
        path = f"/v2/app/blobs/{digest_of(LAYER)}"
        registry.answers[path] = Answer(307, headers={"Location": f"{elsewhere.url}/layer?key=1"})
        assert read(upstreams, source(registry, **as_user()), digest_of(LAYER)) == LAYER
        assert elsewhere.logins == [""]


def test_a_redirect_on_the_same_host_keeps_the_login(
    registry: FakeRegistry, upstreams: Upstreams
) -> None:
    registry.login = "basic"
    registry.keep("other", "1", LAYER)
    path = f"/v2/app/blobs/{digest_of(LAYER)}"
    registry.answers[path] = Answer(302, headers={"Location": path.replace("/app/", "/other/")})
    assert read(upstreams, source(registry, **as_user()), digest_of(LAYER)) == LAYER


@pytest.mark.parametrize("where", [MANIFEST, "/v2/app/manifests/2", "file:///etc/passwd"])
def test_redirects_in_circles_or_to_nowhere_end(
    registry: FakeRegistry, upstreams: Upstreams, where: str
) -> None:
    registry.answers[MANIFEST] = Answer(302, headers={"Location": where})
    registry.answers["/v2/app/manifests/2"] = Answer(302, headers={"Location": MANIFEST})
    assert code_of(upstreams.manifest, source(registry), "1", None) == UNAVAILABLE
    assert len(registry.requests) < 10


@pytest.mark.parametrize(
    "lie", [{"Docker-Content-Digest": "sha256:" + "0" * 64}, {"Docker-Content-Digest": "sha256:0"}]
)
def test_a_wrong_digest_is_found_out(
    registry: FakeRegistry, upstreams: Upstreams, lie: dict[str, str]
) -> None:
    registry.keep("app", "1", LAYER)
    registry.contents[MANIFEST].headers.update(lie)
    assert code_of(upstreams.manifest, source(registry), "1", None) == UNAVAILABLE


def test_another_manifest_than_the_digest_says_is_found_out(
    registry: FakeRegistry, upstreams: Upstreams
) -> None:
    digest = registry.keep("app", "1", LAYER)
    registry.answers[f"/v2/app/manifests/{digest}"] = Answer(200, b"{}")
    assert code_of(upstreams.manifest, source(registry), digest, None) == UNAVAILABLE


@pytest.mark.parametrize("body", [b"\xff\xfe", b"x" * (4 * 1024 * 1024 + 1)])
def test_what_is_no_manifest_is_refused(
    registry: FakeRegistry, upstreams: Upstreams, body: bytes
) -> None:
    registry.answers[MANIFEST] = Answer(200, body)
    assert code_of(upstreams.manifest, source(registry), "1", None) == UNAVAILABLE


def test_a_blob_that_breaks_off_is_found_out(registry: FakeRegistry, upstreams: Upstreams) -> None:
    path = f"/v2/app/blobs/{digest_of(LAYER)}"
    registry.answers[path] = Answer(200, LAYER[:-1], length=len(LAYER))
    assert code_of(read, upstreams, source(registry), digest_of(LAYER)) == UNAVAILABLE


# Referrers


SUBJECT = digest_of(LAYER)
LISTED = f"/v2/app/referrers/{SUBJECT}"
FALLBACK = SUBJECT.replace(":", "-")


def referrer(name: str, **more: object) -> dict[str, object]:
    media_type = "application/vnd.oci.image.manifest.v1+json"
    return {"mediaType": media_type, "digest": digest_of(name), "size": 7, **more}


def page(*manifests: object, **headers: str) -> Answer:
    body = json.dumps({"schemaVersion": 2, "manifests": manifests}).encode()
    return Answer(200, body, {"Content-Type": OCI_INDEX, **headers})


def test_referrers_come_with_all_that_their_descriptors_say(
    registry: FakeRegistry, upstreams: Upstreams
) -> None:
    more = {"artifactType": "application/x.sbom", "annotations": {"made.by": "ü"}}
    registry.contents[LISTED] = page(referrer("a", **more), referrer("b"))
    full, plain = upstreams.referrers(source(registry), SUBJECT)
    assert (full.digest, full.size, full.artifact_status) == (digest_of("a"), 7, "ACTIVE")
    assert (full.artifact_type, full.annotations) == tuple(more.values())
    assert (plain.artifact_type, plain.annotations) == (None, None)


def test_all_pages_are_read_and_no_link_leads_elsewhere(
    registry: FakeRegistry, upstreams: Upstreams
) -> None:
    """Source: OCI distribution spec, "listing referrers", paging by ``Link``."""
    link = f'<http://elsewhere.example{LISTED}?last=a&n=1>; rel="next"'
    registry.contents[LISTED] = page(referrer("a"), Link=link)
    registry.contents[f"{LISTED}?last=a&n=1"] = page(referrer("b"))
    found = upstreams.referrers(source(registry), SUBJECT)
    assert [each.digest for each in found] == [digest_of("a"), digest_of("b")]


@pytest.mark.parametrize("link", ["?a b\x7f", "?\u00fc", "http://[?a=b", "?last=nowhere"])
def test_a_list_that_breaks_off_is_no_list(
    registry: FakeRegistry, upstreams: Upstreams, link: str
) -> None:
    registry.contents[LISTED] = page(referrer("a"), Link=f'<{link}>; rel="next"')
    assert code_of(upstreams.referrers, source(registry), SUBJECT) == UNAVAILABLE


@pytest.mark.parametrize(
    "answer", [Answer(404), Answer(200, b"<html>", {"Content-Type": "text/html"})]
)
def test_where_none_are_listed_the_tag_of_clients_is_read(
    registry: FakeRegistry, upstreams: Upstreams, answer: Answer
) -> None:
    """Source: OCI distribution spec, "referrers tag schema"; reference registry.md §12.1."""
    registry.answers[LISTED] = answer
    document = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [referrer("a")]}
    registry.keep_manifest("app", FALLBACK, document, OCI_INDEX)
    (found,) = upstreams.referrers(source(registry), SUBJECT)
    assert found.digest == digest_of("a")


def test_an_image_at_that_tag_is_no_list(registry: FakeRegistry, upstreams: Upstreams) -> None:
    registry.keep("app", FALLBACK, LAYER)
    assert upstreams.referrers(source(registry), SUBJECT) == ()


def test_where_there_is_no_such_tag_there_is_nothing(
    registry: FakeRegistry, upstreams: Upstreams
) -> None:
    assert code_of(upstreams.referrers, source(registry), SUBJECT) == NOT_FOUND


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 503])
def test_a_failure_is_not_taken_for_a_registry_that_lists_none(
    registry: FakeRegistry, upstreams: Upstreams, status: int
) -> None:
    registry.answers[LISTED] = Answer(status)
    assert code_of(upstreams.referrers, source(registry), SUBJECT) != NOT_FOUND
    assert registry.counted() == {LISTED: 1}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"manifests": {}}',
        b'{"manifests": [1]}',
        b'{"manifests": [{"mediaType": "a", "digest": "none", "size": 1}]}',
        b'{"manifests": [{"mediaType": "a", "digest": "sha256:aa", "size": -1}]}',
        b'{"manifests": [{"digest": "sha256:aa", "size": 1}]}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_list_of_referrers_is_refused(
    registry: FakeRegistry, upstreams: Upstreams, body: bytes
) -> None:
    registry.contents[LISTED] = Answer(200, body, {"Content-Type": OCI_INDEX})
    with pytest.raises(InvalidManifestError):
        upstreams.referrers(source(registry), SUBJECT)


def test_a_list_that_is_no_text_is_refused(registry: FakeRegistry, upstreams: Upstreams) -> None:
    registry.contents[LISTED] = Answer(200, b"\xff\xfe", {"Content-Type": OCI_INDEX})
    assert code_of(upstreams.referrers, source(registry), SUBJECT) == UNAVAILABLE


def test_pages_in_circles_end(registry: FakeRegistry, upstreams: Upstreams) -> None:
    """Here by their size, as each has some."""
    more = {"annotations": {"long": "x" * 4_000_000}}
    registry.contents[LISTED] = page(referrer("a", **more), Link='<?last=a>; rel="next"')
    registry.contents[f"{LISTED}?last=a"] = registry.contents[LISTED]
    assert code_of(upstreams.referrers, source(registry), SUBJECT) == UNAVAILABLE
    assert len(registry.requests) < 10


def test_empty_pages_in_circles_end_too(registry: FakeRegistry, upstreams: Upstreams) -> None:
    registry.contents[LISTED] = page(Link='<?last=a>; rel="next"')
    registry.contents[f"{LISTED}?last=a"] = registry.contents[LISTED]
    assert code_of(upstreams.referrers, source(registry), SUBJECT) == UNAVAILABLE


def test_an_upstream_that_does_not_answer_is_given_up() -> None:
    never = threading.Event()
    with fake_registry() as registry:
        registry.answers[MANIFEST] = Answer(200, wait_for=never)
        try:
            impatient = Upstreams(timeout=0.05)
            assert code_of(impatient.manifest, source(registry), "1", None) == UNAVAILABLE
        finally:
            never.set()


def test_where_nobody_listens_the_upstream_is_unavailable(upstreams: Upstreams) -> None:
    with fake_registry() as registry:
        where = source(registry)
    assert code_of(upstreams.manifest, where, "1", None) == UNAVAILABLE
