from datetime import timedelta

import pytest

from ecrmock.values.authorization import (
    TOKEN_LIFETIME,
    ExpiredTokenError,
    InvalidTokenError,
    NotAuthenticatedError,
    root_of,
)
from ecrmock.values.errors import EcrError
from ecrmock.values.names import partition_of

ACCOUNT = "123456789012"


def test_a_token_lives_for_twelve_hours() -> None:
    """Source: reference api.md §19."""
    assert timedelta(hours=12) == TOKEN_LIFETIME


@pytest.mark.parametrize(
    ("region", "arn"),
    [
        ("us-east-1", "arn:aws:iam::123456789012:root"),
        ("cn-north-1", "arn:aws-cn:iam::123456789012:root"),
    ],
)
def test_the_root_of_an_account_has_the_arn_of_its_partition(region: str, arn: str) -> None:
    assert root_of(ACCOUNT, partition_of(region)).arn == arn


def test_the_user_id_of_the_root_is_the_account() -> None:
    """Source: reference iam.md §1.1."""
    assert root_of(ACCOUNT, partition_of("us-east-1")).user_id == ACCOUNT


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (NotAuthenticatedError(), "UNAUTHORIZED", 401),
        (InvalidTokenError(), "DENIED", 400),
        (ExpiredTokenError(), "DENIED", 403),
    ],
)
def test_bad_credentials_are_refused_each_in_its_way(
    error: EcrError, code: str, status: int
) -> None:
    """An expired token is no 401, so that clients do not refresh it. Source: registry.md §2.3."""
    assert (error.oci_code, error.oci_status) == (code, status)


def test_missing_credentials_are_told_in_plain_words() -> None:
    """Source: reference registry.md §2.3."""
    assert NotAuthenticatedError().message == "Not Authorized"


def test_an_expired_token_says_what_to_do() -> None:
    """Source: reference registry.md §2.3."""
    assert ExpiredTokenError().message == (
        "Your authorization token has expired. Reauthenticate and try again."
    )
