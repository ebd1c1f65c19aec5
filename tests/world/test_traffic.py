"""Traffic: work lets calls go first, and is not kept from its own for long."""

from collections.abc import Callable, Iterator

from ecrmock.world.traffic import Traffic


class Road:
    """Traffic on a clock that only pauses move; ``pauses`` counts them, and one of them may bring something."""

    def __init__(self, at_pause: Callable[[int], None] = lambda _: None) -> None:
        self.seconds, self.pauses, self._at_pause = 100.0, 0, at_pause
        self.traffic = Traffic(lambda: self.seconds, self._pause)

    def _pause(self, seconds: float) -> None:
        self.seconds += seconds
        self.pauses += 1
        self._at_pause(self.pauses)


def test_all_items_come_in_order_and_at_once_where_there_are_no_calls() -> None:
    road = Road()
    assert (list(road.traffic.in_turn("abc")), road.pauses) == (["a", "b", "c"], 0)


def test_work_waits_until_the_call_is_answered_and_then_goes_on() -> None:
    road = Road(lambda number: road.traffic.end() if number == 3 else None)
    road.traffic.begin()
    assert (list(road.traffic.in_turn("abc")), road.pauses) == (["a", "b", "c"], 3)


def test_a_call_that_is_never_answered_holds_work_up_for_a_millisecond() -> None:
    """An upload may last for minutes; a thousand items do not wait for it a thousand times."""
    road = Road()
    road.traffic.begin()
    assert list(road.traffic.in_turn(range(1000))) == list(range(1000))
    assert 0.001 <= road.seconds - 100 < 0.0012


def test_each_call_holds_work_up() -> None:
    road = Road()

    def items() -> Iterator[int]:
        for number in range(5):
            road.traffic.begin()
            yield number

    assert list(road.traffic.in_turn(items())) == [0, 1, 2, 3, 4]
    assert 0.005 <= road.seconds - 100 < 0.006


def test_a_call_that_comes_meanwhile_is_let_go_too() -> None:
    def come_and_go(pause: int) -> None:
        if pause == 2:
            road.traffic.begin()
        elif pause == 6:
            road.traffic.end()

    road = Road(come_and_go)
    road.traffic.begin()
    assert (list(road.traffic.in_turn("ab")), road.pauses) == (["a", "b"], 6)


def test_work_goes_on_where_calls_never_cease() -> None:
    road = Road(lambda _: road.traffic.begin())
    road.traffic.begin()
    assert list(road.traffic.in_turn("abc")) == ["a", "b", "c"]
    assert road.pauses == 30
