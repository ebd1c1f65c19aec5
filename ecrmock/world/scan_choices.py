"""What a user chose for scans, looked at when the backend is made, and not at the first scan."""

from importlib.util import find_spec
from pathlib import Path
from zipfile import is_zipfile

from ecrmock.values.errors import MissingExtraError
from ecrmock.values.settings import Settings
from ecrmock.world.other_scanners import OtherScanner, ScannerFailedError

_PATTERNS = ("*.json", "*.zip")


def check_choices(settings: Settings) -> None:
    """Check what the settings name. Raises: ValueError with a sentence, MissingExtraError."""
    if settings.advisories is not None:
        _check_advisories(settings.advisories)
    if settings.scanner is not None:
        _check_scanner(settings.scanner)


def _check_advisories(chosen: str) -> None:
    """Require a place of advisories; whether each of them can be read is told with the scans."""
    path = Path(chosen)
    if not path.exists():
        raise ValueError(f"there are no advisories at {chosen}")
    if path.is_dir():
        if not any(True for pattern in _PATTERNS for _ in path.rglob(pattern)):
            raise ValueError(f"there are no advisories in {chosen}: it has no .json and no .zip")
    elif not (path.suffix == ".json" or (path.suffix == ".zip" and is_zipfile(path))):
        raise ValueError(f"{chosen} is no folder, no zip and no .json of advisories in OSV format")
    if find_spec("univers") is None:
        raise MissingExtraError("Advisories need: pip install 'ecrmock[scan]'")


def _check_scanner(name: str) -> None:
    try:
        OtherScanner(name)
    except ScannerFailedError as error:
        raise ValueError(str(error)) from None
