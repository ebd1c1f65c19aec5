"""The actions of ECR in IAM. Source: reference iam.md §8 (AWS service authorization reference, 2026)."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

READ, LIST, WRITE, TAGGING = "Read", "List", "Write", "Tagging"
PERMISSIONS = "Permissions management"


@dataclass(frozen=True, slots=True)
class Action:
    """An action by its name without ``ecr:``, and its access level.

    One that is not ``on_repository`` has no resource: a policy has to say ``Resource: "*"`` for it. One that
    is ``permission_only`` is no operation of the API.
    """

    name: str
    level: str
    on_repository: bool
    permission_only: bool = False


_REPOSITORY: Mapping[str, str] = MappingProxyType(
    {
        READ: """
            BatchCheckLayerAvailability BatchGetImage BatchGetRepositoryScanningConfiguration
            DescribeImageReplicationStatus DescribeImageScanFindings DescribeImageSigningStatus
            DescribeRepositories GetDownloadUrlForLayer GetImageCopyStatus GetLifecyclePolicy
            GetLifecyclePolicyPreview GetRepositoryPolicy ListTagsForResource
        """,
        LIST: """
            DescribeImages ListImages
        """,
        WRITE: """
            BatchDeleteImage BatchImportUpstreamImage CompleteLayerUpload CreateRepository
            DeleteLifecyclePolicy DeleteRepository InitiateLayerUpload PutImage
            PutImageScanningConfiguration PutImageTagMutability PutLifecyclePolicy
            ReplicateImage StartImageScan StartLifecyclePolicyPreview UpdateImageStorageClass
            UploadLayerPart
        """,
        TAGGING: """
            TagResource UntagResource
        """,
        PERMISSIONS: """
            DeleteRepositoryPolicy SetRepositoryPolicy
        """,
    }
)
_REGISTRY: Mapping[str, str] = MappingProxyType(
    {
        READ: """
            DescribeRegistry DescribeRepositoryCreationTemplates GetAccountSetting
            GetAuthorizationToken GetRegistryPolicy GetRegistryScanningConfiguration
            GetSigningConfiguration ValidatePullThroughCacheRule
        """,
        LIST: """
            DescribePullThroughCacheRules ListPullTimeUpdateExclusions
        """,
        WRITE: """
            CreatePullThroughCacheRule CreateRepositoryCreationTemplate
            DeletePullThroughCacheRule DeleteRepositoryCreationTemplate
            DeleteSigningConfiguration DeregisterPullTimeUpdateExclusion PutAccountSetting
            PutRegistryScanningConfiguration PutReplicationConfiguration PutSigningConfiguration
            RegisterPullTimeUpdateExclusion UpdatePullThroughCacheRule
            UpdateRepositoryCreationTemplate
        """,
        PERMISSIONS: """
            DeleteRegistryPolicy PutRegistryPolicy
        """,
    }
)
_PERMISSION_ONLY = frozenset({"BatchImportUpstreamImage", "GetImageCopyStatus", "ReplicateImage"})

ECR_ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        name: Action(name, level, on_repository, name in _PERMISSION_ONLY)
        for on_repository, table in ((True, _REPOSITORY), (False, _REGISTRY))
        for level, names in table.items()
        for name in names.split()
    }
)
_BY_LOWER_CASE: Mapping[str, Action] = MappingProxyType(
    {f"ecr:{name}".lower(): action for name, action in ECR_ACTIONS.items()}
)


def ecr_action(name: str) -> Action | None:
    """Return the action that a name such as ``ecr:PutImage`` means in any case; None when ECR has none."""
    return _BY_LOWER_CASE.get(name.lower())


def ecr_action_like(name: str) -> str | None:
    """Return the action, with ``ecr:``, that a misspelt name is nearest to; None when none is near."""
    near = get_close_matches(name.lower(), _BY_LOWER_CASE, n=1)
    return f"ecr:{_BY_LOWER_CASE[near[0]].name}" if near else None
