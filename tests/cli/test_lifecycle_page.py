"""The page of ``ecrmock lifecycle preview --html``: a line for each image. Source: DESIGN.md section 4."""

import json
import re
from pathlib import Path

from tests.cli.previewing import (
    POLICY,
    Page,
    Preview,
    an_image,
    listing,
    page,
)

SCRIPT = "<script>alert('\"&amp;\"')</script>"


def test_the_page_shows_every_image_and_rule(preview: Preview, tmp_path: Path) -> None:
    found = Page(page(preview, tmp_path / "page.html"))
    assert found.count("tr") == 1 + 2 + 1 + 4
    assert "Rule 1 (keep two releases): 1 image expired" in found.text
    assert "it is number 3 of 3 from the youngest, and 2 are kept" in found.text


# What it is made of


def test_the_page_loads_nothing(preview: Preview, tmp_path: Path) -> None:
    text = page(preview, tmp_path / "page.html")
    assert Page(text).links == []
    assert not re.search(r"https?:|@import|url\(", text)


def test_the_page_escapes_what_others_wrote(preview: Preview, tmp_path: Path) -> None:
    policy = json.loads(POLICY.read_text())
    policy["rules"][0] |= {"description": SCRIPT}
    policy["rules"][0]["selection"]["tagPrefixList"] = [SCRIPT]
    images = listing(an_image(imageTags=[SCRIPT], imageDigest=SCRIPT))
    text = page(preview, tmp_path / "page.html", policy=policy, images=images)
    assert Page(text).count("script") == 0
    assert SCRIPT in Page(text).text


def test_the_page_of_no_images_has_no_timeline(preview: Preview, tmp_path: Path) -> None:
    assert Page(page(preview, tmp_path / "page.html", images=listing())).count("svg") == 0


def test_the_page_of_one_moment_has_one(preview: Preview, tmp_path: Path) -> None:
    images = listing(an_image())
    text = page(preview, tmp_path / "page.html", images=images, at="2026-01-01")
    assert Page(text).count("g") == 1


def test_a_page_can_hold_halves_of_characters(preview: Preview, tmp_path: Path) -> None:
    images = listing(an_image(imageTags=["\ud800"]))
    assert page(preview, tmp_path / "page.html", images=images)
