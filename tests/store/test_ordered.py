import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecrmock.store.ordered import Ordered


def ordered(numbers: list[int] | range) -> Ordered[str]:
    keys: Ordered[str] = Ordered()
    for number in numbers:
        keys.add(number, str(number))
    return keys


def test_nothing_comes_after_anything_in_an_empty_order() -> None:
    assert list(ordered([]).after(-1)) == []


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (-1, ["1", "3", "7"]),
        (0, ["1", "3", "7"]),
        (1, ["3", "7"]),
        (2, ["3", "7"]),
        (3, ["7"]),
        (7, []),
        (8, []),
    ],
)
def test_keys_come_after_a_number_that_need_not_be_there(number: int, expected: list[str]) -> None:
    assert list(ordered([1, 3, 7]).after(number)) == expected


def test_a_discarded_key_is_passed_over() -> None:
    keys = ordered([1, 3, 7])
    keys.discard(3)
    assert list(keys.after(-1)) == ["1", "7"]


def test_keys_are_counted_without_the_gaps() -> None:
    keys = ordered(range(200))
    for number in range(150):
        keys.discard(number)
    keys.add(70, "again")
    assert len(keys) == 51


def test_a_discarded_key_comes_back_to_its_place() -> None:
    keys = ordered([1, 3, 7])
    keys.discard(3)
    keys.add(3, "again")
    assert list(keys.after(-1)) == ["1", "again", "7"]


def test_the_last_key_comes_back_to_its_place() -> None:
    keys = ordered([1, 3])
    keys.discard(3)
    keys.add(3, "again")
    assert list(keys.after(-1)) == ["1", "again"]


def test_a_key_comes_back_after_the_gaps_were_closed() -> None:
    keys = ordered(range(200))
    for number in range(150):
        keys.discard(number)
    keys.add(70, "again")
    assert list(keys.after(-1)) == ["again", *map(str, range(150, 200))]


def test_all_keys_may_go() -> None:
    keys = ordered(range(200))
    for number in range(200):
        keys.discard(number)
    assert list(keys.after(-1)) == []


def test_a_page_may_start_at_a_gap() -> None:
    keys = ordered(range(10))
    keys.discard(5)
    assert next(keys.after(4)) == "6"


@settings(deadline=None)
@given(st.integers(0, 300), st.lists(st.integers(0, 310), max_size=300), st.integers(-1, 311))
def test_any_order_is_like_a_sorted_dictionary(size: int, changed: list[int], place: int) -> None:
    keys, model = ordered(range(size)), {number: str(number) for number in range(size)}
    for number in changed:
        if model.pop(number, None) is None:
            model[number] = f"again {number}"
            keys.add(number, model[number])
        else:
            keys.discard(number)
    expected = [model[number] for number in sorted(model) if number > place]
    assert list(keys.after(place)) == expected


@given(st.integers(0, 2**300 - 1), st.integers(-1, 300))
def test_many_gaps_change_nothing(discarded: int, place: int) -> None:
    """The bits of a number say what is discarded, which is half of it all as a rule."""
    keys = ordered(range(300))
    gone = {number for number in range(300) if discarded >> number & 1}
    for number in sorted(gone, reverse=True):
        keys.discard(number)
    kept = [str(number) for number in range(place + 1, 300) if number not in gone]
    assert list(keys.after(place)) == kept


def test_backwards_the_greatest_number_comes_first_without_gaps() -> None:
    keys = ordered([1, 3, 7])
    keys.discard(3)
    assert list(keys.backwards()) == ["7", "1"]
