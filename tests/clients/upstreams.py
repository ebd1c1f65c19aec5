"""The registry of the CNCF distribution project, as an upstream that is really asked."""

import re
import shutil
import socket
import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

_CONFIG = """\
version: 0.1
log: {{level: error, accesslog: {{disabled: false}}}}
storage: {{filesystem: {{rootdirectory: {folder}/data}}}}
http: {{addr: "127.0.0.1:{port}"}}
"""
_REQUEST = re.compile(r'"(GET|HEAD) (/v2/[^ ]+) HTTP[^"]*" (\d{3})')


@dataclass
class Distribution:
    """A ``docker-registry`` on a free port, which may be stopped and started again."""

    folder: Path
    port: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> "Distribution":
        program = shutil.which("docker-registry") or shutil.which("registry")
        if program is None:
            pytest.skip("docker-registry is absent")
        self.port = self.port or _free_port()
        config = self.folder / "config.yml"
        config.write_text(_CONFIG.format(folder=self.folder, port=self.port))
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [program, "serve", str(config)], stdout=output, stderr=subprocess.STDOUT
            )
        self._wait()
        return self

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=15)
            self._process = None

    @property
    def registry(self) -> str:
        return f"localhost:{self.port}"

    def forget(self) -> None:
        """Count requests from now on."""
        self._log.write_bytes(b"")

    def requests(self, method: str = "GET") -> Counter[str]:
        """Return how often each path was asked for with success."""
        found = _REQUEST.findall(self._log.read_text())
        return Counter(path for verb, path, status in found if (verb, status) == (method, "200"))

    def blobs(self) -> Counter[str]:
        """Return how often each blob was fetched."""
        paths = self.requests()
        return Counter({path: count for path, count in paths.items() if "/blobs/" in path})

    @property
    def _log(self) -> Path:
        return self.folder / "registry.log"

    def _wait(self) -> None:
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise AssertionError(self._log.read_text())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
