"""The table of ECR's actions against the model of the API and the code. Source: reference iam.md §8."""

import botocore.session
import pytest

from ecrmock.operations.table import OPERATIONS
from ecrmock.rules.actions import ECR_ACTIONS, ecr_action, ecr_action_like

OPERATION_NAMES = set(botocore.session.Session().get_service_model("ecr").operation_names)


def test_each_operation_is_an_action_but_the_one_that_another_action_allows() -> None:
    """``ListImageReferrers`` is allowed by ``BatchGetImage``, says the model."""
    assert OPERATION_NAMES - set(ECR_ACTIONS) == {"ListImageReferrers"}


def test_what_is_no_operation_is_for_permissions_only() -> None:
    without_operation = {name for name, action in ECR_ACTIONS.items() if action.permission_only}
    assert without_operation == set(ECR_ACTIONS) - OPERATION_NAMES
    assert without_operation


@pytest.mark.parametrize(
    ("name", "on_repository"),
    [
        ("ecr:PutImage", True),
        ("ecr:CreateRepository", True),
        ("ECR:replicateimage", True),
        ("ecr:GetAuthorizationToken", False),
        ("ecr:PutRegistryPolicy", False),
    ],
)
def test_an_action_knows_whether_it_is_on_a_repository(name: str, on_repository: bool) -> None:
    action = ecr_action(name)
    assert action is not None
    assert action.on_repository is on_repository


@pytest.mark.parametrize("name", ["ecr:Nothing", "PutImage", "s3:PutImage", ""])
def test_ecr_has_no_other_action(name: str) -> None:
    assert ecr_action(name) is None


@pytest.mark.parametrize(
    ("name", "like"), [("ecr:putimag", "ecr:PutImage"), ("ecr:xyz", None), ("s3:GetObject", None)]
)
def test_a_misspelt_name_is_like_the_nearest(name: str, like: str | None) -> None:
    assert ecr_action_like(name) == like


def test_each_operation_of_ecr_takes_an_action_that_exists() -> None:
    taken = {OPERATIONS[key].action for key in OPERATIONS if key[0] == "ecr"}
    assert taken
    assert {action for action in taken if ecr_action(action) is None} == set()
