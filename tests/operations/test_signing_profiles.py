"""Put-, Get-, List-, Cancel- and RevokeSigningProfile(s). Source: service model of signer."""

from datetime import timedelta

import pytest

from ecrmock.operations.signing_profiles import (
    cancel_signing_profile,
    get_signing_profile,
    list_signing_profiles,
    put_signing_profile,
    revoke_signing_profile,
)
from ecrmock.values.signer import (
    LAMBDA,
    NOTATION,
    SignatureValidityPeriod,
    SignerValidationError,
    SigningMaterial,
    SigningParameter,
    SigningPlatformNotFoundError,
    SigningProfileNotFoundError,
    SigningProfileVersionNotFoundError,
)
from tests.operations.conftest import START, Registry, resource_tags

NAME = {"profile_name": "release"}
RELEASE = {**NAME, "platform_id": NOTATION}
ARN = "arn:aws:signer:us-east-1:123456789012:/signing-profiles/release"
YESTERDAY = START - timedelta(days=1)


def put(registry: Registry, *names: str, **members):
    for name in names:
        registry(put_signing_profile, **{**RELEASE, "profile_name": name, **members})


def revoke(registry: Registry, **members):
    version = registry(get_signing_profile, **NAME).profile_version
    known = {**NAME, "profile_version": version, "reason": "key lost", "effective_time": YESTERDAY}
    registry(revoke_signing_profile, **{**known, **members})


def listed(registry: Registry, **parameters) -> list[list[str]]:
    page = registry(list_signing_profiles, **parameters)
    rest = {**parameters, "next_token": page.next_token}
    more = listed(registry, **rest) if page.next_token else []
    return [[profile.profile_name for profile in page.profiles], *more]


def test_a_profile_is_active_and_has_an_arn_and_a_version(registry):
    made = registry(put_signing_profile, **RELEASE)
    assert (made.arn, made.status, made.created_at) == (ARN, "Active", START)
    assert made.profile_version_arn == f"{ARN}/{made.profile_version}"
    assert registry(get_signing_profile, **NAME) == made


def test_a_profile_keeps_what_it_was_made_with(registry):
    more = {
        "signature_validity_period": SignatureValidityPeriod(value=2, type="YEARS"),
        "signing_parameters": (SigningParameter(key="a", value="b"),),
        "tags": resource_tags(team="a"),
    }
    made = registry(put_signing_profile, **RELEASE, **more)
    assert made.signature_validity_period == more["signature_validity_period"]
    assert (made.signing_parameters, made.tags) == ({"a": "b"}, {"team": "a"})


def test_a_name_is_given_once(registry):
    put(registry, "release")
    with pytest.raises(SignerValidationError):
        put(registry, "release")


def test_the_name_of_a_canceled_profile_is_not_given_again(registry):
    """Source: aws-ia/terraform-aws-transfer-family#106."""
    put(registry, "release")
    registry(cancel_signing_profile, **NAME)
    with pytest.raises(SignerValidationError):
        put(registry, "release")


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({"platform_id": "Notation"}, SigningPlatformNotFoundError),
        ({"signing_material": SigningMaterial(certificate_arn="arn")}, SignerValidationError),
        (
            {"signature_validity_period": SignatureValidityPeriod(value=0, type="DAYS")},
            SignerValidationError,
        ),
        (
            {"tags": resource_tags(**{f"k{number}": "" for number in range(51)})},
            SignerValidationError,
        ),
    ],
    ids=["platform", "certificate", "period", "tags"],
)
def test_a_profile_that_cannot_be_is_refused(registry, members, error):
    with pytest.raises(error):
        put(registry, "release", **members)


def test_accounts_and_regions_have_profiles_of_their_own(registry):
    put(registry, "release")
    put(registry.in_account("111122223333"), "release")
    put(registry.in_account("123456789012", "eu-west-1"), "release")
    with pytest.raises(SigningProfileNotFoundError):
        registry.in_account("111122223333", "eu-west-1")(get_signing_profile, **NAME)


def test_a_profile_of_another_account_can_be_looked_at(registry):
    put(registry.in_account("111122223333"), "release")
    other = registry.in_account("123456789012")
    found = other(get_signing_profile, **NAME, profile_owner="111122223333")
    assert found.arn == ARN.replace("123456789012", "111122223333")


def test_profiles_are_listed_in_the_order_of_creation_and_in_pages(registry):
    put(registry, "b1", "a1", "c1")
    assert listed(registry) == [["b1", "a1", "c1"]]
    assert listed(registry, max_results=2) == [["b1", "a1"], ["c1"]]


def test_a_page_has_25_profiles_if_nothing_else_is_said(registry):
    put(registry, *(f"profile_{number}" for number in range(26)))
    assert list(map(len, listed(registry))) == [25, 1]


def test_canceled_profiles_are_listed_if_asked_for(registry):
    put(registry, "one", "two")
    registry(cancel_signing_profile, profile_name="one")
    assert listed(registry) == [["two"]]
    assert listed(registry, include_canceled=True) == [["one", "two"]]
    assert listed(registry, statuses=("Canceled",)) == [["one"]]


def test_profiles_are_listed_by_platform(registry):
    put(registry, "one")
    put(registry, "two", platform_id=LAMBDA)
    assert listed(registry, platform_id=LAMBDA) == [["two"]]


def test_a_foreign_token_is_refused(registry):
    with pytest.raises(SignerValidationError):
        registry(list_signing_profiles, next_token="nonsense")


def test_a_canceled_profile_can_still_be_looked_at(registry):
    put(registry, "release")
    for _ in range(2):
        registry(cancel_signing_profile, **NAME)
        assert registry(get_signing_profile, **NAME).status == "Canceled"


def test_a_revoked_profile_says_who_revoked_it_and_why(registry):
    put(registry, "release")
    revoke(registry)
    profile = registry(get_signing_profile, **NAME)
    record = profile.revocation_record
    assert (profile.status, profile.status_reason) == ("Revoked", "key lost")
    assert (record.revocation_effective_from, record.revoked_at) == (YESTERDAY, START)
    assert record.revoked_by == "arn:aws:iam::123456789012:root"


def test_a_canceled_profile_can_be_revoked_and_a_revoked_one_stays_so(registry):
    put(registry, "release")
    registry(cancel_signing_profile, **NAME)
    revoke(registry)
    registry(cancel_signing_profile, **NAME)
    assert listed(registry, statuses=("Revoked",)) == [["release"]]


def test_a_profile_is_revoked_once(registry):
    put(registry, "release")
    revoke(registry)
    with pytest.raises(SignerValidationError):
        revoke(registry)


def test_another_version_of_a_profile_cannot_be_revoked(registry):
    put(registry, "release")
    with pytest.raises(SigningProfileVersionNotFoundError):
        revoke(registry, profile_version="0123456789")


@pytest.mark.parametrize("operation", [get_signing_profile, cancel_signing_profile])
def test_a_profile_that_does_not_exist_is_not_found(registry, operation):
    with pytest.raises(SigningProfileNotFoundError):
        registry(operation, **NAME)
