"""The rules by which a registry has its images signed. Source: reference api.md §15."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.doors.conftest import ACCOUNT, Door, content_of
from tests.doors.signing import FIRST, SECOND, configure, rule


def test_a_configuration_is_answered_as_it_was_put(ecr: Any) -> None:
    rules = rule(FIRST, "prod/*", "*/production"), rule(SECOND)
    expected = {"signingConfiguration": {"rules": list(rules)}}
    assert content_of(configure(ecr, *rules)) == expected
    assert content_of(ecr.get_signing_configuration()) == {"registryId": ACCOUNT, **expected}


def test_a_configuration_replaces_the_one_before(ecr: Any) -> None:
    configure(ecr, rule(FIRST))
    configure(ecr, rule(SECOND))
    assert ecr.get_signing_configuration()["signingConfiguration"] == {"rules": [rule(SECOND)]}


def test_a_configuration_without_rules_is_one(ecr: Any) -> None:
    """Inferred: reference api.md §15."""
    configure(ecr)
    assert ecr.get_signing_configuration()["signingConfiguration"] == {"rules": []}


def test_a_deleted_configuration_is_answered_and_gone(ecr: Any) -> None:
    configure(ecr, rule())
    answer = content_of(ecr.delete_signing_configuration())
    assert answer == {"registryId": ACCOUNT, "signingConfiguration": {"rules": [rule()]}}
    with pytest.raises(ecr.exceptions.SigningConfigurationNotFoundException):
        ecr.delete_signing_configuration()


def test_a_registry_begins_without_a_configuration(ecr: Any) -> None:
    with pytest.raises(ecr.exceptions.SigningConfigurationNotFoundException):
        ecr.get_signing_configuration()


def test_a_profile_of_another_region_is_refused(door: Door) -> None:
    """Source: reference api.md §15, as seen."""
    west = door.client(region="eu-west-1")
    with pytest.raises(west.exceptions.InvalidParameterException) as caught:
        configure(west, rule())
    assert caught.value.response["Error"]["Message"] == (
        "Invalid parameter at 'signingProfileArn' failed to satisfy constraint: "
        f"'The region of signing profile ARN '{FIRST}' is 'us-east-1' but must be 'eu-west-1' "
        "(the current region)'"
    )


@pytest.mark.parametrize(
    "rules",
    [
        [rule()] * 11,
        [rule("arn:aws:signer:us-east-1:123456789012:/signing-profiles/a")],
        [rule(FIRST, *["app"] * 101)],
        [rule(FIRST, "no/")],
        [{**rule(), "repositoryFilters": [{"filter": "a", "filterType": "PREFIX_MATCH"}]}],
    ],
)
def test_the_model_limits_rules(ecr: Any, rules: list[dict[str, Any]]) -> None:
    """Source: service model, SigningRuleList, SigningProfileArn, SigningRepositoryFilterList."""
    with pytest.raises(ClientError) as caught:
        configure(ecr, *rules)
    assert caught.value.response["Error"]["Code"] == "InvalidParameterException"
