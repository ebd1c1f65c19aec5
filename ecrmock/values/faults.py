"""Faults: failures that a user asks for, what they strike and what they do; how they are written down.

A fault is written as members with a name each, in Python, in JSON and in the short form of the command line.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from types import MappingProxyType
from typing import Any, TypedDict

from ecrmock.values.errors import EcrError
from ecrmock.values.names import is_account_id

SERVICES = ("ecr", "ecr-public", "sts", "iam", "signer")
# Requests to the registry, by method and resource; the last one is to a presigned URL.
ROUTES = (
    *("GET root", "HEAD root", "GET catalog", "GET tags", "GET referrers"),
    *("GET manifest", "HEAD manifest", "PUT manifest", "DELETE manifest"),
    *("GET blob", "HEAD blob", "DELETE blob"),
    *("POST uploads", "PATCH upload", "PUT upload", "GET upload", "DELETE upload"),
    "GET layer",
)
_LONGEST_WAIT = timedelta(hours=1)


class FaultError(ValueError):
    """A fault that could never strike, or that makes no sense; the text says why."""


class ThrottledError(EcrError):
    """Too many requests. Source: reference api.md §2.5, §21; registry.md §3.3."""

    code = "ThrottlingException"
    query_code = "Throttling"
    rest_code, rest_status = "TooManyRequestsException", 429
    oci_code, oci_status = "TOOMANYREQUESTS", 429

    def __init__(self) -> None:
        super().__init__("Rate exceeded")


class FaultOptions(TypedDict, total=False):
    """The members of a fault beside the operation; `docs/faults.md` says what each means."""

    service: str
    route: str
    account: str
    region: str
    repository: str
    probability: float
    count: int
    after: int
    error: str
    message: str
    throttle: bool | int
    rates: bool
    latency: float | timedelta
    drop: bool | int
    truncate: int
    expire_token: bool | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What a fault strikes, when, and what it does.

    Of ``error``, ``throttle``, ``rates``, ``drop``, ``truncate`` and ``expire_token`` it does one at most; a
    ``latency`` goes with each. ``after`` is how many it spares first, ``count`` how many it then strikes.
    """

    operation: str = "*"
    service: str = "*"
    route: str = ""  # of the registry; empty: whatever the door
    account: str = "*"
    region: str = "*"
    repository: str = "*"
    probability: float = 1.0
    count: int | None = None
    after: int = 0
    error: str = ""
    message: str = ""
    throttle: bool = False
    rates: bool = False
    latency: timedelta = timedelta()
    drop: bool = False
    truncate: int | None = None
    expire_token: bool = False

    def document(self) -> dict[str, Any]:
        """Return the members that are not as they are without saying so, as JSON can hold them."""
        given = {each.name: getattr(self, each.name) for each in fields(self)}
        if self.latency:
            given["latency"] = self.latency.total_seconds()
        return {name: given[name] for name in given if given[name] != _USUAL[name]}

    def describe(self) -> str:
        """Return it as a line for people."""
        at = ("service", "route", "account", "region", "repository")
        where = [f"{name} {getattr(self, name)}" for name in at if name in self.document()]
        what = ", ".join(["every operation" if self.operation == "*" else self.operation, *where])
        return f"{what}: {', '.join([*self._effects(), *self._limits()])}"

    def _effects(self) -> list[str]:
        told = {
            f"{self.latency.total_seconds():g} s late": self.latency,
            self.error: self.error,
            "throttled": self.throttle,
            "throttled above ECR's rates": self.rates,
            "connection dropped": self.drop,
            f"answer cut after {self.truncate} bytes": self.truncate is not None,
            "token expired": self.expire_token,
        }
        return [text for text, is_so in told.items() if is_so]

    def _limits(self) -> list[str]:
        told = {
            "once" if self.count == 1 else f"{self.count} times": self.count is not None,
            f"after {self.after}": self.after,
            f"with a chance of {self.probability:g}": self.probability < 1,
        }
        return [text for text, is_so in told.items() if is_so]


