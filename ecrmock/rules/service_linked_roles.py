"""The service-linked roles of ECR. Source: reference iam.md §11.2; the texts of errors are inferred."""

import json
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from ecrmock.values.iam import POLICY, ROLE, SERVICE_ROLE_PATH, Role, iam_arn
from ecrmock.values.iam_errors import InvalidInputError
from ecrmock.values.names import AccountId


class _Service(NamedTuple):
    """The role that a service has in each account, and the policy of AWS that is attached to it."""

    role_name: str
    policy_name: str


_SERVICES: Mapping[str, _Service] = MappingProxyType(
    {
        "replication.ecr.amazonaws.com": _Service(
            "AWSServiceRoleForECRReplication", "ECRReplicationServiceRolePolicy"
        ),
        "pullthroughcache.ecr.amazonaws.com": _Service(
            "AWSServiceRoleForECRPullThroughCache", "AWSECRPullThroughCache_ServiceRolePolicy"
        ),
        "ecr.amazonaws.com": _Service(
            "AWSServiceRoleForECRTemplate", "ECRTemplateServiceRolePolicy"
        ),
    }
)


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
        arn=iam_arn(partition, account, ROLE, path, known.role_name),
        create_date=now,
        attached_policy_arns=(policy_arn,),
        assume_role_policy_document=json.dumps(trust),
        description=description,
    )
