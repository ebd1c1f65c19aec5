"""Repository and registry policies. Source: reference api.md §8, iam.md §9 and §10."""

import json
from dataclasses import replace

import pytest

from ecrmock.operations.iam_users import create_user
from ecrmock.operations.policies import (
    delete_registry_policy,
    delete_repository_policy,
    get_registry_policy,
    get_repository_policy,
    put_registry_policy,
    set_repository_policy,
)
from ecrmock.operations.repositories import create_repository, delete_repository
from ecrmock.values.policies import (
    InvalidRegistryPolicyError,
    InvalidRepositoryPolicyError,
    PrincipalNotFoundError,
    RegistryPolicyNotFoundError,
    RepositoryPolicyNotFoundError,
)
from ecrmock.values.registry_settings import AccountSetting
from ecrmock.values.repositories import RepositoryNotFoundError

ACCOUNT, OTHER = "123456789012", "210987654321"
APP = {"repository_name": "app"}
INVALID = "Invalid parameter at 'PolicyText' failed to satisfy constraint: "


def text_of(**elements):
    statement = {"Effect": "Allow", "Principal": "*", "Action": "ecr:*", **elements}
    return json.dumps({"Version": "2008-10-17", "Statement": [statement]})


PULL = text_of(Sid="pull")
DENY = text_of(Effect="Deny")
REPLICATE = text_of(Resource="*")


def shown(*, sid):
    return (
        '{\n  "Version" : "2008-10-17",\n  "Statement" : [ {\n    "Effect" : "Allow",\n'
        f'    "Principal" : "*",\n    "Action" : "ecr:*",\n    {sid}\n  }} ]\n}}'
    )


SHOWN_PULL = shown(sid='"Sid" : "pull"')
SHOWN_REPLICATE = shown(sid='"Resource" : "*"')


def set_policy(registry, text=PULL, **more):
    return registry(set_repository_policy, **APP, policy_text=text, **more)


def put_policy(registry, text=REPLICATE):
    return registry(put_registry_policy, policy_text=text)


# SetRepositoryPolicy, GetRepositoryPolicy, DeleteRepositoryPolicy


def test_a_repository_policy_is_answered_as_ecr_shows_it(app):
    answer = set_policy(app)
    assert (answer.registry_id, answer.repository_name) == (ACCOUNT, "app")
    assert answer.policy_text == SHOWN_PULL


def test_a_repository_policy_is_got_as_it_was_answered(app):
    answer = set_policy(app)
    assert app(get_repository_policy, **APP) == answer


def test_a_repository_policy_replaces_the_one_before(app):
    set_policy(app, text_of(Sid="old"))
    set_policy(app)
    assert app(get_repository_policy, **APP).policy_text == SHOWN_PULL


def test_a_deletion_answers_with_the_deleted_policy(app):
    answer = set_policy(app)
    assert app(delete_repository_policy, **APP) == answer
    with pytest.raises(RepositoryPolicyNotFoundError):
        app(get_repository_policy, **APP)


