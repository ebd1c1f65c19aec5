"""The command line: ``python -m benchmarks [names…] [--rounds N] [--markdown FILE]``."""

import argparse
import os
import platform
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter

from benchmarks.access import access
from benchmarks.durable import durable
from benchmarks.growth import growth
from benchmarks.inprocess import calls, contexts, fresh, memory
from benchmarks.inventories import inventories
from benchmarks.lifecycle import lifecycle
from benchmarks.pull_through import pull_through
from benchmarks.registry import registry
from benchmarks.rounds import say
from benchmarks.server import server
from benchmarks.signing import signing
from benchmarks.skopeo import skopeo
from benchmarks.table import Row, markdown, plain
from benchmarks.waiting import waiting

Family = Callable[[int | None], list[Row]]
_PACKAGES = ("ecrmock", "boto3", "botocore", "moto", "cheroot")


def families(growth_images: int, blob_mib: int) -> dict[str, Family]:
    """Return what can be asked for by name, in the order of the table."""
    return {
        "calls": calls,
        "growth": partial(growth, large=growth_images),
        "lifecycle": lifecycle,
        "access": access,
        "waiting": waiting,
        "contexts": contexts,
        "fresh": fresh,
        "memory": memory,
        "server": server,
        "registry": partial(registry, size=blob_mib),
        "skopeo": skopeo,
        "pull_through": pull_through,
        "signing": signing,
        "durable": partial(durable, size=blob_mib),
        "inventories": inventories,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print one table. Exit with 1 when a target is missed or a subject failed."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    known = families(asked.growth_images, asked.blob_mib)
    if unknown := set(asked.names) - set(known):
        parser.error(f"no such rows: {', '.join(sorted(unknown))}")
    _isolate_boto3()
    rows = []
    start = perf_counter()
    for name, measure in known.items():
        if not asked.names or name in asked.names:
            say(f"{name} …")
            rows += measure(asked.rounds)
    say(f"{perf_counter() - start:.0f} s")
    heading = _heading()
    print(f"{heading}\n\n{plain(rows)}")
    if asked.markdown:
        asked.markdown.write_text(f"{heading}\n\n{markdown(rows)}\n")
    return int(any(row.verdict() == "MISS" or "failed" in row.values.values() for row in rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = ", ".join(families(0, 0))
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {names} (default: all)")
    parser.add_argument("--rounds", type=int, help="rounds of each row (default: each row's own)")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there too")
    parser.add_argument("--growth-images", type=int, default=100_000, metavar="N")
    parser.add_argument("--blob-mib", type=int, default=512, metavar="N")
    return parser


def _isolate_boto3() -> None:
    """Let no setting of this machine reach what is measured; worker processes inherit it."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "ECRMOCK_"))]:
        del os.environ[name]
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "123456789012",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _heading() -> str:
    versions = (f"{package} {_version(package)}" for package in _PACKAGES)
    return (
        f"{datetime.now().astimezone():%Y-%m-%d %H:%M %Z}, {_processor()}, {os.cpu_count()} cores, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}\n"
        f"{', '.join(versions)}"
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "as in this tree" if package == "ecrmock" else "absent"


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text().splitlines() if described.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


if __name__ == "__main__":
    sys.exit(main())