_USUAL: Mapping[str, Any] = MappingProxyType({each.name: each.default for each in fields(Fault)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What a fault looks at of a call. ``password`` is the token of a request to the registry.

    ``is_remote``: it came over a connection, or as over one; calls of the Python door do not.
    """

    service: str
    operation: str
    route: str
    account: str
    region: str
    repository: str
    request_id: str
    password: str
    is_remote: bool


def _is_whole(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_switch(value: Any) -> bool:
    return isinstance(value, bool) or _is_whole(value, 1)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_chance(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1


def _is_span(value: Any) -> bool:
    if isinstance(value, timedelta):
        return timedelta() < value <= _LONGEST_WAIT
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and 0 < value <= _LONGEST_WAIT.total_seconds()


_Check = tuple[Callable[[Any], bool], str]
_TEXT: _Check = (_is_text, "a text")
_SWITCH: _Check = (_is_switch, "true, or how many times as a whole number from 1")
_MEMBERS: Mapping[str, _Check] = MappingProxyType(
    {
        "operation": _TEXT,
        "service": (SERVICES.__contains__, f"one of {', '.join(SERVICES)}"),
        "route": _TEXT,
        "account": (lambda value: value == "*" or is_account_id(str(value)), "twelve digits"),
        "region": _TEXT,
        "repository": _TEXT,
        "probability": (_is_chance, "a number above 0 and up to 1"),
        "count": (lambda value: _is_whole(value, 1), "a whole number from 1"),
        "after": (lambda value: _is_whole(value, 0), "a whole number from 0"),
        "error": _TEXT,
        "message": _TEXT,
        "throttle": _SWITCH,
        "rates": (lambda value: isinstance(value, bool), "true"),
        "latency": (_is_span, f"seconds, above 0 and up to {_LONGEST_WAIT.total_seconds():g}"),
        "drop": _SWITCH,
        "truncate": (lambda value: _is_whole(value, 0), "a number of bytes from 0"),
        "expire_token": _SWITCH,
    }
)
_EFFECTS = ("error", "throttle", "rates", "drop", "truncate", "expire_token")
_SWITCHES = ("throttle", "drop", "expire_token")
_TEXTS = frozenset(
    {"operation", "service", "route", "account", "region", "repository", "error", "message"}
)


def read_fault(document: Mapping[str, Any]) -> Fault:
    """Return the fault that members describe; those that are None or false are not there.

    A number instead of true for ``throttle``, ``drop`` and ``expire_token`` is the ``count`` as well; a token
    expires once, unless a count says more. Raises: FaultError.
    """
    given = {
        name: value for name, value in document.items() if value is not None and value is not False
    }
    for name, value in given.items():
        _check(name, value)
    effects = [name for name in _EFFECTS if name in given]
    _check_effects(given, effects)
    for name in _SWITCHES:
        if name in given:
            given.update(_switched_on(name, given))
    if "latency" in given:
        given["latency"] = _span(given["latency"])
    return Fault(**given)


def _check(name: str, value: Any) -> None:
    if name not in _MEMBERS:
        raise FaultError(f"a fault has no {name!r}; it has {', '.join(_MEMBERS)}")
    is_good, wanted = _MEMBERS[name]
    try:
        fits = is_good(value)
    except TypeError:  # something unhashable
        fits = False
    if not fits:
        raise FaultError(f"{name} is {wanted}, not {value!r}")


def _check_effects(given: Mapping[str, Any], effects: list[str]) -> None:
    if len(effects) > 1:
        raise FaultError(f"a fault does one thing, not {' and '.join(effects)}; add one for each")
    if not effects and "latency" not in given:
        raise FaultError(f"a fault does nothing without one of {', '.join(_EFFECTS)}, latency")
    if "message" in given and "error" not in given:
        raise FaultError("a message goes with an error")
    timed = [name for name in ("probability", "count", "after") if name in given]
    if "rates" in given and timed:
        raise FaultError(f"rates go by the clock; they have no {timed[0]}")


def _switched_on(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    value = given[name]
    if value is True:
        return {name: True, "count": given.get("count", 1 if name == "expire_token" else None)}
    if "count" in given:
        raise FaultError(f"{name}={value} is a count already; there is no second one")
    return {name: True, "count": value}


def _span(value: float | timedelta) -> timedelta:
    return value if isinstance(value, timedelta) else timedelta(seconds=value)


def read_fault_text(text: str) -> Fault:
    """Return the fault of a text: a JSON object, or an operation and members as in ``PutImage,throttle=3``.

    Raises: FaultError.
    """
    if text.lstrip().startswith("{"):
        try:
            return read_fault(json.loads(text))
        except (json.JSONDecodeError, RecursionError) as error:
            raise FaultError(f"the fault is no JSON: {error}") from None
    first, *rest = [part.strip() for part in text.split(",")]
    pairs = [part.partition("=") for part in (rest if "=" not in first else [first, *rest])]
    members = {name.replace("-", "_"): value if equals else "true" for name, equals, value in pairs}
    document = {name: _value(name, value) for name, value in members.items()}
    return read_fault(document if "=" in first else {"operation": first, **document})


def _value(name: str, text: str) -> Any:
    """Return a number or true for what reads so, where a member is no text anyway."""
    if name in _TEXTS:
        return text
    if text == "true":
        return True
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
