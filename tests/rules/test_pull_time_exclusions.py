"""Whose pulls count. Source: reference features.md §9."""

from datetime import UTC, datetime

import pytest

from ecrmock.rules.pull_time_exclusions import is_recorded
from ecrmock.values.authorization import Caller
from ecrmock.values.pull_time_exclusions import PullTimeExclusion

ACCOUNT = "123456789012"
USER = f"arn:aws:iam::{ACCOUNT}:user/team/backup"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/scanner"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def session(role: str, account: str = ACCOUNT) -> str:
    return f"arn:aws:sts::{account}:assumed-role/{role}/session"


def recorded(arn: str, *excluded: str) -> bool:
    time = datetime(2026, 1, 2, tzinfo=UTC)
    exclusions = [
        PullTimeExclusion(principal_arn=each, created_at=time, sequence=number)
        for number, each in enumerate(excluded)
    ]
    return is_recorded(Caller(account=ACCOUNT, arn=arn, user_id="any"), exclusions)


@pytest.mark.parametrize("arn", [USER, ROOT, session("scanner"), "ecr.amazonaws.com"])
def test_every_pull_counts_while_nobody_is_excluded(arn: str) -> None:
    assert recorded(arn)


def test_the_pulls_of_an_excluded_user_do_not_count() -> None:
    assert not recorded(USER, ROLE, USER)


def test_a_session_is_excluded_with_its_role_whatever_the_path() -> None:
    """Inferred: reference features.md §9. The ARN of a session has no path."""
    assert not recorded(session("scanner"), ROLE)


@pytest.mark.parametrize(
    "arn",
    [
        ROOT,
        session("other"),
        session("team"),
        session("scanner", "111122223333"),
        f"arn:aws:iam::{ACCOUNT}:user/scanner",
        "ecr.amazonaws.com",
    ],
)
def test_the_pulls_of_everybody_else_count(arn: str) -> None:
    assert recorded(arn, ROLE, USER)
