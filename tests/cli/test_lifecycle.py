"""``ecrmock lifecycle preview``: what it prints, its page, and how it ends. Source: DESIGN.md section 4."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ecrmock.cli import main

ROOT = Path(__file__).parents[2]
POLICY, IMAGES = (ROOT / "examples" / f"lifecycle-{name}.json" for name in ("policy", "images"))
SCRIPT = "<script>alert('\"&amp;\"')</script>"
Preview = Callable[..., Result]


@pytest.fixture
def preview(tmp_path: Path) -> Preview:
    """Run the command on the files of the example, or on others."""

    def preview(
        *options: str, policy: Any = None, images: Any = None, at: str = "2026-06-01"
    ) -> Result:
        files = {"policy": POLICY, "images": IMAGES}
        for name, content in (("policy", policy), ("images", images)):
            if content is not None:
                files[name] = tmp_path / name
                text = content if isinstance(content, str) else json.dumps(content)
                files[name].write_text(text)
        command = ["lifecycle", "preview", "--policy", files["policy"], "--images", files["images"]]
        return CliRunner().invoke(main, [*map(str, command), "--at", at, *options])

    return preview


def an_image(**members: Any) -> dict[str, Any]:
    made = {"imageDigest": "sha256:" + "a" * 64, "imagePushedAt": "2026-01-01T00:00:00Z"}
    return {name: value for name, value in {**made, **members}.items() if value is not ...}


def listing(*images: Any) -> dict[str, Any]:
    return {"imageDetails": list(images)}


# What it prints


def test_it_prints_what_the_page_shows(preview: Preview) -> None:
    text = (ROOT / "docs/lifecycle.md").read_text()
    (block,) = re.findall(r"^```text\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    result = preview()
    assert (result.exit_code, result.output) == (0, block)


def test_the_command_of_the_page_is_one_that_runs(preview: Preview) -> None:
    text = (ROOT / "docs/lifecycle.md").read_text()
    (line,) = re.findall(r"^ecrmock (lifecycle preview .*)$", text, re.MULTILINE)
    words = [word.replace("lifecycle-", "examples/lifecycle-") for word in line.split()]
    paths = [str(ROOT / word) if word.startswith("examples/") else word for word in words]
    assert CliRunner().invoke(main, paths).output == preview().output


def test_another_date_gives_another_result(preview: Preview) -> None:
    result = preview(at="2026-03-03T12:00:00+02:00")
    assert result.output.startswith("As of 2026-03-03 10:00 UTC, of 4 images: 1 to expire, 0 to")


def test_without_a_date_it_is_now(tmp_path: Path) -> None:
    command = ["lifecycle", "preview", "--policy", str(POLICY), "--images", str(IMAGES)]
    result = CliRunner().invoke(main, command)
    assert re.match(r"As of 20\d\d-\d\d-\d\d \d\d:\d\d UTC, of 4 images", result.output)


def test_no_images_are_no_trouble(preview: Preview) -> None:
    result = preview(images=listing())
    expected = "As of 2026-06-01 00:00 UTC, of 0 images: 0 to expire, 0 to archive, 0 to stay.\n"
    assert (result.exit_code, result.output) == (0, expected)


@pytest.mark.parametrize(
    "time", ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", 1767225600.0]
)
def test_times_are_read_as_both_versions_of_the_aws_cli_print_them(
    preview: Preview, time: Any
) -> None:
    result = preview(images=listing(an_image(imagePushedAt=time)))
    assert "sha256:aaaaaaaaaaaa  2026-01-01 00:00 UTC" in result.output


def test_a_bare_list_is_taken_as_well(preview: Preview) -> None:
    assert preview(images=[an_image()]).exit_code == 0


def test_indexes_are_pointed_out(preview: Preview) -> None:
    """A listing does not say which images an index lists."""
    media_type = "application/vnd.oci.image.index.v1+json"
    result = preview(images=listing(an_image(imageManifestMediaType=media_type)))
    assert "Indexes among the images: 1." in result.output
    assert "Indexes" not in preview().output


def test_what_is_about_an_image_is_spared(preview: Preview) -> None:
    about = an_image(imageDigest="sha256:b", subjectManifestDigest="sha256:" + "a" * 64)
    output = preview(images=listing(an_image(), about)).output
    assert "it is about an image in the repository" in output


@pytest.mark.parametrize(
    ("status", "reason"),
    [("ARCHIVED", "it is in another storage class"), ("ACTIVATING", "it is on its way back")],
)
def test_the_storage_class_counts(preview: Preview, status: str, reason: str) -> None:
    assert reason in preview(images=listing(an_image(imageStatus=status))).output


def test_the_cursor_of_a_terminal_is_left_where_it_is(preview: Preview) -> None:
    output = preview(images=listing(an_image(imageTags=["a\x1b[2Jb", "c\rd", "e\ud800"]))).output
    assert "a?[2Jb, c?d" in output
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", output)


# The page


class Page(HTMLParser):
    """Finds the tags of a page, and what it would load or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [name for name, _ in attrs if name in ("src", "href") or name[:2] == "on"]

    def handle_data(self, data: str) -> None:
        self.text += data


