"""PutImageScanningConfiguration. Source: reference api.md §4.6."""

import pytest

from ecrmock.operations.repositories import describe_repositories
from ecrmock.operations.scanning import put_image_scanning_configuration
from ecrmock.values.repositories import ImageScanningConfiguration, RepositoryNotFoundError

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
