"""Stage: where the calls of a seed go, and which part of the seed they come from."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call, in_registry
from ecrmock.seeding.mistakes import RefusedSeedError
from ecrmock.seeding.seed_text import Seed
from ecrmock.seeding.yaml_text import Steps
from ecrmock.values.authorization import AccountRoot
from ecrmock.values.errors import EcrError
from ecrmock.values.names import AccountId, Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """An account and a region of a backend, at a member of a seed. ``time``: when a call counts as made."""

    backend: Backend
    seed: Seed
    account: AccountId
    region: Region
    path: Steps = ()
    time: datetime | None = None

    def at(self, *steps: str | int, time: datetime | None = None) -> "Stage":
        """Return the same place for a member further down, perhaps at another time."""
        return replace(self, path=(*self.path, *steps), time=time or self.time)

    @property
    def now(self) -> "Stage":
        """The same place at the present."""
        return replace(self, time=None)

    def of_region(self, region: Region, path: Steps) -> "Stage":
        """Return another region's, at the member that is about it."""
        return replace(self, region=region, path=(*self.path, *path))

    def make(self, operation: str, *, service: str = "ecr", **parameters: Any) -> Any:
        """Make a call as the root of the account. Raises: EcrError."""
        region = self.region
        if service == "ecr":
            service, region = in_registry(operation, region)
        call = Call(
            service=service,
            operation=operation,
            parameters=parameters,
            credentials=AccountRoot(self.account),
            region=region,
            request_id=self.backend.world.ids.uuid(),
            time=self.time,
        )
        return self.backend.dispatcher.dispatch(call)

    def call(
        self,
        operation: str,
        *,
        service: str = "ecr",
        unless: tuple[type[EcrError], ...] = (),
        **parameters: Any,
    ) -> Any:
        """Make a call, and return None for an error that is fine. Raises: RefusedSeedError."""
        with self.watched(operation):
            try:
                return self.make(operation, service=service, **parameters)
            except unless:
                return None

    @contextmanager
    def watched(self, doing: str) -> Iterator[None]:
        """Say of what fails in the block which member of the seed it was. Raises: RefusedSeedError."""
        try:
            yield
        except EcrError as error:
            said = getattr(error, "reason", None) or error.message
            code = error.code.removesuffix("Exception")
            raise self._refused(f"{doing} was refused: {code}: {said}") from None
        except OSError as error:
            raise self._refused(f"{error.filename}: {error.strerror or error}") from None
        except RefusedSeedError:
            raise
        except ValueError as error:
            raise self._refused(str(error)) from None

    def _refused(self, message: str) -> RefusedSeedError:
        return RefusedSeedError([self.seed.mistake(self.path, message)])
