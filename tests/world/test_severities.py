"""Scores of vectors that NVD and FIRST publish with their scores."""

import sys

import pytest

from ecrmock.values.errors import MissingExtraError
from ecrmock.world.severities import rate


@pytest.mark.parametrize(
    ("vector", "score", "version"),
    [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0, "3.1"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8, "3.1"),
        ("CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:L/A:N", 4.8, "3.0"),
        ("AV:N/AC:L/Au:N/C:N/I:N/A:P", 5.0, "2.0"),
        ("AV:L/AC:L/Au:N/C:P/I:P/A:P", 4.6, "2.0"),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3, "4.0"),
    ],
)
def test_a_vector_has_its_score(vector: str, score: float, version: str) -> None:
    rated = rate(vector)
    assert rated is not None
    assert (rated.base_score, rated.version, rated.scoring_vector) == (score, version, vector)


@pytest.mark.parametrize("text", ["", "high", "CVSS:3.1/AV:N", "CVSS:9.9/AV:N/AC:L", "7.5"])
def test_what_is_no_vector_has_no_score(text: str) -> None:
    assert rate(text) is None


def test_without_the_extra_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cvss", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'ecrmock\[scan\]'"):
        rate("a vector that was never asked for before")
