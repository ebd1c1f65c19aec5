"""Principals of a seed as calls to IAM: policies, groups, users, roles, then what is attached to them.

What is there already stays, and gets what the seed says of it.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ecrmock.seeding.stage import Stage
from ecrmock.values.iam import iam_arn
from ecrmock.values.iam_errors import (
    IdentityAlreadyExistsError,
    InvalidInputError,
    PolicyAlreadyExistsError,
)
from ecrmock.values.names import partition_of
from ecrmock.values.repositories import ResourceTag

_INLINE = "inline-policy-{number}"
_KINDS = (("groups", "Group"), ("users", "User"), ("roles", "Role"))


def make_identities(stage: Stage, account: Mapping[str, Any]) -> None:
    """Make the principals of an account, without what depends on principals elsewhere."""
    for name, policy in _members(account, "policies"):
        _make_policy(stage.at("policies", name), name, policy)
    for name, group in _members(account, "groups"):
        _create(stage.at("groups", name), "Group", group_name=name, **_path(group))
    for name, user in _members(account, "users"):
        _make_user(stage.at("users", name), name, user)
    for name, role in _members(account, "roles"):
        _make_role(stage.at("roles", name), name, role)
    _make_keys(stage, None, account)


def attach(stage: Stage, account: Mapping[str, Any]) -> None:
    """Give the principals of an account their policies: those of all accounts are there."""
    for group, kind in _KINDS:
        for name, identity in _members(account, group):
            named = {f"{kind.lower()}_name": name}
            _give(stage.at(group, name, "policies"), kind, named, identity.get("policies", ()))
    for name, role in _members(account, "roles"):
        if "trust" in role:
            text = text_of(role["trust"])
            stage.at("roles", name, "trust").call(
                "UpdateAssumeRolePolicy", service="iam", role_name=name, policy_document=text
            )


def text_of(document: Any) -> str:
    """Return the text of a policy that is given as a document, or as its text."""
    return document if isinstance(document, str) else json.dumps(document)


def resource_tags(pairs: Mapping[str, str]) -> tuple[ResourceTag, ...]:
    """Return resource tags in the order in which they stand there."""
    return tuple(ResourceTag(key=key, value=value) for key, value in pairs.items())


def _members(account: Mapping[str, Any], kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from account.get(kind, {}).items()


def _path(identity: Mapping[str, Any]) -> Mapping[str, str]:
    return {"path": identity["path"]} if "path" in identity else {}


def _create(stage: Stage, kind: str, **parameters: Any) -> bool:
    """Make a principal, and tell whether it was not there."""
    unless = (IdentityAlreadyExistsError,)
    return stage.call(f"Create{kind}", service="iam", unless=unless, **parameters) is not None


def _make_policy(stage: Stage, name: str, policy: Mapping[str, Any]) -> None:
    text, tags = text_of(policy["document"]), resource_tags(policy.get("resource_tags", {}))
    made = stage.call(
        "CreatePolicy",
        service="iam",
        unless=(PolicyAlreadyExistsError,),
        policy_name=name,
        policy_document=text,
        description=policy.get("description"),
        tags=tags,
        **_path(policy),
    )
    if made is None:
        _replace_policy(stage, name, policy, text)


def _replace_policy(stage: Stage, name: str, policy: Mapping[str, Any], text: str) -> None:
    """Put another document in force, if it is another one."""
    partition = partition_of(stage.region).name
    arn = iam_arn(partition, stage.account, "policy", policy.get("path", "/"), name)
    version = stage.call("GetPolicy", service="iam", policy_arn=arn).policy.default_version_id
    present = stage.call("GetPolicyVersion", service="iam", policy_arn=arn, version_id=version)
    if present.policy_version.document != text:
        changed: dict[str, Any] = {
            "policy_arn": arn,
            "policy_document": text,
            "set_as_default": True,
        }
        stage.call("CreatePolicyVersion", service="iam", **changed)


def _make_user(stage: Stage, name: str, user: Mapping[str, Any]) -> None:
    tags = resource_tags(user.get("resource_tags", {}))
    if not _create(stage, "User", user_name=name, tags=tags, **_path(user)) and tags:
        stage.call("TagUser", service="iam", user_name=name, tags=tags)
    _limit(stage, "User", {"user_name": name}, user)
    for number, group in enumerate(user.get("groups", ())):
        joined = {"group_name": group, "user_name": name}
        stage.at("groups", number).call("AddUserToGroup", service="iam", **joined)
    _make_keys(stage, name, user)


def _make_role(stage: Stage, name: str, role: Mapping[str, Any]) -> None:
    """Make a role, which its own account may assume for now; the principals it trusts may come later."""
    tags = resource_tags(role.get("resource_tags", {}))
    if "service" in role:
        _make_service_linked_role(stage, role)
    else:
        given = {key: role[key] for key in ("description", "max_session_duration") if key in role}
        trust = json.dumps(_trust_of(stage))
        made = {"role_name": name, "assume_role_policy_document": trust, **_path(role)}
        if not _create(stage, "Role", **made, **given) and given:
            stage.call("UpdateRole", service="iam", role_name=name, **given)
        _limit(stage, "Role", {"role_name": name}, role)
    if tags:
        stage.call("TagRole", service="iam", role_name=name, tags=tags)


def _make_service_linked_role(stage: Stage, role: Mapping[str, Any]) -> None:
    described = {"description": role["description"]} if "description" in role else {}
    stage.call(
        "CreateServiceLinkedRole",
        service="iam",
        unless=(InvalidInputError,) if _is_there(stage) else (),
        aws_service_name=role["service"],
        **described,
    )


def _is_there(stage: Stage) -> bool:
    from ecrmock.values.iam_errors import IdentityNotFoundError  # noqa: PLC0415 - loaded when needed

    name = stage.path[-1]
    unless = (IdentityNotFoundError,)
    return stage.call("GetRole", service="iam", unless=unless, role_name=name) is not None


def _trust_of(stage: Stage) -> Mapping[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": stage.account},
        "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _limit(stage: Stage, kind: str, named: Mapping[str, Any], identity: Mapping[str, Any]) -> None:
    if "permissions_boundary" in identity:
        arn = identity["permissions_boundary"]
        put = {**named, "permissions_boundary": arn}
        stage.at("permissions_boundary").call(f"Put{kind}PermissionsBoundary", service="iam", **put)


def _make_keys(stage: Stage, user_name: str | None, owner: Mapping[str, Any]) -> None:
    """Make access keys: known ones by their ids, others as IAM draws them."""
    listed = [("access_keys", number) for number in range(len(owner.get("access_keys", ())))]
    keys = [(steps, owner["access_keys"][steps[1]]) for steps in listed]
    if "access_key" in owner:
        keys.append((("access_key",), owner["access_key"]))  # type: ignore[arg-type]
    for steps, key in keys:
        _make_key(stage.at(*steps), user_name, key)


def _make_key(stage: Stage, user_name: str | None, key: Mapping[str, Any]) -> None:
    owner: dict[str, Any] = {} if user_name is None else {"user_name": user_name}
    if "id" in key:
        made: dict[str, Any] = {"access_key_id": key["id"], "secret_access_key": key["secret"]}
        stage.call("PutAccessKey", service="ecrmock", **owner, **made)
        access_key_id = key["id"]
    else:
        created = stage.call("CreateAccessKey", service="iam", **owner)
        access_key_id = created.access_key.access_key_id
    if "status" in key:
        changed: dict[str, Any] = {"access_key_id": access_key_id, "status": key["status"]}
        stage.call("UpdateAccessKey", service="iam", **owner, **changed)


def _give(stage: Stage, kind: str, named: Mapping[str, Any], policies: Any) -> None:
    for number, policy in enumerate(policies):
        place = stage.at(number)
        if isinstance(policy, str):
            place.call(f"Attach{kind}Policy", service="iam", **named, policy_arn=policy)
            continue
        is_named = "Statement" not in policy
        name = policy["name"] if is_named else _INLINE.format(number=number + 1)
        text = text_of(policy["document"] if is_named else policy)
        put = {**named, "policy_name": name, "policy_document": text}
        place.call(f"Put{kind}Policy", service="iam", **put)
