"""Step 3, fault: failures that a user asked for.

A backend without faults pays for one look at ``active``. What the rules need is loaded with the first fault.
"""

import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from ecrmock.dispatch.call import Call
from ecrmock.operations.table import OPERATIONS
from ecrmock.values.authorization import (
    AccountRoot,
    BearerToken,
    Credentials,
    RegistryPassword,
    ServicePrincipal,
)
from ecrmock.values.errors import ConnectionDroppedError, EcrError
from ecrmock.values.names import AccountId, endpoint_region
from ecrmock.values.replication import REPLICATION_SERVICE
from ecrmock.values.settings import Settings
from ecrmock.world.world import World

if TYPE_CHECKING:
    from ecrmock.rules.faults import Bucket
    from ecrmock.values.faults import Attempt, Fault

Refusal = Callable[[], EcrError | ConnectionDroppedError]
# What ECR does itself is struck by nothing; what a cache reads of an upstream here is.
_SPARED = (ServicePrincipal("ecr.amazonaws.com"), ServicePrincipal(REPLICATION_SERVICE))
_REQUESTS_UNDER_WAY = 2048  # whose calls are known to be of one request


class ActiveFault:
    """A fault that is in force, and how often it struck."""

    def __init__(
        self,
        number: int,
        fault: "Fault",
        targets: frozenset[tuple[str, str]],
        refusal: Refusal | None,
    ) -> None:
        self.number, self.fault, self.refusal = number, fault, refusal
        self.times = 0
        self.ended = threading.Event()
        self._targets = targets
        self._seen = 0
        self._requests: deque[str] = deque(maxlen=_REQUESTS_UNDER_WAY)
        self._expired: set[str] = set()
        self._buckets: dict[tuple[tuple[str, str], str, str], Bucket] = {}
        self._lock = threading.Lock()

    def strikes(self, attempt: "Attempt", now: datetime, chance: Callable[[], float]) -> bool:
        """Tell whether it strikes a call, and count it."""
        from ecrmock.rules.faults import matches, strikes  # noqa: PLC0415 - loaded when needed

        with self._lock:
            if attempt.password in self._expired:
                return True  # a token that has expired stays so
            if not matches(self.fault, self._targets, attempt) or self._is_known(attempt):
                return False
            if self.fault.rates:
                struck = self._is_above_rate(attempt, now)
            else:
                struck = strikes(self.fault, seen=self._seen, times=self.times, chance=chance)
            self._seen += 1
            self.times += struck
            if struck and self.fault.expire_token:
                self._expired.add(attempt.password)
            return struck

    def _is_known(self, attempt: "Attempt") -> bool:
        """Tell whether it has looked at the request already, by an earlier call of it."""
        from ecrmock.rules.faults import is_about_requests  # noqa: PLC0415 - loaded when needed

        if not is_about_requests(self.fault):
            return False
        is_known = attempt.request_id in self._requests
        if not is_known:
            self._requests.append(attempt.request_id)
        return is_known

    def _is_above_rate(self, attempt: "Attempt", now: datetime) -> bool:
        from ecrmock.rules.faults import RATES, draw  # noqa: PLC0415 - loaded when needed

        target = (attempt.service, attempt.operation)
        key = (target, attempt.account, attempt.region)
        self._buckets[key], is_let_through = draw(self._buckets.get(key), RATES[target], now)
        return not is_let_through


class Faults:
    """The faults of one backend; ``active`` is replaced as a whole, so it is read without a lock."""

    def __init__(self, world: World, settings: Settings) -> None:
        """Put the faults of the settings in force. Raises: FaultError."""
        self.active: tuple[ActiveFault, ...] = ()
        self.cuts: dict[str, int] = {}  # request id → bytes of the answer's body that are sent
        self._world, self._settings = world, settings
        self._number = 0
        self._changing = threading.Lock()
        self._start()

    def check(self, call: Call, account: AccountId) -> None:
        """Do to a call what the faults ask for. Raises: EcrError, ConnectionDroppedError."""
        if call.credentials in _SPARED:
            return
        attempt = _attempt(call, account)
        now = self._world.clock.now()
        for each in self.active:
            if not each.strikes(attempt, now, self._world.ids.chance):
                continue
            if each.fault.latency:
                self._world.clock.wait(each.fault.latency, each.ended)
            if each.fault.truncate is not None:
                self.cuts[call.request_id] = each.fault.truncate
            if each.refusal is not None:
                raise each.refusal()

    def take_cut(self, request_id: str) -> int | None:
        """Return how many bytes of an answer's body are sent, once; None for all."""
        return self.cuts.pop(request_id, None)

    def add(self, fault: "Fault") -> ActiveFault:
        """Put a fault in force. Raises: FaultError when it could never strike."""
        from ecrmock.rules import faults as rules  # noqa: PLC0415 - loaded when needed

        rules.check_route(fault)
        targets, status, rest_status = rules.targets_of(fault, OPERATIONS), 400, 0
        if fault.error:
            targets, status, rest_status = _with_error(fault, targets)
        refusal = rules.refusal_of(fault, status, rest_status)
        with self._changing:
            self._number += 1
            added = ActiveFault(self._number, fault, targets, refusal)
            self.active = (*self.active, added)
        return added

    def remove(self, numbers: frozenset[int] | None = None) -> tuple[ActiveFault, ...]:
        """End the faults with these numbers, or all, and return them; who waits for one goes on."""
        with self._changing:
            ended = tuple(each for each in self.active if numbers is None or each.number in numbers)
            self.active = tuple(each for each in self.active if each not in ended)
        for each in ended:
            each.ended.set()
        return ended

    def reset(self) -> None:
        """Forget all faults but those of the settings, which begin again."""
        self.remove()
        self.cuts.clear()
        self._start()

    def _start(self) -> None:
        for fault in self._settings.faults:
            self.add(fault)
        if self._settings.throttle:
            from ecrmock.values.faults import Fault  # noqa: PLC0415 - loaded when needed

            self.add(Fault(rates=True))


def _with_error(
    fault: "Fault", targets: frozenset[tuple[str, str]]
) -> tuple[frozenset[tuple[str, str]], int, int]:
    """Return the targets that may fail with the fault's error, its status, and that in signer.

    Raises: FaultError.
    """
    from ecrmock.rules.faults import with_error  # noqa: PLC0415 - loaded when needed
    from ecrmock.world.service_errors import declared_errors  # noqa: PLC0415

    declared: dict[tuple[str, str], dict[str, int]] = {}
    for service in {service for service, _ in targets}:
        names = [name for of, name in targets if of == service]
        errors = declared_errors(service, names)
        declared |= {(service, name): errors[name] for name in names}
    found = with_error(fault, targets, declared)
    in_signer = (declared[each][fault.error] for each in found if each[0] == "signer")
    return found, declared[min(found)][fault.error], next(in_signer, 0)


def _token_of(credentials: Credentials) -> str:
    """Return the token of a request to the registry; empty for any other call."""
    if isinstance(credentials, RegistryPassword):
        return credentials.password
    return credentials.token if isinstance(credentials, BearerToken) else ""


def _attempt(call: Call, account: AccountId) -> "Attempt":
    from ecrmock.values.faults import Attempt  # noqa: PLC0415 - loaded when needed

    credentials = call.credentials
    return Attempt(
        service=call.service,
        operation=call.operation,
        route=call.route,
        account=account,
        region=endpoint_region(call.region),
        repository=str(call.parameters.get("repository_name") or ""),
        request_id=call.request_id,
        password=_token_of(credentials),
        is_remote=not isinstance(credentials, AccountRoot),
    )
