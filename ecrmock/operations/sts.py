"""GetCallerIdentity."""

from dataclasses import dataclass

from ecrmock.operations.operation import Context, operation
from ecrmock.values.names import AccountId


@dataclass(frozen=True, slots=True)
class CallerIdentity:
    """Answer of GetCallerIdentity."""

    user_id: str
    account: AccountId
    arn: str


@operation("sts", "GetCallerIdentity")
def get_caller_identity(context: Context) -> CallerIdentity:
    """Say who is asking; always allowed. Source: reference iam.md §12.1."""
    caller = context.caller
    return CallerIdentity(caller.user_id, caller.account, caller.arn)
