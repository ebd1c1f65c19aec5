"""``ecrmock lifecycle preview`` on the files of the example, or on others."""

import json
from collections.abc import Callable
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
