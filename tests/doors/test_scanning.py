"""How registries and repositories say what is scanned. Source: reference api.md §10.3, §10.4."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.doors.conftest import content_of

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
