"""Who shares a limit of pulls. Source: reference public.md §2."""

from dataclasses import replace

import pytest

from ecrmock.operations.operation import Context
from ecrmock.operations.pull_rates import count_public_pull
from ecrmock.values.authorization import NOBODY, Caller, root_of
from ecrmock.values.faults import ThrottledError
from ecrmock.values.names import AccountId, Region, partition_of
from tests.operations.conftest import Registry

SOMEBODY, OTHER = (
    root_of(AccountId(account), partition_of(Region("us-east-1")))
    for account in ("123456789012", "111122223333")
)


def pulls(context: Context, caller: Caller, source_ip: str = "10.0.0.1") -> int:
    """Pull until the limit is reached, and return how often that was possible."""
    count = 0
    while count < 100:
        try:
            count_public_pull(
                replace(context, caller=caller), repository_name="app", source_ip=source_ip
            )
        except ThrottledError:
            return count
        count += 1
    return count


@pytest.fixture
def context() -> Context:
    """A context in which time stands still."""
    return Registry().context()


def test_each_address_of_nobody_has_a_limit(context: Context) -> None:
    found = [pulls(context, NOBODY, address) for address in ("10.0.0.1", "10.0.0.1", "10.0.0.2")]
    assert found == [1, 0, 1]


def test_an_account_has_one_limit_wherever_it_pulls_from(context: Context) -> None:
    found = [pulls(context, SOMEBODY, address) for address in ("10.0.0.1", "10.0.0.2")]
    assert found == [10, 0]


def test_accounts_do_not_share_a_limit(context: Context) -> None:
    assert [pulls(context, SOMEBODY), pulls(context, OTHER)] == [10, 10]
