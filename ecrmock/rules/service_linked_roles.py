"""The service-linked roles of ECR. Source: reference iam.md §11.2; the texts of errors are inferred."""

import json
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from ecrmock.values.authorization import CACHE_SERVICE
from ecrmock.values.creation_templates import TEMPLATE_SERVICE
from ecrmock.values.iam import POLICY, ROLE, SERVICE_ROLE_PATH, Role, iam_arn
from ecrmock.values.iam_errors import InvalidInputError
from ecrmock.values.names import AccountId
from ecrmock.values.registry_settings import RegistrySettings
from ecrmock.values.replication import REPLICATION_SERVICE


class _Service(NamedTuple):
    """The role that a service has in each account, and the policy of AWS that is attached to it."""

    role_name: str
    policy_name: str


_SERVICES: Mapping[str, _Service] = MappingProxyType(
    {
        REPLICATION_SERVICE: _Service(
            "AWSServiceRoleForECRReplication", "ECRReplicationServiceRolePolicy"
        ),
        CACHE_SERVICE: _Service(
            "AWSServiceRoleForECRPullThroughCache", "AWSECRPullThroughCache_ServiceRolePolicy"
        ),
        TEMPLATE_SERVICE: _Service("AWSServiceRoleForECRTemplate", "ECRTemplateServiceRolePolicy"),
    }
)
_MADE_BY: Mapping[str, str] = MappingProxyType(
    {
        "ecr:PutReplicationConfiguration": REPLICATION_SERVICE,
        "ecr:CreatePullThroughCacheRule": CACHE_SERVICE,
        "ecr:CreateRepositoryCreationTemplate": TEMPLATE_SERVICE,
    }
)


def service_put_to_use(action: str, parameters: Mapping[str, Any]) -> str | None:
    """Return the service whose role a call makes where there is none; replication without rules uses none."""
    configuration = parameters.get("replication_configuration")
    return None if configuration is not None and not configuration.rules else _MADE_BY.get(action)


def is_put_to_use(service: str, settings: RegistrySettings) -> bool:
    """Tell whether a registry has something that a service does in its role."""
    uses = {
        REPLICATION_SERVICE: settings.replication_configuration.rules,
        CACHE_SERVICE: settings.pull_through_cache_rules,
        TEMPLATE_SERVICE: settings.creation_templates,
    }
    return bool(uses.get(service))


def role_name_of(service: str) -> str | None:
    """Return what the role of a service is called in every account; None for another service."""
    known = _SERVICES.get(service)
    return None if known is None else known.role_name


def linked_role_arn(service: str, partition: str, account: AccountId) -> str:
    """Return the ARN of the role that a service has in an account, of another service any it might have."""
    path = f"{SERVICE_ROLE_PATH}{service}/"
    return iam_arn(partition, account, ROLE, path, role_name_of(service) or "*")


def service_linked_role(
    service: str,
    *,
    partition: str,
    account: AccountId,
    unique_id: str,
    now: datetime,
    description: str | None = None,
) -> Role:
    """Return the role that a service has in an account. Raises: InvalidInputError."""
    known = _SERVICES.get(service)
    if known is None:
        raise InvalidInputError(f"Cannot find Service Linked Role template for {service}")
    path = f"{SERVICE_ROLE_PATH}{service}/"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    policy_arn = iam_arn(partition, "aws", POLICY, SERVICE_ROLE_PATH, known.policy_name)
    return Role(
        path=path,
        name=known.role_name,
        unique_id=unique_id,
        arn=linked_role_arn(service, partition, account),
        create_date=now,
        attached_policy_arns=(policy_arn,),
        assume_role_policy_document=json.dumps(trust),
        description=description,
    )
