"""The tables of ``ecrmock lifecycle preview``."""

import re

from ecrmock.cli.lifecycle_table import one_line
from tests.cli.previewing import Preview, an_image, listing, older_than


def test_columns_are_as_wide_as_their_widest_cell(preview: Preview) -> None:
    images = listing(an_image(imageTags=["a" * 30]), an_image("b", imageTags=["b"]))
    output = preview(policy=older_than(14), images=images).output
    head, *rows = [line for line in output.splitlines() if re.match("WHEN|2026", line)]
    assert [row.index("sha256:") for row in rows] == [head.index("DIGEST")] * 2


def test_what_happens_first_stands_first(preview: Preview) -> None:
    later = an_image("b", imagePushedAt="2026-01-03T00:00:00Z", imageTags=["later"])
    images = listing(later, an_image(imageTags=["first"]))
    output = preview("--for", "9d", policy=older_than(14), images=images, at="2026-01-10").output
    assert output.index("first") < output.index("later")


def test_there_is_no_table_of_nothing(preview: Preview) -> None:
    """Nothing stays, so nothing is spared."""
    output = preview(policy=older_than(14), images=listing(an_image())).output
    assert ("WHEN" in output, "SPARED" in output) == (True, False)


def test_a_cell_does_not_move_the_cursor() -> None:
    assert one_line("a\x1b[2Jb\nc") == "a?[2Jb?c"
