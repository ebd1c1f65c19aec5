"""Call: what a door makes of a request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ecrmock.operations.table import OPERATIONS
from ecrmock.values.authorization import HERE, Caller, Credentials, Decision, Origin
from ecrmock.values.names import PUBLIC, PUBLIC_HOME, AccountId, Region, service_of

PUBLIC_SERVICE = service_of(PUBLIC)


def in_registry(operation: str, region: Region) -> tuple[str, Region]:
    """Return by which service and region an operation of ECR's is called in the registry of a region.

    In the public one that is ECR Public where it has the operation; what it lacks is ECR's in ``PUBLIC``.
    """
    if region == PUBLIC and (PUBLIC_SERVICE, operation) in OPERATIONS:
        return PUBLIC_SERVICE, PUBLIC_HOME
    return "ecr", region


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An operation with its parameters, who asks, and which registry is meant.

    ``account`` is the registry's when the address says it; else the member ``registry_id`` or the
    caller's own account decides. ``time`` is as of when the call counts, where that is not the present.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    credentials: Credentials
    region: Region
    account: AccountId | None = None
    request_id: str
    origin: Origin = HERE
    time: datetime | None = None
    route: str = ""  # method and resource of the request to the registry that makes it

    @property
    def registry_region(self) -> Region:
        """Where the registry is that is meant: PUBLIC for the public one, whose API is in one region."""
        return PUBLIC if self.service == PUBLIC_SERVICE else self.region


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A call that was made, and what became of it: ``error`` is its AWS code, None for a success."""

    time: datetime
    call: Call
    caller: Caller | None
    decision: Decision | None
    error: str | None

    @property
    def service(self) -> str:
        """The service that was called, by botocore's name for it."""
        return self.call.service

    @property
    def operation(self) -> str:
        """The operation's name in the API."""
        return self.call.operation

    @property
    def account(self) -> AccountId | None:
        """The account whose registry was called; None when nothing said which, not even who asked."""
        own = None if self.caller is None else self.caller.account
        return self.call.account or self.call.parameters.get("registry_id") or own

    @property
    def principal(self) -> str | None:
        """The ARN of who asked; None when that did not become known."""
        return None if self.caller is None else self.caller.arn

    @property
    def action(self) -> str:
        """The IAM action that the call takes; empty where it needs no permission, or does not exist."""
        operation = OPERATIONS.get((self.service, self.operation))
        action = "" if operation is None else operation.action
        if self.call.registry_region != PUBLIC:
            return action
        from ecrmock.rules.public_gallery import public_action  # noqa: PLC0415 - loaded when needed

        return public_action(action)

    @property
    def resource(self) -> str:
        """What was asked for, an ARN or ``*``; empty where no policy was asked about the call."""
        return "" if self.decision is None else self.decision.resource

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters in snake_case, without the bytes of layers."""
        return self.call.parameters

    @property
    def region(self) -> Region:
        """The region that was called."""
        return self.call.region

    @property
    def request_id(self) -> str:
        """The id that the answer carried."""
        return self.call.request_id
