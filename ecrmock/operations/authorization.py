"""GetAuthorizationToken, and the login check of the registry door."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ecrmock.operations.operation import Context, operation
from ecrmock.values.authorization import (
    ANONYMOUS_LIFETIME,
    BEARER,
    NOBODY,
    PRIVATE_LOGIN,
    PUBLIC_LOGIN,
    TOKEN_LIFETIME,
    AuthorizationData,
    basic_credentials,
)
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


def _issue(
    context: Context, account: AccountId, expires_at: datetime, purpose: str = PRIVATE_LOGIN
) -> AuthorizationData:
    password = _token(context, expires_at, purpose)
    return AuthorizationData(
        authorization_token=basic_credentials(password),
        expires_at=expires_at,
        proxy_endpoint=context.world.addresses.proxy_endpoint(account, context.region),
    )


@operation("ecr-public", "GetAuthorizationToken")
def get_public_authorization_token(context: Context) -> IssuedToken:
    """Return a token of twelve hours for all public registries. Source: reference public.md §6.2."""
    expires_at = context.now + TOKEN_LIFETIME
    return IssuedToken(_issue(context, context.account, expires_at, PUBLIC_LOGIN))


@operation("ecrmock", "IssueBearerToken", action="", is_open=True)
def issue_bearer_token(context: Context) -> str:
    """Return a token that stands for the caller at public registries: twelve hours, one for nobody.

    Source: reference public.md §6.1, §6.2.
    """
    lifetime = ANONYMOUS_LIFETIME if context.caller == NOBODY else TOKEN_LIFETIME
    return _token(context, context.now + lifetime, BEARER)


def _token(context: Context, expires_at: datetime, purpose: str) -> str:
    world = context.world
    return world.tokens.issue(context.caller, expires_at, world.ids.uuid(), purpose=purpose)


@operation("ecrmock", "CheckBearerToken", action="", is_open=True)
@operation("ecrmock", "CheckLogin", action="")
def check_login(context: Context) -> None:
    """Do nothing: who gets here has shown a good token. Source: reference registry.md §2.4."""
