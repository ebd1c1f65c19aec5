"""No signal that ends a server is missed, however close it comes to the wait for it."""

import random
import signal
from collections.abc import Iterator

import pytest

from ecrmock.cli.stopping import stop_signals


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Leave the signals as they were."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_has_come_already_counts(number: signal.Signals) -> None:
    with stop_signals() as wait:
        signal.raise_signal(number)
        assert wait()


def test_a_signal_in_the_very_moment_of_waiting_is_not_missed() -> None:
    """With a lock in place of the socket this stands still within the first few thousand."""
    chance = random.Random(1)
    signal.signal(signal.SIGALRM, lambda *_: None)
    with stop_signals() as wait:
        for _ in range(20_000):
            signal.setitimer(signal.ITIMER_REAL, chance.uniform(1e-6, 3e-5))
            assert wait()


def test_afterwards_signals_are_told_to_nobody() -> None:
    with stop_signals():
        pass
    assert signal.set_wakeup_fd(-1) == -1
