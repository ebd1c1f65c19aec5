"""Whole images by skopeo: 20 layers of 10 MiB, pushed from a folder and pulled into another."""

import gzip
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from time import perf_counter

from benchmarks.images import CONFIG_TYPE, LAYER_TYPE, descriptor, digest_of, manifest
from benchmarks.peers import HOST, REGISTRIES, Server, password, scratch
from benchmarks.registry import PEER
from benchmarks.rounds import Absent, interleave, say
from benchmarks.table import Row, Target

LAYERS, LAYER_SIZE = 20, 10 * 1024 * 1024
PUSH, PULL = "push", "pull"


def skopeo(rounds: int | None) -> list[Row]:
    """Measure a push and a pull of an image that is new, each round on a fresh server."""
    say(f"  skopeo, {LAYERS} x {LAYER_SIZE // 1024 // 1024} MiB")
    results = interleave({s: partial(_round, s) for s in REGISTRIES}, rounds or 4)
    return [
        Row("registry: skopeo push", "s", results.of(PUSH), (Target(1.3, PEER, better=True),)),
        Row("registry: skopeo pull", "s", results.of(PULL), (Target(0.9, PEER, better=True),)),
    ]


def _round(subject: str) -> dict[str, float]:
    if shutil.which("skopeo") is None:
        raise Absent("skopeo")
    with scratch() as folder, REGISTRIES[subject]() as server:
        pushed, pulled = folder / "pushed", folder / "pulled"
        _write_image(pushed)
        name = f"docker://{HOST}:{server.port}/bench/app:1.0"
        push = _copy(f"dir:{pushed}", name, _options(server, "dest"))
        pull = _copy(name, f"dir:{pulled}", _options(server, "src"))
        if (pulled / "manifest.json").read_bytes() != (pushed / "manifest.json").read_bytes():
            raise AssertionError("another manifest came back")
        return {PUSH: push, PULL: pull}


def _options(server: Server, side: str) -> list[str]:
    credentials = password(server)
    given = [f"--{side}-creds", credentials] if credentials else []
    return [f"--{side}-tls-verify=false", *given]


def _copy(source: str, destination: str, options: Sequence[str]) -> float:
    command = ["skopeo", "copy", "--quiet", "--insecure-policy", *options, source, destination]
    start = perf_counter()
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = perf_counter() - start
    if ended.returncode:
        raise RuntimeError(ended.stderr)
    return seconds


def _write_image(folder: Path) -> None:
    """Write an image in skopeo's ``dir:`` form, of random layers.

    They are gzip files, stored without compression: skopeo compresses what is not.
    """
    folder.mkdir()
    layers, diff_ids = [], []
    for _ in range(LAYERS):
        plain = os.urandom(LAYER_SIZE)
        diff_ids.append(digest_of(plain))
        layers.append(_write_blob(folder, LAYER_TYPE, gzip.compress(plain, compresslevel=0)))
    rootfs = {"type": "layers", "diff_ids": diff_ids}
    config = {"architecture": "amd64", "os": "linux", "rootfs": rootfs}
    described = _write_blob(folder, CONFIG_TYPE, json.dumps(config).encode())
    (folder / "manifest.json").write_text(manifest(described, layers))
    (folder / "version").write_text("Directory Transport Version: 1.1\n")


def _write_blob(folder: Path, media_type: str, content: bytes) -> dict[str, object]:
    digest = digest_of(content)
    (folder / digest.removeprefix("sha256:")).write_bytes(content)
    return descriptor(media_type, len(content), digest)
