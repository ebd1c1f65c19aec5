"""What AWS Signer keeps in a region of an account: its signing profiles, and the jobs that signed with them."""

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from ecrmock.store.journal import NOWHERE, Address, Journal
from ecrmock.store.ordered import Ordered
from ecrmock.store.table import Table
from ecrmock.values.signer import (
    SigningJob,
    SigningJobNotFoundError,
    SigningProfile,
    SigningProfileNotFoundError,
)


class _Listed(Protocol):
    @property
    def sequence(self) -> int: ...


V = TypeVar("V", bound=_Listed)


class Listing(Table[str, V], Generic[V]):
    """Rows by key, and in the order of their creation."""

    __slots__ = ("_order",)

    def __init__(self, journal: Journal, address: Address = NOWHERE) -> None:
        super().__init__(journal, address)
        self._order: Ordered[str] = Ordered()

    def after(self, sequence: int) -> Iterator[V]:
        """Yield the rows after a place in the order of creation."""
        return (self._rows[key] for key in self._order.after(sequence))

    def _changed(self, key: str, old: V | None, new: V | None) -> None:
        if old is not None:
            self._order.discard(old.sequence)
        if new is not None:
            self._order.add(new.sequence, key)


class SignerState:
    """The profiles by name, and the jobs by id, of one account in one region."""

    __slots__ = ("jobs", "profiles")

    def __init__(self, journal: Journal, place: tuple[str, ...] = ()) -> None:
        self.profiles: Listing[SigningProfile] = Listing(journal, ("signing_profiles", place))
        self.jobs: Listing[SigningJob] = Listing(journal, ("signing_jobs", place))

    def profile(self, name: str) -> SigningProfile:
        """Return a profile, whatever its status. Raises: SigningProfileNotFoundError."""
        found = self.profiles.get(name)
        if found is None:
            raise SigningProfileNotFoundError(name)
        return found

    def job(self, job_id: str) -> SigningJob:
        """Return a job. Raises: SigningJobNotFoundError."""
        found = self.jobs.get(job_id)
        if found is None:
            raise SigningJobNotFoundError(job_id)
        return found

    def save_profile(self, profile: SigningProfile) -> None:
        """Save a profile under its name."""
        self.profiles.put(profile.profile_name, profile)

    def save_job(self, job: SigningJob) -> None:
        """Save a job under its id."""
        self.jobs.put(job.job_id, job)

    def clear(self) -> None:
        """Remove them all."""
        self.profiles.clear()
        self.jobs.clear()
