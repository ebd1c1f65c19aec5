"""The service models, from botocore's data."""

import pytest

from ecrmock.frontends.aws.service_models import operation_model, service_model


@pytest.mark.parametrize("service", ["ecr", "ecr-public", "sts", "iam", "signer"])
def test_a_service_is_known_by_the_name_that_botocore_has_for_it(service):
    assert service_model(service).service_name == service


def test_a_model_is_loaded_once():
    assert service_model("ecr") is service_model("ecr")


def test_an_operation_is_found_by_its_name():
    assert operation_model("ecr", "PutImage").name == "PutImage"


@pytest.mark.parametrize("name", ["", "putimage", "put_image", "DescribeThings"])
def test_an_unknown_operation_has_no_model(name):
    assert operation_model("ecr", name) is None


def test_this_botocore_has_all_58_operations_of_ecr():
    """Source: DESIGN.md section 7, the lower bound of the dependency."""
    assert len(service_model("ecr").operation_names) >= 58
