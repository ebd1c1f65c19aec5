"""The guard of examples/lifecycle-guard.yml: its lines run, and it fails when it should."""

import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
TEXT = (EXAMPLES / "lifecycle-guard.yml").read_text()
IMAGES = (EXAMPLES / "lifecycle-images.json").read_text().replace('"v3"', '"prod-3"')
STAND_IN = '#!/bin/sh\necho "$@" > asked\ncat images\n'  # for the AWS CLI, which would ask AWS
PROD = {"tagStatus": "tagged", "tagPatternList": ["prod-*"]}
BY_COUNT = {"countType": "imageCountMoreThan", "countNumber": 1}
BY_AGE = {"countType": "sinceImagePushed", "countUnit": "days", "countNumber": 1}


def lines_of(step: str) -> str:
    (block,) = re.findall(rf"- name: {step}\n +run: \|\n((?: {{10}}.*\n)+)", TEXT)
    return textwrap.dedent(block)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "images").write_text(IMAGES)
    (tmp_path / "aws").write_text(STAND_IN)
    (tmp_path / "aws").chmod(0o755)
    return tmp_path


def run(folder: Path, **selection: object) -> subprocess.CompletedProcess[str]:
    """Run the lines of both steps as GitHub does, with the ``ecrmock`` of this Python."""
    rule = {"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}
    (folder / "lifecycle-policy.json").write_text(json.dumps({"rules": [rule]}))
    (folder / "ecrmock").write_text(f'#!/bin/sh\nexec {sys.executable} -m ecrmock "$@"\n')
    (folder / "ecrmock").chmod(0o755)
    environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", lines_of("List the images") + lines_of("Guard")],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(EXAMPLES.parent)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_policy_that_keeps_what_is_protected_passes(folder: Path) -> None:
    result = run(folder, **PROD, **BY_COUNT)
    assert (result.returncode, "1 to expire" in result.stdout) == (0, False), result.stderr
    assert "<svg" in (folder / "lifecycle.html").read_text()


def test_a_policy_that_deletes_what_is_protected_fails(folder: Path) -> None:
    result = run(folder, **PROD, **BY_AGE)
    assert result.returncode == 1
    assert "protected, but deleted: tag 'prod-3' (as 'prod-*')" in result.stderr
    assert (folder / "lifecycle.html").exists()


def test_a_policy_that_ecr_refuses_fails(folder: Path) -> None:
    result = run(folder, **PROD)
    assert (result.returncode, "lifecycle-policy.json:1:" in result.stderr) == (1, True)


def test_the_images_in_the_archive_are_asked_for_as_well(folder: Path) -> None:
    run(folder, **PROD, **BY_COUNT)
    asked = (folder / "asked").read_text().split()
    assert asked[:2] == ["ecr", "describe-images"]
    assert asked[2:] == ["--repository-name", "team/app", "--filter", "imageStatus=ANY"]
