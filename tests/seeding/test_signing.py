"""Signing rules of a seed, and of an export."""

from typing import Any

import pytest

from ecrmock.seeding.describing import describe
from ecrmock.seeding.mistakes import SeedError
from ecrmock.values.images import ImageIdentifier
from ecrmock.values.signing import SigningConfigurationNotFoundError
from tests.seeding.conftest import Played

RELEASE = "arn:aws:signer:us-east-1:123456789012:/signing-profiles/release"
THEIRS = "arn:aws:signer:us-east-1:111122223333:/signing-profiles/release"


def seed(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    profiles = {"signing_profiles": {"release": {}}}
    return {"version": 1, **profiles, "registry": {"signing": list(rules)}, **more}


def rules(played: Played) -> list[tuple[str, list[str]]]:
    found = played.ask("GetSigningConfiguration").signing_configuration
    return [
        (rule.signing_profile_arn, [each.filter for each in rule.repository_filters or ()])
        for rule in found.rules
    ]


def test_a_rule_names_a_profile_of_the_account_or_one_by_its_arn(played: Played) -> None:
    played(seed({"profile": "release", "repositories": ["prod/*"]}, {"profile": THEIRS}))
    assert rules(played) == [(RELEASE, ["prod/*"]), (THEIRS, [])]


def test_no_rules_are_a_configuration(played: Played) -> None:
    played(seed())
    assert rules(played) == []


def test_without_them_there_is_no_configuration(played: Played) -> None:
    played({"version": 1})
    with pytest.raises(SigningConfigurationNotFoundError):
        rules(played)


def test_images_of_the_seed_come_without_signatures(played: Played) -> None:
    """Rules are put last, as everything that could judge a seed."""
    images = [{"tags": ["1.0"], "layers": []}]
    played(seed({"profile": "release"}, repositories={"app": {"images": images}}))
    image_id = ImageIdentifier(image_tag="1.0")
    named = {"repository_name": "app", "image_id": image_id}
    assert played.ask("DescribeImageSigningStatus", **named).signing_statuses == ()


def test_what_is_no_profile_is_a_mistake(played: Played) -> None:
    with pytest.raises(SeedError, match="the name of a profile of the account"):
        played(seed({"profile": "no profile"}))


def test_an_export_describes_rules_and_makes_them_again(played: Played) -> None:
    state = played(
        seed({"profile": "release", "repositories": ["prod/*"]}, {"profile": THEIRS})
    ).backend.state()
    exported = describe(state, played.backend.settings, "images", None)
    region = exported["accounts"]["123456789012"]["regions"]["us-east-1"]
    assert region["registry"]["signing"] == [
        {"profile": RELEASE, "repositories": ["prod/*"]},
        {"profile": THEIRS},
    ]
    before = rules(played)
    played.backend.reset()
    played(exported)
    assert rules(played) == before
