from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ecrmock.values.events import RepositoryCreated
from ecrmock.world.scheduler import Scheduler

NOW = datetime(2026, 1, 2, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def event(name: str) -> RepositoryCreated:
    return RepositoryCreated(
        account="123456789012", region="us-east-1", time=NOW, repository_name=name
    )


def scheduler_with(*seconds: int) -> Scheduler:
    """Return a scheduler with an event in each of these seconds, named by its place."""
    scheduler = Scheduler()
    for place, second in enumerate(seconds):
        scheduler.publish_at(NOW + second * SECOND, event(str(place)))
    return scheduler


def taken(scheduler: Scheduler, now: datetime) -> list[str]:
    """Take what is due and return the names."""
    events = iter(lambda: scheduler.take_due(now), None)
    return [event.repository_name for event in events]


def test_what_is_due_comes_in_the_order_of_its_times() -> None:
    assert taken(scheduler_with(3, 1, 2), NOW + 3 * SECOND) == ["1", "2", "0"]


def test_what_is_due_at_one_time_keeps_its_order() -> None:
    assert taken(scheduler_with(1, 1, 0, 1), NOW + SECOND) == ["2", "0", "1", "3"]


def test_an_entry_is_due_at_its_very_time() -> None:
    assert taken(scheduler_with(1), NOW + SECOND) == ["0"]


def test_what_is_not_due_stays() -> None:
    scheduler = scheduler_with(1)
    assert taken(scheduler, NOW + SECOND - timedelta(milliseconds=1)) == []
    assert len(scheduler.entries()) == 1


def test_an_entry_is_taken_once() -> None:
    scheduler = scheduler_with(1)
    assert taken(scheduler, NOW + SECOND) + taken(scheduler, NOW + SECOND) == ["0"]


def test_the_next_time_is_that_of_the_earliest_entry() -> None:
    assert scheduler_with(3, 1, 2).next_due == NOW + SECOND


def test_without_entries_there_is_no_next_time() -> None:
    assert Scheduler().next_due is None


def test_entries_are_listed_with_the_earliest_first() -> None:
    entries = scheduler_with(3, 1, 2).entries()
    assert [entry.due for entry in entries] == [NOW + second * SECOND for second in (1, 2, 3)]


def test_to_list_the_entries_takes_none_of_them() -> None:
    scheduler = scheduler_with(3, 1, 2)
    assert scheduler.entries() == scheduler.entries()


def test_a_cleared_scheduler_has_no_entries() -> None:
    scheduler = scheduler_with(1, 2)
    scheduler.clear()
    assert scheduler.entries() == ()


@given(st.lists(st.integers(0, 9)), st.integers(0, 9))
def test_any_entries_come_as_a_stable_sort_has_them(seconds: list[int], now: int) -> None:
    due = [place for place, second in enumerate(seconds) if second <= now]
    expected = [str(place) for place in sorted(due, key=seconds.__getitem__)]
    assert taken(scheduler_with(*seconds), NOW + now * SECOND) == expected
