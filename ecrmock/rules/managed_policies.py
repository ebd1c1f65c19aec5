"""The managed policies of AWS for ECR, read-only, and which managed policy an ARN means.

Source: reference iam.md §11.1 for versions and statements; AWS Managed Policy Reference for the days of
creation. The unique ids are made up; of the versions only the one in force is there.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from ecrmock.rules.access_keys import POLICY_ID
from ecrmock.values.iam import (
    POLICY,
    SERVICE_ROLE_PATH,
    AttachedPermissionsBoundary,
    ManagedPolicy,
    PolicyVersion,
    iam_arn,
)
from ecrmock.values.iam_errors import (
    InvalidInputError,
    NoAttachablePolicyError,
    NoBoundaryPolicyError,
    PolicyNotAttachableError,
    PolicyNotFoundError,
)

_OWNED_BY_AWS = ":iam::aws:policy"


class Policies(Protocol):
    """Where the account's own managed policies are, by ARN."""

    def get(self, key: str, /) -> ManagedPolicy | None:
        """Return the policy of an ARN, or None."""


class _AwsPolicy(NamedTuple):
    """A policy of AWS: path, version in force, day of creation, statements."""

    path: str
    version: int
    created: tuple[int, int, int]
    statements: Sequence[Mapping[str, Any]]


@lru_cache(maxsize=256)
def managed_policy(arn: str) -> ManagedPolicy | None:
    """Return the managed policy of AWS that has an ARN; None when it is not known here."""
    _, is_of_aws, path = arn.partition(_OWNED_BY_AWS)
    name = path.rpartition("/")[2]
    policy = _AWS_POLICIES.get(name) if is_of_aws else None
    return _made(arn, name, policy) if policy is not None and path == policy.path + name else None


def find_policy(arn: str, own: Policies) -> ManagedPolicy | None:
    """Return the managed policy of an ARN, the account's own or AWS's; None when there is none."""
    return own.get(arn) or managed_policy(arn)


def policy_named(arn: str, own: Policies) -> ManagedPolicy:
    """Return the managed policy of an ARN. Raises: PolicyNotFoundError, InvalidInputError."""
    found = find_policy(_checked(arn), own)
    if found is None:
        raise PolicyNotFoundError(arn)
    return found


def check_attachable(arn: str, own: Policies) -> None:
    """Refuse an ARN of which nothing may be attached.

    Raises: NoAttachablePolicyError, PolicyNotAttachableError, InvalidInputError.
    """
    found = find_policy(_checked(arn), own)
    if found is None:
        raise NoAttachablePolicyError(arn)
    if found.path.startswith(SERVICE_ROLE_PATH):
        raise PolicyNotAttachableError


def boundary_of(arn: str | None, own: Policies) -> AttachedPermissionsBoundary | None:
    """Return the permissions boundary that an ARN makes; none of none.

    Raises: NoBoundaryPolicyError, InvalidInputError.
    """
    if arn is None:
        return None
    if find_policy(_checked(arn), own) is None:
        raise NoBoundaryPolicyError(arn)
    return AttachedPermissionsBoundary(permissions_boundary_arn=arn)


def is_of_aws(arn: str) -> bool:
    """Tell whether an ARN is that of a managed policy of AWS, known here or not."""
    return _OWNED_BY_AWS in arn


def aws_policies(partition: str) -> Iterator[ManagedPolicy]:
    """Yield the managed policies of AWS that are known here."""
    for name, policy in _AWS_POLICIES.items():
        yield _made(iam_arn(partition, "aws", POLICY, policy.path, name), name, policy)


def _checked(arn: str) -> str:
    if not arn.startswith("arn:"):
        raise InvalidInputError(f"ARN {arn} is not valid.")
    return arn


def _made(arn: str, name: str, policy: _AwsPolicy) -> ManagedPolicy:
    created = datetime(*policy.created, tzinfo=UTC)
    version_id = f"v{policy.version}"
    document = json.dumps({"Version": "2012-10-17", "Statement": policy.statements}, indent=4)
    version = PolicyVersion(version_id=version_id, document=document, create_date=created)
    digest = base64.b32encode(hashlib.sha256(name.encode()).digest()).decode()
    return ManagedPolicy(
        policy_name=name,
        policy_id=POLICY_ID + digest[:17],
        arn=arn,
        path=policy.path,
        default_version_id=version_id,
        create_date=created,
        update_date=created,
        versions=(version,),
        last_version=policy.version,
    )


def _allow(service: str, names: str, resource: str = "*", **more: Any) -> Mapping[str, Any]:
    actions = [f"{service}:{name}" for name in names.split()]
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


