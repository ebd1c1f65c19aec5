import base64
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.values.authorization import (
    BEARER,
    PRIVATE_LOGIN,
    PUBLIC_LOGIN,
    Caller,
    ExpiredTokenError,
    InvalidTokenError,
    basic_credentials,
)
from ecrmock.world.tokens import Tokens

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=12)
CALLER = Caller(
    account="123456789012", arn="arn:aws:iam::123456789012:root", user_id="123456789012"
)
TOKENS = Tokens(b"secret")
PURPOSES = [PRIVATE_LOGIN, PUBLIC_LOGIN, BEARER]
PASSWORD = TOKENS.issue(CALLER, LATER, "nonce")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def document_of(password: str) -> dict[str, Any]:
    return json.loads(base64.b64decode(password))


def password_of(document: object) -> str:
    return base64.b64encode(json.dumps(document).encode()).decode()


def test_a_token_stands_for_its_caller() -> None:
    assert TOKENS.read(PASSWORD, NOW) == CALLER


def test_a_token_is_base64_of_json_with_five_keys_in_this_order() -> None:
    """Source: reference registry.md §2.2."""
    keys = ["payload", "datakey", "version", "type", "expiration"]
    assert list(document_of(PASSWORD)) == keys


@pytest.mark.parametrize(
    ("key", "value"),
    [("version", "2"), ("type", "DATA_KEY"), ("expiration", int(LATER.timestamp()))],
)
def test_a_token_has_the_members_of_a_real_one(key: str, value: object) -> None:
    """Source: reference registry.md §2.2."""
    assert document_of(PASSWORD)[key] == value


def test_the_data_key_is_base64() -> None:
    """Source: reference registry.md §2.2."""
    assert base64.b64decode(document_of(PASSWORD)["datakey"], validate=True)


def test_a_token_begins_as_real_ones_do() -> None:
    """Source: reference registry.md §2.2."""
    assert PASSWORD.startswith("eyJwYXlsb2FkIjoi")


def test_the_authorization_token_begins_as_real_ones_do() -> None:
    """Source: reference registry.md §2.2."""
    assert basic_credentials(PASSWORD).startswith("QVdTOmV5Snd")


def test_each_nonce_makes_another_token() -> None:
    """Each call makes a new one, and older ones stay valid. Source: reference api.md §19."""
    assert TOKENS.issue(CALLER, LATER, "another") != PASSWORD


def test_a_token_is_good_until_it_expires() -> None:
    assert TOKENS.read(PASSWORD, LATER - timedelta(milliseconds=1)) == CALLER


def test_a_token_is_expired_from_its_very_time_on() -> None:
    """Source: reference registry.md §2.3."""
    with pytest.raises(ExpiredTokenError):
        TOKENS.read(PASSWORD, LATER)


def test_a_token_of_another_backend_is_invalid() -> None:
    """Two backends in one process never meet."""
    with pytest.raises(InvalidTokenError):
        Tokens(b"another secret").read(PASSWORD, NOW)


def test_the_same_secret_reads_a_token_again() -> None:
    """No table of tokens is needed, so they outlive the process."""
    assert Tokens(b"secret").read(PASSWORD, NOW) == CALLER


def test_a_later_expiration_outside_the_signature_prolongs_nothing() -> None:
    document = document_of(PASSWORD)
    document["expiration"] += 1_000_000
    with pytest.raises(ExpiredTokenError):
        TOKENS.read(password_of(document), LATER)


@given(st.integers(0, len(document_of(PASSWORD)["payload"]) - 1))
def test_one_changed_character_of_the_payload_makes_a_token_invalid(place: int) -> None:
    document = document_of(PASSWORD)
    payload = document["payload"]
    changed = payload[:place] + "!" + payload[place + 1 :]
    with pytest.raises(InvalidTokenError):
        TOKENS.read(password_of({**document, "payload": changed}), NOW)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "secret",
        "\u00e4",
        PASSWORD[:-8],
        PASSWORD + "\n",
        password_of([]),
        password_of("payload"),
        password_of(None),
        password_of({}),
        password_of({"payload": 1}),
        password_of({"payload": ["."]}),
        base64.b64encode(b"[" * 100_000).decode(),
        base64.b64encode(b"\xff").decode(),
    ],
    ids=lambda password: password[:16],
)
def test_another_password_is_invalid(password: str) -> None:
    """Source: reference registry.md §2.3."""
    with pytest.raises(InvalidTokenError):
        TOKENS.read(password, NOW)


@given(st.text())
def test_no_text_makes_the_reader_fail_otherwise(password: str) -> None:
    with pytest.raises(InvalidTokenError):
        TOKENS.read(password, NOW)


@given(json_values | st.fixed_dictionaries({"payload": json_values}))
def test_no_json_makes_the_reader_fail_otherwise(document: object) -> None:
    with pytest.raises(InvalidTokenError):
        TOKENS.read(password_of(document), NOW)


@given(st.text().map(lambda text: password_of({"payload": text})), st.datetimes())
def test_no_payload_makes_the_reader_fail_otherwise(password: str, now: datetime) -> None:
    with suppress(InvalidTokenError):
        TOKENS.read(password, now.replace(tzinfo=UTC))


@pytest.mark.parametrize("made", PURPOSES)
@pytest.mark.parametrize("asked", PURPOSES)
def test_a_token_is_good_for_its_purpose_alone(made: str, asked: str) -> None:
    """A login to private registries does not open public ones. Source: reference public.md §6.3."""
    token = TOKENS.issue(CALLER, LATER, "nonce", purpose=made)
    if made == asked:
        assert TOKENS.read(token, NOW, purpose=asked) == CALLER
    else:
        with pytest.raises(InvalidTokenError):
            TOKENS.read(token, NOW, purpose=asked)
