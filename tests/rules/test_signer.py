"""What a signing profile may be made with, and which signatures count. Source: service model of signer."""

from datetime import timedelta

import pytest

from ecrmock.rules.paging import encode_token
from ecrmock.rules.signer import (
    VERSION_BITS,
    check_material,
    check_platform,
    check_profile_arn,
    check_revocation_question,
    check_validity,
    jobs_of,
    profile_version,
    profiles_of,
    revoked_entities,
    start_of_page,
    too_many,
    wanted_statuses,
)
from ecrmock.values.repositories import ResourceTag
from ecrmock.values.signer import (
    LAMBDA,
    LONGEST_VALIDITY,
    NOTATION,
    SignatureValidityPeriod,
    SignerBadRequestError,
    SignerValidationError,
    SigningMaterial,
    SigningPlatformNotFoundError,
)
from tests.store.changes import ACCOUNT, REGION, TIME, a_job, a_profile

DEVICES = "AWSIoTDeviceManagement-SHA256-ECDSA"
CERTIFICATE = SigningMaterial(certificate_arn="arn:aws:acm:us-east-1:123456789012:certificate/a")
SECOND = timedelta(seconds=1)
PROFILE, JOB = a_profile(), a_job()
REVOKED_PROFILE, REVOKED_JOB = a_profile(0, 1), a_job(0, 1)


def period(value: int | None, unit: str | None) -> SignatureValidityPeriod:
    return SignatureValidityPeriod(value=value, type=unit)


@pytest.mark.parametrize("number", [0, 1, 2**VERSION_BITS - 1])
def test_a_version_has_ten_letters_and_digits(number: int) -> None:
    """Source: shape ``ProfileVersion``."""
    version = profile_version(number)
    assert len(version) == 10
    assert version.isascii()
    assert version.isalnum()


def test_numbers_give_versions_of_their_own() -> None:
    assert len({profile_version(number) for number in range(1000)}) == 1000


def test_a_platform_that_does_not_exist_is_not_found() -> None:
    with pytest.raises(SigningPlatformNotFoundError):
        check_platform("Notation")


@pytest.mark.parametrize("platform_id", [NOTATION, LAMBDA])
def test_images_and_functions_are_signed_without_a_certificate_of_the_users(
    platform_id: str,
) -> None:
    platform = check_platform(platform_id)
    check_material(platform, SigningMaterial())
    with pytest.raises(SignerValidationError):
        check_material(platform, CERTIFICATE)


def test_devices_are_signed_with_a_certificate_of_the_users() -> None:
    """Source: aws-cloudformation/cloudformation-coverage-roadmap#1641, with this text."""
    platform = check_platform(DEVICES)
    check_material(platform, CERTIFICATE)
    with pytest.raises(SignerValidationError, match=r"signing material cannot be null\."):
        check_material(platform, SigningMaterial())


def test_without_a_period_signatures_hold_135_months() -> None:
    """Source: service model, PutSigningProfile."""
    assert check_validity(None) == LONGEST_VALIDITY == period(135, "MONTHS")


@pytest.mark.parametrize(
    ("value", "unit"),
    [(1, "DAYS"), (4109, "DAYS"), (1, "MONTHS"), (135, "MONTHS"), (1, "YEARS"), (11, "YEARS")],
)
def test_a_period_may_be_as_long_as_135_months(value: int, unit: str) -> None:
    assert check_validity(period(value, unit)) == period(value, unit)


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        (0, "DAYS"),
        (-1, "MONTHS"),
        (4110, "DAYS"),
        (136, "MONTHS"),
        (12, "YEARS"),
        (10**40, "YEARS"),
        (None, "DAYS"),
        (1, None),
    ],
)
def test_any_other_period_is_refused(value: int | None, unit: str | None) -> None:
    with pytest.raises(SignerValidationError):
        check_validity(period(value, unit))


@pytest.mark.parametrize(("count", "is_refused"), [(50, False), (51, True)])
def test_a_profile_has_fifty_resource_tags_at_most(count: int, is_refused: bool) -> None:
    """Source: AWS Signer Developer Guide, "Create a Signer signing profile"."""
    tags = tuple(ResourceTag(key=str(number), value="") for number in range(count))
    assert (too_many(tags) is not None) == is_refused


def test_an_arn_of_this_account_and_region_names_a_profile() -> None:
    assert check_profile_arn(PROFILE.arn, ACCOUNT, REGION) == "profile_0"


@pytest.mark.parametrize("arn", ["", PROFILE.profile_version_arn, JOB.arn])
def test_what_is_no_arn_of_a_profile_is_a_bad_request(arn: str) -> None:
    with pytest.raises(SignerBadRequestError):
        check_profile_arn(arn, ACCOUNT, REGION)


