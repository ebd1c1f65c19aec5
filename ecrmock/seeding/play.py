"""A seed is checked as a whole, then played: as calls of the accounts' roots, in an order that works.

Principals come first, then repositories with their images, policies and settings last. What is there
already stays and gets what the seed says of it, so a seed may be played again.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ecrmock.backend import Backend
from ecrmock.seeding import public_gallery
from ecrmock.seeding.checking import check
from ecrmock.seeding.identities import attach, make_identities
from ecrmock.seeding.mistakes import Mistake, SeedError
from ecrmock.seeding.named_files import missing_files
from ecrmock.seeding.regions import (
    PUBLIC_STEPS,
    accounts,
    public_registry,
    regions,
    repositories,
)
from ecrmock.seeding.registries import fill, protect
from ecrmock.seeding.seed_text import Seed, seed_of
from ecrmock.seeding.signing_profiles import revocations
from ecrmock.seeding.stage import Stage
from ecrmock.seeding.times import read_clock, read_time
from ecrmock.values.names import PUBLIC
from ecrmock.values.settings import MANUAL

_TIMES = frozenset(
    {"created_at", "pushed_at", "pulled_at", "scanned_at", "archived_at", "restored_at"}
)


def play(backend: Backend, source: str | Path | Mapping[str, Any]) -> None:
    """Play a file or a document. Raises: what ``play_seed`` raises; OSError when there is no such file."""
    play_seed(backend, seed_of(source))


def play_seed(backend: Backend, seed: Seed) -> None:
    """Check a seed, and play it when there is nothing wrong with it.

    Raises: SeedError with all mistakes, before anything is played; RefusedSeedError for the first call that
    was refused; MissingExtraError.
    """
    now = _checked(backend, seed)
    if "clock" in seed.document:
        backend.world.clock.set(now)
    parts = list(_accounts(backend, seed))
    for of_account in (make_identities, attach):
        for stage, account in parts:
            of_account(stage, account)
    for of_region in (fill, protect):
        for stage, account in parts:
            for region, path, part in regions(account):
                of_region(stage.of_region(region or stage.region, path), part)
    for of_public in (public_gallery.fill, public_gallery.protect):
        for stage, account in parts:
            of_public(stage.of_region(PUBLIC, PUBLIC_STEPS), public_registry(account))
    if backend.settings.settle != MANUAL:
        backend.settle()  # what a time in the past has made due


def check_seed(seed: Seed) -> None:
    """Check all of a seed that can be checked without a backend. Raises: SeedError, MissingExtraError."""
    check(seed)
    mistakes = list(missing_files(seed))
    if mistakes:
        raise SeedError(mistakes)


def _checked(backend: Backend, seed: Seed) -> datetime:
    """Check a seed, and return the time at which it is played. Raises: SeedError, MissingExtraError."""
    check(seed)
    now = backend.world.clock.now()
    wrong = []
    if "clock" in seed.document:
        try:
            now = read_clock(seed.document["clock"], now)
        except ValueError as error:
            wrong = [seed.mistake(("clock",), str(error))]
    mistakes = [*wrong, *missing_files(seed), *_wrong_times(now, seed)]
    if mistakes:
        raise SeedError(mistakes)
    return now


def _accounts(backend: Backend, seed: Seed) -> Iterator[tuple[Stage, Mapping[str, Any]]]:
    settings = backend.settings
    for name, path, account in accounts(seed.document):
        yield (
            Stage(
                backend=backend,
                seed=seed,
                account=name or settings.account,
                region=settings.region,
                path=path,
            ),
            account,
        )


def _wrong_times(now: datetime, seed: Seed) -> Iterator[Mistake]:
    for path, revoked in revocations(seed.document):
        try:
            read_clock(revoked["from"], now)
        except ValueError as error:
            yield seed.mistake((*path, "from"), str(error))
    for path, repository in repositories(seed.document):
        images = enumerate(repository.get("images", ()))
        entries = [(path, repository), *(((*path, "images", n), image) for n, image in images)]
        for where, entry in entries:
            for member in sorted(_TIMES.intersection(entry)):
                try:
                    read_time(entry[member], now)
                except ValueError as error:
                    yield seed.mistake((*where, member), str(error))
