"""How a reaction acts: by calls through the corridor, as everybody, with a service principal."""

from typing import Any, Protocol

from ecrmock.values.events import Event


class Internal(Protocol):
    """Make a call in the registry in which an event happened."""

    def __call__(self, event: Event, service: str, operation: str, **parameters: Any) -> Any:
        """Return the answer of the operation. Raises: EcrError."""
