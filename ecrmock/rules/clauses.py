"""Statements made ready to be asked at every request, and found by action and resource.

What is made of a document is kept: documents are many requests old, and most statements are about other
actions. Source: reference iam.md §3.2, §4.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from ecrmock.rules.conditions import Holds, compile_condition
from ecrmock.rules.policy_variables import KNOWS_VARIABLES, Keys
from ecrmock.rules.statements import depends_on_keys, names_action, resource_test
from ecrmock.values.policies import DENY, PolicyDocument, Statement

Names = Callable[[str, Keys], bool]
_NO_KEYS: Keys = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Clause:
    """A statement by its number, from 1; ``names`` is None where it is known to be about the resource."""

    number: int
    statement: Statement
    names: Names | None
    conditions: tuple[Holds, ...]

    def holds(self, resource: str, keys: Keys) -> bool:
        """Tell whether the statement is about the resource, and its conditions hold."""
        if self.names is not None and not self.names(resource, keys):
            return False
        for condition in self.conditions:  # noqa: SIM110 - twice as fast as all(), and asked the most
            if not condition(keys):
                return False
        return True


class _Written(NamedTuple):
    """A clause of a document; ``names`` asks about the resource, unless the clause does that itself."""

    clause: Clause
    names: Names | None


class Clauses(NamedTuple):
    """The statements of one document about an action on a resource, in their order."""

    denying: tuple[Clause, ...]
    allowing: tuple[Clause, ...]


@lru_cache(maxsize=16384)
def clauses_about(document: PolicyDocument, action: str, resource: str) -> Clauses:
    """Return the statements of a document that may be about an action on a resource.

    Only those whose resources have variables are still to be asked about it.
    """
    denying, allowing = _about(document, action)
    return Clauses(_of(resource, denying), _of(resource, allowing))


def _of(resource: str, written: tuple[_Written, ...]) -> tuple[Clause, ...]:
    """Return the clauses about a resource; a list is what takes the least time to fill."""
    found = [clause for clause, names in written if names is None or names(resource, _NO_KEYS)]
    return tuple(found)


@lru_cache(maxsize=4096)
def _about(document: PolicyDocument, action: str) -> tuple[tuple[_Written, ...], ...]:
    """Return the statements about an action: those that deny, and those that allow."""
    found = [each for each in _written(document) if names_action(each.clause.statement, action)]
    return (
        tuple(each for each in found if each.clause.statement.effect == DENY),
        tuple(each for each in found if each.clause.statement.effect != DENY),
    )


@lru_cache(maxsize=1024)
def _written(document: PolicyDocument) -> tuple[_Written, ...]:
    knows_variables = document.version == KNOWS_VARIABLES
    return tuple(
        _read(number, statement, knows_variables=knows_variables)
        for number, statement in enumerate(document.statements, start=1)
    )


def _read(number: int, statement: Statement, *, knows_variables: bool) -> _Written:
    conditions = tuple(
        compile_condition(condition, knows_variables=knows_variables)
        for condition in statement.conditions
    )
    names = resource_test(statement, knows_variables=knows_variables)
    if knows_variables and depends_on_keys(statement):
        return _Written(Clause(number, statement, names, conditions), None)
    return _Written(Clause(number, statement, None, conditions), names)
