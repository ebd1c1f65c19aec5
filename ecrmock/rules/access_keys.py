"""Ids of access keys, which have the account inside, and unique ids of identities.

Source: reference iam.md §1.1 (prefixes, alphabet), §1.2 (layout).
"""

import base64
import re
from collections.abc import Callable

from ecrmock.values.names import AccountId

LONG_TERM, TEMPORARY = "AKIA", "ASIA"
USER_ID, GROUP_ID, ROLE_ID, POLICY_ID = "AIDA", "AGPA", "AROA", "ANPA"
_RANDOM_BITS = 39  # of a key's 80 bits; one is set, 40 are the account
_SECRET_BYTES = 30  # 40 characters of base64

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_KEY_ID = re.compile(r"[A-Z]{4}([A-Z2-7]{16})")
_ACCOUNTS = 10**12


def key_id(prefix: str, account: AccountId, draw: Callable[[int], int]) -> str:
    """Return the id of an access key of an account; ``draw`` gives random bits."""
    bits = 1 << 79 | int(account) << _RANDOM_BITS | draw(_RANDOM_BITS)
    return prefix + _letters(bits, 16)


def account_of_key(access_key_id: str) -> AccountId | None:
    """Return the account that the id of a key has inside; None for any other form and for old keys."""
    match = _KEY_ID.fullmatch(access_key_id)
    if match is None:
        return None
    bits = int.from_bytes(base64.b32decode(match[1]), "big")
    account = (bits & (1 << 79) - 1) >> _RANDOM_BITS
    is_old = not bits >> 79
    return None if is_old or account >= _ACCOUNTS else AccountId(f"{account:012}")


def unique_id(prefix: str, draw: Callable[[int], int]) -> str:
    """Return the unique id of an identity or policy; ``draw`` gives random bits."""
    return prefix + _letters(draw(17 * 5), 17)


def secret_key(draw: Callable[[int], bytes]) -> str:
    """Return a secret access key; ``draw`` gives random bytes that nobody can guess."""
    return base64.b64encode(draw(_SECRET_BYTES)).decode()


def _letters(bits: int, count: int) -> str:
    return "".join(_ALPHABET[bits >> 5 * place & 31] for place in reversed(range(count)))