@pytest.mark.parametrize("place", [(ACCOUNT, "eu-west-1"), ("111122223333", REGION)])
def test_an_arn_of_somewhere_else_is_a_bad_request(place: tuple[str, str]) -> None:
    with pytest.raises(SignerBadRequestError):
        check_profile_arn(PROFILE.arn, *place)


def test_a_page_starts_where_its_token_says() -> None:
    assert start_of_page("signing-jobs", encode_token("signing-jobs", 7)) == 7
    assert start_of_page("signing-jobs", None) == -1


def test_a_token_of_another_listing_is_refused() -> None:
    with pytest.raises(SignerValidationError):
        start_of_page("signing-jobs", encode_token("signing-profiles", 7))


@pytest.mark.parametrize(
    ("statuses", "include_canceled", "wanted"),
    [
        (None, False, {"Active"}),
        ((), False, {"Active"}),
        (None, True, {"Active", "Canceled"}),
        (("Revoked",), False, {"Revoked"}),
        (("Revoked",), True, {"Revoked", "Canceled"}),
    ],
)
def test_active_profiles_are_listed_if_nothing_else_is_said(
    statuses: tuple[str, ...] | None, include_canceled: bool, wanted: set[str]
) -> None:
    """Source: service model, ListSigningProfiles."""
    shown = wanted_statuses(statuses, include_canceled=include_canceled)
    assert {each for each in ("Active", "Canceled", "Revoked") if each in shown} == wanted


def test_profiles_are_listed_by_platform_and_status() -> None:
    profiles = (PROFILE, a_profile(1, platform_id=LAMBDA), a_profile(2, status="Canceled"))
    assert list(profiles_of(profiles, ("Active",), NOTATION)) == [PROFILE]
    assert len(list(profiles_of(profiles, ("Active",), None))) == 2


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"is_revoked": True}, [REVOKED_JOB]),
        ({"is_revoked": False}, [JOB]),
        ({"is_revoked": None, "status": "Succeeded"}, [JOB, REVOKED_JOB]),
        ({"status": "Failed"}, []),
        ({"job_invoker": "111122223333"}, []),
    ],
)
def test_jobs_are_listed_by_what_is_asked_for(wanted: dict, found: list) -> None:
    jobs = (JOB, REVOKED_JOB)
    assert list(jobs_of(jobs, wanted, expires_before=None, expires_after=None)) == found


@pytest.mark.parametrize(
    ("before", "after", "is_found"),
    [
        (TIME + SECOND, None, True),
        (TIME, None, False),
        (None, TIME - SECOND, True),
        (None, TIME, False),
        (TIME + SECOND, TIME - SECOND, True),
    ],
)
def test_jobs_are_listed_by_when_their_signatures_expire(before, after, is_found) -> None:
    found = list(jobs_of((JOB,), {}, expires_before=before, expires_after=after))
    assert bool(found) == is_found


@pytest.mark.parametrize(
    "question",
    [
        ("Notation", PROFILE.profile_version_arn, JOB.arn),
        (NOTATION, PROFILE.arn, JOB.arn),
        (NOTATION, PROFILE.profile_version_arn, PROFILE.arn),
    ],
    ids=["platform", "profile without a version", "no job"],
)
def test_a_question_about_what_cannot_be_is_refused(question: tuple[str, str, str]) -> None:
    with pytest.raises(SignerValidationError):
        check_revocation_question(*question)


def test_nothing_is_revoked_of_a_signature_that_counts() -> None:
    assert revoked_entities(PROFILE, JOB, JOB.certificate_hashes, TIME) == ()


def test_nothing_is_revoked_of_what_nobody_knows() -> None:
    assert revoked_entities(None, None, ("ab",), TIME) == ()


@pytest.mark.parametrize(("signed_at", "is_revoked"), [(TIME - SECOND, False), (TIME, True)])
def test_a_revoked_profile_does_not_count_for_what_it_signed_from_then_on(
    signed_at, is_revoked
) -> None:
    """Source: service model, RevokeSigningProfile: ``effectiveTime``."""
    found = revoked_entities(REVOKED_PROFILE, JOB, (), signed_at)
    assert found == ((REVOKED_PROFILE.profile_version_arn,) if is_revoked else ())


def test_a_revoked_job_is_told_with_its_certificate() -> None:
    job = a_job(0, 1, certificate_hashes=("leaf", "root"))
    assert revoked_entities(PROFILE, job, ("leaf", "root"), TIME) == (job.arn, "leaf")


def test_a_revoked_job_without_certificates_is_told() -> None:
    assert revoked_entities(None, a_job(0, 1, certificate_hashes=()), ("a",), TIME) == (JOB.arn,)
