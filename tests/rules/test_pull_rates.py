"""How fast images may be pulled. Source: reference public.md §2."""

from datetime import UTC, datetime, timedelta

import pytest

from ecrmock.rules.pull_rates import ANONYMOUS_PULLS, KNOWN_PULLS, pull, source_of, standing
from ecrmock.values.names import Digest
from ecrmock.values.pull_rates import Allowance

NOW = datetime(2026, 1, 2, tzinfo=UTC)
INDEX, CHILD, OTHER = (Digest(f"sha256:{letter * 64}") for letter in "abc")


def pulled(rate: int, *seconds: float) -> list[bool]:
    """Pull at some times, and say which of the pulls were let through."""
    allowance: Allowance | None = None
    let_through = []
    for each in seconds:
        after = pull(allowance, rate, NOW + timedelta(seconds=each), OTHER)
        let_through.append(after is not None)
        allowance = after or allowance
    return let_through


def test_nobody_pulls_once_a_second() -> None:
    assert pulled(ANONYMOUS_PULLS, 0, 0.5, 1, 1.9, 2) == [True, False, True, False, True]


def test_an_account_pulls_ten_times_a_second() -> None:
    assert pulled(KNOWN_PULLS, *[0] * 11) == [True] * 10 + [False]


def test_what_was_refused_costs_nothing() -> None:
    assert pulled(1, 0, 0.4, 0.8, 1) == [True, False, False, True]


def test_time_that_goes_back_gives_no_more() -> None:
    assert pulled(1, 0, -10) == [True, False]


@pytest.mark.parametrize(("seconds", "expected"), [(-10, -10), (0, 0), (10, 0)])
def test_an_allowance_is_never_of_a_time_to_come(seconds: int, expected: int) -> None:
    now = NOW + timedelta(seconds=seconds)
    found = standing(Allowance(left=0, time=NOW), now)
    assert found == Allowance(left=0, time=NOW + timedelta(seconds=expected))


def test_an_index_and_its_parts_are_one_pull() -> None:
    index = pull(None, 1, NOW, INDEX, frozenset({CHILD}))
    assert index is not None
    part = pull(index, 1, NOW, CHILD)
    assert part is not None


@pytest.mark.parametrize("digest", [OTHER, INDEX, None])
def test_another_manifest_or_a_list_of_tags_is_another_pull(digest: Digest | None) -> None:
    index = pull(None, 1, NOW, INDEX, frozenset({CHILD}))
    assert pull(index, 1, NOW, digest) is None


def test_what_was_looked_for_is_taken_by_the_same_pull() -> None:
    """Docker asks by HEAD, then takes what it has found, an index perhaps, and a part of that."""
    looked = pull(None, 1, NOW, None, frozenset({INDEX}))
    index = pull(looked, 1, NOW, INDEX, frozenset({CHILD}))
    assert index is not None
    assert pull(index, 1, NOW, CHILD) is not None


def test_to_look_again_is_another_pull() -> None:
    looked = pull(None, 1, NOW, None, frozenset({INDEX}))
    assert pull(looked, 1, NOW, None, frozenset({INDEX})) is None


def test_a_part_belongs_to_the_pull_once() -> None:
    index = pull(None, 1, NOW, INDEX, frozenset({CHILD}))
    part = pull(index, 1, NOW, CHILD)
    assert pull(part, 1, NOW, CHILD) is None


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "127.0.0.1"),
        ("::ffff:127.0.0.1", "127.0.0.1"),
        ("10.0.0.1", "10.0.0.1"),
        ("fd00::1", "fd00::1"),
    ],
)
def test_the_addresses_of_this_machine_are_one_source(address: str, source: str) -> None:
    """docker takes 127.0.0.1 for one request and ::1 for the next."""
    assert source_of(address) == source
