"""Which actions, resources and callers a statement is about. Source: reference iam.md §3.2, §6.1."""

from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from functools import lru_cache
from types import MappingProxyType

from ecrmock.rules.globs import COLONS, Test, action_glob, glob
from ecrmock.rules.policy_variables import Keys, plain, resource_template
from ecrmock.values.authorization import Caller
from ecrmock.values.policies import DENY, EVERYONE, Principal, Statement


class Naming(IntEnum):
    """How a statement names a caller, and so what its Allow is worth inside the account. The last is most.

    ``ACCOUNT`` only delegates to identity policies. ``BEHIND`` is the role of a session, or the user of a
    federated one: boundary and session policies still limit it. ``ITSELF`` needs nothing else.
    """

    NOT = 0
    ACCOUNT = 1
    BEHIND = 2
    ITSELF = 3


Names = Mapping[str, Naming]


def names_action(statement: Statement, action: str) -> bool:
    """Tell whether a statement is about an action; case does not count. Source: reference iam.md §3.2."""
    patterns = statement.actions or statement.not_actions
    found = any(action_glob(pattern)(action) for pattern in patterns)
    return found == bool(statement.actions)


def resource_test(statement: Statement, *, knows_variables: bool) -> Callable[[str, Keys], bool]:
    """Return the question whether a statement is about a resource, for the keys of a request.

    A statement without resources is about the one that its policy belongs to. A resource with a variable
    that has no value is none. Source: reference iam.md §3.2, §3.3.
    """
    read = resource_template if knows_variables else plain
    templates = tuple(read(arn) for arn in statement.resources or statement.not_resources)
    is_listed = bool(statement.resources)
    if not templates:
        return lambda _, __: True
    tests = tuple(glob(each.fixed) for each in templates if each.fixed is not None)
    if len(tests) == len(templates):
        return _fixed_test(tests, is_listed)

    def names(resource: str, keys: Keys) -> bool:
        patterns = (each.filled(keys) for each in templates)
        return is_listed == any(
            glob(pattern)(resource) for pattern in patterns if pattern is not None
        )

    return names


def _fixed_test(tests: Sequence[Test], is_listed: bool) -> Callable[[str, Keys], bool]:
    """Return the question where no resource has a variable; as a loop, for it is asked the most."""
    if len(tests) == 1 and is_listed:
        (only,) = tests
        return lambda resource, _: only(resource)

    def names(resource: str, _: Keys) -> bool:
        for test in tests:
            if test(resource):
                return is_listed
        return not is_listed

    return names


def depends_on_keys(statement: Statement) -> bool:
    """Tell whether the resources of a statement have variables, in a version that knows them."""
    arns = statement.resources or statement.not_resources
    return any(resource_template(arn).fixed is None for arn in arns)


def names_caller(statement: Statement, caller: Caller, principal_arn: str | None = None) -> bool:
    """Tell whether a statement is about a caller, by any name. Source: reference iam.md §3.2.

    The names are the caller's ARN and unique id, the user or role behind the caller, the caller's account,
    everyone. Where it is not known who is behind a session, a role of the session's name is.
    """
    names = names_of(caller, principal_arn or caller.arn)
    principals = statement.principals or statement.not_principals
    found = any(
        _naming(principal, names) or (principal_arn is None and _is_role_of(principal.name, caller))
        for principal in principals
    )
    return found == bool(statement.principals)


@lru_cache(maxsize=1024)
def names_of(caller: Caller, principal_arn: str) -> Names:
    """Return the names by which a principal may be the caller; where two are the same, the last counts."""
    kind = kind_of(caller)
    if not kind:
        return MappingProxyType({EVERYONE: Naming.ITSELF, caller.arn: Naming.ITSELF})
    account = Naming.ITSELF if kind == "root" else Naming.ACCOUNT
    return MappingProxyType(
        {
            caller.user_id.partition(":")[0]: Naming.ITSELF if kind == "user" else Naming.BEHIND,
            principal_arn: Naming.BEHIND,
            caller.account: account,
            f"arn:{caller.arn.split(':')[1]}:iam::{caller.account}:root": account,
            caller.arn: Naming.ITSELF,
            EVERYONE: Naming.ITSELF,
        }
    )


def naming(statement: Statement, names: Names) -> Naming:
    """Return how a statement of a resource-based policy names a caller of some names.

    With ``NotPrincipal`` a Deny spares only a caller whom it lists in every way: itself, the role of a
    session, the account; an Allow leaves out whom it lists in any way. Inferred from the warnings that
    reference iam.md §3.2 repeats.
    """
    found = {_naming(each, names) for each in statement.principals or statement.not_principals}
    if statement.principals or not found:
        return max(found, default=Naming.NOT)
    found.discard(Naming.NOT)
    is_spared = found >= set(names.values()) if statement.effect == DENY else bool(found)
    is_spared = is_spared or any(each.name == EVERYONE for each in statement.not_principals)
    return Naming.NOT if is_spared else Naming.ITSELF


def _naming(principal: Principal, names: Names) -> Naming:
    if principal.name == EVERYONE and principal.kind != "AWS":
        return Naming.NOT
    return names.get(principal.name, Naming.NOT)


def _is_role_of(name: str, caller: Caller) -> bool:
    """Tell whether a role of any path may be that of a session; the session's ARN does not have the path."""
    _, is_of_account, who = name.partition(f":iam::{caller.account}:role/")
    _, is_session, session = caller.arn.partition(":assumed-role/")
    is_possible = bool(is_of_account and is_session)
    return is_possible and who.rpartition("/")[2] == session.partition("/")[0]


def kind_of(caller: Caller) -> str:
    """Return what the ARN of a caller says it is: ``root``, ``user``, ``assumed-role``, ``federated-user``.

    Of one that belongs to no account it is ``""``: AWS's services and the providers of identities.
    """
    return _kind(caller.arn)


@lru_cache(maxsize=1024)
def _kind(arn: str) -> str:
    parts = arn.split(":", COLONS)
    kind = parts[-1].partition("/")[0]
    return kind if len(parts) > COLONS and kind in _WITH_ACCOUNT else ""


_WITH_ACCOUNT = frozenset({"root", "user", "assumed-role", "federated-user"})
