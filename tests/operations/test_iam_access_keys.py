"""Access keys. Source: reference iam.md §1.2, §13."""

import pytest

from ecrmock.operations.iam_access_keys import (
    create_access_key,
    delete_access_key,
    get_access_key_last_used,
    list_access_keys,
    put_access_key,
    update_access_key,
)
from ecrmock.operations.iam_users import create_user
from ecrmock.rules.access_keys import account_of_key
from ecrmock.values.authorization import Caller
from ecrmock.values.errors import ValidationError
from ecrmock.values.iam_errors import (
    AccessKeyNotFoundError,
    IamLimitExceededError,
    IdentityAlreadyExistsError,
    IdentityNotFoundError,
)

NO_KEY = "AKIARZPUZDIKAAAAAAAA"


@pytest.fixture
def user(registry):
    """The user ``ci``."""
    return registry(create_user, user_name="ci").user


def new_key(registry, user_name="ci"):
    return registry(create_access_key, user_name=user_name).access_key


def listed(registry, **more):
    return [key.access_key_id for key in registry(list_access_keys, **more).access_key_metadata]


def test_a_key_has_its_account_inside(registry, user):
    key = new_key(registry)
    assert (key.access_key_id[:4], len(key.access_key_id)) == ("AKIA", 20)
    assert account_of_key(key.access_key_id) == "123456789012"


def test_a_secret_has_forty_characters_and_no_other_key_has_it(registry, user):
    secrets = {new_key(registry).secret_access_key for _ in range(2)}
    assert [len(secret) for secret in secrets] == [40, 40]


def test_a_new_key_is_active(registry, user):
    key = new_key(registry, "CI")
    assert (key.user_name, key.status) == ("ci", "Active")


def test_a_third_key_is_one_too_many(registry, user):
    new_key(registry)
    new_key(registry)
    with pytest.raises(IamLimitExceededError) as caught:
        new_key(registry)
    assert caught.value.message == "Cannot exceed quota for AccessKeysPerUser: 2"


def test_without_a_name_the_caller_gets_a_key(registry, user):
    registry.by(Caller(account=registry.account, arn=user.arn, user_id=user.user_id))
    key = new_key(registry, None)
    assert key.user_name == "ci"
    assert listed(registry) == [key.access_key_id]


def test_the_root_has_keys_of_its_own(registry, user):
    key = new_key(registry, None)
    assert key.user_name is None
    assert (listed(registry), listed(registry, user_name="ci")) == ([key.access_key_id], [])


def test_a_session_gets_no_key(registry):
    arn = "arn:aws:sts::123456789012:assumed-role/deploy/session"
    registry.by(Caller(account=registry.account, arn=arn, user_id="AROAX:session"))
    with pytest.raises(ValidationError):
        new_key(registry, None)


def test_a_missing_user_gets_no_key(registry):
    with pytest.raises(IdentityNotFoundError):
        new_key(registry)


def test_keys_are_listed_in_pages(registry, user):
    ids = sorted(new_key(registry).access_key_id for _ in range(2))
    first = registry(list_access_keys, user_name="ci", max_items=1)
    assert [key.access_key_id for key in first.access_key_metadata] == ids[:1]
    assert listed(registry, user_name="ci", marker=first.marker) == ids[1:]


def test_a_key_is_made_inactive(registry, user):
    key_id = new_key(registry).access_key_id
    registry(update_access_key, user_name="ci", access_key_id=key_id, status="Inactive")
    (key,) = registry(list_access_keys, user_name="ci").access_key_metadata
    assert key.status == "Inactive"


def test_a_deleted_key_is_gone(registry, user):
    registry(delete_access_key, user_name="ci", access_key_id=new_key(registry).access_key_id)
    assert listed(registry, user_name="ci") == []


@pytest.mark.parametrize(
    ("operation", "more"),
    [(update_access_key, {"status": "Inactive"}), (delete_access_key, {})],
)
def test_a_missing_key_is_named(registry, user, operation, more):
    with pytest.raises(AccessKeyNotFoundError) as caught:
        registry(operation, user_name="ci", access_key_id=NO_KEY, **more)
    assert caught.value.message == f"The Access Key with id {NO_KEY} cannot be found"


def test_the_key_of_another_user_is_missing(registry, user):
    registry(create_user, user_name="cd")
    key_id = new_key(registry, "cd").access_key_id
    with pytest.raises(AccessKeyNotFoundError):
        registry(delete_access_key, user_name="ci", access_key_id=key_id)


def test_a_key_that_was_never_used_says_so(registry, user):
    """Source: reference iam.md §13.2."""
    found = registry(get_access_key_last_used, access_key_id=new_key(registry).access_key_id)
    used = found.access_key_last_used
    assert (found.user_name, used.last_used_date) == ("ci", None)
    assert (used.service_name, used.region) == ("N/A", "N/A")


def test_the_use_of_a_missing_key_is_not_told(registry):
    with pytest.raises(AccessKeyNotFoundError):
        registry(get_access_key_last_used, access_key_id=NO_KEY)


def test_the_use_of_a_key_of_another_account_is_not_told(registry, user):
    key_id = new_key(registry).access_key_id
    with pytest.raises(AccessKeyNotFoundError):
        registry.in_account("111122223333")(get_access_key_last_used, access_key_id=key_id)


# Keys that are known beforehand


def known(registry, user_name="ci", secret="secret"):
    key = {"access_key_id": NO_KEY, "secret_access_key": secret}
    registry(put_access_key, user_name=user_name, **key)


def test_a_known_key_has_the_id_and_the_secret_that_it_is_given(registry, user):
    known(registry, "CI")
    key = registry.store.keys.get(NO_KEY)
    assert (key.user_name, key.secret_access_key, key.status) == ("ci", "secret", "Active")


def test_a_known_key_may_be_put_again_with_another_secret(registry, user):
    known(registry)
    known(registry, secret="other")
    assert registry.store.keys.get(NO_KEY).secret_access_key == "other"


def test_a_known_key_stays_its_owners(registry, user):
    registry(create_user, user_name="other")
    known(registry)
    with pytest.raises(IdentityAlreadyExistsError, match=NO_KEY):
        known(registry, "other")


def test_a_known_key_counts_as_one(registry, user):
    new_key(registry)
    new_key(registry)
    with pytest.raises(IamLimitExceededError):
        known(registry)


def test_a_known_key_needs_its_user(registry):
    with pytest.raises(IdentityNotFoundError):
        known(registry)
