"""Authorization tokens: the password of ``docker login``, as ECR makes it.

A password is base64 of a JSON object with the keys payload, datakey, version, type and expiration
(reference registry.md §2.2). Here the payload is signed and carries the caller, so that no table of
tokens is needed: a token is good as long as its signature is, and until it expires. Tokens of public
registries look the same (public.md §6.1); what a token is for is part of how it is signed.
"""

import base64
import binascii
import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from ecrmock.values.authorization import (
    PRIVATE_LOGIN,
    Caller,
    ExpiredTokenError,
    InvalidTokenError,
)
from ecrmock.values.names import AccountId

if TYPE_CHECKING:
    from itsdangerous import URLSafeSerializer


class Tokens:
    """Makes and reads the tokens of one backend; ``secret`` is what makes them its own."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def issue(
        self, caller: Caller, expires_at: datetime, nonce: str, *, purpose: str = PRIVATE_LOGIN
    ) -> str:
        """Return a password, or another token, that stands for a caller until ``expires_at``."""
        expiration = int(expires_at.timestamp())
        who = [caller.account, caller.arn, caller.user_id, caller.access_key_id]
        claims = [*who, expiration, nonce]
        document = {
            "payload": _signer(self._secret, purpose).dumps(claims),
            "datakey": base64.b64encode(nonce.encode() * 5).decode(),
            "version": "2",
            "type": "DATA_KEY",
            "expiration": expiration,
        }
        return base64.b64encode(json.dumps(document, separators=(",", ":")).encode()).decode()

    def read(self, password: str, now: datetime, *, purpose: str = PRIVATE_LOGIN) -> Caller:
        """Return the caller of a password or token. Raises: InvalidTokenError, ExpiredTokenError."""
        account, arn, user_id, access_key_id, expiration, _ = _claims(
            self._secret, password, purpose
        )
        if now >= datetime.fromtimestamp(expiration, UTC):
            raise ExpiredTokenError
        return Caller(
            account=AccountId(account), arn=arn, user_id=user_id, access_key_id=access_key_id
        )


@lru_cache(maxsize=64)
def _claims(secret: bytes, password: str, purpose: str) -> tuple[str, str, str, str, int, str]:
    """Return what a password says; a client sends the same one with every request.

    Raises: InvalidTokenError.
    """
    from itsdangerous import BadData  # noqa: PLC0415 - loaded when first needed

    try:
        document = json.loads(base64.b64decode(password, validate=True))
        claims: tuple[str, str, str, str, int, str] = _signer(secret, purpose).loads(
            document["payload"]
        )
    except (binascii.Error, ValueError, LookupError, TypeError, RecursionError, BadData):
        raise InvalidTokenError from None
    return claims


@lru_cache(maxsize=64)
def _signer(secret: bytes, purpose: str) -> "URLSafeSerializer":
    from itsdangerous import URLSafeSerializer  # noqa: PLC0415 - loaded when first needed

    return URLSafeSerializer(secret, salt=f"ecrmock authorization token {purpose}")
