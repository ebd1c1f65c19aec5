"""Managed and inline policies, boundaries and tags of users, groups and roles alike.

Source: reference iam.md §3.1, §13.
"""

from types import SimpleNamespace

import pytest

from ecrmock.operations import (
    iam_attachments,
    iam_boundaries,
    iam_groups,
    iam_inline_policies,
    iam_policies,
    iam_roles,
    iam_tags,
    iam_users,
)
from ecrmock.values.iam_errors import (
    DuplicateTagKeysError,
    IamLimitExceededError,
    IdentityNotFoundError,
    InlinePolicyNotFoundError,
    InvalidInputError,
    NoAttachablePolicyError,
    NoBoundaryPolicyError,
    PolicyNotAttachableError,
    PolicyNotFoundError,
)
from ecrmock.values.policies import MalformedPolicyDocumentError
from ecrmock.values.repositories import ResourceTag
from tests.documents import identity_policy, trust_policy

KINDS = ("user", "group", "role")
ACTORS = ("user", "role")
AWS = "arn:aws:iam::aws:policy"
READ_ONLY = f"{AWS}/AmazonEC2ContainerRegistryReadOnly"
POWER_USER = f"{AWS}/AmazonEC2ContainerRegistryPowerUser"
OWN = "arn:aws:iam::123456789012:policy/own"
PULL, PUSH = identity_policy("ecr:BatchGetImage"), identity_policy("ecr:PutImage")


@pytest.fixture
def entity(request, registry):
    """A user, a group or a role named ``Ci``, and a call of the operation that is about its kind."""
    kind = request.param
    modules = {"user": iam_users, "group": iam_groups, "role": iam_roles}
    trust = {"assume_role_policy_document": trust_policy()} if kind == "role" else {}
    create = getattr(modules[kind], f"create_{kind}")
    registry(create, **{f"{kind}_name": "Ci"}, **trust)

    def call(operation, name="ci", **parameters):
        for module in (iam_attachments, iam_inline_policies, iam_boundaries, iam_tags):
            function = getattr(module, operation.format(kind), None)
            if function is not None:
                return registry(function, **{f"{kind}_name": name}, **parameters)
        raise LookupError(operation)

    return SimpleNamespace(kind=kind, call=call, registry=registry)


def of(*kinds):
    return pytest.mark.parametrize("entity", kinds, indirect=True)


def attached(entity, **more):
    page = entity.call("list_attached_{}_policies", **more)
    return [policy.policy_arn for policy in page.attached_policies]


def inline(entity, **more):
    return list(entity.call("list_{}_policies", **more).policy_names)


def put(entity, document=PULL, name="p"):
    entity.call("put_{}_policy", policy_name=name, policy_document=document)


def tags(**values):
    return tuple(ResourceTag(key=key, value=value) for key, value in values.items())


def tagged(entity, **more):
    return {tag.key: tag.value for tag in entity.call("list_{}_tags", **more).tags}


@of(*KINDS)
def test_a_policy_is_attached_once_and_detached(entity):
    entity.call("attach_{}_policy", policy_arn=READ_ONLY)
    entity.call("attach_{}_policy", policy_arn=READ_ONLY)
    assert attached(entity) == [READ_ONLY]
    entity.call("detach_{}_policy", policy_arn=READ_ONLY)
    assert attached(entity) == []


@of(*KINDS)
def test_attached_policies_are_listed_with_their_names_in_pages(entity):
    for arn in (READ_ONLY, POWER_USER):
        entity.call("attach_{}_policy", policy_arn=arn)
    first = entity.call("list_attached_{}_policies", max_items=1)
    (policy,) = first.attached_policies
    assert policy.policy_name == "AmazonEC2ContainerRegistryPowerUser"
    assert attached(entity, marker=first.marker) == [READ_ONLY]


@of(*KINDS)
def test_attached_policies_are_listed_below_a_path(entity):
    service = f"{AWS}/service-role/AmazonECSTaskExecutionRolePolicy"
    for arn in (READ_ONLY, service):
        entity.call("attach_{}_policy", policy_arn=arn)
    assert attached(entity, path_prefix="/service-role/") == [service]


@of(*KINDS)
def test_what_is_missing_is_not_attached(entity):
    with pytest.raises(NoAttachablePolicyError) as caught:
        entity.call("attach_{}_policy", policy_arn=OWN)
    assert caught.value.message == f"Policy {OWN} does not exist or is not attachable."


@of(*KINDS)
def test_what_is_no_arn_is_not_attached(entity):
    with pytest.raises(InvalidInputError):
        entity.call("attach_{}_policy", policy_arn="AmazonEC2ContainerRegistryReadOnly")


@of(*KINDS)
def test_what_is_not_attached_is_not_detached(entity):
    with pytest.raises(PolicyNotFoundError) as caught:
        entity.call("detach_{}_policy", policy_arn=READ_ONLY)
    assert caught.value.message == f"Policy {READ_ONLY} was not found."


