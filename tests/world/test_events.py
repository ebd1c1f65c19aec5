import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from ecrmock.values.events import Event, RepositoryCreated, RepositoryDeleted, RepositoryEvent
from ecrmock.world.events import KEPT_EVENTS, EventBus
from ecrmock.world.ids import Ids

TIME = datetime(2026, 1, 2, tzinfo=UTC)


def created(name: str, kind: type[RepositoryEvent] = RepositoryCreated) -> RepositoryEvent:
    return kind(account="123456789012", region="us-east-1", time=TIME, repository_name=name)


def names(events: list[RepositoryEvent] | tuple[Event, ...]) -> list[str]:
    return [event.repository_name for event in events]


@pytest.fixture
def bus() -> EventBus:
    return EventBus(Ids(seed=1))


@pytest.fixture
def heard(bus: EventBus) -> list[RepositoryEvent]:
    """What a listener got."""
    events: list[RepositoryEvent] = []
    bus.subscribe(RepositoryCreated, events.append)
    return events


def test_nothing_is_delivered_before_the_queue_is_drained(
    bus: EventBus, heard: list[RepositoryEvent]
) -> None:
    bus.append([created("a")])
    assert heard == []


def test_events_are_delivered_in_the_order_they_came(
    bus: EventBus, heard: list[RepositoryEvent]
) -> None:
    bus.append([created("b"), created("a")])
    bus.append([created("c")])
    bus.drain()
    assert names(heard) == ["b", "a", "c"]


def test_an_event_is_delivered_once(bus: EventBus, heard: list[RepositoryEvent]) -> None:
    bus.append([created("a")])
    bus.drain()
    bus.drain()
    assert names(heard) == ["a"]


def test_events_are_numbered_without_gaps(bus: EventBus, heard: list[RepositoryEvent]) -> None:
    bus.append([created("a"), created("b", RepositoryDeleted)])
    bus.append([created("c")])
    assert [event.sequence for event in bus.published()] == [1, 2, 3]


def test_every_event_has_an_id_of_its_own(bus: EventBus) -> None:
    bus.append([created("a"), created("a")])
    first, second = bus.published()
    assert first.event_id != second.event_id


def test_a_listener_gets_the_kind_that_it_asked_for(
    bus: EventBus, heard: list[RepositoryEvent]
) -> None:
    bus.append([created("a", RepositoryDeleted), created("b"), created("c", RepositoryEvent)])
    bus.drain()
    assert names(heard) == ["b"]


def test_listeners_are_called_in_the_order_in_which_they_subscribed(bus: EventBus) -> None:
    calls: list[str] = []
    bus.subscribe(RepositoryCreated, lambda event: calls.append(f"first {event.repository_name}"))
    bus.subscribe(RepositoryCreated, lambda event: calls.append(f"second {event.repository_name}"))
    bus.append([created("a"), created("b")])
    bus.drain()
    assert calls == ["first a", "second a", "first b", "second b"]


def republishing(bus: EventBus, log: list[str]) -> Callable[[RepositoryEvent], None]:
    """Return a listener that publishes one more event for each of the first three."""

    def listener(event: RepositoryEvent) -> None:
        log.append(f"begin {event.repository_name}")
        if event.sequence <= 3:
            bus.append([created(event.repository_name + "'")])
            bus.drain()
        log.append(f"end {event.repository_name}")

    return listener


def test_what_a_listener_publishes_comes_after_what_was_there(bus: EventBus) -> None:
    log: list[str] = []
    bus.subscribe(RepositoryCreated, republishing(bus, log))
    bus.append([created("a"), created("b")])
    bus.drain()
    begun = [entry.removeprefix("begin ") for entry in log if entry.startswith("begin ")]
    assert begun == ["a", "b", "a'", "b'", "a''"]


def test_no_event_is_delivered_inside_the_delivery_of_another(bus: EventBus) -> None:
    log: list[str] = []
    bus.subscribe(RepositoryCreated, republishing(bus, log))
    bus.append([created("a"), created("b")])
    bus.drain()
    pairs = zip(log[::2], log[1::2], strict=True)
    assert all(begin.replace("begin", "end") == end for begin, end in pairs)


