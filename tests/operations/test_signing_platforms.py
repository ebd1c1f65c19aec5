"""GetSigningPlatform and ListSigningPlatforms. Source: AWS CLI, examples of signer."""

import pytest

from ecrmock.operations.signing_platforms import get_signing_platform, list_signing_platforms
from ecrmock.values.signer import NOTATION, SignerValidationError, SigningPlatformNotFoundError


def listed(registry, **parameters):
    page = registry(list_signing_platforms, **parameters)
    return [platform.platform_id for platform in page.platforms], page.next_token


def test_platforms_are_listed_with_what_is_asked_for(registry):
    assert NOTATION in listed(registry)[0]
    assert listed(registry, partner="AmazonFreeRTOS", target="SHA256-ECDSA")[0] == [
        "AmazonFreeRTOS-Default"
    ]
    assert len(listed(registry, category="AWS")[0]) == 3


def test_platforms_are_listed_in_pages(registry):
    first, token = listed(registry, max_results=4)
    assert (len(first), listed(registry, next_token=token)) == (4, ([NOTATION], None))


def test_a_platform_is_found_by_its_id(registry):
    found = registry(get_signing_platform, platform_id="AmazonFreeRTOS-TI-CC3220SF")
    assert (found.target, found.max_size_in_mb) == ("SHA1-RSA-TISHA1", 16)
    assert found.signing_configuration.hash_algorithm_options.default_value == "SHA1"


def test_a_platform_that_does_not_exist_is_not_found(registry):
    with pytest.raises(SigningPlatformNotFoundError):
        registry(get_signing_platform, platform_id="no")


def test_a_foreign_token_is_refused(registry):
    with pytest.raises(SignerValidationError):
        listed(registry, next_token="nonsense")
