"""Delivery: a thread for each sink, so that one that is slow or down delays neither calls nor other sinks."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from time import monotonic

from ecrmock.world.event_sinks import Envelope, EventSink, PartlyDeliveredError

QUEUE_LIMIT = 10_000
_RETRY_WAITS = (0.1, 0.3, 1.0, 3.0, 5.0)  # seconds; the last one again and again

_CLOSING_SECONDS = 3.0  # that all sinks together have when the server stops

_log = logging.getLogger("ecrmock.events")


class SinkWorker:
    """Delivers to one sink, in order, each envelope at least once while the queue has room.

    ``retry_waits`` are the seconds after the first, second … failure in a row.
    """

    def __init__(
        self,
        sink: EventSink,
        *,
        retry_waits: Sequence[float] = _RETRY_WAITS,
        limit: int = QUEUE_LIMIT,
    ) -> None:
        self._sink, self._retry_waits, self._limit = sink, retry_waits, limit
        self._queue: deque[Envelope] = deque()
        self._changed = threading.Condition()
        self._is_closing = False
        self._failures = 0  # in a row
        self._dropped = 0  # since the queue was empty
        self._in_hand = 0  # taken from the queue
        self._thread = threading.Thread(target=self._run, name="ecrmock events", daemon=True)
        self._thread.start()

    def put(self, envelope: Envelope) -> None:
        """Queue an envelope, and drop the oldest one where there is no room. Never waits for the sink."""
        with self._changed:
            if len(self._queue) >= self._limit:
                self._queue.popleft()
                self._dropped += 1
            self._queue.append(envelope)
            self._changed.notify()

    def end(self) -> None:
        """Deliver what is queued and then stop; a sink that is down is tried once more."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()

    def close(self, timeout: float) -> int:
        """End, and return how many envelopes were still not delivered after ``timeout`` seconds."""
        self.end()
        self._thread.join(timeout)
        with self._changed:
            left = len(self._queue) + self._in_hand + self._dropped
            self._queue.clear()
            self._in_hand = self._dropped = 0
        if left:
            _log.warning("events not sent to %s: %d", self._sink.name, left)
        return left

    def _run(self) -> None:
        while batch := self._take():
            is_last = self._is_closing
            while batch := self._attempt(batch):
                self._in_hand = len(batch)
                if is_last:
                    return
                is_last = self._wait_to_retry()

    def _take(self) -> Sequence[Envelope]:
        """Wait for envelopes and take some; none at the end."""
        with self._changed:
            self._in_hand = 0
            if not self._queue:
                self._say_how_many_were_dropped()
            self._changed.wait_for(lambda: self._queue or self._is_closing)
            self._in_hand = min(len(self._queue), self._sink.batch_size)
            return [self._queue.popleft() for _ in range(self._in_hand)]

    def _say_how_many_were_dropped(self) -> None:
        if self._dropped:
            text = "events to %s that are lost, since no more than %d wait for it: %d"
            _log.warning(text, self._sink.name, self._limit, self._dropped)
            self._dropped = 0

    def _attempt(self, batch: Sequence[Envelope]) -> Sequence[Envelope]:
        """Try to deliver; return what is left to be tried again."""
        try:
            self._sink.deliver(batch)
        except Exception as error:  # whatever it is, the next events need this thread
            self._failed(error)
            return error.left if isinstance(error, PartlyDeliveredError) else batch
        if self._failures:
            self._failures = 0
            _log.info("events to %s are sent again", self._sink.name)
        return ()

    def _failed(self, error: Exception) -> None:
        self._failures += 1
        if self._failures == 1:
            text = "events to %s are held back, it is tried again: %s"
            _log.warning(text, self._sink.name, str(error) or type(error).__name__)

    def _wait_to_retry(self) -> bool:
        """Wait as long as the number of failures says, or until it is closing, and tell whether it is."""
        seconds = self._retry_waits[min(self._failures, len(self._retry_waits)) - 1]
        with self._changed:
            return self._changed.wait_for(lambda: self._is_closing, seconds)


def deliver_to(
    sinks: Iterable[EventSink],
) -> tuple[Callable[[Envelope], None], Callable[[], None]]:
    """Start a worker for each sink; return what takes an envelope for all of them, and what ends them."""
    workers = [SinkWorker(sink) for sink in sinks]

    def put(envelope: Envelope) -> None:
        for worker in workers:
            worker.put(envelope)

    def close() -> None:
        for worker in workers:
            worker.end()
        deadline = monotonic() + _CLOSING_SECONDS
        for worker in workers:
            worker.close(max(deadline - monotonic(), 0))

    return put, close
