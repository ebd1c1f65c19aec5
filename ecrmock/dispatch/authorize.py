"""Step 2, authorize: may the caller do this, and which statement says so.

While nothing is enforced this costs nothing, and neither the rules nor the identities are loaded.
"""

from datetime import datetime

from ecrmock.dispatch.call import Call
from ecrmock.store.store import Store
from ecrmock.values.authorization import NOBODY, Caller, Decision, ServicePrincipal
from ecrmock.values.names import PUBLIC, AccountId

NOT_ENFORCED = Decision(allowed=True, reason="IAM policies are not enforced")
_NEEDS_NO_RIGHT = Decision(allowed=True, reason="Allowed: it needs no permission")
_BY_ECR_ITSELF = Decision(allowed=True, reason="Allowed: ECR itself does it")


class Authorization:
    """Decides about the calls of one backend; ``is_enforced`` may change while it runs."""

    def __init__(self, store: Store, *, is_enforced: bool) -> None:
        self.is_enforced = is_enforced
        self._store = store

    def authorize(
        self, call: Call, action: str, caller: Caller, *, account: AccountId, now: datetime
    ) -> Decision:
        """Return whether a caller may take an action with a call in the registry of an account, and why.

        Called under the backend's lock while policies are enforced.
        """
        if not self.is_enforced:
            return NOT_ENFORCED
        if caller == NOBODY:  # who is let in to nothing else
            return _NEEDS_NO_RIGHT
        if call.registry_region == PUBLIC:
            from ecrmock.rules.public_gallery import public_action  # noqa: PLC0415 - loaded when needed

            action = public_action(action)
        if not action:
            return _NEEDS_NO_RIGHT
        if isinstance(call.credentials, ServicePrincipal):
            return _BY_ECR_ITSELF
        from ecrmock.dispatch.access import decide_call  # noqa: PLC0415 - loaded when needed

        return decide_call(self._store, call, action, caller, account=account, now=now)

    def refusal(
        self,
        call: Call,
        action: str,
        resource: str,
        *,
        caller: Caller,
        account: AccountId,
        now: datetime,
    ) -> str | None:
        """Return why the caller may not take another action, on a resource that the call does not name.

        Called under the backend's lock while policies are enforced.
        """
        if isinstance(call.credentials, ServicePrincipal):
            return None
        from ecrmock.dispatch.access import decide_besides  # noqa: PLC0415 - loaded when needed
        from ecrmock.rules.access_targets import Target  # noqa: PLC0415

        target = Target(action, resource)
        decision = decide_besides(self._store, call, target, caller, account=account, now=now)
        return None if decision.allowed else decision.reason
