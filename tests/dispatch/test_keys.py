"""Keys that the emulator gave, and who signs with them. Source: reference iam.md §1.1, §2.3."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ecrmock.dispatch.keys import caller_of_key, check
from ecrmock.store.store import Store
from ecrmock.values.authorization import AccessKey, Caller
from ecrmock.values.iam import INACTIVE, Session, User, UserKey
from ecrmock.values.names import AccountId, Region, partition_of
from ecrmock.values.signatures import (
    ExpiredCredentialsError,
    InvalidSignatureError,
    MissingAuthenticationTokenError,
    UnrecognizedClientError,
)
from ecrmock.world.clock import Clock

ACCOUNT, NOW = AccountId("123456789012"), datetime(2026, 1, 2, tzinfo=UTC)
AWS, CHINA = partition_of(Region("us-east-1")), partition_of(Region("cn-north-1"))
KEY, SECRET = "AKIAUSER", "secret"
CI = User(name="ci", unique_id="AIDA", arn=f"arn:aws:iam::{ACCOUNT}:user/ci", create_date=NOW)
SESSION = Session(
    access_key_id="ASIASESSION",
    secret_access_key="secret of the session",
    session_token="token",
    expiration=NOW + timedelta(hours=1),
    issued_at=NOW,
    caller=Caller(account=ACCOUNT, arn="arn:session", user_id="AROA:s"),
    principal_arn="arn:role",
)


class Signed:
    """A signature by a secret, and with a session token where there is one."""

    def __init__(self, secret: str = SECRET, session_token: str | None = None) -> None:
        self.made_with = (secret, session_token)

    def check(self, secret: str, session_token: str | None, now: datetime) -> None:
        self.checked_at = now
        if self.made_with != (secret, session_token):
            raise InvalidSignatureError


@pytest.fixture
def store() -> Store:
    """A store with the user ``ci``, who has a key, and with a session."""
    store = Store()
    store.identities(ACCOUNT).users.save(CI)
    key = UserKey(
        access_key_id=KEY,
        secret_access_key=SECRET,
        account=ACCOUNT,
        user_name="ci",
        create_date=NOW,
    )
    store.keys.put(KEY, key)
    store.sessions.put(SESSION.access_key_id, SESSION)
    return store


def who(store: Store, key_id: str | None = KEY, proof=None, *, partition=AWS, at=NOW) -> Caller:
    return caller_of_key(store, AccessKey(key_id, proof or Signed()), partition, Clock(at))


def test_a_key_of_a_user_is_the_user(store):
    assert who(store) == Caller(account=ACCOUNT, arn=CI.arn, user_id="AIDA", access_key_id=KEY)


@pytest.mark.parametrize(("partition", "name"), [(AWS, "aws"), (CHINA, "aws-cn")])
def test_a_key_of_no_user_is_the_root_of_its_account(store, partition, name):
    store.keys.put(KEY, replace(store.keys.get(KEY), user_name=None))
    caller = who(store, partition=partition)
    assert (caller.arn, caller.user_id) == (f"arn:{name}:iam::{ACCOUNT}:root", ACCOUNT)


@pytest.mark.parametrize("key_id", [None, "", "AKIAOTHER"])
def test_a_key_that_nobody_gave_is_refused(store, key_id):
    with pytest.raises(UnrecognizedClientError):
        who(store, key_id)


def test_an_inactive_key_is_refused_before_its_signature_is_looked_at(store):
    store.keys.put(KEY, replace(store.keys.get(KEY), status=INACTIVE))
    with pytest.raises(UnrecognizedClientError):
        who(store, proof=Signed("wrong"))


def test_a_key_whose_user_is_gone_is_refused(store):
    store.identities(ACCOUNT).users.drop(CI)
    with pytest.raises(UnrecognizedClientError):
        who(store)


def test_a_signature_by_another_secret_is_refused(store):
    with pytest.raises(InvalidSignatureError):
        who(store, proof=Signed("wrong"))


def test_a_session_is_who_began_it(store):
    proof = Signed(SESSION.secret_access_key, "token")
    assert who(store, SESSION.access_key_id, proof) == SESSION.caller


def test_a_session_signs_with_its_token(store):
    with pytest.raises(InvalidSignatureError):
        who(store, SESSION.access_key_id, Signed(SESSION.secret_access_key))


@pytest.mark.parametrize("late", [timedelta(hours=1), timedelta(days=9)])
def test_a_session_is_over_when_its_time_has_come(store, late):
    proof = Signed(SESSION.secret_access_key, "token")
    with pytest.raises(ExpiredCredentialsError):
        who(store, SESSION.access_key_id, proof, at=NOW + late)
    assert who(store, SESSION.access_key_id, proof, at=SESSION.expiration - timedelta(seconds=1))


def test_what_is_not_signed_is_refused():
    with pytest.raises(MissingAuthenticationTokenError):
        check(AccessKey(KEY), SECRET, None, Clock(NOW))


def test_a_signature_is_dated_by_the_clock_of_its_sender_not_by_one_that_was_moved():
    """A test that moves the clock by weeks goes on signing with the time of the machine."""
    proof, clock = Signed(), Clock(NOW)
    before = clock.machine_time()
    check(AccessKey(KEY, proof), SECRET, None, clock)
    assert before <= proof.checked_at <= clock.machine_time()
