"""The registry door at public registries. Source: reference public.md §4.2, §6."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from ecrmock.frontends.mount import Doors
from tests.documents import digest_of
from tests.frontends.oci.conftest import (
    API_VERSION,
    content_of,
    error_of,
    index_of,
    manifest_of,
    message_of,
    request,
)
from tests.frontends.oci.public_door import NOBODY, PUBLIC_HOST, PublicRegistry

NOT_AUTHORIZED = b'{"errors":[{"code":"DENIED","message":"Not Authorized"}]}\n'
INVALID = b'{"errors":[{"code":"DENIED","message":"Your Authorization Token is invalid."}]}\n'
CHALLENGE = f'Bearer realm="http://{PUBLIC_HOST}/token/",service="public.ecr.aws",scope="aws"'


@pytest.fixture
def public() -> PublicRegistry:
    """A port for public registries, with the empty repository ``app``."""
    return PublicRegistry()


def test_without_a_token_the_answer_is_a_challenge(public: PublicRegistry) -> None:
    """Status, headers and bytes as they were seen. Source: reference public.md §6.1."""
    response = public.ask("GET", "/v2/")
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Www-Authenticate": CHALLENGE,
        **API_VERSION,
    }
    assert (response.status, response.headers) == (401, headers)
    assert (response.body, len(NOT_AUTHORIZED)) == (NOT_AUTHORIZED, 58)


@pytest.mark.parametrize("path", ["/v2/", "/v2", "/v2/any/thing/manifests/1", "/v2/_catalog"])
def test_whatever_the_path_nobody_is_challenged(public: PublicRegistry, path: str) -> None:
    assert public.ask("GET", path).headers["Www-Authenticate"] == CHALLENGE


def test_the_realm_is_where_the_request_went(public: PublicRegistry) -> None:
    """Source: reference public.md §8."""
    sent = request("GET", "/v2/", headers={"host": "public.ecr.aws"})
    sent.scheme = "https"
    challenge = public.doors.handle(sent).headers["Www-Authenticate"]
    assert challenge.startswith('Bearer realm="https://public.ecr.aws/token/",')


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_bearer_of_anybody_passes_the_login_check(public: PublicRegistry, method: str) -> None:
    assert public(method, "/v2/", bearer=NOBODY).status == 200


def test_the_token_of_the_api_is_a_bearer_too(public: PublicRegistry) -> None:
    """The documented curl example. Source: reference public.md §6.2."""
    assert public("POST", public.path("blobs/uploads/"), bearer=public.login).status == 202


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
def test_the_scheme_may_be_written_in_any_case(public: PublicRegistry, scheme: str) -> None:
    response = public.ask("GET", "/v2/", Authorization=f"{scheme} {public.bearer}")
    assert response.status == 200


def test_basic_is_never_taken_and_not_challenged(public: PublicRegistry) -> None:
    """Source: reference public.md §6.2, 80 bytes."""
    response = public.ask("GET", "/v2/", Authorization=f"Basic {public.login}")
    assert (response.status, response.body, len(INVALID)) == (400, INVALID, 80)
    assert "Www-Authenticate" not in response.headers


@pytest.mark.parametrize("header", ["Bearer garbage", "Bearer ", "Bearer", "", "Negotiate x"])
def test_garbage_is_refused_without_a_challenge(public: PublicRegistry, header: str) -> None:
    response = public.ask("GET", "/v2/", Authorization=header)
    assert (response.status, response.body) == (400, INVALID)
    assert "Www-Authenticate" not in response.headers


@pytest.mark.parametrize(
    ("token_of", "hours"),
    [
        (PublicRegistry.token, 1),
        (lambda public: public.bearer, 12),
        (lambda public: public.login, 12),
    ],
    ids=["nobody's", "of a login", "of the API"],
)
def test_an_expired_bearer_is_as_good_as_garbage(
    public: PublicRegistry, token_of: Callable[[PublicRegistry], str], hours: int
) -> None:
    """Source: reference public.md §6.2; anonymous tokens live an hour, others twelve."""
    token = token_of(public)
    public.clock.advance(timedelta(hours=hours) - timedelta(seconds=1))
    assert public("GET", "/v2/", bearer=token).status == 200
    public.clock.advance(timedelta(seconds=1))
    response = public("GET", "/v2/", bearer=token)
    assert (response.status, response.body) == (400, INVALID)


def test_the_bearer_of_another_emulator_is_refused(public: PublicRegistry) -> None:
    assert public("GET", "/v2/", bearer=PublicRegistry(seed=2).bearer).status == 400


def test_a_password_alone_is_no_bearer(public: PublicRegistry) -> None:
    """The whole ``authorizationToken`` is, in which the password stands after the user name."""
    from base64 import b64decode

    password = b64decode(public.login).decode().removeprefix("AWS:")
    assert public("GET", "/v2/", bearer=password).status == 400


def test_everybody_pulls_what_was_pushed(public: PublicRegistry) -> None:
    digest = public.push("1.0", layer=b"layer")
    manifest = public("GET", public.path("manifests/1.0"), bearer=NOBODY)
    layer = public("GET", public.path(f"blobs/{digest_of(b'layer')}"), bearer=NOBODY)
    assert (digest_of(content_of(manifest)), content_of(layer)) == (digest, b"layer")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("rest", ["manifests/1.0", f"blobs/{digest_of(b'layer')}"])
def test_everybody_may_look(public: PublicRegistry, method: str, rest: str) -> None:
    public.push("1.0", layer=b"layer")
    assert public(method, public.path(rest), bearer=NOBODY).status == 200


def test_tags_are_listed_under_the_name_with_its_alias(public: PublicRegistry) -> None:
    public.push("1.0", "2.0")
    expected = b'{"name":"%s/app","tags":["1.0","2.0"]}' % public.alias.encode()
    assert public("GET", public.path("tags/list"), bearer=NOBODY).body == expected


def test_referrers_are_listed(public: PublicRegistry) -> None:
    """Source: reference public.md §4.2."""
    digest = public.push("1.0")
    response = public("GET", public.path(f"referrers/{digest}"), bearer=NOBODY)
    assert (response.status, b'"manifests":[]' in content_of(response)) == (200, True)


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("POST", "blobs/uploads/"),
        ("PATCH", "blobs/uploads/00000000-0000-0000-0000-000000000000"),
        ("PUT", f"blobs/uploads/00000000-0000-0000-0000-000000000000?digest={digest_of(b'')}"),
        ("DELETE", "blobs/uploads/00000000-0000-0000-0000-000000000000"),
        ("PUT", "manifests/1.0"),
        ("DELETE", "manifests/1.0"),
    ],
)
def test_nobody_pushes_or_deletes_without_a_login(
    public: PublicRegistry, method: str, rest: str
) -> None:
    """Source: reference public.md §6.4: 401 with the challenge."""
    public.push("1.0")
    response = public(method, public.path(rest), bearer=NOBODY)
    assert (response.status, response.body) == (401, NOT_AUTHORIZED)
    assert response.headers["Www-Authenticate"] == CHALLENGE


def test_a_push_stays_at_the_path_with_the_alias(public: PublicRegistry) -> None:
    started = public("POST", public.path("blobs/uploads/")).headers
    upload = public.path(f"blobs/uploads/{started['Docker-Upload-UUID']}")
    assert started["Location"] == f"http://{PUBLIC_HOST}{upload}"


def test_layers_are_not_mounted(public: PublicRegistry) -> None:
    """The answer starts a usual upload. Source: reference public.md §4.2."""
    digest = public.upload(b"layer")
    public.call("CreateRepository", repository_name="other")
    query = f"?mount={digest}&from={public.alias}/app"
    response = public("POST", public.path(f"blobs/uploads/{query}", "other"))
    assert (response.status, "/blobs/uploads/" in response.headers["Location"]) == (202, True)


def test_an_index_needs_its_images(public: PublicRegistry) -> None:
    response = public("PUT", public.path("manifests/1.0"), index_of(manifest_of(b"layer")))
    assert error_of(response) == (400, "MANIFEST_BLOB_UNKNOWN")


def test_what_is_pushed_is_seen_by_the_api(public: PublicRegistry) -> None:
    digest = public.push("1.0")
    (detail,) = public.call("DescribeImageTags", repository_name="app").image_tag_details
    assert (detail.image_tag, detail.image_detail.image_digest) == ("1.0", digest)


def test_the_calls_of_a_push_are_ecr_publics(public: PublicRegistry) -> None:
    public.push("1.0")
    names = {(call.service, call.operation) for call in public.backend.calls()}
    pushed = ("InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage")
    assert {("ecr-public", name) for name in pushed} <= names


def test_a_missing_repository_is_quoted_by_the_alias_of_the_path(public: PublicRegistry) -> None:
    """Source: reference public.md §4.2: the id is whatever alias the client used."""
    text = (
        f"The repository with name 'none' does not exist in the registry with id '{public.alias}'"
    )
    for method, rest in (("GET", "manifests/1"), ("POST", "blobs/uploads/"), ("GET", "tags/list")):
        response = public(method, public.path(rest, "none"))
        assert (error_of(response), message_of(response)) == ((404, "NAME_UNKNOWN"), text)


@pytest.mark.parametrize("alias", ["nobody", "123456789012", "a"])
@pytest.mark.parametrize(("method", "rest"), [("GET", "manifests/1"), ("POST", "blobs/uploads/")])
def test_an_alias_that_nobody_has_is_a_missing_repository(
    public: PublicRegistry, alias: str, method: str, rest: str
) -> None:
    """An account id is no alias. Source: reference public.md §6.3."""
    response = public(method, f"/v2/{alias}/app/{rest}")
    text = f"The repository with name 'app' does not exist in the registry with id '{alias}'"
    assert (error_of(response), message_of(response)) == ((404, "NAME_UNKNOWN"), text)


def test_the_alias_cannot_be_left_out(public: PublicRegistry) -> None:
    """Source: reference public.md §6.3."""
    assert error_of(public("GET", "/v2/app/manifests/1.0")) == (404, "NAME_UNKNOWN")


def test_every_alias_of_a_registry_works(public: PublicRegistry) -> None:
    """Source: reference public.md §1.2."""
    from ecrmock import Ecr

    digest = public.push("1.0")
    Ecr(public.backend).public.put_alias("team")
    for alias in (public.alias, "team"):
        response = public("HEAD", f"/v2/{alias}/app/manifests/1.0", bearer=NOBODY)
        assert response.headers["Docker-Content-Digest"] == digest


def test_an_image_that_is_not_there_is_unknown(public: PublicRegistry) -> None:
    response = public("GET", public.path("manifests/none"), bearer=NOBODY)
    assert error_of(response) == (404, "MANIFEST_UNKNOWN")
    assert message_of(response) == "Requested image not found"


def test_a_name_that_cannot_be_one_is_invalid(public: PublicRegistry) -> None:
    response = public("GET", f"/v2/{public.alias}/No/manifests/1.0")
    assert error_of(response) == (400, "NAME_INVALID")


@pytest.mark.parametrize("path", ["/v2/_catalog", "/v2/{alias}/_catalog", "/v2/nothing"])
def test_there_is_no_catalog(public: PublicRegistry, path: str) -> None:
    """Source: reference public.md §4.2."""
    assert public("GET", path.format(alias=public.alias)).status == 404


def test_deleting_the_last_tag_deletes_the_image(public: PublicRegistry) -> None:
    """Source: reference public.md §4.2, §6.3."""
    digest = public.push("1.0")
    assert public("DELETE", public.path("manifests/1.0")).status == 202
    assert public("GET", public.path(f"manifests/{digest}")).status == 404


def test_an_image_is_deleted_with_all_its_tags(public: PublicRegistry) -> None:
    digest = public.push("1.0", "2.0")
    assert public("DELETE", public.path(f"manifests/{digest}")).status == 202
    assert public("GET", public.path("manifests/2.0")).status == 404


def test_blobs_are_not_deleted(public: PublicRegistry) -> None:
    """Source: reference public.md §6.3."""
    digest = public.upload(b"layer")
    assert public("DELETE", public.path(f"blobs/{digest}")).status == 405


@pytest.mark.parametrize("host", ["public.ecr.aws", "ecr-public.aws.com", "PUBLIC.ECR.AWS:443"])
def test_the_host_of_aws_means_public_registries_on_the_port_for_everything(
    public: PublicRegistry, host: str
) -> None:
    doors = Doors(public.backend)
    response = doors.handle(request("GET", "/v2/", headers={"host": host}))
    assert f'realm="http://{host}/token/"' in response.headers["Www-Authenticate"]
    assert doors.handle(request("GET", "/token/", headers={"host": host})).status == 200


def test_any_other_host_there_means_private_ones(public: PublicRegistry) -> None:
    response = Doors(public.backend).handle(request("GET", "/v2/", headers={"host": PUBLIC_HOST}))
    assert response.headers["Www-Authenticate"].startswith("Basic ")


def test_a_bearer_does_not_open_private_registries(public: PublicRegistry) -> None:
    headers = {"host": "localhost:5327", "authorization": f"Basic {public.login}"}
    response = Doors(public.backend).handle(request("GET", "/v2/", headers=headers))
    assert response.status == 400


def test_with_the_option_nobody_needs_a_token() -> None:
    public = PublicRegistry(anonymous=True)
    public.push("1.0")
    assert public.ask("GET", public.path("manifests/1.0")).status == 200
    assert public.ask("POST", public.path("blobs/uploads/")).status == 202


def test_a_web_page_of_another_site_gets_no_image(public: PublicRegistry) -> None:
    """Everybody may pull, so that the guard of doors without a login stands here too (decision 15)."""
    public.push("1.0")
    page = {"Origin": "https://evil.com", "Sec_Fetch_Site": "cross-site"}
    assert public("GET", public.path("manifests/1.0"), **page).status == 403
    assert public.ask("GET", "/token/", **page).status == 403


def test_a_blob_is_where_its_presigned_url_leads() -> None:
    public = PublicRegistry(redirect_blobs=True, public_url="http://localhost:5327")
    public.push("1.0", layer=b"layer")
    response = public("GET", public.path(f"blobs/{digest_of(b'layer')}"), bearer=NOBODY)
    path = response.headers["Location"].removeprefix("http://localhost:5327")
    assert content_of(Doors(public.backend).handle(request("GET", path))) == b"layer"


def test_the_plain_registry_has_public_ones_too() -> None:
    public = PublicRegistry(registry_mode="oci")
    public.push("1.0")
    response = public("GET", public.path("manifests/1.0"), bearer=NOBODY)
    assert (response.status, "ETag" in response.headers) == (200, True)
    assert public.ask("GET", "/v2/").headers["Www-Authenticate"] == CHALLENGE
