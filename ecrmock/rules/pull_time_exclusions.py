"""Whether a pull refreshes ``lastRecordedPullTime``."""

from collections.abc import Sequence

from ecrmock.values.authorization import Caller
from ecrmock.values.pull_time_exclusions import PullTimeExclusion


def is_recorded(caller: Caller, exclusions: Sequence[PullTimeExclusion]) -> bool:
    """Tell whether a pull by this caller counts: no exclusion names it, or the role that it assumed.

    Source: reference features.md §9. Inferred: the ARN of a session leaves out the path of its role, and
    no two roles of an account have the same name, so the name decides.
    """
    return not exclusions or _who(caller.arn) not in {
        _who(exclusion.principal_arn) for exclusion in exclusions
    }


def _who(arn: str) -> tuple[str, ...]:
    """Return what a role and the sessions of it have in common; of anybody else the ARN."""
    account, _, resource = arn.partition("::")[2].partition(":")
    kind, _, name = resource.partition("/")
    if kind == "role":
        return account, name.rpartition("/")[2]
    if kind == "assumed-role":
        return account, name.partition("/")[0]
    return (arn,)
