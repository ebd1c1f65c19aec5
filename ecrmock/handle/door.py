"""How the handle acts: by calls through the corridor as the account's root.

So it meets the same rules as boto3 and docker do.
"""

from collections.abc import Mapping
from typing import Any

from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call, in_registry
from ecrmock.values.authorization import AccountRoot
from ecrmock.values.names import AccountId, Region


class Door:
    """A backend, in whose default account and region calls are made."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    @property
    def account(self) -> AccountId:
        """The default account."""
        return self._backend.settings.account

    @property
    def region(self) -> Region:
        """The default region."""
        return self._backend.settings.region

    def _call(
        self,
        operation: str,
        *,
        service: str = "ecr",
        account: str | None = None,
        **parameters: Any,
    ) -> Any:
        call = self._make(service, operation, parameters, account)
        return self._backend.dispatcher.dispatch(call)

    def _make(
        self,
        service: str,
        operation: str,
        parameters: Mapping[str, Any],
        account: str | None = None,
    ) -> Call:
        region = self.region
        if service == "ecr":
            service, region = in_registry(operation, region)
        return Call(
            service=service,
            operation=operation,
            parameters=parameters,
            credentials=AccountRoot(AccountId(account or self.account)),
            region=region,
            request_id=self._backend.world.ids.uuid(),
        )
