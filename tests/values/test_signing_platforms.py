"""The platforms of AWS Signer. Source: AWS CLI, examples of ``signer list-signing-platforms``."""

import pytest

from ecrmock.values.signer import LAMBDA, NOTATION, PLATFORM_NAMES
from ecrmock.values.signing_platforms import SIGNING_PLATFORMS, find_platform


def test_each_platform_with_a_name_is_listed_once_and_in_its_place() -> None:
    assert [each.platform_id for each in SIGNING_PLATFORMS] == list(PLATFORM_NAMES)
    assert [each.sequence for each in SIGNING_PLATFORMS] == [1, 2, 3, 4, 5]


def test_images_are_signed_for_container_registries() -> None:
    """Source: AWS Signer Developer Guide, "Create a Signer signing profile"."""
    platform = find_platform(NOTATION)
    assert platform is not None
    assert platform.display_name == "Notation for container registries"
    assert platform.revocation_supported


@pytest.mark.parametrize("platform", SIGNING_PLATFORMS, ids=lambda each: each.platform_id)
def test_only_devices_need_a_certificate_of_the_users(platform) -> None:
    assert platform.signs_with_own_certificate == (platform.platform_id in (NOTATION, LAMBDA))


def test_a_platform_that_does_not_exist_is_not_found() -> None:
    assert find_platform("notation") is None
