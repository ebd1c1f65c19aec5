"""Step 1, identify: who makes a call. Source: DESIGN.md section 3; reference iam.md §1.3, §2.3."""

from datetime import datetime

from ecrmock.dispatch.call import Call
from ecrmock.store.store import Store
from ecrmock.values.authorization import (
    BEARER,
    NOBODY,
    PUBLIC_LOGIN,
    AccessKey,
    AccountRoot,
    BearerToken,
    Caller,
    ExpiredTokenError,
    InvalidTokenError,
    NotAuthenticatedError,
    RegistryPassword,
    ServicePrincipal,
    root_of,
)
from ecrmock.values.names import PUBLIC, AccountId, Partition, is_account_id, partition_of
from ecrmock.values.settings import Settings
from ecrmock.world.world import World


class Identification:
    """Knows the callers of one backend; while ``is_strict``, only those whose keys the emulator knows."""

    def __init__(self, store: Store, settings: Settings, world: World) -> None:
        self.is_strict = settings.enforce_iam
        self._store, self._settings, self._world = store, settings, world

    def verifies(self, access_key_id: str) -> bool:
        """Tell whether the signature of a request with a key is going to be looked at."""
        if is_account_id(access_key_id):
            return self._settings.root_secret is not None
        return self.is_strict or self._is_known(access_key_id)

    def identify(self, call: Call, now: datetime, *, is_open: bool) -> Caller:
        """Return who makes a call.

        A key that the emulator gave is its owner's; one of twelve digits is the root of that account; any other
        is the default account's root, unless only known keys are let in. ``is_open``: the operation takes
        requests that nobody signed. Everybody may pull from a public registry.

        Raises: NotAuthenticatedError, InvalidTokenError, ExpiredTokenError, and the errors of signatures.
        """
        credentials, partition = call.credentials, partition_of(call.region)
        if isinstance(credentials, AccessKey):
            return self._by_key(credentials, call, is_open=is_open)
        if isinstance(credentials, AccountRoot):
            return root_of(credentials.account, partition)
        if isinstance(credentials, RegistryPassword):
            return self._by_token(credentials.password, credentials.purpose, now)
        if isinstance(credentials, BearerToken):
            return self._by_bearer(credentials, now, is_open=is_open or _is_for_everybody(call))
        if isinstance(credentials, ServicePrincipal):
            name = credentials.name
            return Caller(account=self._settings.account, arn=name, user_id=name)
        return self._nobody(call, partition, is_open=is_open)

    def _nobody(self, call: Call, partition: Partition, *, is_open: bool) -> Caller:
        if is_open or _is_for_everybody(call):
            return NOBODY
        if self._settings.anonymous and not self.is_strict:
            return root_of(self._settings.account, partition)
        raise NotAuthenticatedError

    def _is_known(self, access_key_id: str) -> bool:
        return access_key_id in self._store.keys or access_key_id in self._store.sessions

    def _by_key(self, key: AccessKey, call: Call, *, is_open: bool) -> Caller:
        name, partition = key.access_key_id or "", partition_of(call.region)
        if self._is_known(name):
            from ecrmock.dispatch.keys import caller_of_key  # noqa: PLC0415 - loaded when needed

            return caller_of_key(self._store, key, partition, self._world.clock)
        if is_account_id(name):
            self._check_root(key)
            return root_of(AccountId(name), partition)
        if self.is_strict and not is_open:
            self._refuse(key, call.service)
        return root_of(self._settings.account, partition)

    def _check_root(self, key: AccessKey) -> None:
        secret = self._settings.root_secret
        if secret is not None:
            from ecrmock.dispatch.keys import check  # noqa: PLC0415 - loaded when needed

            check(key, secret, None, self._world.clock)

    def _refuse(self, key: AccessKey, service: str) -> None:
        from ecrmock.values import signatures  # noqa: PLC0415 - loaded when needed

        if key.access_key_id is None:
            raise signatures.MissingAuthenticationTokenError(service)
        raise signatures.UnrecognizedClientError

    def _by_bearer(self, bearer: BearerToken, now: datetime, *, is_open: bool) -> Caller:
        """Return whose token it is that is shown to a public registry; nobody's opens what is open.

        One that has expired is as good as garbage there. Source: reference public.md §6.2.
        """
        password = bearer.password
        purpose = PUBLIC_LOGIN if password else BEARER
        try:
            caller = self._by_token(password or bearer.token, purpose, now)
        except ExpiredTokenError:
            raise InvalidTokenError from None
        if caller == NOBODY and not is_open:
            raise NotAuthenticatedError
        return caller

    def _by_token(self, password: str, purpose: str, now: datetime) -> Caller:
        """Return whose token it is; the token ends with its key, but not with its session.

        Inferred: reference registry.md §2.1, api.md §19.
        """
        caller = self._world.tokens.read(password, now, purpose=purpose)
        if caller.access_key_id and not self._is_usable(caller.access_key_id):
            raise InvalidTokenError
        return caller

    def _is_usable(self, access_key_id: str) -> bool:
        key = self._store.keys.get(access_key_id)
        return key.status == "Active" if key is not None else access_key_id in self._store.sessions


def _is_for_everybody(call: Call) -> bool:
    """Tell whether a call only reads what a public registry has."""
    if call.registry_region != PUBLIC:
        return False
    from ecrmock.dispatch.public_gallery import is_for_everybody  # noqa: PLC0415 - loaded when needed

    return is_for_everybody(call)
