import pytest

from ecrmock.values.errors import EcrError, InvalidParameterError
from ecrmock.values.policies import (
    InvalidRegistryPolicyError,
    InvalidRepositoryPolicyError,
    RegistryPolicyNotFoundError,
    RepositoryPolicyNotFoundError,
    Statement,
)

ACCOUNT = "123456789012"


@pytest.mark.parametrize(
    ("error", "kind"),
    [(InvalidRepositoryPolicyError, "repository"), (InvalidRegistryPolicyError, "registry")],
)
def test_a_bad_policy_is_told_in_the_words_of_ecr(
    error: type[InvalidParameterError], kind: str
) -> None:
    """Source: reference iam.md §9.2, §10."""
    made = error("Statement is empty")
    assert made.code == "InvalidParameterException"
    assert made.message == (
        "Invalid parameter at 'PolicyText' failed to satisfy constraint: "
        f"'Invalid {kind} policy provided'"
    )


@pytest.mark.parametrize("error", [InvalidRepositoryPolicyError, InvalidRegistryPolicyError])
def test_the_reason_of_a_bad_policy_is_kept_beside_the_text(
    error: type[InvalidRepositoryPolicyError],
) -> None:
    assert error("Statement is empty").reason == "Statement is empty"


def test_a_missing_repository_policy_is_named_with_its_repository() -> None:
    """Source: reference api.md §8.1."""
    assert RepositoryPolicyNotFoundError("team/app", ACCOUNT).message == (
        "Repository policy does not exist for the repository with name 'team/app' "
        "in the registry with id '123456789012'"
    )


def test_a_missing_registry_policy_is_named_with_its_registry() -> None:
    assert f"'{ACCOUNT}'" in RegistryPolicyNotFoundError(ACCOUNT).message


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RepositoryPolicyNotFoundError, "RepositoryPolicyNotFoundException"),
        (RegistryPolicyNotFoundError, "RegistryPolicyNotFoundException"),
    ],
)
def test_each_error_has_its_code(error: type[EcrError], code: str) -> None:
    """Source: reference api.md §8."""
    assert error.code == code


def test_a_statement_says_nothing_that_it_was_not_given() -> None:
    statement = Statement(effect="Allow")
    assert (statement.sid, statement.principals, statement.conditions) == (None, (), ())
