"""The errors of IAM in its words. Source: reference iam.md §13.3."""

import pytest

from ecrmock.values import iam_errors as errors
from ecrmock.values.errors import EcrError

ARN = "arn:aws:iam::123456789012:policy/pull"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (errors.IdentityNotFoundError("role", "x"), "The role with name x cannot be found."),
        (errors.IdentityAlreadyExistsError("user", "x"), "User with name x already exists."),
        (errors.IdentityAlreadyExistsError("role", "x"), "Role with name x already exists."),
        (errors.AccessKeyNotFoundError("AKIA"), "The Access Key with id AKIA cannot be found"),
        (errors.PolicyNotFoundError(ARN), f"Policy {ARN} was not found."),
        (
            errors.NoAttachablePolicyError(ARN),
            f"Policy {ARN} does not exist or is not attachable.",
        ),
        (
            errors.InlinePolicyNotFoundError("group", "p"),
            "The group policy with name p cannot be found.",
        ),
        (
            errors.PolicyAlreadyExistsError("pull"),
            "A policy called pull already exists. Duplicate names are not allowed.",
        ),
        (
            errors.DuplicateTagKeysError(),
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        ),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, EcrError) else "",
)
def test_an_error_has_the_words_of_aws(error: EcrError, text: str) -> None:
    assert error.message == text


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        (errors.NoSuchEntityError, "NoSuchEntity", 404),
        (errors.EntityAlreadyExistsError, "EntityAlreadyExists", 409),
        (errors.DeleteConflictError, "DeleteConflict", 409),
        (errors.IamLimitExceededError, "LimitExceeded", 409),
        (errors.InvalidInputError, "InvalidInput", 400),
        (errors.UnmodifiableEntityError, "UnmodifiableEntity", 400),
        (errors.PolicyNotAttachableError, "PolicyNotAttachable", 400),
    ],
)
def test_every_kind_of_error_has_its_code_and_status(
    kind: type[EcrError], code: str, status: int
) -> None:
    assert (kind.code, kind.status) == (code, status)
    assert {(each.code, each.status) for each in kind.__subclasses__()} <= {(code, status)}
