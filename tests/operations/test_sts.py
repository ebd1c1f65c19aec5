"""Who is asking, and whose a key is. Source: reference iam.md §12.1."""

import pytest

from ecrmock.operations.sts import get_access_key_info, get_caller_identity
from ecrmock.values.authorization import Caller
from ecrmock.values.iam import UserKey
from tests.operations.conftest import START

ACCOUNT, OTHER = "123456789012", "111122223333"


# GetCallerIdentity


def test_the_root_of_the_default_account_is_told_who_it_is(registry):
    identity = registry(get_caller_identity)
    assert (identity.account, identity.user_id) == (ACCOUNT, ACCOUNT)
    assert identity.arn == f"arn:aws:iam::{ACCOUNT}:root"


def test_the_identity_is_the_caller_whatever_registry_is_meant(registry):
    assert registry.in_account(OTHER)(get_caller_identity).account == ACCOUNT


@pytest.mark.parametrize("name", ["ecr.amazonaws.com", "signer.amazonaws.com"])
def test_a_service_is_told_its_own_name(registry, name):
    context = registry.context()
    context.caller = Caller(account=registry.account, arn=name, user_id=name)
    assert get_caller_identity(context).arn == name


# GetAccessKeyInfo


@pytest.mark.parametrize(
    ("key", "account"),
    [
        ("AKIARTX3GSDSQAAAAAAA", OTHER),
        ("ASIAQAAAAAAAGMKEM7X5", "000000000000"),
        ("AKIAIOSFODNN7EXAMPLE", ACCOUNT),
        ("a" * 16, ACCOUNT),
    ],
)
def test_a_key_tells_its_account_whether_it_exists_or_not(registry, key, account):
    """Source: reference iam.md §17.1; inferred for a key without an account inside."""
    assert registry(get_access_key_info, access_key_id=key).account == account


def test_a_key_that_is_there_is_of_its_owner(registry):
    key = UserKey(
        access_key_id="AKIAIOSFODNN7EXAMPLE",
        secret_access_key="",
        account=OTHER,
        user_name=None,
        create_date=START,
    )
    registry.store.keys.put(key.access_key_id, key)
    assert registry(get_access_key_info, access_key_id=key.access_key_id).account == OTHER
