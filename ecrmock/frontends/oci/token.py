"""What ``Authorization`` says: the user name ``AWS`` and a token, or a Bearer token.

Source: reference registry.md §2, of private registries; public.md §6, of public ones.
"""

import base64
import binascii

from ecrmock.values.authorization import (
    PRIVATE_LOGIN,
    TOKEN_USER,
    Anonymous,
    BearerToken,
    InvalidTokenError,
    NotAuthenticatedError,
    RegistryPassword,
)


def read_authorization(
    header: str | None, *, purpose: str = PRIVATE_LOGIN
) -> RegistryPassword | Anonymous:
    """Return user name and password of an ``Authorization`` header.

    Raises: NotAuthenticatedError for another scheme or user, InvalidTokenError when it cannot be read.
    Source: reference registry.md §2.3.
    """
    if header is None:
        return Anonymous()
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise NotAuthenticatedError
    try:
        user, colon, password = base64.b64decode(encoded.strip()).decode().partition(":")
    except (binascii.Error, ValueError):
        raise InvalidTokenError from None
    if not colon or user != TOKEN_USER:
        raise NotAuthenticatedError
    return RegistryPassword(user, password, purpose)


def read_bearer(header: str | None) -> BearerToken | Anonymous:
    """Return the Bearer token of an ``Authorization`` header.

    Raises: InvalidTokenError for any other scheme, Basic too. Source: reference public.md §6.2.
    """
    if header is None:
        return Anonymous()
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise InvalidTokenError
    return BearerToken(token.strip())
