"""Run a real client program, kept apart from the user's own configuration."""

import os
import shlex
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Program:
    """A program with the arguments and the environment that each of its calls gets."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, stdin: str = "", timeout: float = 60) -> str:
        """Run it to success; return what it wrote to stdout."""
        result = self._run(arguments, stdin, timeout)
        assert result.returncode == 0, _told(result)
        return result.stdout

    def fails(self, *arguments: str, stdin: str = "", timeout: float = 60) -> str:
        """Run it to failure; return everything that it wrote."""
        result = self._run(arguments, stdin, timeout)
        assert result.returncode != 0, _told(result)
        return result.stdout + result.stderr

    def all_at_once(self, calls: Iterable[tuple[str, ...]], timeout: float = 120) -> None:
        """Run several calls side by side, each to success."""
        running = [(call, self.start(*call)) for call in calls]
        try:
            for call, process in running:
                output, _ = process.communicate(timeout=timeout)
                assert process.returncode == 0, f"$ {shlex.join(call)}\n{output}"
        finally:
            for _, process in running:
                process.kill()
                process.wait()
                process.stdout.close()

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start it and return at once."""
        return subprocess.Popen(
            [*self.command, *arguments],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def with_environment(self, **variables: str) -> "Program":
        """Give it further environment variables."""
        return replace(self, environment={**self.environment, **variables})

    def _run(
        self, arguments: tuple[str, ...], stdin: str, timeout: float
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.command, *arguments],
            env=self._environment(),
            input=stdin,
            capture_output=True,
            check=False,
            text=True,
            timeout=timeout,
        )

    def _environment(self) -> dict[str, str]:
        return {**without_aws_settings(os.environ), **self.environment}


def without_aws_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Leave out what the machine's owner has set for AWS clients and for ecrmock."""
    return {
        name: value
        for name, value in environment.items()
        if not name.startswith(("AWS_", "ECRMOCK_"))
    }


def _told(result: subprocess.CompletedProcess[str]) -> str:
    return (
        f"exit code {result.returncode} of\n$ {shlex.join(result.args)}\n"
        f"--- stdout\n{result.stdout}\n--- stderr\n{result.stderr}"
    )
