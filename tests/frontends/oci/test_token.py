"""Who may come in. Source: reference registry.md §2.3."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from ecrmock.frontends.oci.token import read_authorization
from ecrmock.values.authorization import (
    Anonymous,
    InvalidTokenError,
    NotAuthenticatedError,
    RegistryPassword,
)
from tests.frontends.oci.conftest import (
    API_VERSION,
    EMPTY,
    OTHER_ACCOUNT,
    Registry,
    error_of,
    message_of,
)


def basic(credentials: str | bytes) -> str:
    raw = credentials.encode() if isinstance(credentials, str) else credentials
    return f"Basic {base64.b64encode(raw).decode()}"


def test_no_header_means_nobody() -> None:
    assert read_authorization(None) == Anonymous()


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_the_scheme_may_be_written_in_any_case(scheme: str) -> None:
    header = basic("AWS:password").replace("Basic", scheme)
    assert read_authorization(header) == RegistryPassword("AWS", "password")


def test_a_password_may_have_a_colon() -> None:
    """The first one ends the user name. Source: reference api.md §19."""
    assert read_authorization(basic("AWS:a:b")) == RegistryPassword("AWS", "a:b")


@pytest.mark.parametrize(
    "header", ["", "Bearer token", "Negotiate", basic("aws:x"), basic("admin:x"), basic("AWS")]
)
def test_another_scheme_or_user_is_nobody_we_know(header: str) -> None:
    with pytest.raises(NotAuthenticatedError):
        read_authorization(header)


@pytest.mark.parametrize("header", ["Basic A", "Basic \u00e4", basic(b"AWS:\xff")])
def test_what_cannot_be_decoded_is_no_token(header: str) -> None:
    with pytest.raises(InvalidTokenError):
        read_authorization(header)


def test_a_good_token_opens_the_door(registry: Registry) -> None:
    assert registry("GET", "/v2/").status == 200


def test_without_a_login_the_answer_is_a_challenge(registry: Registry) -> None:
    """Every client depends on these headers and on this plain text."""
    response = registry.without_login("GET", "/v2/")
    challenge = 'Basic realm="http://localhost:5327/",service="ecr.amazonaws.com"'
    headers = {"Content-Type": "text/plain; charset=utf-8", "Www-Authenticate": challenge}
    assert (response.status, response.body) == (401, b"Not Authorized\n")
    assert response.headers == headers | API_VERSION


@pytest.mark.parametrize("header", [basic("admin:password"), "Bearer token"])
def test_a_wrong_user_is_challenged_like_nobody(registry: Registry, header: str) -> None:
    wrong = registry("GET", "/v2/", Authorization=header)
    nobody = registry.without_login("GET", "/v2/")
    assert wrong == nobody


@pytest.mark.parametrize(
    "password", ["", "garbage", base64.b64encode(b"{}").decode(), base64.b64encode(b"[1]").decode()]
)
def test_a_garbage_password_is_denied_without_a_challenge(
    registry: Registry, password: str
) -> None:
    response = registry("GET", "/v2/", Authorization=basic(f"AWS:{password}"))
    expected = ((400, "DENIED"), False)
    assert (error_of(response), "Www-Authenticate" in response.headers) == expected


def test_the_token_of_another_emulator_is_denied(registry: Registry) -> None:
    header = Registry(seed=2).authorization
    assert error_of(registry("GET", "/v2/", Authorization=header)) == (400, "DENIED")


def test_a_token_cannot_be_made_to_last_longer(registry: Registry) -> None:
    """The expiration beside the signed payload is for show."""
    password = base64.b64decode(registry.authorization.removeprefix("Basic "))[len("AWS:") :]
    document = json.loads(base64.b64decode(password)) | {"expiration": 9999999999}
    header = basic(b"AWS:" + base64.b64encode(json.dumps(document).encode()))
    registry.clock.advance(timedelta(hours=12))
    assert registry("GET", "/v2/", Authorization=header).status == 403


def test_an_expired_token_is_denied_without_a_challenge(registry: Registry) -> None:
    """So clients that wait for a challenge do not log in anew, a known trap."""
    registry.clock.advance(timedelta(hours=12))
    response = registry("GET", "/v2/")
    expected = ((403, "DENIED"), False)
    assert (error_of(response), "Www-Authenticate" in response.headers) == expected


def test_an_expired_token_says_what_to_do(registry: Registry) -> None:
    registry.clock.advance(timedelta(hours=12))
    text = "Your authorization token has expired. Reauthenticate and try again."
    assert message_of(registry("GET", "/v2/")) == text


def test_a_token_is_good_until_twelve_hours_are_over(registry: Registry) -> None:
    registry.clock.advance(timedelta(hours=11, minutes=59, seconds=59))
    assert registry("GET", "/v2/").status == 200


def test_the_token_of_an_account_is_good_for_the_registry_of_another(registry: Registry) -> None:
    """It says who asks, never where. Source: reference registry.md §2.1; DESIGN.md section 3."""
    issued = registry.call("GetAuthorizationToken", account=OTHER_ACCOUNT).authorization_data[0]
    header = f"Basic {issued.authorization_token}"
    assert registry("GET", "/v2/app/tags/list", Authorization=header).status == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v2"),
        ("GET", "/v2/"),
        ("HEAD", "/v2/"),
        ("GET", "/v2/_catalog"),
        ("GET", "/v2/app/tags/list"),
        ("GET", "/v2/app/manifests/1.0"),
        ("HEAD", "/v2/app/manifests/1.0"),
        ("PUT", "/v2/app/manifests/1.0"),
        ("DELETE", "/v2/app/manifests/1.0"),
        ("GET", f"/v2/app/blobs/{EMPTY}"),
        ("HEAD", f"/v2/app/blobs/{EMPTY}"),
        ("POST", "/v2/app/blobs/uploads/"),
        ("GET", "/v2/app/blobs/uploads/id"),
        ("PATCH", "/v2/app/blobs/uploads/id"),
        ("PUT", f"/v2/app/blobs/uploads/id?digest={EMPTY}"),
        ("DELETE", "/v2/app/blobs/uploads/id"),
        ("GET", "/v2/gone/tags/list"),
    ],
)
def test_nothing_is_open_without_a_login(registry: Registry, method: str, path: str) -> None:
    assert registry.without_login(method, path).status == 401


MALFORMED = [
    ("GET", "/v2/Bad/tags/list"),
    ("GET", "/v2/app/tags/list?n=1001"),
    ("GET", "/v2/app/manifests/sha256:0"),
    ("PUT", "/v2/app/blobs/uploads/id?digest=garbage"),
    ("PATCH", "/v2/app/manifests/1.0"),
    ("DELETE", f"/v2/app/blobs/{EMPTY}"),
]


@pytest.mark.parametrize(("method", "path"), MALFORMED)
def test_the_login_is_looked_at_before_what_is_asked(
    registry: Registry, method: str, path: str
) -> None:
    """Source: reference api.md §3.6."""
    bad = registry(method, path, Authorization=basic("AWS:garbage"))
    assert (registry.without_login(method, path).status, error_of(bad)) == (401, (400, "DENIED"))


@pytest.mark.parametrize(("method", "path"), MALFORMED)
def test_who_has_a_login_is_told_what_is_wrong(registry: Registry, method: str, path: str) -> None:
    assert error_of(registry(method, path))[1] != "DENIED"


def test_an_emulator_may_be_open_to_everybody(registry_with: Callable[..., Registry]) -> None:
    registry = registry_with(anonymous=True)
    assert registry.without_login("GET", "/v2/app/tags/list").status == 200


def test_an_open_emulator_refuses_a_bad_password_all_the_same(
    registry_with: Callable[..., Registry],
) -> None:
    response = registry_with(anonymous=True)("GET", "/v2/", Authorization=basic("AWS:garbage"))
    assert error_of(response) == (400, "DENIED")
