"""Callers by an ARN or an account id, as a person writes them who asks what somebody may.

Source: reference iam.md §1.1.
"""

import re
from dataclasses import dataclass

from ecrmock.values.authorization import Caller
from ecrmock.values.names import AccountId, is_account_id

_CALLER = re.compile(
    r"arn:(?P<partition>[a-z-]+):(?:iam|sts)::(?P<account>[0-9]{12}):"
    r"(?:root|(?P<kind>user|role)/(?P<path>.+)|assumed-role/(?P<role>[^/]+)/(?P<session>[^/]+))"
)
_SOME_SESSION = "session"  # of a role of which only the role is known


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCaller:
    """Who an ARN means. ``principal_arn`` is the user or role behind it, of a session a role without a path."""

    partition: str
    account: AccountId
    kind: str  # root, user or role
    name: str
    principal_arn: str
    session: str | None = None

    def caller(self, unique_id: str = "") -> Caller:
        """Return the caller: of a role some session. ``unique_id`` is the user's or role's, if it has one."""
        if self.kind == "root":
            return Caller(account=self.account, arn=self.principal_arn, user_id=self.account)
        if self.kind == "user":
            return Caller(account=self.account, arn=self.principal_arn, user_id=unique_id)
        session = self.session or _SOME_SESSION
        arn = f"arn:{self.partition}:sts::{self.account}:assumed-role/{self.name}/{session}"
        return Caller(account=self.account, arn=arn, user_id=f"{unique_id}:{session}")


def read_caller(text: str, partition: str = "aws") -> NamedCaller:
    """Read an ARN of a root, user, role or session of a role, or an account id, which means its root.

    Raises: ValueError, with a sentence.
    """
    if is_account_id(text):
        text = f"arn:{partition}:iam::{text}:root"
    match = _CALLER.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no ARN of a user, a role or a session of a role")
    principal_arn = text
    if match["role"]:
        principal_arn = f"arn:{match['partition']}:iam::{match['account']}:role/{match['role']}"
    return NamedCaller(
        partition=match["partition"],
        account=AccountId(match["account"]),
        kind=match["kind"] or ("role" if match["role"] else "root"),
        name=match["role"] or (match["path"] or "").rpartition("/")[2],
        principal_arn=principal_arn,
        session=match["session"],
    )
