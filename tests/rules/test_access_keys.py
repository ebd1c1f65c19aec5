"""Ids of access keys and of identities. Source: reference iam.md §1.1, §1.2, §17.1."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.rules.access_keys import account_of_key, key_id, secret_key, unique_id


@pytest.mark.parametrize(
    ("access_key_id", "account"),
    [
        ("AKIAQAAAAAAAAAAAAAAA", "000000000000"),
        ("ASIAQAAAAAAAGMKEM7X5", "000000000000"),
        ("AKIAQAAAAAAVAAAAAAAA", "000000000042"),
        ("LSIAQAAAAAAVNCBMPNSG", "000000000042"),
        ("AKIARTX3GSDSQAAAAAAA", "111122223333"),
        ("AKIARZPUZDIKAAAAAAAA", "123456789012"),
        ("AKIARZPUZDIKGB2VALC4", "123456789012"),
        ("ASIAY34FZKBOKMUTVV7A", "609629065308"),
        ("AKIA6RVFFB77QAAAAAAA", "999999999999"),
    ],
)
def test_a_key_has_its_account_inside(access_key_id, account):
    """Source: reference iam.md §17.1."""
    assert account_of_key(access_key_id) == account


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "AKIAPAAAAAAAAAAAAAAA",
        "AKIA7777777777777777",
        "AKIAQAAAAAAAAAAAAAA",
        "AKIAQAAAAAAAAAAAAAAAA",
        "akiaQAAAAAAAAAAAAAAA",
        "AKIAQAAAAAAAAAAAAAA1",
        "123456789012",
        "test",
        "",
    ],
    ids=["old", "top bit", "no account", "short", "long", "case", "letter", "account", "a", "b"],
)
def test_other_keys_have_none(text):
    assert account_of_key(text) is None


@given(st.integers(0, 10**12 - 1), st.data())
def test_a_made_key_has_its_account_inside(number, data):
    account = f"{number:012}"
    made = key_id("AKIA", account, lambda bits: data.draw(st.integers(0, 2**bits - 1)))
    assert re.fullmatch(r"AKIA[Q-Z2-7][A-Z2-7]{15}", made)
    assert account_of_key(made) == account


@pytest.mark.parametrize(("bits", "letters"), [(0, "A" * 17), (2**85 - 1, "7" * 17)])
def test_a_unique_id_is_a_prefix_and_17_letters(bits, letters):
    assert unique_id("AIDA", lambda _: bits) == "AIDA" + letters


def test_a_secret_has_40_characters_of_base64():
    """Source: reference iam.md §1.2."""
    assert re.fullmatch(r"[A-Za-z0-9/+]{40}", secret_key(lambda size: b"\xff\x00?" * (size // 3)))