def together(work: Callable[[int], None], count: int) -> None:
    """Run work in several threads at once and wait for all of them."""
    ready = threading.Barrier(count)
    threads = [
        threading.Thread(target=lambda number=number: (ready.wait(), work(number)))
        for number in range(count)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_threads_deliver_each_event_once_and_in_sequence(
    bus: EventBus, heard: list[RepositoryEvent]
) -> None:
    lock = threading.Lock()

    def work(number: int) -> None:
        for _ in range(200):
            with lock:  # the backend's
                bus.append([created(str(number))])
            bus.drain()

    together(work, 8)
    assert [event.sequence for event in heard] == list(range(1, 8 * 200 + 1))


def test_a_thread_waits_until_another_one_has_delivered_its_event(bus: EventBus) -> None:
    """The queue is empty by then, and the delivery still under way."""
    log: list[str] = []
    other = threading.Thread(target=lambda: (bus.drain(), log.append("drained")))

    def listener(event: Event) -> None:
        other.start()
        other.join(timeout=0.1)
        log.append("delivered")

    bus.subscribe(RepositoryCreated, listener)
    bus.append([created("a")])
    bus.drain()
    other.join()
    assert log == ["delivered", "drained"]


@pytest.fixture
def failing(bus: EventBus) -> EventBus:
    """A bus with a listener that fails once."""
    failures = [RuntimeError("a bug")]

    def listener(event: Event) -> None:
        if failures:
            raise failures.pop()

    bus.subscribe(RepositoryCreated, listener)
    return bus


def test_the_failure_of_a_listener_is_not_hidden(failing: EventBus) -> None:
    failing.append([created("a")])
    with pytest.raises(RuntimeError, match="a bug"):
        failing.drain()


def test_after_a_failure_the_next_drain_goes_on(failing: EventBus) -> None:
    heard: list[RepositoryEvent] = []
    failing.subscribe(RepositoryCreated, heard.append)
    failing.append([created("a"), created("b")])
    with pytest.raises(RuntimeError):
        failing.drain()
    failing.drain()
    assert names(heard) == ["b"]


def test_an_event_is_published_whether_delivered_or_not(bus: EventBus) -> None:
    bus.append([created("a")])
    assert names(bus.published()) == ["a"]


def test_the_last_events_are_kept(bus: EventBus) -> None:
    bus.append(created(str(number)) for number in range(KEPT_EVENTS + 5))
    published = bus.published()
    assert (len(published), published[0].sequence) == (KEPT_EVENTS, 6)


def test_a_cleared_bus_has_neither_published_nor_queued_events(
    bus: EventBus, heard: list[RepositoryEvent]
) -> None:
    bus.append([created("a")])
    bus.clear()
    bus.drain()
    assert (bus.published(), heard) == ((), [])


def test_a_cleared_bus_keeps_its_listeners(bus: EventBus, heard: list[RepositoryEvent]) -> None:
    bus.clear()
    bus.append([created("a")])
    bus.drain()
    assert names(heard) == ["a"]


# Taps


def test_a_tap_hears_every_kind_of_event_when_it_is_appended(bus: EventBus) -> None:
    tapped: list[RepositoryEvent] = []
    bus.tap(tapped.append)
    bus.append([created("a"), created("b", RepositoryDeleted)])
    assert names(tapped) == ["a", "b"]


def test_a_tap_gets_events_with_number_and_id(bus: EventBus) -> None:
    tapped: list[Event] = []
    bus.tap(tapped.append)
    bus.append([created("a")])
    assert tuple(tapped) == bus.published()


def test_a_tap_that_ended_hears_no_more(bus: EventBus) -> None:
    tapped: list[RepositoryEvent] = []
    end = bus.tap(tapped.append)
    bus.append([created("a")])
    end()
    end()
    bus.append([created("b")])
    assert names(tapped) == ["a"]


def test_a_tap_may_end_while_it_hears_something(bus: EventBus) -> None:
    ends: list[Callable[[], None]] = []
    tapped: list[RepositoryEvent] = []
    ends.append(bus.tap(lambda event: ends[0]()))
    bus.tap(tapped.append)
    bus.append([created("a"), created("b")])
    assert names(tapped) == ["a", "b"]


def test_the_same_listener_may_tap_twice(bus: EventBus) -> None:
    tapped: list[RepositoryEvent] = []
    end = bus.tap(tapped.append)
    bus.tap(tapped.append)
    end()
    bus.append([created("a")])
    assert names(tapped) == ["a"]


@pytest.mark.parametrize(
    ("after", "expected"),
    [(None, "c"), (0, "abc"), (1, "bc"), (2, "c"), (3, "abc"), (10**9, "abc")],
)
def test_a_tap_may_begin_with_what_is_kept(bus: EventBus, after: int | None, expected: str) -> None:
    """A number that was never given is from another life: whoever has it missed everything."""
    tapped: list[RepositoryEvent] = []
    bus.append([created("a"), created("b")])
    bus.tap(tapped.append, after=after)
    bus.append([created("c")])
    assert "".join(names(tapped)) == expected


def test_a_cleared_bus_keeps_its_taps(bus: EventBus) -> None:
    tapped: list[RepositoryEvent] = []
    bus.tap(tapped.append)
    bus.clear()
    bus.append([created("a")])
    assert names(tapped) == ["a"]
