"""Step 5, record: a ring of the last calls."""

from dataclasses import replace

from ecrmock.dispatch.history import KEPT_CALLS, History


def filled(record, number):
    history = History()
    for each in range(number):
        history.add(replace(record, error=str(each)))
    return history


def test_calls_come_back_the_oldest_first(app):
    history = filled(app.records[0], 3)
    assert [record.error for record in history.calls()] == ["0", "1", "2"]


def test_only_the_last_calls_are_kept(app):
    calls = filled(app.records[0], KEPT_CALLS + 2).calls()
    assert (len(calls), calls[0].error) == (KEPT_CALLS, "2")


def test_what_was_read_does_not_change_any_more(app):
    history = filled(app.records[0], 1)
    calls = history.calls()
    history.add(app.records[0])
    assert len(calls) == 1


def test_all_calls_can_be_forgotten(app):
    history = filled(app.records[0], 3)
    history.clear()
    assert history.calls() == ()


# Following


def followed(history, **options):
    """Follow a history; what is told is kept as pairs of number and error."""
    told = []
    end = history.follow(lambda number, record: told.append((number, record.error)), **options)
    return told, end


def test_who_follows_is_told_what_comes_with_its_number(app):
    history = filled(app.records[0], 2)
    told, _ = followed(history)
    history.add(replace(app.records[0], error="new"))
    assert told == [(3, "new")]


def test_who_comes_back_is_told_what_was_missed(app):
    history = filled(app.records[0], 3)
    told, _ = followed(history, after=1)
    assert told == [(2, "1"), (3, "2")]


def test_what_is_not_kept_any_more_is_not_told(app):
    told, _ = followed(filled(app.records[0], KEPT_CALLS + 2), after=0)
    assert (len(told), told[0]) == (KEPT_CALLS, (3, "2"))


def test_a_number_of_another_life_means_all_that_is_kept(app):
    told, _ = followed(filled(app.records[0], 2), after=99)
    assert [number for number, _ in told] == [1, 2]


def test_who_has_ended_is_told_nothing(app):
    history = filled(app.records[0], 1)
    told, end = followed(history)
    end()
    end()
    history.add(app.records[0])
    assert told == []


def test_numbers_go_on_after_all_is_forgotten(app):
    history = filled(app.records[0], 3)
    history.clear()
    told, _ = followed(history, after=0)
    history.add(app.records[0])
    assert [number for number, _ in told] == [4]
