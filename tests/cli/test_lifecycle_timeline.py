"""The lines of the page of ``ecrmock lifecycle preview --html``: one for each image."""

import re
from pathlib import Path

import pytest

from tests.cli.previewing import Page, Preview, an_image, listing, older_than, page


def test_each_line_has_the_colour_of_the_rule_that_ends_it(
    preview: Preview, tmp_path: Path
) -> None:
    found = Page(page(preview, tmp_path / "page.html"))
    groups = [each for each in found.classes("g") if each.startswith("image")]
    assert groups == ["image rule-0", "image rule-1", "image stay", "image stay"]
    assert (found.count("circle"), found.classes("path").count("on")) == (1, 3)


def reach(text: str, kind: str = "") -> list[tuple[float, float]]:
    """Return from where to where the lines of a page go, in their order."""
    found = re.findall(rf'<path{kind} d="M([0-9.]+) [0-9.]+H([0-9.]+)"/>', text)
    return [(float(start), float(end)) for start, end in found]


def now_of(text: str) -> float:
    return next(float(x) for x in re.findall(r'<line class="now" x1="([0-9.]+)"', text))


def test_a_line_goes_from_the_push_to_the_end(preview: Preview, tmp_path: Path) -> None:
    """The period has two fifths of the width at least, since the past may be long."""
    images = listing(
        *(an_image("a"), an_image("b", imagePushedAt="2026-02-10T00:00:00Z")),
        an_image("c", imagePushedAt="2026-05-31T00:00:00Z"),
    )
    files = {"policy": older_than(120), "images": images}
    text = page(preview, tmp_path / "page.html", "--for", "60d", **files)
    first, second, third = reach(text)
    assert first == (175.0, now_of(text))
    assert first[0] < second[0] < now_of(text) < second[1] < third[1]
    assert now_of(text) == pytest.approx(175 + 0.6 * (924 - 175), abs=0.1)
    assert third[1] == 924.0


def test_in_the_archive_a_line_has_another_stroke(preview: Preview, tmp_path: Path) -> None:
    text = page(preview, tmp_path / "page.html", "--for", "60d", at="2026-05-01")
    ((start, end),) = reach(text, ' class="archived"')
    assert (start > now_of(text), end) == (True, 924.0)
    assert (175.0 < reach(text)[1][0] < now_of(text), reach(text)[1][1]) == (True, start)


def test_what_was_archived_before_has_been_so_since_then(preview: Preview, tmp_path: Path) -> None:
    image = an_image(imageStatus="ARCHIVED", lastArchivedAt="2026-03-01T00:00:00Z")
    text = page(preview, tmp_path / "page.html", images=listing(image))
    ((start, end),) = reach(text, ' class="archived"')
    assert (175 < start < now_of(text), end) == (True, 924.0)


def test_groups_and_lines_are_in_the_order_of_their_ends(preview: Preview, tmp_path: Path) -> None:
    times = {"a": "2026-01-03", "b": "2026-01-01", "c": "2026-01-02", "d": "2026-05-31"}
    images = [an_image(name, imagePushedAt=time, imageTags=[name]) for name, time in times.items()]
    files = {"policy": older_than(100), "images": listing(*images)}
    text = page(preview, tmp_path / "page.html", "--for", "5d", at="2026-04-09", **files)
    names = re.findall(r'<text x="0" y="[0-9.]+">(.)</text>', text)
    assert names == ["b", "c", "a", "d"]


@pytest.mark.parametrize(("count", "has_names"), [(60, True), (150, True), (151, False)])
def test_many_lines_are_narrow_and_without_names(
    preview: Preview, tmp_path: Path, count: int, has_names: bool
) -> None:
    images = [an_image(imageDigest=f"sha256:{number:064x}") for number in range(count)]
    text = page(preview, tmp_path / "page.html", images=listing(*images))
    assert text.count('<g class="image') == count
    assert ("sha256:000000000000</text>" in text) == has_names


def test_long_names_are_cut(preview: Preview, tmp_path: Path) -> None:
    images = listing(an_image(imageTags=["x" * 100]))
    assert f">{'x' * 22}…</text>" in page(preview, tmp_path / "page.html", images=images)
