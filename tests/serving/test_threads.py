"""The queue from which the threads of a server take connections."""

import threading
import time
from collections.abc import Callable

from ecrmock.serving.threads import LastIn

_SECONDS = 30


def until(condition: Callable[[], bool]) -> None:
    """Wait for what another thread brings about."""
    deadline = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def takers(queue: LastIn, names: str) -> tuple[list[tuple[str, object]], list[threading.Thread]]:
    """Have a thread of each name take one item, one thread after the other; return what they took."""
    taken: list[tuple[str, object]] = []
    threads = []
    for number, name in enumerate(names, 1):
        take = threading.Thread(target=lambda name=name: taken.append((name, queue.get())))
        take.start()
        threads.append(take)
        until(lambda number=number: queue.waiting == number)
    return taken, threads


def test_an_item_goes_to_who_began_to_wait_last() -> None:
    queue = LastIn()
    taken, threads = takers(queue, "abc")
    for item in (1, 2, 3):
        queue.put(item)
        until(lambda item=item: len(taken) == item)
    for thread in threads:
        thread.join()
    assert taken == [("c", 1), ("b", 2), ("a", 3)]


def test_items_that_nobody_waits_for_are_taken_in_their_order() -> None:
    queue = LastIn()
    for item in (1, 2, 3):
        queue.put(item)
    assert (queue.qsize(), [queue.get() for _ in range(3)], queue.qsize()) == (3, [1, 2, 3], 0)


def test_every_item_is_taken_once_by_many_threads() -> None:
    queue, taken = LastIn(), []
    numbers = range(4000)

    def take() -> None:
        while (item := queue.get()) is not None:
            taken.append(item)

    def put(start: int) -> None:
        for number in numbers[start::4]:
            queue.put(number)

    threads = [threading.Thread(target=take) for _ in range(8)]
    putting = [threading.Thread(target=put, args=(start,)) for start in range(4)]
    for thread in (*threads, *putting):
        thread.start()
    for thread in putting:
        thread.join()
    for _ in threads:
        queue.put(None)
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(numbers)
