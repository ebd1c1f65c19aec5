"""What it costs to decide about a request by many policies, and what it costs when nothing is enforced."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

from benchmarks.calls import Calls, seconds_for_each
from benchmarks.rounds import Results, interleave, say
from benchmarks.subjects import Subject
from benchmarks.table import FAILED, OURS, Cell, Row, Target
from benchmarks.workers import Worker

if TYPE_CHECKING:
    from datetime import datetime

    from ecrmock import Ecr
    from ecrmock.backend import Backend
    from ecrmock.dispatch.call import Call

POLICIES, STATEMENTS = 50, 20
GROUPS = 5
"""IAM attaches ten managed policies to a group, and puts a user into ten groups."""
TIMES = 100
SAME, OTHER = "the same request", "another repository each time"
OFF, PLAIN = "off, with identities", "off, without identities"
DESCRIBE = "describe_repositories"
_ACCOUNT = "123456789012"
_BENCH = f"arn:aws:ecr:us-east-1:{_ACCOUNT}:repository/bench"


def access(rounds: int | None) -> list[Row]:
    """Measure decisions beside the overhead of the call that they are made about, in turn."""
    say(f"  deciding by {POLICIES} policies of {STATEMENTS} statements")
    subjects = {OURS: Worker(Subject, OURS), "hook": Worker(Subject, "hook")}
    decisions = Worker(Decisions)
    try:
        measures: dict[str, Callable[[], dict[str, float]]] = {
            name: partial(_describe, worker) for name, worker in subjects.items()
        }
        measures["decisions"] = partial(decisions.call, "measure")
        return _rows(interleave(measures, rounds or 15))
    finally:
        for worker in (*subjects.values(), decisions):
            worker.stop()


def _describe(worker: Worker) -> dict[str, float]:
    worker.call("prepare", "bench/app", 50)
    return {DESCRIBE: worker.call("time", DESCRIBE, "bench/app", 40)}


def _rows(results: Results) -> list[Row]:
    def decided(name: str) -> Cell:
        return results.of(name)["decisions"]

    overhead = _overhead(results)
    title = f"deciding by {POLICIES} policies of {STATEMENTS}"
    rows = [
        Row(f"{title}, {name}", "s", {OURS: decided(name), "overhead": overhead}, (limit,))
        for name, limit in ((SAME, Target(10, "overhead")), (OTHER, Target(10, "overhead")))
    ]
    off = {OURS: decided(OFF), "without identities": decided(PLAIN)}
    return [*rows, Row("a call, nothing enforced", "s", off, (Target(1.05, "without identities"),))]


def _overhead(results: Results) -> Cell:
    """Return what a call takes in-process beyond what boto3 takes itself."""
    described = results.of(DESCRIBE)
    ours, floor = described[OURS], described["hook"]
    return FAILED if isinstance(ours, str) or isinstance(floor, str) else ours - floor


class Signed:
    """A good signature with whatever secret: signing and checking it are no part of a decision."""

    def check(self, secret: str, session_token: str | None, now: "datetime") -> None:
        """Find nothing wrong."""


class Decisions:
    """A user with many policies, of which the last statement of the last one allows."""

    def __init__(self) -> None:
        from ecrmock import Ecr
        from ecrmock.backend import Backend
        from ecrmock.values.settings import Settings

        self._numbers = count()
        self._plain, self._peopled = Backend(Settings()), Backend(Settings())
        for backend in (self._plain, self._peopled):
            Ecr(backend).push_image("bench/app", tag="1.0")
        self._user = _with_policies(Ecr(self._peopled))

    def measure(self) -> dict[str, float]:
        """Return the seconds of each kind of decision, and of a call while nothing is enforced."""
        same = self._described("bench/app")
        plain = partial(self._plain.dispatcher.dispatch, _described("bench/app", _ACCOUNT))
        peopled = partial(self._peopled.dispatcher.dispatch, _described("bench/app", _ACCOUNT))
        return {
            **_in_turn({PLAIN: plain, OFF: peopled}),
            SAME: self._deciding([same] * TIMES),
            OTHER: self._deciding(
                [self._described(f"bench/{next(self._numbers)}") for _ in range(TIMES)]
            ),
        }

    def _described(self, repository: str) -> "Call":
        return _described(repository, self._user)

    def _deciding(self, calls: "list[Call]") -> float:
        with self._peopled.enforcing_iam():
            return seconds_for_each(_decisions(self._peopled, calls))


def _in_turn(calls: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Return the seconds of calls that take so little that only neighbours in time compare."""
    durations: dict[str, list[float]] = {name: [] for name in calls}
    order = list(calls)
    for _ in range(5 * TIMES):
        for name in order:
            start = perf_counter()
            calls[name]()
            durations[name].append(perf_counter() - start)
        order.reverse()
    return {name: median(each) for name, each in durations.items()}


def _decisions(backend: "Backend", calls: "list[Call]") -> Calls:
    """Return the dispatcher's step of each call; the caller is known by then."""
    from ecrmock.operations.table import OPERATIONS

    dispatcher, now = backend.dispatcher, backend.world.clock.now()
    operation = OPERATIONS["ecr", "DescribeRepositories"]
    caller = dispatcher.identification.identify(calls[0], now, is_open=False)

    def decide(call: "Call") -> None:
        decision = dispatcher.authorization.authorize(
            call, operation.action, caller, account=caller.account, now=now
        )
        assert decision.policy.endswith(f"/policy-{POLICIES - 1}"), decision

    return [partial(decide, call) for call in calls]


def _described(repository: str, access_key_id: str) -> "Call":
    from ecrmock.dispatch.call import Call
    from ecrmock.values.authorization import AccessKey
    from ecrmock.values.names import Region, RepositoryName

    return Call(
        service="ecr",
        operation="DescribeRepositories",
        parameters={"repository_names": (RepositoryName(repository),)},
        credentials=AccessKey(access_key_id, Signed()),
        region=Region("us-east-1"),
        request_id="request",
    )


def _with_policies(ecr: "Ecr") -> str:
    """Make a user whose groups have the policies; return its access key id."""
    key = ecr.create_user("reader").access_key_id
    iam = partial(ecr._call, service="iam")  # the handle has no groups
    for group in range(GROUPS):
        name = {"group_name": f"group-{group}"}
        iam("CreateGroup", **name)
        iam("AddUserToGroup", **name, user_name="reader")
        for number in range(group, POLICIES, GROUPS):
            document = json.dumps(_policy(number))
            named = {"policy_name": f"policy-{number}", "policy_document": document}
            policy = iam("CreatePolicy", **named).policy
            iam("AttachGroupPolicy", **name, policy_arn=policy.arn)
    return key


def _policy(number: int) -> dict[str, Any]:
    """Return statements that are all about the action: some of other repositories, some of other tags."""
    statements = [_statement(number, each) for each in range(STATEMENTS)]
    if number == POLICIES - 1:
        allow = {"Effect": "Allow", "Action": "ecr:Describe*", "Resource": f"{_BENCH}/*"}
        statements[-1] = allow
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(policy: int, number: int) -> dict[str, Any]:
    name = f"team-{policy}-{number}"
    action = {"Effect": "Deny" if number % 4 == 0 else "Allow", "Action": "ecr:Describe*"}
    if number % 2:
        return {**action, "Resource": f"{_BENCH}-{name}/*"}
    return {
        **action,
        "Resource": f"{_BENCH}/*",
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": name}},
    }
