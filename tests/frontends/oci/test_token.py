"""What GetAuthorizationToken writes, the registry door reads."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.frontends.oci.token import read_authorization
from ecrmock.values.authorization import (
    Anonymous,
    InvalidTokenError,
    NotAuthenticatedError,
    RegistryPassword,
    basic_credentials,
)


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


def test_the_api_token_is_user_name_and_password_in_base64() -> None:
    """Source: reference registry.md §2.1."""
    assert base64.b64decode(basic_credentials("secret")) == b"AWS:secret"


def test_a_real_looking_password_makes_a_real_looking_token() -> None:
    """Source: reference registry.md §2.2: real header values start like this."""
    assert basic_credentials("eyJwYXlsb2FkIjoi").startswith("QVdTOmV5Snd")


@given(st.text())
def test_what_the_api_gives_is_a_good_header(password: str) -> None:
    """The authorization token can be sent as it is. Source: reference registry.md §2.1."""
    header = f"Basic {basic_credentials(password)}"
    assert read_authorization(header) == RegistryPassword("AWS", password)


def test_no_header_is_nobody() -> None:
    assert read_authorization(None) == Anonymous()


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_the_scheme_is_read_in_any_case(scheme: str) -> None:
    """Source: RFC 9110, section 11.1."""
    header = basic("AWS:secret").replace("Basic", scheme)
    assert read_authorization(header) == RegistryPassword("AWS", "secret")


def test_a_password_may_hold_colons() -> None:
    """Clients split at the first one. Source: reference api.md §19."""
    assert read_authorization(basic("AWS:a:b:")) == RegistryPassword("AWS", "a:b:")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer abc",
        "AWS4-HMAC-SHA256 Credential=AKID",
        basic("someone:secret"),
        basic("aws:secret"),
        basic(":secret"),
        basic("AWS"),
        "Basic ",
    ],
)
def test_another_scheme_or_user_is_asked_to_log_in(header: str) -> None:
    """Source: reference registry.md §2.3."""
    with pytest.raises(NotAuthenticatedError):
        read_authorization(header)


@pytest.mark.parametrize("encoded", ["a", "QVdTO", "/////w==", "QVdTOs\xe4"])
def test_credentials_that_cannot_be_decoded_are_an_invalid_token(encoded: str) -> None:
    """Source: reference registry.md §2.3, "undecodable"."""
    with pytest.raises(InvalidTokenError):
        read_authorization(f"Basic {encoded}")


@given(st.text() | st.text().map("Basic {}".format) | st.text().map(basic))
def test_no_header_makes_the_reader_fail_otherwise(header: str) -> None:
    try:
        assert read_authorization(header).user == "AWS"
    except (NotAuthenticatedError, InvalidTokenError) as error:
        assert error.__cause__ is None
