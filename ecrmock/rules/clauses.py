"""Statements made ready to be asked at every request, and found by action and resource.

What is made of a document is kept: documents are many requests old, and most statements are about other
actions. Source: reference iam.md §3.2, §4.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from ecrmock.rules.conditions import Holds, compile_condition
from ecrmock.rules.policy_variables import KNOWS_VARIABLES, Keys
from ecrmock.rules.statements import depends_on_keys, names_action, resource_test
from ecrmock.values.policies import DENY, PolicyDocument, Statement


@dataclass(frozen=True, slots=True)
class Clause:
    """A statement by its number, from 1; ``names`` is None once it is known to be about the resource."""

    number: int
    statement: Statement
    names: Callable[[str, Keys], bool] | None
    depends_on_keys: bool
    conditions: tuple[Holds, ...]

    def holds(self, resource: str, keys: Keys) -> bool:
        """Tell whether the statement is about the resource, and its conditions hold."""
        if self.names is not None and not self.names(resource, keys):
            return False
        for condition in self.conditions:  # noqa: SIM110 - twice as fast as all(), and asked the most
            if not condition(keys):
                return False
        return True


class Clauses(NamedTuple):
    """The statements of one document about an action on a resource, in their order."""

    denying: tuple[Clause, ...]
    allowing: tuple[Clause, ...]


@lru_cache(maxsize=16384)
def clauses_about(document: PolicyDocument, action: str, resource: str) -> Clauses:
    """Return the statements of a document that may be about an action on a resource.

    Only those whose resources have variables are still to be asked about it.
    """
    found = tuple(
        clause if clause.depends_on_keys else replace(clause, names=None)
        for clause in _about(document, action)
        if clause.depends_on_keys or clause.names is None or clause.names(resource, {})
    )
    return Clauses(
        tuple(clause for clause in found if clause.statement.effect == DENY),
        tuple(clause for clause in found if clause.statement.effect != DENY),
    )


@lru_cache(maxsize=4096)
def _about(document: PolicyDocument, action: str) -> tuple[Clause, ...]:
    return tuple(clause for clause in _clauses(document) if names_action(clause.statement, action))


@lru_cache(maxsize=1024)
def _clauses(document: PolicyDocument) -> tuple[Clause, ...]:
    knows_variables = document.version == KNOWS_VARIABLES
    return tuple(
        Clause(
            number,
            statement,
            resource_test(statement, knows_variables=knows_variables),
            knows_variables and depends_on_keys(statement),
            tuple(
                compile_condition(condition, knows_variables=knows_variables)
                for condition in statement.conditions
            ),
        )
        for number, statement in enumerate(document.statements, start=1)
    )
