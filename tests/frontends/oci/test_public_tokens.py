"""Where public registries give Bearer tokens. Source: reference public.md §6.1, §6.2, §6.3."""

import json
from base64 import b64decode, b64encode
from datetime import timedelta

import pytest

from tests.frontends.oci.conftest import START, content_of, error_of, message_of
from tests.frontends.oci.public_door import PublicRegistry

NOT_AUTHORIZED = b'{"errors":[{"code":"DENIED","message":"Not Authorized"}]}\n'


@pytest.fixture
def public() -> PublicRegistry:
    """A port for public registries."""
    return PublicRegistry()


def basic(credentials: str) -> str:
    return f"Basic {b64encode(credentials.encode()).decode()}"


def expiration_of(token: str) -> float:
    """Return when a token says that it ends: it is base64 of JSON."""
    return json.loads(b64decode(token))["expiration"] - int(START.timestamp())


def test_anybody_gets_a_token_of_an_hour(public: PublicRegistry) -> None:
    response = public.ask("GET", "/token/")
    document = json.loads(content_of(response))
    assert (response.status, list(document)) == (200, ["token"])
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert expiration_of(document["token"]) == 3600


def test_who_logs_in_gets_a_token_of_twelve_hours(public: PublicRegistry) -> None:
    assert expiration_of(public.bearer) == 12 * 3600


@pytest.mark.parametrize(
    "query",
    [
        "?service=public.ecr.aws&scope=aws",
        "?service=public.ecr.aws&scope=aws&scope=repository:alias/app:pull",
        "?account=AWS&client_id=docker&offline_token=true&service=public.ecr.aws",
    ],
)
def test_what_is_asked_for_makes_no_difference(public: PublicRegistry, query: str) -> None:
    token = public.token(f"/token/{query}")
    assert public("GET", "/v2/", bearer=token).status == 200


@pytest.mark.parametrize("query", ["", "?service=public.ecr.aws&scope=aws"])
def test_the_path_without_a_slash_leads_to_the_one_with_it(
    public: PublicRegistry, query: str
) -> None:
    response = public.ask("GET", f"/token{query}")
    assert (response.status, response.headers) == (301, {"Location": f"/token/{query}"})


@pytest.mark.parametrize(
    "header", [basic("AWS:wrong"), basic("aws:x"), basic("AWS"), "Basic %", "Bearer x", ""]
)
def test_a_wrong_login_is_not_authorized(public: PublicRegistry, header: str) -> None:
    """Inferred: reference public.md §6.3."""
    response = public.ask("GET", "/token/", Authorization=header)
    assert (response.status, response.body) == (401, NOT_AUTHORIZED)


def test_the_password_of_private_registries_is_wrong_here(public: PublicRegistry) -> None:
    """Source: reference public.md §6.3."""
    from ecrmock import Ecr

    header = basic(f"AWS:{Ecr(public.backend).password()}")
    assert public.ask("GET", "/token/", Authorization=header).status == 401


def test_a_bearer_is_no_password(public: PublicRegistry) -> None:
    header = basic(f"AWS:{public.bearer}")
    assert public.ask("GET", "/token/", Authorization=header).status == 401


def test_an_expired_login_is_told_so(public: PublicRegistry) -> None:
    """A stale login breaks even public pulls. Source: reference public.md §6.2."""
    public.clock.advance(timedelta(hours=12))
    response = public.ask("GET", "/token/", Authorization=f"Basic {public.login}")
    assert error_of(response) == (403, "DENIED")
    text = "Your authorization token has expired. Reauthenticate and try again."
    assert message_of(response) == text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_tokens_are_only_asked_for(public: PublicRegistry, method: str) -> None:
    assert error_of(public.ask(method, "/token/")) == (405, "UNSUPPORTED")


def test_a_head_request_gets_the_length_alone(public: PublicRegistry) -> None:
    response = public.ask("HEAD", "/token/")
    assert (response.status, response.body, (response.length or 0) > 100) == (200, b"", True)
