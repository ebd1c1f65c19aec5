import pytest

from ecrmock.rules.scanning import filter_matches, scanning_of
from ecrmock.values.names import AccountId, RepositoryName
from ecrmock.values.repositories import ImageScanningConfiguration, Repository
from ecrmock.values.scanning import (
    BASIC,
    CONTINUOUS_SCAN,
    ENHANCED,
    MANUAL,
    SCAN_ON_PUSH,
    RegistryScanningConfiguration,
    RegistryScanningRule,
    ScanningRepositoryFilter,
)
from ecrmock.world.clock import Clock

NAMES = ("prod", "repo-prod", "prod-repo", "repo-prod-repo", "prodrepo")


def repository(*, flag: bool = False) -> Repository:
    return Repository(
        repository_arn="arn:aws:ecr:us-east-1:123456789012:repository/app",
        registry_id=AccountId("123456789012"),
        repository_name=RepositoryName("app"),
        created_at=Clock().now(),
        image_scanning_configuration=ImageScanningConfiguration(scan_on_push=flag),
    )


def configuration(scan_type: str, **patterns: str) -> RegistryScanningConfiguration:
    rules = tuple(
        RegistryScanningRule(
            scan_frequency=frequency,
            repository_filters=(ScanningRepositoryFilter(filter=pattern, filter_type="WILDCARD"),),
        )
        for frequency, pattern in patterns.items()
    )
    return RegistryScanningConfiguration(scan_type=scan_type, rules=rules)


@pytest.mark.parametrize(
    ("pattern", "matching"),
    [
        ("prod", NAMES),
        ("*prod", ("prod", "repo-prod")),
        ("prod*", ("prod", "prod-repo", "prodrepo")),
        ("*prod*", NAMES),
        ("prod*repo", ("prod-repo", "prodrepo")),
    ],
)
def test_a_filter_matches_as_the_user_guide_shows(pattern: str, matching: tuple[str, ...]) -> None:
    """Source: ECR User Guide, "Filters to choose which repositories are scanned"."""
    assert tuple(name for name in NAMES if filter_matches(pattern, name)) == matching


@pytest.mark.parametrize(
    ("scan_type", "patterns", "flag", "frequency"),
    [
        (BASIC, {}, False, MANUAL),
        (BASIC, {}, True, SCAN_ON_PUSH),
        (BASIC, {SCAN_ON_PUSH: "other"}, True, MANUAL),
        (BASIC, {SCAN_ON_PUSH: "app"}, False, SCAN_ON_PUSH),
        (ENHANCED, {}, True, MANUAL),
        (ENHANCED, {SCAN_ON_PUSH: "app", CONTINUOUS_SCAN: "app"}, False, CONTINUOUS_SCAN),
        (ENHANCED, {SCAN_ON_PUSH: "app", CONTINUOUS_SCAN: "other"}, False, SCAN_ON_PUSH),
    ],
)
def test_rules_decide_once_there_are_any(
    scan_type: str, patterns: dict[str, str], flag: bool, frequency: str
) -> None:
    """Source: reference features.md §2.2, §2.3."""
    shown = scanning_of(configuration(scan_type, **patterns), repository(flag=flag))
    assert shown.scan_frequency == frequency
    assert shown.scan_on_push == (frequency == SCAN_ON_PUSH)
