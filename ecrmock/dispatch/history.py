"""Step 5, record: the last calls, with who made them and what became of them."""

from collections import deque

from ecrmock.dispatch.call import CallRecord

KEPT_CALLS = 10_000


class History:
    """A ring of the last calls. Appending to it is safe for threads."""

    def __init__(self) -> None:
        self._calls: deque[CallRecord] = deque(maxlen=KEPT_CALLS)

    def add(self, record: CallRecord) -> None:
        """Remember a call."""
        self._calls.append(record)

    def calls(self) -> tuple[CallRecord, ...]:
        """Return the remembered calls, the oldest first."""
        return tuple(self._calls)

    def clear(self) -> None:
        """Forget all calls."""
        self._calls.clear()