def page(preview: Preview, path: Path, **files: Any) -> str:
    result = preview("--html", str(path), **files)
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, f"The page is {path}")
    return path.read_text()


def test_the_page_shows_every_image_and_rule(preview: Preview, tmp_path: Path) -> None:
    found = Page(page(preview, tmp_path / "page.html"))
    assert found.tags.count("circle") == 4
    assert found.tags.count("tr") == 1 + 2 + 1 + 4
    assert "keep two releases" in found.text
    assert "it is number 3 of 3 from the youngest, and 2 are kept" in found.text


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
    assert "script" not in Page(text).tags
    assert SCRIPT in Page(text).text


def test_the_page_of_no_images_has_no_timeline(preview: Preview, tmp_path: Path) -> None:
    assert "svg" not in Page(page(preview, tmp_path / "page.html", images=listing())).tags


def test_the_page_of_one_moment_has_one(preview: Preview, tmp_path: Path) -> None:
    images = listing(an_image())
    text = page(preview, tmp_path / "page.html", images=images, at="2026-01-01")
    assert Page(text).tags.count("circle") == 1


def test_a_page_can_hold_halves_of_characters(preview: Preview, tmp_path: Path) -> None:
    images = listing(an_image(imageTags=["\ud800"]))
    assert page(preview, tmp_path / "page.html", images=images)


# How it ends


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("", "Could not map policyString"),
        ("{}", 'object has missing required properties (["rules"])'),
        ('{"\\ud800": 1, "rules": []}', "not allowed by the schema"),
    ],
)
def test_a_bad_policy_is_a_failure_with_ecrs_words(
    preview: Preview, policy: str, said: str
) -> None:
    result = preview(policy=policy)
    assert (result.exit_code, said in result.output) == (1, True)


@pytest.mark.parametrize(
    ("images", "said"),
    [
        ("", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ({}, "aws ecr describe-images"),
        ([1], "aws ecr describe-images"),
        ([an_image(imagePushedAt=...)], "image 1 has no imagePushedAt"),
        ([an_image(), an_image(imageDigest=...)], "image 2 has no imageDigest"),
        ([an_image(imagePushedAt="yesterday")], "that is no time: 'yesterday'"),
        ([an_image(lastArchivedAt=[])], "lastArchivedAt that is no time"),
        ([an_image(imagePushedAt=1e300)], "that is no time"),
        ([an_image(imageTags="v1")], "imageTags that are no list"),
        ([an_image(imageStatus="GONE")], "imageStatus that is none of"),
        ([an_image(repositoryName="a"), an_image(repositoryName="b")], "several repositories"),
    ],
    ids=range(12),
)
def test_bad_images_are_a_failure_that_says_what_is_wrong(
    preview: Preview, images: Any, said: str
) -> None:
    result = preview(images=images)
    assert (result.exit_code, said in result.output) == (1, True)


def test_a_page_that_cannot_be_written_is_a_failure(preview: Preview, tmp_path: Path) -> None:
    result = preview("--html", str(tmp_path / "no folder" / "page.html"))
    assert (result.exit_code, "cannot be written" in result.output) == (1, True)


def test_a_file_of_other_bytes_is_a_failure(preview: Preview, tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"\xff")
    result = preview("--policy", str(tmp_path / "latin"))
    assert (result.exit_code, "cannot be read" in result.output) == (1, True)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--policy", str(POLICY)],
        ["--policy", "no file", "--images", str(IMAGES)],
        ["--policy", str(POLICY), "--images", str(IMAGES), "--at", "yesterday"],
        ["--policy", str(POLICY), "--images", str(IMAGES), "--at", "9999-12-31T23:59:59-23:59"],
        ["--policy", str(POLICY), "--images", str(IMAGES), "--html", str(ROOT)],
    ],
    ids=range(6),
)
def test_bad_usage_is_told_as_such(arguments: list[str]) -> None:
    assert CliRunner().invoke(main, ["lifecycle", "preview", *arguments]).exit_code == 2
