"""The files of ``ecrmock lifecycle preview``, and what is said when they are not what they should be."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path

import click

from ecrmock.cli.lifecycle_table import one_line
from ecrmock.cli.lifecycle_words import printable
from ecrmock.rules.lifecycle_listing import IncompleteListingError, Listing, read_listing
from ecrmock.rules.lifecycle_mending import mending
from ecrmock.rules.lifecycle_text import read_lifecycle_policy, write_lifecycle_policy
from ecrmock.values.lifecycle import LifecyclePolicy, RefusedLifecyclePolicyError

# Of a policy, blanks included. Source: service model, LifecyclePolicyText; the words are ECR's.
_LONGEST = 30_720
_TOO_LONG = (
    "Invalid parameter at 'lifecyclePolicyText' failed to satisfy constraint: "
    f"'Member must have length less than or equal to {_LONGEST}'"
)


def policy_of(path: Path) -> LifecyclePolicy:
    """Return the policy of a file. Raises: ClickException, with ECR's words, the place, and how to mend it."""
    text = _read(path)
    try:
        policy = read_lifecycle_policy(text)
    except RefusedLifecyclePolicyError as error:
        raise _failure(f"{path}: {error.message}", _mending(path, text, error)) from None
    if len(text) > _LONGEST:
        least = len(write_lifecycle_policy(policy))
        hint = f"it has {len(text):,} characters, and without blanks {least:,}"
        raise _failure(f"{path}: {_TOO_LONG}", hint)
    return policy


def _mending(path: Path, text: str, error: RefusedLifecyclePolicyError) -> str:
    found = mending(text, error)
    place = f"{path}:{found.position.line}:{found.position.column}"
    return ": ".join(part for part in (place, found.path, found.hint) if part)


def listing_of(path: Path, *, skip_incomplete: bool) -> Listing:
    """Return the images of a file. Raises: ClickException, with every image that cannot be read."""
    try:
        return read_listing(_read(path), skip_incomplete=skip_incomplete)
    except IncompleteListingError as error:
        hint = "To leave them out, use --skip-incomplete."
        raise _failure(f"{path}: {error}", *error.faults, hint) from None
    except ValueError as error:
        raise _failure(f"{path}: {error}") from None


def _read(path: Path) -> str:
    """Return the text of a file; what Windows PowerShell 5 redirects into one is UTF-16."""
    try:
        with path.open("rb") as file:
            is_utf16 = file.read(2) in (BOM_UTF16_LE, BOM_UTF16_BE)
        return path.read_text(encoding="utf-16" if is_utf16 else "utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _failure(f"{path} cannot be read: {error}") from None


def _failure(*lines: str) -> click.ClickException:
    return click.ClickException("\n".join(printable(one_line(line)) for line in lines))
