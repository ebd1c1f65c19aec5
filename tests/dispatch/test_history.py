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
