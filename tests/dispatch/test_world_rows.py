"""What of the world is kept with the state."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ecrmock.dispatch.world_rows import WorldRows
from ecrmock.values.settings import Settings
from ecrmock.world.clock import Clock
from ecrmock.world.world import World, make_world

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def a_world() -> World:
    return make_world(Settings(), clock=Clock(NOW))


def rows_of(world: World, *undelivered: tuple[int, Any]) -> WorldRows:
    return WorldRows(world, lambda: list(undelivered))


def test_nothing_is_said_until_something_changes() -> None:
    assert rows_of(a_world()).changed() == []


def test_a_move_of_the_clock_is_said_once() -> None:
    world = a_world()
    rows = rows_of(world)
    world.clock.advance(timedelta(days=1))
    assert [address for address, _, _ in rows.changed()] == [("clock", ())]
    assert rows.changed() == []


def test_what_may_not_have_been_written_is_said_again() -> None:
    rows = rows_of(a_world())
    rows.lost()
    assert {address for address, _, _ in rows.changed()} == {("clock", ()), ("sequence", ())}


def test_a_clock_is_set_as_it_was() -> None:
    world = a_world()
    rows_of(world).takes()["clock"]("", [0.0, "2026-05-06T07:08:09+00:00"])
    assert (world.clock.now(), world.clock.frozen) == (
        datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC),
        True,
    )


def test_events_go_on_after_numbers_that_nobody_wrote_down() -> None:
    """A crash may have lost the last ones; a reader of the stream must not see a number twice."""
    world = a_world()
    rows_of(world).takes()["sequence"]("", 7)
    assert world.events.sequence > 7 + 100


def test_what_was_taken_and_not_delivered_is_among_all_rows() -> None:
    entry = object()
    planned = dict(rows_of(a_world(), (3, entry)).all())["planned", ()]
    assert planned == [(3, entry)]
