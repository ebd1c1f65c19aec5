from datetime import UTC, datetime, timedelta

from ecrmock.values.settings import Settings
from ecrmock.world.clock import Clock
from ecrmock.world.ids import Ids
from ecrmock.world.world import World, make_world

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def seeded(seed: int = 7) -> World:
    return make_world(Settings(), clock=Clock(NOW), ids=Ids(seed))


def test_a_world_has_the_real_time_unless_given_a_clock() -> None:
    difference = make_world(Settings()).clock.now() - datetime.now(UTC)
    assert abs(difference) < timedelta(minutes=1)


def test_a_world_has_the_clock_that_it_is_given() -> None:
    assert seeded().clock.now() == NOW


def test_two_worlds_of_one_seed_give_the_same_ids() -> None:
    assert seeded().ids.uuid() == seeded().ids.uuid()


def test_two_worlds_have_different_ids() -> None:
    assert make_world(Settings()).ids.uuid() != make_world(Settings()).ids.uuid()


def test_a_world_addresses_as_its_settings_say() -> None:
    world = make_world(Settings(uri_style="path", public_url="http://localhost:5327"))
    assert world.addresses.registry("123456789012", "us-east-1") == "localhost:5327"


def test_a_new_world_has_neither_events_nor_work_to_do() -> None:
    world = make_world(Settings())
    assert (world.events.published(), world.scheduler.entries()) == ((), ())