_READ = (
    "GetAuthorizationToken BatchCheckLayerAvailability GetDownloadUrlForLayer GetRepositoryPolicy "
    "DescribeRepositories ListImages DescribeImages BatchGetImage GetLifecyclePolicy "
    "GetLifecyclePolicyPreview ListTagsForResource DescribeImageScanFindings"
)
_PUSH = " InitiateLayerUpload UploadLayerPart CompleteLayerUpload PutImage"
_PULL = "GetAuthorizationToken BatchCheckLayerAvailability GetDownloadUrlForLayer BatchGetImage"
_CACHE = (
    "GetAuthorizationToken BatchCheckLayerAvailability InitiateLayerUpload UploadLayerPart "
    "CompleteLayerUpload PutImage BatchGetImage BatchImportUpstreamImage GetDownloadUrlForLayer "
    "GetImageCopyStatus"
)
# Source: reference public.md §5.2.
_PUBLIC_READ = (
    "GetAuthorizationToken BatchCheckLayerAvailability GetRepositoryPolicy DescribeRepositories "
    "DescribeRegistries DescribeImages DescribeImageTags GetRepositoryCatalogData "
    "GetRegistryCatalogData"
)
_SECRETS = "arn:aws:secretsmanager:*:*:secret:ecr-pullthroughcache/*"
_OWN_ACCOUNT: Mapping[str, Any] = MappingProxyType(
    {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}
)
_REPLICATION: Mapping[str, Any] = MappingProxyType(
    {"StringEquals": {"iam:AWSServiceName": ["replication.ecr.amazonaws.com"]}}
)
_AWS_POLICIES: Mapping[str, _AwsPolicy] = MappingProxyType(
    {
        "AmazonEC2ContainerRegistryFullAccess": _AwsPolicy(
            "/",
            3,
            (2015, 12, 21),
            (
                {
                    "Effect": "Allow",
                    "Action": ["ecr:*", "cloudtrail:LookupEvents"],
                    "Resource": "*",
                },
                _allow("iam", "CreateServiceLinkedRole", Condition=dict(_REPLICATION)),
            ),
        ),
        "AmazonEC2ContainerRegistryReadOnly": _AwsPolicy(
            "/", 3, (2015, 12, 21), (_allow("ecr", _READ),)
        ),
        "AmazonEC2ContainerRegistryPowerUser": _AwsPolicy(
            "/", 3, (2015, 12, 21), (_allow("ecr", _READ + _PUSH),)
        ),
        "AmazonEC2ContainerRegistryPullOnly": _AwsPolicy(
            "/",
            1,
            (2024, 10, 10),
            (
                _allow(
                    "ecr",
                    "GetAuthorizationToken BatchGetImage GetDownloadUrlForLayer "
                    "BatchImportUpstreamImage",
                ),
            ),
        ),
        **{
            f"AmazonElasticContainerRegistryPublic{name}": _AwsPolicy(
                "/",
                1,
                (2020, 12, 1),
                (_allow("ecr-public", actions), _allow("sts", "GetServiceBearerToken")),
            )
            for name, actions in (
                ("FullAccess", "*"),
                ("ReadOnly", _PUBLIC_READ),
                ("PowerUser", _PUBLIC_READ + _PUSH),
            )
        },
        "AWSECRPullThroughCache_ServiceRolePolicy": _AwsPolicy(
            SERVICE_ROLE_PATH,
            4,
            (2021, 11, 26),
            (
                _allow("ecr", _CACHE, Condition=dict(_OWN_ACCOUNT)),
                _allow("secretsmanager", "GetSecretValue", _SECRETS, Condition=dict(_OWN_ACCOUNT)),
            ),
        ),
        "ECRReplicationServiceRolePolicy": _AwsPolicy(
            SERVICE_ROLE_PATH, 1, (2020, 12, 4), (_allow("ecr", "CreateRepository ReplicateImage"),)
        ),
        "ECRTemplateServiceRolePolicy": _AwsPolicy(
            SERVICE_ROLE_PATH, 1, (2024, 6, 19), (_allow("ecr", "CreateRepository"),)
        ),
        "AWSAppRunnerServicePolicyForECRAccess": _AwsPolicy(
            "/service-role/", 1, (2021, 5, 17), (_allow("ecr", f"{_PULL} DescribeImages"),)
        ),
        "AmazonECSTaskExecutionRolePolicy": _AwsPolicy(
            "/service-role/",
            1,
            (2017, 11, 16),
            (_allow("ecr", _PULL), _allow("logs", "CreateLogStream PutLogEvents")),
        ),
    }
)