@of(*KINDS)
def test_the_policy_of_a_service_role_is_attached_to_nothing_else(entity):
    with pytest.raises(PolicyNotAttachableError):
        entity.call(
            "attach_{}_policy",
            policy_arn=f"{AWS}/aws-service-role/ECRReplicationServiceRolePolicy",
        )


@of(*KINDS)
def test_an_eleventh_policy_is_one_too_many(entity):
    for number in range(11):
        name = {"policy_name": f"p{number}", "policy_document": PULL}
        entity.registry(iam_policies.create_policy, **name)
    for number in range(10):
        entity.call("attach_{}_policy", policy_arn=f"{OWN[:-3]}p{number}")
    with pytest.raises(IamLimitExceededError) as caught:
        entity.call("attach_{}_policy", policy_arn=f"{OWN[:-3]}p10")
    assert caught.value.message == (
        f"Cannot exceed quota for PoliciesPer{entity.kind.capitalize()}: 10"
    )


@of(*KINDS)
@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("attach_{}_policy", {"policy_arn": READ_ONLY}),
        ("detach_{}_policy", {"policy_arn": READ_ONLY}),
        ("list_attached_{}_policies", {}),
        ("put_{}_policy", {"policy_name": "p", "policy_document": PULL}),
        ("get_{}_policy", {"policy_name": "p"}),
        ("delete_{}_policy", {"policy_name": "p"}),
        ("list_{}_policies", {}),
    ],
)
def test_whose_policies_are_meant_must_exist(entity, operation, parameters):
    with pytest.raises(IdentityNotFoundError) as caught:
        entity.call(operation, name="none", **parameters)
    assert caught.value.message == f"The {entity.kind} with name none cannot be found."


@of(*KINDS)
def test_an_inline_policy_is_kept_as_it_was_sent(entity):
    put(entity, PULL.replace(",", " ,\n"))
    found = entity.call("get_{}_policy", policy_name="p")
    assert found.policy_document == PULL.replace(",", " ,\n")
    assert (getattr(found, f"{entity.kind}_name"), found.policy_name) == ("Ci", "p")


@of(*KINDS)
def test_an_inline_policy_takes_the_place_of_the_one_before(entity):
    put(entity)
    put(entity, PUSH)
    assert inline(entity) == ["p"]
    assert entity.call("get_{}_policy", policy_name="p").policy_document == PUSH


@of(*KINDS)
def test_inline_policies_are_listed_by_name_in_pages(entity):
    for name in ("b", "a", "c"):
        put(entity, name=name)
    first = entity.call("list_{}_policies", max_items=2)
    assert (first.policy_names, inline(entity, marker=first.marker)) == (("a", "b"), ["c"])


@of(*KINDS)
def test_a_deleted_inline_policy_is_gone(entity):
    put(entity)
    entity.call("delete_{}_policy", policy_name="p")
    assert inline(entity) == []


@of(*KINDS)
@pytest.mark.parametrize("operation", ["get_{}_policy", "delete_{}_policy"])
def test_a_missing_inline_policy_is_named(entity, operation):
    put(entity, name="other")
    with pytest.raises(InlinePolicyNotFoundError) as caught:
        entity.call(operation, policy_name="p")
    assert caught.value.message == f"The {entity.kind} policy with name p cannot be found."


@of(*KINDS)
def test_an_inline_policy_is_checked(entity):
    with pytest.raises(MalformedPolicyDocumentError):
        put(entity, trust_policy())
    assert inline(entity) == []


@of(*KINDS)
def test_inline_policies_have_a_size_together(entity):
    """White space does not count. Source: reference iam.md §3.1."""
    limit = {"user": 2048, "group": 5120, "role": 10240}[entity.kind]
    put(entity)
    size = len("".join((PULL + identity_policy(resource="arn:aws:ecr:*:*:")).split()))
    rest = identity_policy(resource="arn:aws:ecr:*:*:" + "a" * (limit - size))
    put(entity, rest.replace(" ", " " * 50), name="rest")
    with pytest.raises(IamLimitExceededError) as caught:
        put(entity, rest.replace("aaaa", "aaaaa", 1), name="rest")
    assert caught.value.message == (
        f"Maximum policy size of {limit} bytes exceeded for {entity.kind} Ci"
    )


@of(*ACTORS)
def test_a_boundary_takes_the_place_of_the_one_before(entity):
    for arn in (READ_ONLY, POWER_USER):
        entity.call("put_{}_permissions_boundary", permissions_boundary=arn)
    assert boundary_of(entity).permissions_boundary_arn == POWER_USER
    assert boundary_of(entity).permissions_boundary_type == "Policy"
    entity.call("delete_{}_permissions_boundary")
    assert boundary_of(entity) is None


