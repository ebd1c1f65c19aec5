"""GetCallerIdentity. Source: reference iam.md §12.1."""

import pytest

from ecrmock.operations.sts import get_caller_identity
from ecrmock.values.authorization import Caller


def test_the_root_of_the_default_account_is_told_who_it_is(registry):
    identity = registry(get_caller_identity)
    assert (identity.account, identity.user_id) == ("123456789012", "123456789012")
    assert identity.arn == "arn:aws:iam::123456789012:root"


def test_the_identity_is_the_caller_whatever_registry_is_meant(registry):
    assert registry.in_account("111122223333")(get_caller_identity).account == "123456789012"


@pytest.mark.parametrize("name", ["ecr.amazonaws.com", "signer.amazonaws.com"])
def test_a_service_is_told_its_own_name(registry, name):
    context = registry.context()
    context.caller = Caller(account=registry.account, arn=name, user_id=name)
    assert get_caller_identity(context).arn == name
