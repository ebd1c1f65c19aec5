"""Which parts of a seed belong to which account and region: the short forms mean the defaults."""

from collections.abc import Iterator, Mapping
from typing import Any

from ecrmock.seeding.yaml_text import Steps
from ecrmock.values.names import AccountId, Region

Part = Mapping[str, Any]
PUBLIC_STEPS = ("public",)  # where an account says something of its public registry


def accounts(document: Part) -> Iterator[tuple[AccountId | None, Steps, Part]]:
    """Yield each part that says something of an account; the document itself is about the default one, None."""
    yield None, (), document
    for name, account in document.get("accounts", {}).items():
        yield AccountId(name), ("accounts", name), account


def regions(account: Part) -> Iterator[tuple[Region | None, Steps, Part]]:
    """Yield each part of an account that says something of a region; None is the default one."""
    yield None, (), account
    for name, region in account.get("regions", {}).items():
        yield Region(name), ("regions", name), region


def public_registry(account: Part) -> Part:
    """Return what an account says of its public registry."""
    registry: Part = account.get(PUBLIC_STEPS[0], {})
    return registry


def repositories(document: Part) -> Iterator[tuple[Steps, Part]]:
    """Yield all repositories of a document, with the way to each."""
    for _, outer, account in accounts(document):
        for _, inner, region in regions(account):
            for name, repository in region.get("repositories", {}).items():
                yield (*outer, *inner, "repositories", name), repository
        for name, repository in public_registry(account).get("repositories", {}).items():
            yield (*outer, *PUBLIC_STEPS, "repositories", name), repository
