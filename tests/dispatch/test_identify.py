"""Step 1, identify: who makes a call. Source: DESIGN.md section 3; reference iam.md §1.3."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ecrmock.dispatch.call import Call
from ecrmock.dispatch.identify import Identification
from ecrmock.store.store import Store
from ecrmock.values.authorization import (
    BEARER,
    NOBODY,
    PUBLIC_LOGIN,
    AccessKey,
    AccountRoot,
    Anonymous,
    BearerToken,
    Caller,
    ExpiredTokenError,
    InvalidTokenError,
    NotAuthenticatedError,
    RegistryPassword,
    ServicePrincipal,
    basic_credentials,
)
from ecrmock.values.names import AccountId, Region
from ecrmock.values.settings import Settings
from ecrmock.values.signatures import MissingAuthenticationTokenError, UnrecognizedClientError
from ecrmock.world.clock import Clock
from ecrmock.world.tokens import Tokens
from ecrmock.world.world import make_world

NOW = datetime(2026, 1, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
TOKENS = Tokens(b"secret")
SOMEBODY = Caller(account=AccountId("111122223333"), arn="arn:of:somebody", user_id="AIDA1")


def who(credentials, region="us-east-1", tokens=TOKENS, is_open=False, **settings) -> Caller:
    call = Call(
        service="ecr",
        operation="ListImages",
        parameters={},
        credentials=credentials,
        region=Region(region),
        request_id="1",
    )
    chosen = Settings(**settings)
    world = replace(make_world(chosen, clock=Clock(NOW)), tokens=tokens)
    return Identification(Store(), chosen, world).identify(call, NOW, is_open=is_open)


def password(expires_at=NOW + HOUR) -> RegistryPassword:
    return RegistryPassword("AWS", TOKENS.issue(SOMEBODY, expires_at, "nonce"))


@pytest.mark.parametrize(
    "key", ["AKIAIOSFODNN7EXAMPLE", "test", "", None, "1234567890123", "12345"]
)
def test_any_access_key_is_the_root_of_the_default_account(key):
    caller = who(AccessKey(key), account="444455556666")
    assert caller.arn == "arn:aws:iam::444455556666:root"


def test_an_access_key_of_twelve_digits_is_the_root_of_that_account():
    caller = who(AccessKey("111122223333"))
    assert caller == Caller(
        account="111122223333", arn="arn:aws:iam::111122223333:root", user_id="111122223333"
    )


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_a_root_is_of_the_partition_of_the_region(region, partition):
    assert who(AccessKey(None), region).arn == f"arn:{partition}:iam::123456789012:root"


def test_a_password_stands_for_who_asked_for_the_token():
    assert who(password()) == SOMEBODY


@pytest.mark.parametrize("expired_since", [timedelta(), HOUR])
def test_an_expired_password_is_refused(expired_since):
    with pytest.raises(ExpiredTokenError):
        who(password(NOW - expired_since))


@pytest.mark.parametrize("text", ["", "nonsense", "bm9uc2Vuc2U=", "e30=", "eyJwYXlsb2FkIjoxfQ=="])
def test_a_text_that_is_no_token_is_refused(text):
    with pytest.raises(InvalidTokenError):
        who(RegistryPassword("AWS", text))


def test_a_password_of_another_emulator_is_refused():
    with pytest.raises(InvalidTokenError):
        who(password(), tokens=Tokens(b"another secret"))


def test_a_service_acts_under_its_own_name():
    caller = who(ServicePrincipal("ecr.amazonaws.com"))
    assert (caller.arn, caller.account) == ("ecr.amazonaws.com", "123456789012")


def test_nobody_is_refused():
    with pytest.raises(NotAuthenticatedError):
        who(Anonymous())


def test_nobody_is_the_root_of_the_default_account_where_that_is_allowed():
    assert who(Anonymous(), anonymous=True).arn == "arn:aws:iam::123456789012:root"


def test_under_enforcement_nobody_is_nobody_whatever_the_settings():
    with pytest.raises(NotAuthenticatedError):
        who(Anonymous(), anonymous=True, enforce_iam=True)


@pytest.mark.parametrize("key", ["AKIAIOSFODNN7EXAMPLE", "test", "1234567890123"])
def test_under_enforcement_an_unknown_key_is_refused(key):
    """Source: reference iam.md §2.3."""
    with pytest.raises(UnrecognizedClientError):
        who(AccessKey(key), enforce_iam=True)


def test_under_enforcement_an_unsigned_request_is_refused():
    with pytest.raises(MissingAuthenticationTokenError):
        who(AccessKey(None), enforce_iam=True)


def test_under_enforcement_what_needs_no_signature_is_let_in():
    assert who(AccessKey(None), enforce_iam=True, is_open=True).arn.endswith(":root")


def test_under_enforcement_the_root_of_an_account_is_still_its_number():
    """The way in for set-up: DESIGN.md section 3."""
    assert who(AccessKey("111122223333"), enforce_iam=True).account == "111122223333"


def test_a_root_secret_closes_the_way_in_by_numbers_alone():
    with pytest.raises(MissingAuthenticationTokenError):
        who(AccessKey("111122223333"), root_secret="hidden")


def test_the_python_door_is_the_root_whatever_the_secret():
    caller = who(AccountRoot(AccountId("111122223333")), root_secret="hidden", enforce_iam=True)
    assert caller.arn == "arn:aws:iam::111122223333:root"


def bearer(caller=SOMEBODY, expires_at=NOW + HOUR, purpose=BEARER) -> BearerToken:
    return BearerToken(TOKENS.issue(caller, expires_at, "nonce", purpose=purpose))


def test_a_bearer_stands_for_who_logged_in():
    assert who(bearer()) == SOMEBODY


def test_the_token_of_ecr_publics_api_is_a_bearer_as_a_whole():
    """Source: reference public.md §6.2."""
    password = TOKENS.issue(SOMEBODY, NOW + HOUR, "nonce", purpose=PUBLIC_LOGIN)
    assert who(BearerToken(basic_credentials(password))) == SOMEBODY


@pytest.mark.parametrize(
    "token",
    [
        BearerToken(""),
        BearerToken("garbage"),
        BearerToken(basic_credentials("garbage")),
        bearer(expires_at=NOW),
        bearer(purpose=PUBLIC_LOGIN),
        BearerToken(basic_credentials(TOKENS.issue(SOMEBODY, NOW + HOUR, "nonce"))),
    ],
    ids=["none", "garbage", "garbage login", "expired", "a password alone", "a private login"],
)
def test_any_other_bearer_is_invalid(token):
    """One that has expired too. Source: reference public.md §6.2."""
    with pytest.raises(InvalidTokenError):
        who(token)


def test_the_bearer_of_nobody_opens_what_is_open():
    assert who(bearer(NOBODY), is_open=True) == NOBODY


@pytest.mark.parametrize("region", ["us-east-1", "public"])
def test_in_public_registries_the_bearer_of_nobody_lets_images_be_looked_at(region):
    """Source: reference public.md §6.4."""
    if region == "public":
        assert who(bearer(NOBODY), region) == NOBODY
    else:
        with pytest.raises(NotAuthenticatedError):
            who(bearer(NOBODY), region)


def test_who_asks_for_a_bearer_without_a_login_is_nobody():
    assert who(Anonymous(), is_open=True) == NOBODY
