"""Build the programs that are written in Go: pinned, each once, into a cache folder.

A program is built when the first test wants it. What cannot be built is absent, with the reason; it
fails nothing. `ECRMOCK_CACHE` names another folder than `.cache`.
"""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAXIMUM_SECONDS = 600


@dataclass(frozen=True)
class GoProgram:
    """A program of a Go module."""

    module: str
    version: str
    package: str = "."  # where its main package lies in the module


PROGRAMS = {
    "crane": GoProgram("github.com/google/go-containerregistry", "v0.22.1", "cmd/crane"),
    "oras": GoProgram("oras.land/oras", "v1.3.6", "cmd/oras"),
    "regctl": GoProgram("github.com/regclient/regclient", "v0.11.7", "cmd/regctl"),
    "helm": GoProgram("helm.sh/helm/v3", "v3.22.0", "cmd/helm"),
    "cosign": GoProgram("github.com/sigstore/cosign/v2", "v2.6.5", "cmd/cosign"),
    "notation": GoProgram("github.com/notaryproject/notation", "v1.3.2", "cmd/notation"),
    "docker-credential-ecr-login": GoProgram(
        "github.com/awslabs/amazon-ecr-credential-helper/ecr-login",
        "v0.12.0",
        "cli/docker-credential-ecr-login",
    ),
    "conformance": GoProgram(
        "github.com/opencontainers/distribution-spec/conformance",
        "v0.0.0-20260831232431-97274622c111",
    ),
}


class NotBuiltError(Exception):
    """A program is not there, and this is why."""


def cache_folder() -> Path:
    """Return where built programs are kept."""
    return Path(os.environ.get("ECRMOCK_CACHE") or ROOT / ".cache") / "go"


def build(name: str, say: Callable[[str], None]) -> Path:
    """Return a program, built if it is not yet there. Raises: NotBuiltError."""
    program, folder = PROGRAMS[name], cache_folder()
    target, stamp = folder / "bin" / name, folder / "stamps" / name
    for path in (target, stamp):
        path.parent.mkdir(parents=True, exist_ok=True)
    with stamp.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes may want it at once
        if _is_current(target, stamp, program):
            return target
        if not shutil.which("go"):
            raise NotBuiltError("no go on PATH")
        say(f"building {name} {program.version} …")
        stamp.unlink(missing_ok=True)
        _build(program, target, folder / "modules" / name)
        stamp.write_text(repr(program))
    return target


def _is_current(target: Path, stamp: Path, program: GoProgram) -> bool:
    return target.is_file() and stamp.is_file() and stamp.read_text() == repr(program)


def _build(program: GoProgram, target: Path, folder: Path) -> None:
    """Build in a module of our own that requires the program's, at its version and no other."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    package = f"{program.module}/{program.package}".removesuffix("/.")
    _go(folder, "mod", "init", "ecrmock.test/build")
    _go(folder, "mod", "edit", f"-require={program.module}@{program.version}")
    _go(folder, "build", "-mod=mod", "-o", str(target), package)


def _go(folder: Path, *arguments: str) -> None:
    environment = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false"}
    try:
        result = subprocess.run(
            ["go", *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=MAXIMUM_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotBuiltError(f"its build took more than {MAXIMUM_SECONDS} s") from None
    if result.returncode:
        lines = [line for line in result.stderr.splitlines() if "downloading" not in line]
        raise NotBuiltError(f"its build failed: {' '.join(lines[:3])[:300]}")
