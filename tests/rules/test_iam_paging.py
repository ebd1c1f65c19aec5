"""Pages of IAM's listings. Source: reference iam.md §13; the text of a bad marker is inferred."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.rules.iam_paging import identity_page, page
from ecrmock.values.errors import ValidationError
from ecrmock.values.iam import Group


def paged(names, size):
    """Yield every page of some names."""
    marker = None
    while True:
        marker, shown = page(names, str, marker, size)
        yield shown
        if marker is None:
            return


@pytest.mark.parametrize(
    ("size", "pages"),
    [
        (2, [("a", "b"), ("c", "é")]),
        (3, [("a", "b", "c"), ("é",)]),
        (4, [("a", "b", "c", "é")]),
        (None, [("a", "b", "c", "é")]),
    ],
)
def test_entries_are_shown_by_place_and_page(size, pages):
    assert list(paged(["é", "b", "c", "a"], size)) == pages


def test_nothing_is_one_empty_page():
    assert page([], str, None, 1) == (None, ())


def test_a_page_has_a_hundred_entries_unless_it_is_asked_for_less():
    names = [f"{number:03}" for number in range(101)]
    assert [len(shown) for shown in paged(names, None)] == [100, 1]


def test_a_marker_survives_the_end_of_what_it_was_given_after():
    marker, _ = page("abc", str, None, 2)
    assert page("ac", str, marker, 2) == (None, ("c",))
    assert page("a", str, marker, 2) == (None, ())


@pytest.mark.parametrize("marker", ["nonsense", "é", "AAAAA", "_w=="])
def test_a_marker_that_nobody_gave_is_refused(marker):
    with pytest.raises(ValidationError) as caught:
        page([], str, marker, None)
    assert caught.value.message == "Invalid Marker."


@given(st.sets(st.text(min_size=1)), st.integers(1, 5))
def test_every_entry_is_on_one_page(names, size):
    assert [name for shown in paged(names, size) for name in shown] == sorted(names)


def group(name, path):
    created = datetime(2026, 1, 2, tzinfo=UTC)
    return Group(name=name, path=path, unique_id="AGPA", arn=f"arn:{name}", create_date=created)


@pytest.mark.parametrize(
    ("prefix", "names"), [("/", ["a", "B", "c"]), ("/x/", ["B", "c"]), ("/x/y", ["c"]), ("/z", [])]
)
def test_identities_below_a_path_are_shown_by_name_whatever_its_case(prefix, names):
    groups = [group("c", "/x/y/"), group("B", "/x/"), group("a", "/")]
    marker, shown = identity_page(groups, prefix, None, None)
    assert (marker, [each.name for each in shown]) == (None, names)
