"""GetCallerIdentity, GetAccessKeyInfo. What gives temporary credentials is in ``sts_sessions``."""

from dataclasses import dataclass

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.access_keys import account_of_key
from ecrmock.values.names import AccountId


@dataclass(frozen=True, slots=True)
class CallerIdentity:
    """Answer of GetCallerIdentity."""

    user_id: str
    account: AccountId
    arn: str


@dataclass(frozen=True, slots=True)
class AccessKeyOwner:
    """Answer of GetAccessKeyInfo."""

    account: AccountId


@operation("sts", "GetCallerIdentity")
def get_caller_identity(context: Context) -> CallerIdentity:
    """Say who is asking; always allowed. Source: reference iam.md §12.1."""
    caller = context.caller
    return CallerIdentity(caller.user_id, caller.account, caller.arn)


@operation("sts", "GetAccessKeyInfo")
def get_access_key_info(context: Context, *, access_key_id: str) -> AccessKeyOwner:
    """Say whose account a key is of; the key need not exist.

    Inferred: a key that has no account inside is of the default one. Source: reference iam.md §1.2.
    """
    key = context.store.keys.get(access_key_id)
    if key is not None:
        return AccessKeyOwner(key.account)
    return AccessKeyOwner(account_of_key(access_key_id) or context.settings.account)
