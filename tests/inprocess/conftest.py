"""boto3 in this process, answered by mock_ecr."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from ecrmock import Ecr, mock_ecr

REGION = "us-east-1"


@pytest.fixture
def client() -> Any:
    """A client of ECR that was made before any context."""
    return boto3.client("ecr", region_name=REGION)


@pytest.fixture
def handle() -> Iterator[Ecr]:
    """A context that is entered."""
    with mock_ecr(region=REGION) as handle:
        yield handle


@pytest.fixture
def python(tmp_path: Path) -> Callable[..., str]:
    """Run some code in a fresh process with nothing in its environment, and return what it prints."""

    def python(*lines: str, **environment: str) -> str:
        minimal = {"HOME": str(tmp_path), "PATH": os.defpath, **environment}
        command = [sys.executable, "-W", "error", "-c", "\n".join(lines)]
        run = subprocess.run(
            command, env=minimal, capture_output=True, text=True, timeout=60, check=False
        )
        assert run.returncode == 0, run.stderr
        return run.stdout.strip()

    return python
