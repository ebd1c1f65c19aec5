"""``ecrmock lifecycle preview``: what it prints, and how it ends. Source: DESIGN.md section 4."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from ecrmock.cli import main
from tests.cli.previewing import IMAGES, POLICY, ROOT, Preview, an_image, listing

# What it prints


COMMAND = re.compile(
    r"^ecrmock (lifecycle preview [^\n]*)\n```$.*?^```(?:text|json)\n(.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
SHOWN = COMMAND.findall((ROOT / "docs/lifecycle.md").read_text())

FILES = {
    "policy": POLICY.read_text(),
    "images": IMAGES.read_text(),
    "broken": POLICY.read_text().replace('"countUnit": "days",\n', ""),
    "incomplete": IMAGES.read_text().replace('"imagePushedAt": "2026-02-20T02:00:00+01:00",\n', ""),
}


def test_the_page_shows_commands() -> None:
    assert len(SHOWN) == 5


@pytest.mark.parametrize(("line", "shown"), SHOWN)
def test_a_command_of_the_page_prints_what_stands_there(
    line: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long document is cut off by three dots."""
    for name, text in FILES.items():
        (tmp_path / f"lifecycle-{name}.json").write_text(text)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, shlex.split(line))
    beginning, cut, _ = shown.partition("\n...\n")
    assert result.output.startswith(beginning)
    assert cut or result.output == shown
    assert result.exit_code == (1 if "Error:" in shown else 0)


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


def test_indexes_are_pointed_out(preview: Preview) -> None:
    """A listing does not say which images an index lists."""
    media_type = "application/vnd.oci.image.index.v1+json"
    result = preview(images=listing(an_image(imageManifestMediaType=media_type)))
    assert "Indexes among the images: 1." in result.output
    assert "Indexes" not in preview().output


def test_what_is_about_an_image_is_spared(preview: Preview) -> None:
    about = an_image("b", subjectManifestDigest="sha256:" + "a" * 64)
    output = preview(images=listing(an_image(), about), at="2026-01-02").output
    assert "it is about an image in the repository" in output


@pytest.mark.parametrize(
    ("status", "reason"),
    [("ARCHIVED", "it is in another storage class"), ("ACTIVATING", "it is on its way back")],
)
def test_the_storage_class_counts(preview: Preview, status: str, reason: str) -> None:
    image = an_image(imageStatus=status, lastArchivedAt="2026-02-01T00:00:00Z")
    assert reason in preview(images=listing(image)).output


def test_the_cursor_of_a_terminal_is_left_where_it_is(preview: Preview) -> None:
    output = preview(images=listing(an_image(imageTags=["a\x1b[2Jb", "c\rd", "e\ud800"]))).output
    assert "a?[2Jb, c?d" in output
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", output)


# How it ends


def test_a_page_that_cannot_be_written_is_a_failure(preview: Preview, tmp_path: Path) -> None:
    result = preview("--html", str(tmp_path / "no folder" / "page.html"))
    assert (result.exit_code, "cannot be written" in result.stderr, result.stdout) == (1, True, "")


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
