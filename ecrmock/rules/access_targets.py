"""Which actions on which resources a call takes, and what conditions can ask about it.

Source: reference iam.md §5 (condition keys), §7 (the resource that a denial names), §8 (ECR's actions).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from ecrmock.values.authorization import TOKEN_LIFETIME, Origin
from ecrmock.values.creation_templates import ROOT, TEMPLATE_SERVICE
from ecrmock.values.iam import SERVICE_ROLE_PATH
from ecrmock.values.names import (
    AccountId,
    Region,
    RepositoryName,
    public_registry_arn,
    repository_arn,
)
from ecrmock.values.repositories import ResourceTag
from ecrmock.values.signer import job_arn, profile_arn

Keys = dict[str, tuple[str, ...]]  # condition keys in lower case → values

_ANY_REPOSITORY = RepositoryName("*")
_LISTS_REPOSITORIES = "DescribeRepositories"
_CREATES = "CreateRepository"
_TAGS = "TagResource"
_CREATES_TEMPLATE = "ecr:CreateRepositoryCreationTemplate"
_LINKS = "iam:CreateServiceLinkedRole"
_LINKED = f":role{SERVICE_ROLE_PATH}"
_PASSES = "iam:PassRole"
_SIGNER = "signer:"
# What is about a public registry as a whole. Source: reference public.md §5.1.
_ON_REGISTRY = frozenset(
    {
        "ecr-public:DescribeRegistries",
        "ecr-public:GetRegistryCatalogData",
        "ecr-public:PutRegistryCatalogData",
    }
)
_GIVES_BEARER_TOKEN = "ecr-public:GetAuthorizationToken"  # noqa: S105 - an action
_BEARER_TOKEN = "sts:GetServiceBearerToken"  # noqa: S105 - what that takes as well
# Of the token that is asked for. Inferred values: reference public.md §5.3.
_BEARER_TOKEN_KEYS = MappingProxyType(
    {
        "sts:awsservicename": ("ecr-public.amazonaws.com",),
        "sts:durationseconds": (str(int(TOKEN_LIFETIME.total_seconds())),),
    }
)

# Keys that members of requests to iam fill in. Source: reference iam.md §5.
_MEMBER_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "policy_arn": "iam:policyarn",
        "permissions_boundary": "iam:permissionsboundary",
    }
)


class Target(NamedTuple):
    """One action on one resource, an ARN or ``*``."""

    action: str
    resource: str


def targets(
    action: str, parameters: Mapping[str, Any], account: AccountId, region: Region
) -> tuple[Target, ...]:
    """Return what a call of ECR's or Signer's takes; all of it must be allowed.

    A repository is named also where it does not exist. Whoever creates one with resource tags tags it too; a
    token for public registries is a bearer token of a service.
    """
    if action.startswith(_SIGNER):
        resources = _signer_resources(parameters, account, region)
        return tuple(Target(action, resource) for resource in resources)
    service, _, name = action.partition(":")
    found = [
        Target(action, resource) for resource in _resources(action, parameters, account, region)
    ]
    if name == _CREATES and parameters.get("tags"):
        found += [Target(f"{service}:{_TAGS}", target.resource) for target in found]
    if action == _CREATES_TEMPLATE:
        found += _by_template(parameters, account, region)
    if action == _GIVES_BEARER_TOKEN:
        found.append(Target(_BEARER_TOKEN, "*"))
    return tuple(found)


def _by_template(
    parameters: Mapping[str, Any], account: AccountId, region: Region
) -> Iterator[Target]:
    """Yield what is going to be done by a template, which whoever makes it has to be allowed.

    Source: reference iam.md §8, dependent actions; on which resource is inferred.
    """
    prefix = parameters.get("prefix", ROOT)
    names = RepositoryName("*" if prefix == ROOT else f"{prefix.rstrip('/')}/*")
    repositories = repository_arn(account, region, names)
    yield Target(f"ecr:{_CREATES}", repositories)
    if parameters.get("lifecycle_policy"):
        yield Target("ecr:PutLifecyclePolicy", repositories)
    if parameters.get("repository_policy"):
        yield Target("ecr:SetRepositoryPolicy", repositories)
    if parameters.get("custom_role_arn"):
        yield Target(_PASSES, parameters["custom_role_arn"])


def _resources(
    action: str, parameters: Mapping[str, Any], account: AccountId, region: Region
) -> Iterator[str]:
    if "resource_arn" in parameters:
        yield parameters["resource_arn"]
        return
    names: Iterable[RepositoryName] = parameters.get("repository_names") or ()
    if "repository_name" in parameters:
        names = (parameters["repository_name"],)
    elif action.endswith(f":{_LISTS_REPOSITORIES}") and not names:
        names = (_ANY_REPOSITORY,)
    if not names:
        yield public_registry_arn(account) if action in _ON_REGISTRY else "*"
    for name in names:
        yield repository_arn(account, region, name)


def _signer_resources(
    parameters: Mapping[str, Any], account: AccountId, region: Region
) -> Iterator[str]:
    """Yield the profile and the job that a call of Signer's is about; a new profile is none yet.

    Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Signer".
    """
    given = {name: value for name, value in parameters.items() if value is not None}
    if "resource_arn" in given:
        yield given["resource_arn"]
    elif "job_arn" in given:
        yield given["job_arn"]
        yield given["profile_version_arn"].rpartition("/")[0]
    elif "job_id" in given:
        yield job_arn(given.get("job_owner", account), region, given["job_id"])
    elif "profile_name" in given and "platform_id" not in given:
        owner = given.get("profile_owner", account)
        yield profile_arn(owner, region, given["profile_name"])
    else:
        yield "*"


def origin_keys(origin: Origin, region: Region, now: datetime) -> Keys:
    """Return the keys of every request: when, from where and how it came."""
    keys: Keys = {
        "aws:currenttime": (now.strftime("%Y-%m-%dT%H:%M:%SZ"),),
        "aws:epochtime": (str(int(now.timestamp())),),
        "aws:sourceip": (origin.source_ip,),
        "aws:securetransport": (_said(origin.is_secure),),
        "aws:useragent": (origin.user_agent,),
        "aws:requestedregion": (region,),
        "aws:viaawsservice": (_said(False),),
    }
    if origin.referer is not None:
        keys["aws:referer"] = (origin.referer,)
    return keys


def request_keys(parameters: Mapping[str, Any], action: str) -> Keys:
    """Return the keys that the members of a request fill in: its tags, and the setting that is meant."""
    keys: Keys = {}
    tags: Iterable[ResourceTag] = parameters.get("tags") or ()
    names = [tag.key for tag in tags] or list(parameters.get("tag_keys") or ())
    if names:
        keys["aws:tagkeys"] = tuple(names)
    keys |= {f"aws:requesttag/{tag.key.lower()}": (tag.value,) for tag in tags}
    if action.endswith("AccountSetting") and "name" in parameters:
        keys["ecr:accountsetting"] = (parameters["name"],)
    if action == _GIVES_BEARER_TOKEN:
        keys |= _BEARER_TOKEN_KEYS
    for member in _MEMBER_KEYS.keys() & parameters.keys():
        keys[_MEMBER_KEYS[member]] = (str(parameters[member]),)
    return keys


def resource_keys(owner: AccountId, tags: Iterable[ResourceTag], service: str) -> Keys:
    """Return the keys of a resource: whose it is, and its resource tags."""
    keys: Keys = {"aws:resourceaccount": (owner,)}
    for tag in tags:
        name = tag.key.lower()
        keys[f"aws:resourcetag/{name}"] = keys[f"{service}:resourcetag/{name}"] = (tag.value,)
    return keys


def linking_target(role_arn: str) -> Target:
    """Return what it takes to make the role of a service. Source: reference iam.md §8, §11.2."""
    return Target(_LINKS, role_arn)


def dependent_keys(target: Target) -> Keys:
    """Return the service for which a role is made or passed on; nothing for any other target."""
    if target.action == _PASSES:
        return {"iam:passedtoservice": (TEMPLATE_SERVICE,)}
    if target.action == _LINKS and _LINKED in target.resource:
        return {"iam:awsservicename": (target.resource.split("/")[2],)}
    return {}


def _said(value: bool) -> str:
    return "true" if value else "false"
