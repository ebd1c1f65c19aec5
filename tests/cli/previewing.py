"""``ecrmock lifecycle preview`` on the files of the example, or on others."""

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from ecrmock.cli import main

ROOT = Path(__file__).parents[2]
POLICY, IMAGES = (ROOT / "examples" / f"lifecycle-{name}.json" for name in ("policy", "images"))
Preview = Callable[..., Result]


def previewing(folder: Path) -> Preview:
    """Return what runs the command; content that is given is written to files first."""

    def preview(
        *options: str, policy: Any = None, images: Any = None, at: str = "2026-06-01"
    ) -> Result:
        files = {"policy": POLICY, "images": IMAGES}
        for name, content in (("policy", policy), ("images", images)):
            if content is not None:
                files[name] = folder / name
                text = content if isinstance(content, str) else json.dumps(content)
                files[name].write_text(text)
        command = ["lifecycle", "preview", "--policy", files["policy"], "--images", files["images"]]
        return CliRunner().invoke(main, [*map(str, command), "--at", at, *options])

    return preview


def an_image(name: str = "a", **members: Any) -> dict[str, Any]:
    made = {"imageDigest": "sha256:" + name * 64, "imagePushedAt": "2026-01-01T00:00:00Z"}
    return {name: value for name, value in {**made, **members}.items() if value is not ...}


def listing(*images: Any) -> dict[str, Any]:
    return {"imageDetails": list(images)}


def older_than(days: int, **selection: Any) -> dict[str, Any]:
    """Return a policy that expires what was pushed before."""
    counted = {"countType": "sinceImagePushed", "countUnit": "days", "countNumber": days}
    rule = {"rulePriority": 1, "selection": {"tagStatus": "any", **counted, **selection}}
    return {"rules": [{**rule, "action": {"type": "expire"}}]}


class Page(HTMLParser):
    """Finds the tags of a page with their attributes, and what it would load or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self.links += [name for name, _ in attrs if name in ("src", "href") or name[:2] == "on"]

    def handle_data(self, data: str) -> None:
        self.text += data

    def count(self, tag: str) -> int:
        return [name for name, _ in self.tags].count(tag)

    def classes(self, tag: str) -> list[str]:
        return [attributes.get("class", "") for name, attributes in self.tags if name == tag]


def page(preview: Preview, path: Path, *options: str, **files: Any) -> str:
    result = preview("--html", str(path), *options, **files)
    assert (result.exit_code, result.stderr) == (0, f"The page is {path}\n")
    return path.read_text()
