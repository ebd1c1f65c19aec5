"""Access keys and temporary credentials that the emulator gave: whose they are, and whether they are good.

Source: reference iam.md §1.1, §2.3.
"""

from ecrmock.store.store import Store
from ecrmock.values.authorization import AccessKey, Caller, root_of
from ecrmock.values.iam import ACTIVE, Session, UserKey
from ecrmock.values.names import Partition
from ecrmock.values.signatures import (
    ExpiredCredentialsError,
    MissingAuthenticationTokenError,
    UnrecognizedClientError,
)
from ecrmock.world.clock import Clock


def caller_of_key(store: Store, key: AccessKey, partition: Partition, clock: Clock) -> Caller:
    """Return the caller of a key that is there, whose signature is good.

    Raises: UnrecognizedClientError for one that is inactive or whose owner is gone, ExpiredCredentialsError,
    and the errors of signatures.
    """
    session = store.sessions.get(key.access_key_id or "")
    if session is not None:
        return _caller_of_session(session, key, clock)
    found = store.keys.get(key.access_key_id or "")
    if found is None or found.status != ACTIVE:
        raise UnrecognizedClientError
    check(key, found.secret_access_key, None, clock)
    return _owner(store, found, partition)


def check(key: AccessKey, secret: str, session_token: str | None, clock: Clock) -> None:
    """Check that a request was signed with a secret, and just now by the clock of its sender.

    Raises: the errors of signatures.
    """
    if key.proof is None:
        raise MissingAuthenticationTokenError("ecr")
    key.proof.check(secret, session_token, clock.machine_time())


def _caller_of_session(session: Session, key: AccessKey, clock: Clock) -> Caller:
    check(key, session.secret_access_key, session.session_token, clock)
    if clock.now() >= session.expiration:
        raise ExpiredCredentialsError
    return session.caller


def _owner(store: Store, key: UserKey, partition: Partition) -> Caller:
    if key.user_name is None:
        return root_of(key.account, partition)
    user = store.identities(key.account).users.find(key.user_name)
    if user is None:
        raise UnrecognizedClientError
    return Caller(
        account=key.account,
        arn=user.arn,
        user_id=user.unique_id,
        access_key_id=key.access_key_id,
    )
