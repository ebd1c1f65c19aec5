"""Which actions and which callers a statement is about. Source: reference iam.md §3.2."""

import re
from fnmatch import translate
from functools import lru_cache

from ecrmock.values.authorization import Caller
from ecrmock.values.policies import EVERYONE, Principal, Statement


def names_action(statement: Statement, action: str) -> bool:
    """Tell whether a statement is about an action; case does not count. Source: reference iam.md §3.2."""
    patterns = statement.actions or statement.not_actions
    found = any(_glob(pattern).fullmatch(action) for pattern in patterns)
    return found == bool(statement.actions)


@lru_cache(maxsize=1024)
def _glob(pattern: str) -> re.Pattern[str]:
    """Return ``*`` and ``?`` as an expression; brackets mean themselves. It never backtracks far."""
    return re.compile(translate(pattern.replace("[", "[[]")), re.IGNORECASE)


def names_caller(statement: Statement, caller: Caller) -> bool:
    """Tell whether a statement is about a caller, by any name. Source: reference iam.md §3.2.

    The names are the caller's ARN and unique id, the role of a session, the caller's account, everyone.
    """
    principals = statement.principals or statement.not_principals
    found = any(_is_named(caller, principal) for principal in principals)
    return found == bool(statement.principals)


def _is_named(caller: Caller, principal: Principal) -> bool:
    if principal.name in (EVERYONE, caller.arn, caller.user_id.partition(":")[0]):
        return True
    if not caller.arn.startswith("arn:"):
        return False  # ECR itself belongs to no account
    _, is_of_account, who = principal.name.partition(f":iam::{caller.account}:")
    return bool(is_of_account) and (who == "root" or _is_role_of(caller, who))


def _is_role_of(caller: Caller, who: str) -> bool:
    """Tell whether a caller is a session of ``role/<path><name>``; its own ARN does not have the path."""
    _, is_session, session = caller.arn.partition(":assumed-role/")
    is_role = bool(is_session) and who.startswith("role/")
    return is_role and who.rpartition("/")[2] == session.partition("/")[0]
