"""What a call takes, held against the policies that apply: those of the caller and of the resource.

Source: reference iam.md §5, §6, §10. What each registry request takes is the action of its operation
(reference registry.md §14).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from ecrmock.dispatch.assuming import ASSUMES, decide_assuming
from ecrmock.dispatch.call import Call
from ecrmock.dispatch.standing import Standing, caller_named, standing_of
from ecrmock.rules.access_targets import (
    Keys,
    Target,
    dependent_keys,
    linking_target,
    origin_keys,
    request_keys,
    resource_keys,
    targets,
)
from ecrmock.rules.iam import decide
from ecrmock.rules.policies import (
    parse_registry_policy,
    parse_repository_policy,
)
from ecrmock.rules.service_linked_roles import (
    linked_role_arn,
    role_name_of,
    service_put_to_use,
)
from ecrmock.store.store import RegistryState, Store
from ecrmock.values.authorization import HERE, Caller, Decision
from ecrmock.values.iam import POLICY, iam_arn
from ecrmock.values.names import (
    AccountId,
    Region,
    endpoint_region,
    parse_repository_arn,
    partition_of,
    service_of,
)
from ecrmock.values.permissions import RESOURCE, AccessRequest, AppliedPolicy
from ecrmock.values.repositories import ResourceTag
from ecrmock.values.signer import parse_job_arn, parse_profile_arn

_CREATES_TAGGED = (
    "ecr:CreateRepository",
    "ecr:TagResource",
    "ecr-public:CreateRepository",
    "ecr-public:TagResource",
)
# Without a name they are about the caller. Source: reference iam.md §13.2.
_ABOUT_ONESELF = (
    "iam:GetUser",
    "iam:CreateAccessKey",
    "iam:ListAccessKeys",
    "iam:UpdateAccessKey",
    "iam:DeleteAccessKey",
)
_ASKS_WHAT_IS_REVOKED = "signer:GetRevocationStatus"
# What a registry policy of scope V1 is about. Source: reference iam.md §10.
_V1_ACTIONS = ("ecr:ReplicateImage", "ecr:BatchImportUpstreamImage", "ecr:CreateRepository")

repository_document = lru_cache(maxsize=4096)(parse_repository_policy)
registry_document = lru_cache(maxsize=1024)(parse_registry_policy)


def decide_call(
    store: Store, call: Call, action: str, caller: Caller, *, account: AccountId, now: datetime
) -> Decision:
    """Decide about all that a call takes: the first denial, else what allowed the last of it."""
    question = _question(store, call, action, caller, account=account, now=now)
    for target in question.targets(action):
        decision = question.decide(target)
        if not decision.allowed:
            break
    return decision


def decide_besides(
    store: Store, call: Call, target: Target, caller: Caller, *, account: AccountId, now: datetime
) -> Decision:
    """Decide about something that a service does for the caller of a call, as of that call."""
    question = _question(store, call, target.action, caller, account=account, now=now)
    return question.decide(target)


def _question(
    store: Store, call: Call, action: str, caller: Caller, *, account: AccountId, now: datetime
) -> "_Question":
    standing = standing_of(store, caller)
    keys = (
        origin_keys(call.origin, endpoint_region(call.region), now)
        | request_keys(call.parameters, action)
        | standing.keys
    )
    region = call.registry_region
    return _Question(store, caller, account, region, standing, keys, call.parameters)


def decide_about(
    store: Store, principal: str, target: Target, keys: Keys, *, region: Region, now: datetime
) -> Decision:
    """Decide as if a principal, an ARN or an account id, asked for something from here and now.

    ``keys`` are condition keys to put over those of such a request. Raises: ValueError when there is no such
    principal.
    """
    caller, principal_arn = caller_named(store, principal, partition_of(region).name)
    standing = standing_of(store, caller, principal_arn)
    known = origin_keys(HERE, region, now) | standing.keys | keys
    return _Question(store, caller, caller.account, region, standing, known).decide(target)


@dataclass(frozen=True, slots=True)
class _Question:
    """What a caller asks for, with what is known of the caller and the request."""

    store: Store
    caller: Caller
    account: AccountId
    region: Region
    standing: Standing
    keys: Keys
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def targets(self, action: str) -> tuple[Target, ...]:
        """Return the actions and resources of the call."""
        if action.startswith(("iam:", "sts:")):
            return (self._identity_target(action),)
        found = targets(action, self.parameters, self.account, self.region)
        return (*found, *self._linking_targets(action))

    def decide(self, target: Target) -> Decision:
        """Decide about one action on one resource."""
        if target.action in ASSUMES:
            request = self._request(target, self.account, {})
            decision = decide_assuming(
                self.store, request, self.standing.permissions, self.parameters
            )
        elif target.action.startswith("signer:"):
            decision = self._decide_about_signer(target)
        else:
            decision = self._decide(target)
        return replace(decision, resource=target.resource)

    def _decide(self, target: Target) -> Decision:
        named = parse_repository_arn(target.resource)
        owner, region = named[:2] if named is not None else (self.account, self.region)
        registry = self.store.registry(owner, region)
        state = registry.repositories.get(named[2]) if named is not None else None
        tags = state.repository.resource_tags if state is not None else self._new_tags(target)
        request = self._request(
            target, owner, resource_keys(owner, tags, target.action.partition(":")[0])
        )
        text = state.repository.repository_policy_text if state is not None else None
        policies = tuple(_resource_policies(registry, target, text))
        return decide(request, self.standing.permissions, policies)

    def _decide_about_signer(self, target: Target) -> Decision:
        """Decide about a profile or a job of Signer's, which have no policies of their own here.

        What is revoked may be asked of any account's: no profile can grant that to others. Source: service
        model, AddProfilePermission (the actions that it knows).
        """
        named = parse_profile_arn(target.resource) or parse_job_arn(target.resource)
        owner = self.account
        if named is not None and target.action != _ASKS_WHAT_IS_REVOKED:
            owner = named.account
        profile = self.store.signing_profile(target.resource)
        signed = profile or self.store.signing_job(target.resource)
        tags = profile.resource_tags if profile is not None else ()
        keys = resource_keys(owner, tags, "signer")
        if signed is not None:
            keys["signer:profileversion"] = (signed.profile_version,)
        return decide(self._request(target, owner, keys), self.standing.permissions, ())

    def _request(self, target: Target, owner: AccountId, keys: Keys) -> AccessRequest:
        return AccessRequest(
            caller=self.caller,
            principal_arn=self.standing.principal_arn,
            action=target.action,
            resource=target.resource,
            resource_account=owner,
            keys=self.keys | keys | dependent_keys(target),
        )

    def _new_tags(self, target: Target) -> tuple[ResourceTag, ...]:
        """Return the tags that a repository is going to have. Source: reference iam.md §5."""
        is_new = target.action in _CREATES_TAGGED
        return tuple(self.parameters.get("tags") or ()) if is_new else ()

    def _linking_targets(self, action: str) -> Iterator[Target]:
        """Yield the role of a service that the call is going to make, if it is the first that takes it."""
        service = service_put_to_use(action, self.parameters)
        if service is None:
            return
        roles = self.store.identities(self.account).roles
        if roles.find(role_name_of(service) or "") is None:
            yield linking_target(self._linked_role(service))

    def _linked_role(self, service: str) -> str:
        return linked_role_arn(service, partition_of(self.region).name, self.account)

    def _identity_target(self, action: str) -> Target:
        """Return the group, user, role or policy that a call of iam's or sts's is about.

        Who is put into a group is not what the call is about: the group is. Source: Service Authorization
        Reference, "Actions, resources, and condition keys for AWS IAM", ``AddUserToGroup``.
        """
        parameters, identities = self.parameters, self.store.identities(self.account)
        path, partition = parameters.get("path", "/"), partition_of(self.region).name
        for directory in (identities.groups, identities.users, identities.roles):
            name = parameters.get(f"{directory.kind}_name")
            if name is not None:
                found = directory.find(name)
                kind = directory.kind
                new = iam_arn(partition, self.account, kind, path, name)
                return Target(action, found.arn if found is not None else new)
        if "aws_service_name" in parameters:
            return Target(action, self._linked_role(parameters["aws_service_name"]))
        for member in ("role_arn", "policy_arn"):
            if member in parameters:
                return Target(action, parameters[member])
        if "policy_name" in parameters:
            name = parameters["policy_name"]
            return Target(action, iam_arn(partition, self.account, POLICY, path, name))
        return Target(action, self.caller.arn if action in _ABOUT_ONESELF else "*")


def _resource_policies(
    registry: RegistryState, target: Target, repository_policy_text: str | None
) -> Iterator[AppliedPolicy]:
    """Yield the policy of a repository, and that of its registry where that is about the action."""
    partition = partition_of(registry.region).name
    if repository_policy_text is not None:
        name = f"repository policy of {target.resource.partition(':repository/')[2]}"
        service = service_of(registry.region)
        document = repository_document(repository_policy_text, partition, service)
        yield AppliedPolicy(kind=RESOURCE, name=name, document=document)
    settings = registry.settings
    scope = settings.account_setting("REGISTRY_POLICY_SCOPE")
    if settings.registry_policy_text is not None and (
        scope != "V1" or target.action in _V1_ACTIONS
    ):
        document = registry_document(settings.registry_policy_text, partition)
        yield AppliedPolicy(kind=RESOURCE, name="registry policy", document=document)
