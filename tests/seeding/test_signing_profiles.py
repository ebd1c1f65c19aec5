"""Signing profiles of a seed, and of an export."""

from datetime import timedelta
from typing import Any

import pytest

from ecrmock.seeding.describing import describe
from ecrmock.seeding.mistakes import RefusedSeedError, SeedError
from ecrmock.values.signer import SigningProfile
from tests.seeding.conftest import START, Played

EVERYTHING = {
    "validity": {"value": 2, "type": "YEARS"},
    "parameters": {"a": "b"},
    "resource_tags": {"team": "a"},
    "revoked": {"reason": "key lost", "from": "1d ago"},
}
DEVICES = {
    "platform": "AmazonFreeRTOS-Default",
    "certificate": "arn:aws:acm:us-east-1:123456789012:certificate/a",
}


def seed(**profiles: Any) -> dict[str, Any]:
    return {"version": 1, "signing_profiles": profiles}


def profile(played: Played, name: str = "release", **where: str) -> SigningProfile:
    return played.ask("GetSigningProfile", service="signer", profile_name=name, **where)


def test_a_profile_signs_images_if_nothing_else_is_said(played: Played) -> None:
    found = profile(played(seed(release={})))
    assert (found.platform_id, found.status) == ("Notation-OCI-SHA384-ECDSA", "Active")
    assert found.signature_validity_period.value == 135


def test_a_profile_gets_what_the_seed_says_of_it(played: Played) -> None:
    found = profile(played(seed(release=EVERYTHING)))
    assert (found.signing_parameters, found.tags) == ({"a": "b"}, {"team": "a"})
    assert (found.status, found.status_reason) == ("Revoked", "key lost")
    assert found.revocation_record is not None
    assert found.revocation_record.revocation_effective_from == START - timedelta(days=1)


def test_accounts_and_regions_have_profiles_of_their_own(played: Played) -> None:
    regions = {"eu-west-1": {"signing_profiles": {"release": {"canceled": True}}}}
    played({"version": 1, "accounts": {"111122223333": {"regions": regions}}})
    found = profile(played, account="111122223333", region="eu-west-1")
    assert found.status == "Canceled"


def test_a_seed_with_profiles_may_be_played_again(played: Played) -> None:
    document = seed(release=EVERYTHING, devices=DEVICES, old={"canceled": True})
    before = played(document).backend.state()
    assert played(document).backend.state() == before


def test_a_profile_that_is_there_gets_the_resource_tags(played: Played) -> None:
    played(seed(release={}))(seed(release={"resource_tags": {"team": "b"}}))
    assert profile(played).tags == {"team": "b"}


@pytest.mark.parametrize(
    "document",
    [
        seed(a={}),
        seed(release={"platform": "Notation"}),
        seed(release={"validity": {"value": 1}}),
        seed(release={"resource_tags": {"aws:a": "b"}}),
        seed(release={"revoked": {"reason": "", "from": "1d ago"}}),
        seed(release={"revoked": {"reason": "a", "from": "0001-01-01"}}),
    ],
    ids=["name", "platform", "validity", "tags", "reason", "time"],
)
def test_a_mistake_is_found_before_anything_is_played(
    played: Played, document: dict[str, Any]
) -> None:
    with pytest.raises(SeedError):
        played(document)
    assert played.backend.state() == {}


def test_what_signer_refuses_is_refused_here(played: Played) -> None:
    with pytest.raises(RefusedSeedError, match="signing material cannot be null"):
        played(seed(release={"platform": "AmazonFreeRTOS-Default"}))


@pytest.mark.parametrize(
    "described",
    [{}, EVERYTHING | {"revoked": {"reason": "a", "from": START.isoformat()}}, DEVICES],
    ids=["nothing", "everything", "devices"],
)
def test_an_export_says_what_the_seed_said(played: Played, described: dict[str, Any]) -> None:
    played(seed(release=described, old={"canceled": True}))
    backend = played.backend
    made = describe(backend.state(), backend.settings, "images", None)
    region = made["accounts"]["123456789012"]["regions"]["us-east-1"]
    assert region == {"signing_profiles": {"release": described, "old": {"canceled": True}}}


def test_an_export_of_profiles_can_be_played(played: Played) -> None:
    played(seed(release=EVERYTHING, old={"canceled": True}))
    backend = played.backend
    other = Played()(describe(backend.state(), backend.settings, "images", None))
    assert (profile(other).tags, profile(other).status) == ({"team": "a"}, "Revoked")
    assert profile(other, "old").status == "Canceled"
