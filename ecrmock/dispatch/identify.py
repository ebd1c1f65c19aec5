"""Step 1, identify: who makes a call. Source: DESIGN.md section 3; reference iam.md §1.3."""

from datetime import datetime

from ecrmock.values.authorization import (
    AccessKey,
    Caller,
    Credentials,
    NotAuthenticatedError,
    RegistryPassword,
    ServicePrincipal,
    root_of,
)
from ecrmock.values.names import AccountId, Region, is_account_id, partition_of
from ecrmock.values.settings import Settings
from ecrmock.world.tokens import Tokens


def identify(
    credentials: Credentials, region: Region, settings: Settings, tokens: Tokens, now: datetime
) -> Caller:
    """Return the caller that credentials stand for.

    An access key of twelve digits is the root of that account; any other is the default account's.

    Raises: NotAuthenticatedError, InvalidTokenError, ExpiredTokenError.
    """
    if isinstance(credentials, AccessKey):
        key = credentials.access_key_id or ""
        account = AccountId(key) if is_account_id(key) else settings.account
        return root_of(account, partition_of(region))
    if isinstance(credentials, RegistryPassword):
        return tokens.read(credentials.password, now)
    if isinstance(credentials, ServicePrincipal):
        return Caller(account=settings.account, arn=credentials.name, user_id=credentials.name)
    if settings.anonymous:
        return root_of(settings.account, partition_of(region))
    raise NotAuthenticatedError
