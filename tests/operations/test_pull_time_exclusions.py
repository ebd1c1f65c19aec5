"""Register-, Deregister-, ListPullTimeUpdateExclusion(s). Source: reference api.md §16, features.md §9."""

import pytest

from ecrmock.operations.images import batch_get_image
from ecrmock.operations.pull_time_exclusions import (
    deregister_pull_time_update_exclusion,
    list_pull_time_update_exclusions,
    register_pull_time_update_exclusion,
)
from ecrmock.values.errors import InvalidParameterError, LimitExceededError
from ecrmock.values.pull_time_exclusions import (
    ExclusionAlreadyExistsError,
    ExclusionNotFoundError,
)
from ecrmock.values.settings import Quotas
from tests.operations.conftest import START, by, detail

ROLE = "arn:aws:iam::123456789012:role/"


def register(registry, *names):
    for name in names:
        registry(register_pull_time_update_exclusion, principal_arn=f"{ROLE}{name}")


def pages(registry, **parameters):
    page = registry(list_pull_time_update_exclusions, **parameters)
    found = [[arn.removeprefix(ROLE) for arn in page.pull_time_update_exclusions]]
    rest = {**parameters, "next_token": page.next_token}
    return found + (pages(registry, **rest) if page.next_token else [])


def test_a_registered_principal_is_answered_with_its_time(registry):
    found = registry(register_pull_time_update_exclusion, principal_arn=f"{ROLE}one")
    assert (found.principal_arn, found.created_at) == (f"{ROLE}one", START)


def test_principals_are_listed_in_the_order_of_registration(registry):
    register(registry, "b", "a", "c")
    assert pages(registry) == [["b", "a", "c"]]


def test_principals_come_once_in_pages(registry):
    register(registry, "b", "a", "c")
    assert pages(registry, max_results=2) == [["b", "a"], ["c"]]


def test_a_principal_that_goes_between_two_pages_moves_no_other(registry):
    register(registry, "a", "b", "c")
    token = registry(list_pull_time_update_exclusions, max_results=2).next_token
    registry(deregister_pull_time_update_exclusion, principal_arn=f"{ROLE}a")
    assert pages(registry, next_token=token) == [["c"]]


def test_a_foreign_token_is_refused(registry):
    with pytest.raises(InvalidParameterError):
        registry(list_pull_time_update_exclusions, next_token="nonsense")


def test_a_principal_is_registered_once(registry):
    register(registry, "a")
    with pytest.raises(ExclusionAlreadyExistsError):
        register(registry, "a")


def test_there_are_at_most_a_hundred(registry):
    register(registry, *map(str, range(100)))
    with pytest.raises(LimitExceededError):
        register(registry, "one more")


def test_a_principal_that_is_there_says_so_before_the_quota_does(registry_with):
    app = registry_with(quotas=Quotas(pull_time_exclusions=1))
    register(app, "a")
    with pytest.raises(ExclusionAlreadyExistsError):
        register(app, "a")


def test_a_deregistered_principal_is_gone(registry):
    register(registry, "a", "b")
    gone = registry(deregister_pull_time_update_exclusion, principal_arn=f"{ROLE}a")
    assert (gone.principal_arn, pages(registry)) == (f"{ROLE}a", [["b"]])


def test_a_principal_that_is_not_registered_cannot_go(registry):
    with pytest.raises(ExclusionNotFoundError):
        registry(deregister_pull_time_update_exclusion, principal_arn=f"{ROLE}a")


def test_every_registry_has_its_own(registry):
    register(registry, "a")
    assert pages(registry.in_account("123456789012", "eu-west-1")) == [[]]


@pytest.mark.parametrize(("excluded", "expected"), [("root", None), ("role/other", START)])
def test_the_pull_of_an_excluded_principal_leaves_no_time(app, excluded, expected):
    digest = app.push(b"layer", "latest")
    arn = f"arn:aws:iam::123456789012:{excluded}"
    app(register_pull_time_update_exclusion, principal_arn=arn)
    found = app(batch_get_image, repository_name="app", image_ids=(by(digest),))
    assert len(found.images) == 1
    assert detail(app, digest).last_recorded_pull_time == expected
