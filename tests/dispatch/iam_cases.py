"""The calls of IAM for the tests of units of work: operation, what was done before, parameters."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ecrmock.values.repositories import ResourceTag
from tests.dispatch.conftest import Corridor
from tests.documents import identity_policy, trust_policy

NAME = {"repository_name": "app"}
TEAM, STAGE = ResourceTag(key="team", value="a"), ResourceTag(key="stage", value="b")
NOTHING: Mapping[str, Any] = MappingProxyType({})


def nothing(corridor: Corridor) -> None:
    pass


def iam(*calls: tuple[str, Mapping[str, Any]]) -> Callable[[Corridor], None]:
    """Make calls of IAM, each on what those before have made: the user ``ci`` and so on."""

    def prepare(corridor: Corridor) -> None:
        for operation, parameters in calls:
            corridor(operation, service="iam", **parameters)

    return prepare


def access_key(corridor: Corridor) -> dict[str, Any]:
    user(corridor)
    made = corridor("CreateAccessKey", service="iam", **USER)
    return {"access_key_id": made.access_key.access_key_id}


def named_in_policies(arn: str, call: tuple[str, Mapping[str, Any]]) -> Callable[[Corridor], None]:
    """Make a user or role that the policies of a repository, a registry and a role name."""

    def prepare(corridor: Corridor) -> None:
        iam(call)(corridor)
        statement = {"Effect": "Allow", "Action": "ecr:*", "Principal": {"AWS": arn}}
        corridor.create()
        corridor("SetRepositoryPolicy", **NAME, policy_text=json.dumps({"Statement": statement}))
        with_resource = json.dumps({"Statement": {**statement, "Resource": "*"}})
        corridor("PutRegistryPolicy", policy_text=with_resource)
        trust = {"assume_role_policy_document": trust_policy(arn)}
        corridor("CreateRole", service="iam", role_name="other", **trust)

    return prepare


USER, GROUP, IAM_ROLE = {"user_name": "ci"}, {"group_name": "devs"}, {"role_name": "deploy"}
KNOWN_KEY = {**USER, "access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "secret"}
USER_ARN = "arn:aws:iam::123456789012:user/ci"
ROLE_ARN = "arn:aws:iam::123456789012:role/deploy"
TRUST = {"assume_role_policy_document": trust_policy("123456789012")}
NEW_ROLE = {**IAM_ROLE, **TRUST}
DOCUMENT = {"policy_document": identity_policy()}
MANAGED = {"policy_name": "own", **DOCUMENT}
OWN = {"policy_arn": "arn:aws:iam::123456789012:policy/own"}
INLINE = {"policy_name": "p"}
LIMIT = {"permissions_boundary": OWN["policy_arn"]}
TAGS, TAG_KEYS = {"tags": (TEAM, STAGE)}, {"tag_keys": ("team",)}
SERVICE = {"aws_service_name": "ecr.amazonaws.com"}
SERVICE_ROLE = {"role_name": "AWSServiceRoleForECRTemplate"}
TASK = f"task/aws-service-role/ecr.amazonaws.com/AWSServiceRoleForECRTemplate/{'0' * 36}"

# What IAM's operations are about, each with the one before.
user = iam(("CreateUser", USER))
member = iam(
    ("CreateUser", USER),
    ("CreateGroup", GROUP),
    ("AddUserToGroup", {**USER, **GROUP}),
)
owner = iam(("CreateUser", USER), ("CreateAccessKey", USER))
role = iam(("CreateRole", NEW_ROLE))
policy = iam(("CreatePolicy", MANAGED), ("CreatePolicyVersion", {**OWN, **DOCUMENT}))
everybody = iam(
    ("CreateUser", USER),
    ("CreateGroup", GROUP),
    ("CreateRole", NEW_ROLE),
    ("CreatePolicy", MANAGED),
)
EACH = {"User": USER, "Group": GROUP, "Role": IAM_ROLE}
ACTORS = {"User": USER, "Role": IAM_ROLE}


def with_policies(corridor: Corridor) -> None:
    """Leave everybody with an attached and an inline policy, and whoever may have one with a boundary."""
    everybody(corridor)
    iam(
        *((f"Attach{kind}Policy", {**name, **OWN}) for kind, name in EACH.items()),
        *((f"Put{kind}Policy", {**name, **INLINE, **DOCUMENT}) for kind, name in EACH.items()),
        *((f"Put{kind}PermissionsBoundary", {**name, **LIMIT}) for kind, name in ACTORS.items()),
    )(corridor)


def with_tags(corridor: Corridor) -> None:
    everybody(corridor)
    tagged = {**ACTORS, "Policy": OWN}
    iam(*((f"Tag{kind}", {**name, **TAGS}) for kind, name in tagged.items()))(corridor)


IAM_CASES = [
    ("CreateUser", nothing, {**USER, **TAGS}),
    ("GetUser", user, USER),
    ("UpdateUser", member, {**USER, "new_user_name": "cd"}),
    ("UpdateUser", owner, {**USER, "new_user_name": "cd"}),
    (
        "UpdateUser",
        named_in_policies(USER_ARN, ("CreateUser", USER)),
        {**USER, "new_path": "/x/"},
    ),
    ("DeleteUser", named_in_policies(USER_ARN, ("CreateUser", USER)), USER),
    ("ListUsers", user),
    ("CreateAccessKey", user, USER),
    ("ListAccessKeys", owner, USER),
    ("UpdateAccessKey", access_key, {**USER, "status": "Inactive"}),
    ("DeleteAccessKey", access_key, USER),
    ("GetAccessKeyLastUsed", access_key),
    ("CreateGroup", nothing, GROUP),
    ("GetGroup", member, GROUP),
    ("UpdateGroup", member, {**GROUP, "new_group_name": "ops"}),
    ("DeleteGroup", iam(("CreateGroup", GROUP)), GROUP),
    ("ListGroups", member),
    ("ListGroupsForUser", member, USER),
    ("AddUserToGroup", everybody, {**USER, **GROUP}),
    ("RemoveUserFromGroup", member, {**USER, **GROUP}),
    ("CreateRole", nothing, {**NEW_ROLE, **TAGS}),
    ("GetRole", role, IAM_ROLE),
    ("UpdateRole", role, {**IAM_ROLE, "description": "d"}),
    ("UpdateRoleDescription", role, {**IAM_ROLE, "description": "d"}),
    (
        "UpdateAssumeRolePolicy",
        role,
        {**IAM_ROLE, "policy_document": trust_policy()},
    ),
    (
        "DeleteRole",
        named_in_policies(ROLE_ARN, ("CreateRole", NEW_ROLE)),
        IAM_ROLE,
    ),
    ("ListRoles", role),
    ("ListInstanceProfilesForRole", role, IAM_ROLE),
    ("CreateServiceLinkedRole", nothing, SERVICE),
    (
        "DeleteServiceLinkedRole",
        iam(("CreateServiceLinkedRole", SERVICE)),
        SERVICE_ROLE,
    ),
    ("GetServiceLinkedRoleDeletionStatus", nothing, {"deletion_task_id": TASK}),
    ("CreatePolicy", nothing, {**MANAGED, **TAGS}),
    ("GetPolicy", policy, OWN),
    ("DeletePolicy", everybody, OWN),
    ("ListPolicies", policy),
    ("CreatePolicyVersion", policy, {**OWN, **DOCUMENT, "set_as_default": True}),
    ("GetPolicyVersion", policy, {**OWN, "version_id": "v1"}),
    ("ListPolicyVersions", policy, OWN),
    ("SetDefaultPolicyVersion", policy, {**OWN, "version_id": "v2"}),
    ("DeletePolicyVersion", policy, {**OWN, "version_id": "v2"}),
    ("TagPolicy", everybody, {**OWN, **TAGS}),
    ("UntagPolicy", with_tags, {**OWN, **TAG_KEYS}),
    ("ListPolicyTags", with_tags, OWN),
    ("ListEntitiesForPolicy", with_policies, OWN),
    *(
        (operation.format(kind), prepare, {**name, **more})
        for kind, name in EACH.items()
        for operation, prepare, more in (
            ("Attach{}Policy", everybody, OWN),
            ("Detach{}Policy", with_policies, OWN),
            ("ListAttached{}Policies", with_policies, {}),
            ("Put{}Policy", everybody, {**INLINE, **DOCUMENT}),
            ("Get{}Policy", with_policies, INLINE),
            ("Delete{}Policy", with_policies, INLINE),
            ("List{}Policies", with_policies, {}),
        )
    ),
    *(
        (operation.format(kind), prepare, {**name, **more})
        for kind, name in ACTORS.items()
        for operation, prepare, more in (
            ("Put{}PermissionsBoundary", everybody, LIMIT),
            ("Delete{}PermissionsBoundary", with_policies, {}),
            ("Tag{}", everybody, TAGS),
            ("Untag{}", with_tags, TAG_KEYS),
            ("List{}Tags", with_tags, {}),
        )
    ),
]

IAM_REFUSED = [
    ("CreateUser", user, USER),
    ("CreateUser", nothing, {**USER, **LIMIT}),
    ("UpdateUser", nothing, USER),
    ("DeleteUser", member, USER),
    ("ListUsers", user, {"marker": "nonsense"}),
    ("DeleteGroup", member, GROUP),
    ("CreateRole", nothing, {**NEW_ROLE, "tags": (TEAM, TEAM)}),
    ("DeleteRole", with_policies, IAM_ROLE),
    ("CreatePolicy", policy, MANAGED),
    ("DeletePolicy", policy, OWN),
    ("DeletePolicyVersion", policy, {**OWN, "version_id": "v1"}),
    ("AttachUserPolicy", user, {**USER, **OWN}),
    ("PutUserPolicy", user, {**USER, **INLINE, "policy_document": "{}"}),
    ("PutUserPermissionsBoundary", user, {**USER, **LIMIT}),
    ("TagUser", user, {**USER, "tags": (TEAM, TEAM)}),
]
