"""GetAuthorizationToken, and the login check of the registry door."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ecrmock.operations.operation import Context, operation
from ecrmock.values.authorization import TOKEN_LIFETIME, AuthorizationData, basic_credentials
from ecrmock.values.names import AccountId


@dataclass(frozen=True, slots=True)
class IssuedTokens:
    """Answer of GetAuthorizationToken."""

    authorization_data: tuple[AuthorizationData, ...]


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """Answer of ECR Public's GetAuthorizationToken, which shows no endpoint."""

    authorization_data: AuthorizationData


@operation("ecr", "GetAuthorizationToken")
def get_authorization_token(
    context: Context, *, registry_ids: Sequence[AccountId] = ()
) -> IssuedTokens:
    """Return a new token of twelve hours for each registry that is asked for, else for the caller's.

    Every token stands for the caller, whatever registry it was asked for. Source: api.md §19.
    """
    expires_at = context.now + TOKEN_LIFETIME
    registries = tuple(dict.fromkeys(registry_ids)) or (context.account,)
    return IssuedTokens(tuple(_issue(context, account, expires_at) for account in registries))


def _issue(context: Context, account: AccountId, expires_at: datetime) -> AuthorizationData:
    password = context.world.tokens.issue(context.caller, expires_at, context.world.ids.uuid())
    return AuthorizationData(
        authorization_token=basic_credentials(password),
        expires_at=expires_at,
        proxy_endpoint=context.world.addresses.proxy_endpoint(account, context.region),
    )


@operation("ecr-public", "GetAuthorizationToken")
def get_public_authorization_token(context: Context) -> IssuedToken:
    """Return a token of twelve hours for all public registries. Source: reference public.md §6.2."""
    return IssuedToken(_issue(context, context.account, context.now + TOKEN_LIFETIME))


@operation("ecrmock", "CheckLogin", action="")
def check_login(context: Context) -> None:
    """Do nothing: who gets here has shown a good token. Source: reference registry.md §2.4."""
