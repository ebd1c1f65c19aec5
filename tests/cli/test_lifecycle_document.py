"""What ``ecrmock lifecycle preview --json`` prints, for machines."""

import json
from pathlib import Path
from typing import Any

from tests.cli.previewing import Preview, an_image, listing, older_than


def document(preview: Preview, *options: str, **files: Any) -> Any:
    result = preview("--json", *options, **files)
    assert result.stderr == ""
    return json.loads(result.stdout)


def test_the_document_says_what_was_asked(preview: Preview) -> None:
    found = document(preview, "--for", "2w", "--every", "12h")
    assert [found[key] for key in ("at", "until", "every", "for")] == [
        *("2026-06-01T00:00:00Z", "2026-06-15T00:00:00Z", "12h", "14d")
    ]
    assert found["summary"] == {
        **{"images": 4, "expire": 1, "archive": 1, "stay": 2},
        **{"indexes": 0, "leftOut": 0},
    }
    alone = document(preview)
    assert (alone["every"], alone["for"], alone["until"]) == (None, None, alone["at"])


def test_the_document_has_every_image(preview: Preview) -> None:
    gone, stays, _, archived = document(preview)["images"]
    assert {key: gone[key] for key in ("tags", "pushedAt", "outcome", "when", "rule")} == {
        **{"tags": ["v1"], "pushedAt": "2026-01-05T08:30:00Z"},
        **{"outcome": "expire", "when": "2026-06-01T00:00:00Z", "rule": 1},
    }
    assert [stays[key] for key in ("outcome", "when", "rule", "changes")] == [
        "stay",
        None,
        None,
        [],
    ]
    assert [each["rule"] for each in stays["spared"]] == [1, 2]
    assert [each["action"] for each in archived["changes"]] == ["archive"]


def test_the_document_has_what_is_lost_and_left_out(preview: Preview, tmp_path: Path) -> None:
    images = listing(an_image(imageTags=["a"]), an_image("b", imagePushedAt=...))
    options = "--json", "--protect", "*", "--skip-incomplete", "--html", str(tmp_path / "page")
    result = preview(*options, policy=older_than(14), images=images)
    found = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [(loss["tag"], loss["pattern"]) for loss in found["protectedLosses"]] == [("a", "*")]
    assert found["leftOut"] == ["image 2 (sha256:bbbbbbbbbbbb) has no imagePushedAt"]


def test_the_keys_of_the_document_are_documented(preview: Preview) -> None:
    images = listing(an_image(imageTags=["a"]), an_image("b"))
    found = document_with_loss(preview, images)
    text = (Path(__file__).parents[2] / "docs/lifecycle.md").read_text()
    section = text.partition("### For machines")[2].partition("\n### ")[0]
    assert [key for key in keys(found) if f"`{key}`" not in section] == []


def document_with_loss(preview: Preview, images: Any) -> Any:
    options = "--json", "--protect", "*"
    return json.loads(preview(*options, policy=older_than(14), images=images).stdout)


def keys(value: Any) -> set[str]:
    inner = list(value.values()) if isinstance(value, dict) else value
    found = set(value) if isinstance(value, dict) else set()
    return found.union(*map(keys, inner)) if isinstance(value, dict | list) else found
