import base64
from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.rules.paging import (
    DEFAULT_PAGE_SIZE,
    check_not_with,
    cut,
    decode_token,
    encode_token,
)
from ecrmock.values.errors import InvalidParameterError


@dataclass(frozen=True)
class Entry:
    sequence: int


def entries(*sequences: int) -> tuple[Entry, ...]:
    return tuple(map(Entry, sequences))


def token(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_a_page_has_100_entries_unless_asked() -> None:
    """Source: reference api.md §3.7."""
    assert DEFAULT_PAGE_SIZE == 100


def test_no_token_means_the_first_page() -> None:
    assert decode_token("images", None) == -1


@given(st.sampled_from(["images", "image-details"]), st.integers(0, 10**18 - 1))
def test_a_token_is_read_back(listing: str, sequence: int) -> None:
    assert decode_token(listing, encode_token(listing, sequence)) == sequence


@given(st.integers(0, 10**18 - 1))
def test_a_token_looks_like_base64(sequence: int) -> None:
    """Source: reference api.md §3.7."""
    assert base64.b64decode(encode_token("images", sequence), validate=True)


@pytest.mark.parametrize(
    "foreign",
    [
        "",
        "a",
        "not a token",
        "\u00e4",
        encode_token("repositories", 1),
        encode_token("images", 1) + "\n",
        encode_token("images", 1)[:-4],
        token("ecrmock:2:images:1"),
        token("ecrmock:1:images:-1"),
        token("ecrmock:1:images:" + "9" * 19),
        token("ecrmock:1:images:\uff11"),
        "/////w==",
    ],
)
def test_a_foreign_token_is_refused(foreign: str) -> None:
    """With a capital N, as of a document. Source: reference api.md §3.7."""
    with pytest.raises(InvalidParameterError) as caught:
        decode_token("images", foreign)
    assert caught.value.field == "NextToken"


@given(st.text() | st.text().map(token) | st.text().map("ecrmock:1:images:{}".format).map(token))
def test_no_text_makes_the_reader_fail_otherwise(text: str) -> None:
    with suppress(InvalidParameterError):
        assert decode_token("images", text) >= 0


@pytest.mark.parametrize(
    ("size", "page", "last"),
    [(1, (3,), 3), (2, (3, 5), 5), (3, (3, 5, 9), None), (4, (3, 5, 9), None)],
)
def test_a_page_names_its_last_entry_only_when_there_are_more(
    size: int, page: tuple[int, ...], last: int | None
) -> None:
    """There is no token on the last page. Source: reference api.md §3.7."""
    assert cut(entries(3, 5, 9), size) == (entries(*page), last)


def test_a_page_of_nothing_is_the_last_one() -> None:
    assert cut((), 10) == ((), None)


def test_no_more_than_one_entry_beyond_the_page_is_looked_at() -> None:
    source = iter(entries(*range(1_000)))
    cut(source, 10)
    assert next(source) == Entry(11)


@given(st.sets(st.integers(0, 1_000)).map(sorted), st.integers(1, 10))
def test_pages_put_together_are_the_whole_list(sequences: list[int], size: int) -> None:
    found, place = [], -1
    while place is not None:
        page, place = cut((Entry(n) for n in sequences if n > place), size)
        found += page
    assert found == list(entries(*sequences))


@pytest.mark.parametrize(
    ("next_token", "max_results", "field"),
    [("token", None, "nextToken"), (None, 5, "maxResults"), ("token", 5, "nextToken")],
)
def test_paging_does_not_go_with_names(
    next_token: str | None, max_results: int | None, field: str
) -> None:
    """Source: reference api.md §3.7."""
    with pytest.raises(InvalidParameterError) as caught:
        check_not_with("imageIds", next_token, max_results)
    assert caught.value.field == field


def test_names_without_paging_are_fine() -> None:
    check_not_with("imageIds", None, None)
