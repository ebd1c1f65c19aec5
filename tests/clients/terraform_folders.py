"""Folders of Terraform configuration that share one installation of the AWS provider."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from tests.clients.programs import Program

SECONDS = 300  # the provider is large, and starts anew for each command
_LOCK_FILE = ".terraform.lock.hcl"
_NOT_TO_BE_HAD = (
    "Error: Failed to query available provider packages",
    "Error: Failed to install provider",
)


class NoProviderError(Exception):
    """Terraform is there, its provider is not, and this is why."""


@dataclass(frozen=True)
class Folders:
    """Makes a folder of configuration below ``root``; the first one has the provider installed."""

    terraform: Program
    root: Path

    def __call__(self, name: str, *sources: Path, **variables: str) -> Program:
        """Return Terraform in a new folder that has copies of some files. Raises: NoProviderError."""
        folder = self.root / name
        folder.mkdir()
        for source in sources:
            shutil.copy(source, folder)
        command = (*self.terraform.command, f"-chdir={folder}")
        program = replace(self.terraform, command=command).with_environment(
            **self._environment(), **variables
        )
        if (self.root / _LOCK_FILE).exists():
            shutil.copy(self.root / _LOCK_FILE, folder)
        else:
            _install(program)
            shutil.copy(folder / _LOCK_FILE, self.root)
        return program

    def _environment(self) -> dict[str, str]:
        nothing = str(self.root / "no-such-file")
        return {
            "AWS_CONFIG_FILE": nothing,
            "AWS_SHARED_CREDENTIALS_FILE": nothing,
            "TF_DATA_DIR": str(self.root / "data"),
            "TF_CLI_ARGS": "-no-color",
            "TF_INPUT": "0",
            "TF_IN_AUTOMATION": "1",
        }


def _install(program: Program) -> None:
    try:
        program("init", timeout=SECONDS)
    except AssertionError as error:
        reason = why_no_provider(str(error))
        if reason:
            raise NoProviderError(reason) from None
        raise


def why_no_provider(said: str) -> str:
    """Return why the provider cannot be had; empty when ``terraform init`` failed for another reason."""
    for heading in _NOT_TO_BE_HAD:
        _, found, rest = said.partition(heading)
        if found:
            paragraph = rest.strip().partition("\n\n")[0]
            return f"its provider cannot be had: {' '.join(paragraph.split())}"[:300]
    return ""