def naming(name):
    return text_of(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:user/{name}"})


def test_a_user_that_is_not_there_is_refused(app):
    """Source: reference iam.md §9.2."""
    app(create_user, user_name="ci")
    set_policy(app, naming("ci"))
    with pytest.raises(PrincipalNotFoundError) as caught:
        set_policy(app, naming("absent"))
    assert caught.value.message == f"{INVALID}'Principal not found'"


def test_where_nobody_has_used_iam_users_need_not_exist(app):
    """Inferred: reference iam.md §9.2, for an emulator."""
    assert "user/absent" in set_policy(app, naming("absent")).policy_text


@pytest.mark.parametrize("operation", [get_repository_policy, delete_repository_policy])
def test_a_repository_without_a_policy_says_so(app, operation):
    with pytest.raises(RepositoryPolicyNotFoundError) as caught:
        app(operation, **APP)
    assert caught.value.message == (
        "Repository policy does not exist for the repository with name 'app' "
        "in the registry with id '123456789012'"
    )


@pytest.mark.parametrize("operation", [get_repository_policy, delete_repository_policy])
def test_a_missing_repository_has_no_policy(registry, operation):
    with pytest.raises(RepositoryNotFoundError):
        registry(operation, **APP)


@pytest.mark.parametrize("text", [PULL, "no policy"])
def test_a_missing_repository_is_reported_before_the_text(registry, text):
    """Source: reference api.md §3.6."""
    with pytest.raises(RepositoryNotFoundError):
        set_policy(registry, text)


@pytest.mark.parametrize("text", ["", "{", "{}", text_of(Resource="*"), text_of(Action="s3:*")])
def test_a_bad_repository_policy_is_refused_and_changes_nothing(app, text):
    """Source: reference iam.md §9.2."""
    set_policy(app)
    with pytest.raises(InvalidRepositoryPolicyError) as caught:
        set_policy(app, text)
    assert caught.value.message == f"{INVALID}'Invalid repository policy provided'"
    assert app(get_repository_policy, **APP).policy_text == SHOWN_PULL


def test_a_policy_that_locks_the_caller_out_is_refused(app):
    """Inferred text: reference iam.md §9.2."""
    with pytest.raises(InvalidRepositoryPolicyError) as caught:
        set_policy(app, DENY)
    assert caught.value.reason == (
        "arn:aws:iam::123456789012:root could not set another policy; force sets this one"
    )


def test_force_sets_a_policy_that_locks_the_caller_out(app):
    assert json.loads(set_policy(app, DENY, force=True).policy_text) == json.loads(DENY)


def test_force_does_not_set_a_bad_policy(app):
    with pytest.raises(InvalidRepositoryPolicyError):
        set_policy(app, "{}", force=True)


def test_a_deny_of_another_account_needs_no_force(app):
    assert set_policy(app, text_of(Effect="Deny", Principal={"AWS": OTHER}))


def test_an_account_is_shown_as_its_root_in_the_partition_of_the_region(registry):
    """Inferred: reference iam.md §9.3."""
    registry.in_account(ACCOUNT, "cn-north-1").create()
    answer = set_policy(registry, text_of(Principal={"AWS": OTHER}))
    assert f'"AWS" : "arn:aws-cn:iam::{OTHER}:root"' in answer.policy_text


def test_a_policy_goes_with_its_repository(app):
    set_policy(app)
    app(delete_repository, **APP)
    app(create_repository, **APP)
    with pytest.raises(RepositoryPolicyNotFoundError):
        app(get_repository_policy, **APP)


def test_the_policy_of_another_registry_is_another_one(app):
    set_policy(app)
    with pytest.raises(RepositoryPolicyNotFoundError) as caught:
        app.in_account(OTHER).create()(get_repository_policy, **APP)
    assert f"'{OTHER}'" in caught.value.message


# PutRegistryPolicy, GetRegistryPolicy, DeleteRegistryPolicy


def test_a_registry_policy_is_answered_as_ecr_shows_it(registry):
    answer = put_policy(registry)
    assert (answer.registry_id, answer.policy_text) == (ACCOUNT, SHOWN_REPLICATE)


def test_a_registry_policy_is_got_as_it_was_answered(registry):
    answer = put_policy(registry)
    assert registry(get_registry_policy) == answer


def test_a_registry_policy_replaces_the_one_before(registry):
    put_policy(registry, text_of(Sid="old", Resource="*"))
    put_policy(registry)
    assert registry(get_registry_policy).policy_text == SHOWN_REPLICATE


def test_a_deletion_answers_with_the_deleted_registry_policy(registry):
    answer = put_policy(registry)
    assert registry(delete_registry_policy) == answer
    with pytest.raises(RegistryPolicyNotFoundError):
        registry(get_registry_policy)


@pytest.mark.parametrize("operation", [get_registry_policy, delete_registry_policy])
def test_a_registry_without_a_policy_says_so(registry, operation):
    with pytest.raises(RegistryPolicyNotFoundError):
        registry(operation)


@pytest.mark.parametrize("text", ["", "{}", PULL, text_of(Resource="*", Action="s3:*")])
def test_a_bad_registry_policy_is_refused_and_changes_nothing(registry, text):
    """Source: reference iam.md §10."""
    put_policy(registry)
    with pytest.raises(InvalidRegistryPolicyError) as caught:
        put_policy(registry, text)
    assert caught.value.message == f"{INVALID}'Invalid registry policy provided'"
    assert registry(get_registry_policy).policy_text == SHOWN_REPLICATE


@pytest.mark.parametrize("action", ["ecr:BatchGetImage", "ecr:ReplicateImage", "ecr:*"])
def test_a_new_registry_takes_every_action(registry, action):
    """Its scope is V2. Source: reference iam.md §10."""
    assert action in put_policy(registry, text_of(Resource="*", Action=action)).policy_text


def in_scope_v1(registry):
    state = registry.store.registry(registry.account, registry.region)
    scope = AccountSetting(name="REGISTRY_POLICY_SCOPE", value="V1")
    state.change(replace(state.settings, account_settings=(scope,)))
    return registry


def test_a_registry_in_scope_v1_takes_three_actions(registry):
    """Source: reference iam.md §10."""
    in_scope_v1(registry)
    assert put_policy(registry, text_of(Resource="*", Action="ecr:ReplicateImage"))
    with pytest.raises(InvalidRegistryPolicyError):
        put_policy(registry, text_of(Resource="*", Action="ecr:BatchGetImage"))


def test_a_policy_outlives_a_change_of_scope(registry):
    """Inferred: reference iam.md §10."""
    answer = put_policy(registry, text_of(Resource="*", Action="ecr:BatchGetImage"))
    assert in_scope_v1(registry)(get_registry_policy) == answer


@pytest.mark.parametrize(("account", "region"), [(OTHER, None), (ACCOUNT, "eu-west-1")])
def test_each_registry_has_a_policy_of_its_own(registry, account, region):
    put_policy(registry)
    with pytest.raises(RegistryPolicyNotFoundError):
        registry.in_account(account, region)(get_registry_policy)
