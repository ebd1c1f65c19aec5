"""Basic credentials: the user name ``AWS`` and a token. Source: reference registry.md §2."""

import base64
import binascii

from ecrmock.values.authorization import (
    TOKEN_USER,
    Anonymous,
    InvalidTokenError,
    NotAuthenticatedError,
    RegistryPassword,
)


def read_authorization(header: str | None) -> RegistryPassword | Anonymous:
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
    return RegistryPassword(user, password)
