"""What readers of JSON differ about. Source: RFC 8259, sections 4 and 6."""

import pytest

from ecrmock.values.strict_json import no_constant, strict_decoder


@pytest.mark.parametrize(
    "text", ['{"a": 1, "a": 1}', '[{"b": {"a": 1, "a": 2}}]', '{"a": 1, "\\u0061": 2}']
)
def test_a_key_that_is_given_twice_is_refused_at_any_depth(text: str) -> None:
    with pytest.raises(ValueError, match="a key is given twice"):
        strict_decoder().decode(text)


@pytest.mark.parametrize("name", ["NaN", "Infinity", "-Infinity"])
def test_what_only_python_takes_for_a_number_is_refused(name: str) -> None:
    for read in (strict_decoder().decode, no_constant):
        with pytest.raises(ValueError, match=f"^{name} is not JSON$"):
            read(name)


def test_the_same_key_in_two_objects_is_no_trouble() -> None:
    assert strict_decoder().decode('{"a": {"a": 1}}') == {"a": {"a": 1}}


def test_numbers_are_read_by_their_digits_where_that_is_wanted() -> None:
    assert strict_decoder(str).decode("[1.50, 1e400, -0]") == ["1.50", "1e400", "-0"]
    assert strict_decoder().decode("[1.50]") == [1.5]
