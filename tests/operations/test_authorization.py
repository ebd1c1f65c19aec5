"""GetAuthorizationToken. Source: reference api.md §19."""

import base64
from datetime import timedelta

import pytest

from ecrmock.operations.authorization import get_authorization_token
from ecrmock.values.authorization import ExpiredTokenError, InvalidTokenError
from tests.operations.conftest import START, Registry

HOUR = timedelta(hours=1)


def tokens(registry: Registry, *registry_ids: str):
    return registry(get_authorization_token, registry_ids=registry_ids).authorization_data


def password(data) -> str:
    user, _, secret = base64.b64decode(data.authorization_token).decode().partition(":")
    assert user == "AWS"
    return secret


def test_without_registries_there_is_one_token_for_the_own_registry(registry):
    (data,) = tokens(registry)
    assert data.proxy_endpoint == "https://123456789012.dkr.ecr.us-east-1.amazonaws.com"


def test_each_registry_that_is_asked_for_has_its_entry(registry):
    hosts = [data.proxy_endpoint for data in tokens(registry, "111122223333", "444455556666")]
    assert hosts == [
        "https://111122223333.dkr.ecr.us-east-1.amazonaws.com",
        "https://444455556666.dkr.ecr.us-east-1.amazonaws.com",
    ]


def test_a_registry_that_is_asked_for_twice_has_one_entry(registry):
    assert len(tokens(registry, "111122223333", "111122223333")) == 1


def test_the_endpoint_has_the_suffix_of_the_partition(registry):
    (data,) = tokens(registry.in_account("111122223333", "cn-north-1"))
    assert data.proxy_endpoint == "https://111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn"


def test_a_token_expires_after_twelve_hours(registry):
    (data,) = tokens(registry)
    assert data.expires_at == START + 12 * HOUR


def test_a_token_stands_for_the_caller_whatever_registry_it_was_asked_for(registry):
    (data,) = tokens(registry, "111122223333")
    caller = registry.world.tokens.read(password(data), START)
    assert caller.arn == "arn:aws:iam::123456789012:root"


def test_each_call_makes_a_new_token(registry):
    """Inferred: reference api.md §19; the older one stays valid."""
    first, second = (password(data) for _ in range(2) for data in tokens(registry))
    assert first != second
    assert registry.world.tokens.read(first, START).account == "123456789012"


def test_a_token_is_good_until_it_expires(registry):
    (data,) = tokens(registry)
    last = START + 12 * HOUR - timedelta(seconds=1)
    assert registry.world.tokens.read(password(data), last)


def test_an_expired_token_is_refused(registry):
    (data,) = tokens(registry)
    with pytest.raises(ExpiredTokenError):
        registry.world.tokens.read(password(data), START + 12 * HOUR)


def test_a_token_of_another_emulator_is_refused(registry):
    (data,) = tokens(registry)
    with pytest.raises(InvalidTokenError):
        Registry(seed=2).world.tokens.read(password(data), START)
