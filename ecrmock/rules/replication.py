"""What is copied where, and what a replication configuration may say.

Source: reference features.md §3, api.md §11.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from ecrmock.rules.access_targets import origin_keys, resource_keys
from ecrmock.rules.iam import decide
from ecrmock.rules.policies import parse_registry_policy
from ecrmock.values.authorization import HERE, root_of
from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.names import AccountId, Region, partition_of
from ecrmock.values.permissions import RESOURCE, AccessRequest, AppliedPolicy, Permissions
from ecrmock.values.replication import (
    COMPLETE,
    FAILED,
    ImageReplicationStatus,
    ReplicationConfiguration,
    ReplicationDestination,
    ReplicationRule,
)
from ecrmock.values.repositories import ResourceTag

MAX_DESTINATIONS = 25  # reference api.md §21
_FIELD = "replicationConfiguration"
_REGION = re.compile(r"[a-z]{2,}(?:-[a-z]+)+-[0-9]{1,2}")


def check_configuration(
    configuration: ReplicationConfiguration, account: AccountId, region: Region
) -> None:
    """Refuse what cannot be replicated to. Raises: InvalidParameterError. Source: reference api.md §11."""
    targets = {each for rule in configuration.rules for each in rule.destinations}
    for target in targets:
        is_foreign = partition_of(target.region) != partition_of(region)
        if is_foreign or not _REGION.fullmatch(target.region):
            raise InvalidParameterError(_FIELD, f"Invalid region '{target.region}'")
    if ReplicationDestination(region=region, registry_id=account) in targets:
        text = "Replication destination cannot be the same as the source registry"
        raise InvalidParameterError(_FIELD, text)
    if len(targets) > MAX_DESTINATIONS:
        text = f"Replication configuration must not have more than {MAX_DESTINATIONS} unique destinations"
        raise InvalidParameterError(_FIELD, text)


def destinations(
    configuration: ReplicationConfiguration, repository_name: str
) -> tuple[ReplicationDestination, ...]:
    """Return where the images of a repository are copied to: what all rules about it say, each once."""
    found = (
        destination
        for rule in configuration.rules
        if _is_about(rule, repository_name)
        for destination in rule.destinations
    )
    return tuple(dict.fromkeys(found))


def _is_about(rule: ReplicationRule, repository_name: str) -> bool:
    filters = rule.repository_filters
    return not filters or any(repository_name.startswith(each.filter) for each in filters)


def begun(targets: Sequence[ReplicationDestination]) -> tuple[ImageReplicationStatus, ...]:
    """Return the statuses of copies that are to be made."""
    return tuple(
        ImageReplicationStatus(region=target.region, registry_id=target.registry_id)
        for target in targets
    )


def ended(
    statuses: Sequence[ImageReplicationStatus],
    target: ReplicationDestination,
    failure_code: str | None,
) -> tuple[ImageReplicationStatus, ...]:
    """Return the statuses with the one of a destination as it ended."""
    status = COMPLETE if failure_code is None else FAILED
    return tuple(
        replace(each, status=status, failure_code=failure_code)
        if (each.region, each.registry_id) == (target.region, target.registry_id)
        else each
        for each in statuses
    )


def may_receive(
    policy_text: str | None,
    action: str,
    repository_arn: str,
    source: AccountId,
    *,
    now: datetime,
    tags: Iterable[ResourceTag] = (),
) -> bool:
    """Tell whether the policy of a registry lets another account copy into it.

    ``action`` is ``ecr:ReplicateImage``, or ``ecr:CreateRepository`` where the repository is not there;
    ``tags`` are those that it has. Source: reference features.md §3.3, iam.md §5, §10.
    """
    region, owner = Region(repository_arn.split(":")[3]), AccountId(repository_arn.split(":")[4])
    if policy_text is None:
        return False
    partition = partition_of(region)
    caller = root_of(source, partition)
    request = AccessRequest(
        caller=caller,
        principal_arn=caller.arn,
        action=action,
        resource=repository_arn,
        resource_account=owner,
        keys=origin_keys(HERE, region, now)
        | resource_keys(owner, tags, "ecr")
        | {
            "aws:viaawsservice": ("true",),
            "aws:principalisawsservice": ("false",),
            "aws:principalaccount": (source,),
            "aws:principalarn": (caller.arn,),
            "aws:principaltype": ("Account",),
            "aws:userid": (source,),
        },
    )
    document = parse_registry_policy(policy_text, partition.name)
    policy = AppliedPolicy(kind=RESOURCE, name="registry policy", document=document)
    return decide(request, Permissions(), (policy,)).allowed
