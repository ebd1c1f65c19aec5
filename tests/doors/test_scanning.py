"""How registries and repositories say what is scanned. Source: reference api.md §10.3, §10.4."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.doors.conftest import Door, content_of

RULE = {
    "scanFrequency": "SCAN_ON_PUSH",
    "repositoryFilters": [{"filter": "app", "filterType": "WILDCARD"}],
}


def test_the_scanning_configuration_of_a_registry(ecr: Any) -> None:
    put = ecr.put_registry_scanning_configuration(scanType="BASIC", rules=[RULE])
    shown = {"scanType": "BASIC", "rules": [RULE]}
    assert content_of(put) == {"registryScanningConfiguration": shown}
    got = content_of(ecr.get_registry_scanning_configuration())
    assert got == {"registryId": "123456789012", "scanningConfiguration": shown}


def test_the_scanning_configuration_of_repositories(ecr: Any) -> None:
    arn = ecr.describe_repositories()["repositories"][0]["repositoryArn"]
    answer = ecr.batch_get_repository_scanning_configuration(repositoryNames=["app", "none"])
    (shown,), (failure,) = answer["scanningConfigurations"], answer["failures"]
    assert shown["repositoryArn"] == arn
    assert (shown["scanFrequency"], shown["appliedScanFilters"]) == ("MANUAL", [])
    assert failure["failureCode"] == "REPOSITORY_NOT_FOUND"


def test_basic_scanning_is_never_continuous(ecr: Any) -> None:
    rule = {**RULE, "scanFrequency": "CONTINUOUS_SCAN"}
    text = r"'Invalid scan frequency for scanType BASIC: CONTINUOUS_SCAN'"
    with pytest.raises(ClientError, match=text):
        ecr.put_registry_scanning_configuration(scanType="BASIC", rules=[rule])


def test_an_organization_forbids_a_change_by_a_fault_alone(ecr: Any, door: Door) -> None:
    """Source: reference features.md §2.2; nothing here is known of organizations."""
    error = "BlockedByOrganizationPolicyException"
    with (
        door.ecr.fault("PutRegistryScanningConfiguration", error=error),
        pytest.raises(ClientError, match=error),
    ):
        ecr.put_registry_scanning_configuration(scanType="ENHANCED", rules=[])
    assert ecr.get_registry_scanning_configuration()["scanningConfiguration"]["scanType"] == "BASIC"


def test_the_flag_of_a_repository_is_shown_as_it_was_set(ecr: Any) -> None:
    """Whatever the registry's rules say of its scans. Source: reference features.md §2.3."""
    ecr.put_image_scanning_configuration(
        repositoryName="app", imageScanningConfiguration={"scanOnPush": True}
    )
    rule = {**RULE, "repositoryFilters": [{"filter": "other", "filterType": "WILDCARD"}]}
    ecr.put_registry_scanning_configuration(rules=[rule])
    (repository,) = ecr.describe_repositories()["repositories"]
    answer = ecr.batch_get_repository_scanning_configuration(repositoryNames=["app"])
    (effective,) = answer["scanningConfigurations"]
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
    assert (effective["scanOnPush"], effective["scanFrequency"]) == (False, "MANUAL")


def test_continuous_scanning_wins_over_a_scan_on_push(ecr: Any) -> None:
    """Source: reference features.md §2.2."""
    continuous = {**RULE, "scanFrequency": "CONTINUOUS_SCAN"}
    ecr.put_registry_scanning_configuration(scanType="ENHANCED", rules=[RULE, continuous])
    answer = ecr.batch_get_repository_scanning_configuration(repositoryNames=["app"])
    (effective,) = answer["scanningConfigurations"]
    assert (effective["scanFrequency"], effective["scanOnPush"]) == ("CONTINUOUS_SCAN", False)
