import fnmatch
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.rules.filters import wildcard_matches


@pytest.mark.parametrize(
    ("wildcard", "tag"),
    [
        ("latest", "latest"),
        ("*", ""),
        ("*", "anything"),
        ("v*", "v"),
        ("v*", "v1.0"),
        ("*-dev", "1.0-dev"),
        ("*-*", "a-b"),
        ("v1.*", "v1.2"),
        ("a*c", "ac"),
        ("a*", "a\nb"),
    ],
)
def test_a_star_stands_for_any_run_of_characters(wildcard: str, tag: str) -> None:
    """Source: reference api.md §4.3."""
    assert wildcard_matches(wildcard, tag)


@pytest.mark.parametrize(
    ("wildcard", "tag"),
    [
        ("latest", "latest2"),
        ("latest", "my-latest"),
        ("v*", "av1"),
        ("*-dev", "1.0-dev2"),
        ("v1.*", "v1x2"),
        ("V*", "v1"),
        ("", "v1"),
        ("latest", "latest\n"),
    ],
)
def test_the_rest_is_literal_and_means_the_whole_tag(wildcard: str, tag: str) -> None:
    """A dot is a dot, and case counts. Source: reference api.md §4.3."""
    assert not wildcard_matches(wildcard, tag)


@given(st.text("aB1._-"))
def test_a_wildcard_without_star_matches_itself_alone(tag: str) -> None:
    assert wildcard_matches(tag, tag) and not wildcard_matches(tag, tag + "x")


@given(st.text("aB1._-*", max_size=8), st.text("aB1._-", max_size=8))
def test_it_agrees_with_shell_patterns(wildcard: str, tag: str) -> None:
    expected = re.match(fnmatch.translate(wildcard), tag) is not None
    assert wildcard_matches(wildcard, tag) is expected


@pytest.mark.parametrize("text", ["*a" * 20 + "*b", "*" * 255 + "b", "a*" * 127 + "b"])
def test_many_stars_cost_no_time(text: str) -> None:
    """Under the lock, a filter of twenty stars held up everybody for hours."""
    started = time.process_time()
    assert not wildcard_matches(text, "a" * 256)
    assert time.process_time() - started < 1
