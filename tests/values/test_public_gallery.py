"""Aliases of public registries, and the errors about them. Source: reference public.md."""

import pytest

from ecrmock.values.public_gallery import (
    RegistryNotFoundError,
    UnsupportedCommandError,
    is_alias,
)


@pytest.mark.parametrize("text", ["ab", "m2z1h0m9", "acme-corp", "ab.b_c", "a" + "0" * 49])
def test_an_alias_begins_with_a_letter(text: str) -> None:
    """Source: reference public.md §1.2."""
    assert is_alias(text)


@pytest.mark.parametrize("text", ["", "a", "1a", "Acme", "a--b", "a-", "a" + "0" * 50, "ab\n"])
def test_everything_else_is_no_alias(text: str) -> None:
    assert not is_alias(text)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            UnsupportedCommandError("GetAuthorizationToken"),
            "GetAuthorizationToken command is only supported in us-east-1.",
        ),
        (RegistryNotFoundError("acme"), "The registry with id 'acme' does not exist"),
    ],
)
def test_an_error_says_it_in_the_words_of_ecr_public(error: Exception, text: str) -> None:
    """Source: reference public.md §4.1, §7."""
    assert str(error) == text