def boundary_of(entity):
    (actor,) = entity.registry.store.identities(entity.registry.account).actors()
    return actor.permissions_boundary


@of(*ACTORS)
def test_a_boundary_that_is_not_there_need_not_be_deleted(entity):
    """Inferred: no error is known."""
    entity.call("delete_{}_permissions_boundary")
    assert boundary_of(entity) is None


@of(*ACTORS)
def test_a_boundary_must_exist(entity):
    with pytest.raises(NoBoundaryPolicyError) as caught:
        entity.call("put_{}_permissions_boundary", permissions_boundary=OWN)
    assert caught.value.message == f"Scope ARN: {OWN} does not exist or is not attachable."


@of(*ACTORS)
def test_tags_are_added_changed_and_taken_away(entity):
    """The case of keys does not count. Source: reference iam.md §13.2."""
    entity.call("tag_{}", tags=tags(team="a", stage="b"))
    entity.call("tag_{}", tags=tags(Team="c"))
    assert tagged(entity) == {"Team": "c", "stage": "b"}
    entity.call("untag_{}", tag_keys=("TEAM", "none"))
    assert tagged(entity) == {"stage": "b"}


@of(*ACTORS)
def test_tags_are_listed_by_key_in_pages(entity):
    entity.call("tag_{}", tags=tags(b="2", A="1", c="3"))
    first = entity.call("list_{}_tags", max_items=2)
    assert [tag.key for tag in first.tags] == ["A", "b"]
    assert tagged(entity, marker=first.marker) == {"c": "3"}


@of(*ACTORS)
def test_a_tag_is_given_once_in_a_call(entity):
    with pytest.raises(DuplicateTagKeysError):
        entity.call("tag_{}", tags=tags(team="a", Team="b"))


@of(*ACTORS)
def test_a_51st_tag_is_one_too_many(entity):
    """Source: reference iam.md §13.2; the text is inferred."""
    entity.call("tag_{}", tags=tags(**{f"k{number}": "" for number in range(50)}))
    with pytest.raises(IamLimitExceededError) as caught:
        entity.call("tag_{}", tags=tags(one="more"))
    assert caught.value.message == "The number of tags has reached the maximum limit."


def test_a_policy_has_tags_too(registry):
    registry(iam_policies.create_policy, policy_name="own", policy_document=PULL)
    registry(iam_tags.tag_policy, policy_arn=OWN, tags=tags(team="a", stage="b"))
    registry(iam_tags.untag_policy, policy_arn=OWN, tag_keys=("stage",))
    assert registry(iam_tags.list_policy_tags, policy_arn=OWN).tags == tags(team="a")


def test_a_policy_of_aws_has_no_tags(registry):
    assert registry(iam_tags.list_policy_tags, policy_arn=READ_ONLY).tags == ()


@pytest.fixture
def used(registry):
    """A registry in which a user, a group and a role use a policy, a user and a role as a boundary."""
    for path in ("/", "/x/"):
        registry(iam_users.create_user, user_name=f"user{len(path)}", path=path)
    registry(iam_groups.create_group, group_name="group")
    role = {"role_name": "role", "assume_role_policy_document": trust_policy()}
    registry(iam_roles.create_role, **role, permissions_boundary=READ_ONLY)
    for name in ("user1", "user3"):
        registry(iam_attachments.attach_user_policy, user_name=name, policy_arn=READ_ONLY)
    registry(iam_attachments.attach_group_policy, group_name="group", policy_arn=READ_ONLY)
    return registry


def users_of_policy(registry, **more):
    found = registry(iam_attachments.list_entities_for_policy, policy_arn=READ_ONLY, **more)
    every = (*found.policy_groups, *found.policy_users, *found.policy_roles)
    return [each.name for each in every], found


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["group", "user1", "user3", "role"]),
        ({"entity_filter": "User"}, ["user1", "user3"]),
        ({"entity_filter": "Group"}, ["group"]),
        ({"entity_filter": "Role"}, ["role"]),
        ({"path_prefix": "/x/"}, ["user3"]),
        ({"policy_usage_filter": "PermissionsPolicy"}, ["group", "user1", "user3"]),
        ({"policy_usage_filter": "PermissionsBoundary"}, ["role"]),
    ],
)
def test_a_policy_says_who_uses_it(used, asked, names):
    assert users_of_policy(used, **asked)[0] == names


def test_who_uses_a_policy_comes_in_pages(used):
    names, first = users_of_policy(used, max_items=3)
    rest, last = users_of_policy(used, marker=first.marker)
    assert sorted([*names, *rest]) == ["group", "role", "user1", "user3"]
    assert (first.is_truncated, last.is_truncated) == (True, False)


def test_who_uses_a_missing_policy_is_not_told(registry):
    with pytest.raises(PolicyNotFoundError):
        registry(iam_attachments.list_entities_for_policy, policy_arn=OWN)
