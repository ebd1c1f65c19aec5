#!/usr/bin/env python3
"""Run, test and check ecrmock from a checkout: makes `.venv` beside this file when it has to.

It needs nothing but Python 3.11 or later with its `venv` module.
"""

from __future__ import annotations  # an older Python must get as far as main's first lines

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "ecrmock-stamp.json"
PROGRAMS = VENV / ("Scripts" if os.name == "nt" else "bin")
SUFFIX = ".exe" if os.name == "nt" else ""
SERVER = ["scan", "seed", "sign", "tls"]
TOOLS = [*SERVER, "aio", "test"]
EXTRAS = {"serve": SERVER, "test": TOOLS, "lint": TOOLS, "bench": [*TOOLS, "bench"]}
LINTERS = (("ruff", "format", "--check", "."), ("ruff", "check", "."), ("mypy",))

USAGE = """\
commands:
  serve [args]   run the emulator: ecrmock serve [args]
  test [args]    run the tests: pytest [args]
  lint           check the form: ruff format --check ., ruff check ., mypy
  bench [args]   measure: python -m benchmarks [args]

Each command first makes or updates .venv, when pyproject.toml asks for it.
"""


def main(arguments: list[str]) -> None:
    """Prepare the environment that the command needs, then become the command."""
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit("dev.py: install Python 3.11 or later and run this file with it.")
    parser = argparse.ArgumentParser(
        prog="dev.py", epilog=USAGE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=tuple(EXTRAS), help="what to do")
    parser.add_argument("args", nargs=argparse.REMAINDER, help="handed to the command as they are")
    options = parser.parse_args(arguments)

    prepare(EXTRAS[options.command])
    if options.command == "lint":
        sys.exit(lint())
    if options.command == "serve":
        become([program("ecrmock"), "serve", *options.args])  # in the caller's folder
    os.chdir(ROOT)
    module = {"test": "pytest", "bench": "benchmarks"}[options.command]
    become([program("python"), "-m", module, *options.args])


def program(name: str) -> str:
    """Say where a program of the environment lies."""
    return str(PROGRAMS / f"{name}{SUFFIX}")


def prepare(extras: list[str]) -> None:
    """Make or update the environment, unless its stamp says that nothing is to be done.

    A newer pyproject.toml installs anew; a moved checkout or another Python makes it new.
    """
    home = [str(ROOT), ".".join(map(str, sys.version_info[:2]))]
    project = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamp = read_stamp()
    keep = stamp.get("home") == home and Path(program("python")).is_file()
    current = keep and stamp.get("project") == project
    installed = stamp.get("extras", []) if current else []
    if current and set(extras) <= set(installed):
        return
    say(f"installing ecrmock with {', '.join(extras)} into .venv, which takes a minute or two …")
    if not keep:
        make_environment()
    wanted = sorted({*installed, *extras})
    install(f"{ROOT}[{','.join(wanted)}]")
    STAMP.write_text(json.dumps({"home": home, "project": project, "extras": wanted}))


def read_stamp() -> dict:
    """Read what the environment was made from; nothing when there is none, or it is damaged."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def make_environment() -> None:
    """Make an empty `.venv`, or say what is missing on this machine."""
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        sys.exit("dev.py: install Python's venv module first: apt-get install python3-venv")
    if VENV.exists():
        shutil.rmtree(VENV)
    checked([sys.executable, "-m", "venv", str(VENV)])


def install(requirement: str) -> None:
    """Install the checkout as it lies, so that edits count without another installation."""
    pip = [program("python"), "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    STAMP.unlink(missing_ok=True)  # an installation that breaks off is begun anew
    checked([*pip, "--editable", requirement])


def checked(command: list[str]) -> None:
    """Run a step of the preparation; on failure show what it said and stop."""
    result = subprocess.run(
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if result.returncode:
        sys.stderr.write(result.stdout.decode(errors="replace"))
        sys.exit(f"dev.py: this failed: {' '.join(command)}")


def lint() -> int:
    """Run every linter, also after one that complained."""
    failed = [
        " ".join(linter)
        for linter in LINTERS
        if subprocess.run([program(linter[0]), *linter[1:]], cwd=ROOT, check=False).returncode
    ]
    if failed:
        say(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def become(command: list[str]) -> NoReturn:
    """Replace this process, so that Ctrl-C and SIGTERM reach the program itself."""
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Windows has no exec: the child gets Ctrl-C too
    sys.exit(subprocess.call(command))


def say(sentence: str) -> None:
    """Print a line about this script's own doing."""
    print(f"dev.py: {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
