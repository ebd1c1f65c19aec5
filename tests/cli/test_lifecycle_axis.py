"""The dates above and below the lines of the page of ``ecrmock lifecycle preview --html``."""

import re
from pathlib import Path

import pytest

from tests.cli.previewing import Preview, an_image, listing, page


@pytest.mark.parametrize(
    ("pushed", "span", "dates"),
    [
        ("2026-05-31T20:00:00Z", "4h", {"21:00", "23:00", "01:00", "03:00"}),
        ("2026-05-20T00:00:00Z", "12d", {"2026-05-25", "2026-06-08"}),
        ("2020-01-01T00:00:00Z", "9w", {"2022-01-01", "2026-06-22"}),
        ("1900-01-01T00:00:00Z", "9w", {"1950-01-01"}),
    ],
    ids=range(4),
)
def test_round_dates_are_written_above_and_below(
    preview: Preview, tmp_path: Path, pushed: str, span: str, dates: set[str]
) -> None:
    images = listing(an_image(imagePushedAt=pushed))
    text = page(preview, tmp_path / "page.html", "--for", span, images=images)
    written = re.findall(r'<text class="date"[^>]*>([^<]+)<', text)
    assert dates <= set(written)
    assert {written.count(date) for date in written} == {2}
    assert len(written) <= 2 * 10
