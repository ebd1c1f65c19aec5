"""Scanning configuration of repositories and registries. Source: reference api.md §4.6, §10."""

import pytest

from ecrmock.operations.repositories import describe_repositories
from ecrmock.operations.scanning import (
    batch_get_repository_scanning_configuration,
    get_registry_scanning_configuration,
    put_image_scanning_configuration,
    put_registry_scanning_configuration,
)
from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.repositories import ImageScanningConfiguration, RepositoryNotFoundError
from ecrmock.values.scanning import (
    BASIC_SCANNING,
    CONTINUOUS_SCAN,
    SCAN_ON_PUSH,
    RegistryScanningRule,
    ScanningRepositoryFilter,
)

ON = ImageScanningConfiguration(scan_on_push=True)


def put(registry, configuration):
    parameters = {"repository_name": "app", "image_scanning_configuration": configuration}
    return registry(put_image_scanning_configuration, **parameters)


def test_the_setting_is_answered_and_shown(app):
    answer = put(app, ON)
    (shown,) = app(describe_repositories).repositories
    assert (answer.registry_id, answer.repository_name) == ("123456789012", "app")
    assert answer.image_scanning_configuration == shown.image_scanning_configuration == ON


def test_an_empty_configuration_switches_it_off(app):
    put(app, ON)
    put(app, ImageScanningConfiguration())
    (shown,) = app(describe_repositories).repositories
    assert not shown.image_scanning_configuration.scan_on_push


def test_the_repository_has_to_be_there(registry):
    with pytest.raises(RepositoryNotFoundError):
        put(registry, ON)


def rule(frequency, *patterns):
    filters = tuple(
        ScanningRepositoryFilter(filter=pattern, filter_type="WILDCARD") for pattern in patterns
    )
    return RegistryScanningRule(scan_frequency=frequency, repository_filters=filters)


def test_a_registry_begins_with_basic_scanning_without_rules(registry):
    answer = registry(get_registry_scanning_configuration)
    assert (answer.registry_id, answer.scanning_configuration) == ("123456789012", BASIC_SCANNING)


def test_what_is_put_is_answered_and_shown(registry):
    put_answer = registry(put_registry_scanning_configuration, rules=(rule(SCAN_ON_PUSH, "*"),))
    shown = registry(get_registry_scanning_configuration).scanning_configuration
    assert shown == put_answer.registry_scanning_configuration
    assert shown.rules == (rule(SCAN_ON_PUSH, "*"),)


def test_a_put_replaces_everything(registry):
    registry(
        put_registry_scanning_configuration,
        scan_type="ENHANCED",
        rules=(rule(CONTINUOUS_SCAN, "a"),),
    )
    registry(put_registry_scanning_configuration)
    assert registry(get_registry_scanning_configuration).scanning_configuration == BASIC_SCANNING


def test_basic_scanning_is_never_continuous(registry):
    text = (
        "Invalid parameter failed to satisfy constraint: "
        "'Invalid scan frequency for scanType BASIC: CONTINUOUS_SCAN'"
    )
    with pytest.raises(InvalidParameterError) as refused:
        registry(put_registry_scanning_configuration, rules=(rule(CONTINUOUS_SCAN, "*"),))
    assert refused.value.message == text


def test_a_frequency_stands_in_one_rule_only(registry):
    twice = (rule(SCAN_ON_PUSH, "a"), rule(SCAN_ON_PUSH, "b"))
    text = r"Invalid input. Contains duplicate scan frequencies: \[SCAN_ON_PUSH\]"
    with pytest.raises(InvalidParameterError, match=text):
        registry(put_registry_scanning_configuration, rules=twice)


def test_a_repository_shows_what_decides_about_it(app):
    app(put_registry_scanning_configuration, rules=(rule(SCAN_ON_PUSH, "ap*", "other"),))
    answer = app(batch_get_repository_scanning_configuration, repository_names=("app",))
    (shown,) = answer.scanning_configurations
    assert (shown.scan_on_push, shown.scan_frequency) == (True, SCAN_ON_PUSH)
    assert [each.filter for each in shown.applied_scan_filters] == ["ap*"]


def test_a_missing_repository_is_a_failure(app):
    answer = app(batch_get_repository_scanning_configuration, repository_names=("app", "none"))
    (failure,) = answer.failures
    assert (failure.repository_name, failure.failure_code) == ("none", "REPOSITORY_NOT_FOUND")
    assert len(answer.scanning_configurations) == 1
