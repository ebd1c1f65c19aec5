"""Workers of sinks: order, retries, bounds and the end."""

import logging
import threading
from collections.abc import Iterator, Sequence
from queue import Queue
from typing import Any

import pytest

from ecrmock.world.event_delivery import SinkWorker, deliver_to
from ecrmock.world.event_sinks import PartlyDeliveredError

PATIENCE = 30  # seconds; far more than anything here takes


def envelopes(*names: str) -> list[dict[str, str]]:
    return [{"id": name} for name in names]


class Sink:
    """A sink that waits for a turn before each attempt; a turn may be a failure."""

    name = "the sink"

    def __init__(self, batch_size: int = 1) -> None:
        self.batch_size = batch_size
        self.turns: Queue[Exception | None] = Queue()
        self.attempts: Queue[str] = Queue()
        self.got: list[str] = []

    def deliver(self, batch: Sequence[Any]) -> None:
        names = [envelope["id"] for envelope in batch]
        self.attempts.put("".join(names))
        failure = self.turns.get(timeout=PATIENCE)
        if failure is not None:
            raise failure
        self.got += names

    def go(self, *turns: Exception | None) -> None:
        for turn in turns:
            self.turns.put(turn)

    def tried(self, count: int) -> list[str]:
        """Wait for so many attempts."""
        return [self.attempts.get(timeout=PATIENCE) for _ in range(count)]


DOWN = OSError("nobody there")


@pytest.fixture
def sink() -> Sink:
    """A sink that takes one envelope at a time."""
    return Sink()


@pytest.fixture
def worker(sink: Sink) -> Iterator[SinkWorker]:
    """A worker that tries again at once."""
    worker = SinkWorker(sink, retry_waits=(0.0,), limit=3)
    yield worker
    sink.go(*[None] * 10)
    worker.close(PATIENCE)


def put(worker: SinkWorker, names: str) -> None:
    for envelope in envelopes(*names):
        worker.put(envelope)


def test_envelopes_are_delivered_in_their_order(worker: SinkWorker, sink: Sink) -> None:
    put(worker, "abc")
    sink.go(None, None, None)
    assert (worker.close(PATIENCE), sink.got) == (0, ["a", "b", "c"])


def test_what_waits_is_delivered_together_as_far_as_the_sink_takes_it() -> None:
    sink = Sink(batch_size=2)
    worker = SinkWorker(sink)
    put(worker, "a")
    assert sink.tried(1) == ["a"]
    put(worker, "bcd")
    sink.go(None, None, None)
    assert (sink.tried(2), worker.close(PATIENCE)) == (["bc", "d"], 0)


def test_a_failure_is_tried_again_before_what_comes_next(worker: SinkWorker, sink: Sink) -> None:
    put(worker, "ab")
    sink.go(DOWN, DOWN, None, None)
    assert sink.tried(4) == ["a", "a", "a", "b"]


def test_only_what_was_refused_is_tried_again() -> None:
    sink = Sink(batch_size=3)
    worker = SinkWorker(sink, retry_waits=(0.0,))
    put(worker, "a")
    sink.tried(1)
    put(worker, "bcd")
    sink.go(None, PartlyDeliveredError("busy", envelopes("c")), None)
    assert (sink.tried(2), worker.close(PATIENCE)) == (["bcd", "c"], 0)


def test_putting_does_not_wait_for_a_sink_that_hangs(worker: SinkWorker, sink: Sink) -> None:
    put(worker, "a")
    sink.tried(1)
    put(worker, "bcd")
    assert sink.got == []


def test_too_many_cost_the_oldest(worker: SinkWorker, sink: Sink) -> None:
    put(worker, "a")
    sink.tried(1)  # it is out of the queue
    put(worker, "bcdef")
    sink.go(*[None] * 4)
    assert sink.tried(3) == ["d", "e", "f"]


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What is logged of events."""
    caplog.set_level(logging.INFO, logger="ecrmock.events")
    return caplog


def test_the_log_says_once_that_a_sink_is_down_and_once_that_it_is_back(
    worker: SinkWorker, sink: Sink, log: pytest.LogCaptureFixture
) -> None:
    put(worker, "ab")
    sink.go(DOWN, DOWN, DOWN, None, None)
    sink.tried(5)
    worker.close(PATIENCE)
    assert messages(log) == [
        "events to the sink are held back, it is tried again: nobody there",
        "events to the sink are sent again",
    ]


def test_the_log_says_how_many_are_lost(
    worker: SinkWorker, sink: Sink, log: pytest.LogCaptureFixture
) -> None:
    put(worker, "a")
    sink.tried(1)
    put(worker, "bcdef")
    sink.go(*[None] * 4)
    sink.tried(3)
    worker.close(PATIENCE)
    text = "events to the sink that are lost, since no more than 3 wait for it: 2"
    assert messages(log) == [text]


def test_a_sink_that_works_is_no_news(
    worker: SinkWorker, sink: Sink, log: pytest.LogCaptureFixture
) -> None:
    put(worker, "a")
    sink.go(None)
    worker.close(PATIENCE)
    assert messages(log) == []


def test_at_the_end_a_sink_that_is_down_is_tried_once_more(sink: Sink) -> None:
    worker = SinkWorker(sink, retry_waits=(1000.0,))
    put(worker, "ab")
    sink.go(DOWN)
    sink.tried(1)
    sink.go(None, None)
    assert (worker.close(PATIENCE), sink.got) == (0, ["a", "b"])


def test_at_the_end_it_says_how_many_a_sink_that_stays_down_did_not_get(
    sink: Sink, log: pytest.LogCaptureFixture
) -> None:
    worker = SinkWorker(sink, retry_waits=(1000.0,))
    put(worker, "ab")
    sink.go(DOWN, DOWN)
    sink.tried(1)
    assert worker.close(PATIENCE) == 2
    assert messages(log)[-1] == "events not sent to the sink: 2"


def test_the_end_does_not_wait_for_a_sink_that_hangs(sink: Sink) -> None:
    worker = SinkWorker(sink)
    put(worker, "ab")
    sink.tried(1)
    assert worker.close(0.01) == 2
    sink.go(None)


class Waits(tuple[float, ...]):
    """Waits that know which of them were used."""

    used: list[int]

    def __getitem__(self, place: Any) -> Any:
        self.used.append(place)
        return super().__getitem__(place)


def test_waits_grow_up_to_the_last_and_begin_anew_after_a_success(sink: Sink) -> None:
    waits = Waits((0.0, 0.0, 0.0))
    waits.used = []
    worker = SinkWorker(sink, retry_waits=waits)
    put(worker, "ab")
    sink.go(DOWN, DOWN, DOWN, DOWN, None, DOWN, None)
    sink.tried(7)
    worker.close(PATIENCE)
    assert waits.used == [0, 1, 2, 2, 0]


def test_one_sink_does_not_hold_up_another(sink: Sink) -> None:
    other = Sink()
    put_all, close = deliver_to([sink, other])
    other.go(None, None)
    for envelope in envelopes("a", "b"):
        put_all(envelope)
    assert (other.tried(2), sink.got) == (["a", "b"], [])
    sink.go(None, None)
    close()
    assert sink.got == ["a", "b"]


def test_many_threads_lose_nothing(sink: Sink) -> None:
    sink.batch_size = 50
    worker = SinkWorker(sink)
    threads = [threading.Thread(target=put, args=(worker, "a" * 200)) for _ in range(8)]
    for thread in threads:
        thread.start()
    sink.go(*[None] * 2000)
    for thread in threads:
        thread.join()
    assert (worker.close(PATIENCE), len(sink.got)) == (0, 1600)
