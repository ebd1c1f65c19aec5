"""What AWS Signer keeps in a region of an account."""

import pytest

from ecrmock.store.store import Store
from ecrmock.values.signer import SigningJobNotFoundError, SigningProfileNotFoundError
from tests.store.changes import ACCOUNT, REGION, a_job, a_profile, commit, rollback, the_registry

OTHER = "111122223333"


@pytest.fixture
def store() -> Store:
    """A store with a profile and a job."""
    store = Store()
    the_registry(store).signer.save_profile(a_profile())
    the_registry(store).signer.save_job(a_job())
    commit(store)
    return store


def test_a_profile_and_a_job_are_found_in_their_region(store: Store) -> None:
    signer = the_registry(store).signer
    assert signer.profile("profile_0") == a_profile()
    assert signer.job(a_job().job_id) == a_job()


def test_a_profile_is_not_found_in_another_region(store: Store) -> None:
    with pytest.raises(SigningProfileNotFoundError):
        store.registry(ACCOUNT, "eu-west-1").signer.profile("profile_0")


def test_a_job_is_not_found_in_another_account(store: Store) -> None:
    with pytest.raises(SigningJobNotFoundError):
        store.registry(OTHER, REGION).signer.job(a_job().job_id)


def test_profiles_are_listed_in_the_order_of_their_creation() -> None:
    store = Store()
    for number in (2, 0, 1):
        profile = a_profile(number, sequence=the_registry(store).next_sequence())
        the_registry(store).signer.save_profile(profile)
    listed = list(the_registry(store).signer.profiles.after(1))
    assert [profile.profile_name for profile in listed] == ["profile_0", "profile_1"]


def test_a_profile_is_found_by_its_arn_with_and_without_its_version(store: Store) -> None:
    profile = a_profile()
    assert store.signing_profile(profile.arn) == profile
    assert store.signing_profile(profile.profile_version_arn) == profile


@pytest.mark.parametrize(
    "arn",
    [
        f"{a_profile().arn}/0123456789",
        a_profile().arn.replace(ACCOUNT, OTHER),
        a_profile().arn.replace("profile_0", "profile_9"),
        "profile_0",
    ],
    ids=["another version", "another account", "another name", "no ARN"],
)
def test_no_profile_is_found_by_an_arn_of_something_else(store: Store, arn: str) -> None:
    assert store.signing_profile(arn) is None


def test_a_profile_that_was_not_committed_is_taken_back(store: Store) -> None:
    the_registry(store).signer.save_profile(a_profile(1, sequence=9))
    rollback(store)
    assert list(the_registry(store).signer.profiles.after(-1)) == [a_profile()]


def test_a_reset_forgets_profiles_and_jobs(store: Store) -> None:
    store.reset()
    signer = the_registry(store).signer
    assert (len(signer.profiles), len(signer.jobs)) == (0, 0)
