"""The operations that ecrmock has: (service, name) → operation, read-only.

The index says which module holds an operation, so that a module, and the values that only it needs, loads
when one of its operations is first called: a test pays for what it uses. That the index and the marks in the
modules say the same is tested.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from types import MappingProxyType

from ecrmock.operations.operation import Operation, collect

_INDEX: Mapping[str, str] = MappingProxyType(
    {
        "addresses": "ecrmock:LocateRepository",
        "authorization": (
            "ecr:GetAuthorizationToken ecr-public:GetAuthorizationToken ecrmock:CheckLogin "
            "ecrmock:CheckBearerToken ecrmock:IssueBearerToken"
        ),
        "gallery": (
            "ecrmock:FindGalleryRepositories ecrmock:ReadGalleryRegistry "
            "ecrmock:ReadGalleryRepository"
        ),
        "iam_access_keys": (
            "iam:CreateAccessKey iam:ListAccessKeys iam:UpdateAccessKey iam:DeleteAccessKey "
            "iam:GetAccessKeyLastUsed ecrmock:PutAccessKey"
        ),
        "iam_attachments": (
            "iam:AttachUserPolicy iam:AttachGroupPolicy iam:AttachRolePolicy "
            "iam:DetachUserPolicy iam:DetachGroupPolicy iam:DetachRolePolicy "
            "iam:ListAttachedUserPolicies iam:ListAttachedGroupPolicies "
            "iam:ListAttachedRolePolicies iam:ListEntitiesForPolicy"
        ),
        "iam_boundaries": (
            "iam:PutUserPermissionsBoundary iam:PutRolePermissionsBoundary "
            "iam:DeleteUserPermissionsBoundary iam:DeleteRolePermissionsBoundary"
        ),
        "iam_groups": (
            "iam:CreateGroup iam:GetGroup iam:UpdateGroup iam:DeleteGroup iam:ListGroups "
            "iam:ListGroupsForUser iam:AddUserToGroup iam:RemoveUserFromGroup"
        ),
        "iam_inline_policies": (
            "iam:PutUserPolicy iam:PutGroupPolicy iam:PutRolePolicy iam:GetUserPolicy "
            "iam:GetGroupPolicy iam:GetRolePolicy iam:DeleteUserPolicy iam:DeleteGroupPolicy "
            "iam:DeleteRolePolicy iam:ListUserPolicies iam:ListGroupPolicies "
            "iam:ListRolePolicies"
        ),
        "iam_policies": "iam:CreatePolicy iam:GetPolicy iam:DeletePolicy iam:ListPolicies",
        "iam_policy_versions": (
            "iam:CreatePolicyVersion iam:GetPolicyVersion iam:ListPolicyVersions "
            "iam:SetDefaultPolicyVersion iam:DeletePolicyVersion"
        ),
        "iam_roles": (
            "iam:CreateRole iam:GetRole iam:UpdateRole iam:UpdateRoleDescription "
            "iam:UpdateAssumeRolePolicy iam:DeleteRole iam:ListRoles "
            "iam:ListInstanceProfilesForRole"
        ),
        "iam_service_linked_roles": (
            "iam:CreateServiceLinkedRole iam:DeleteServiceLinkedRole "
            "iam:GetServiceLinkedRoleDeletionStatus"
        ),
        "iam_tags": (
            "iam:TagUser iam:TagRole iam:TagPolicy iam:UntagUser iam:UntagRole iam:UntagPolicy "
            "iam:ListUserTags iam:ListRoleTags iam:ListPolicyTags"
        ),
        "iam_users": "iam:CreateUser iam:GetUser iam:UpdateUser iam:DeleteUser iam:ListUsers",
        "creation_templates": (
            "ecr:CreateRepositoryCreationTemplate ecr:UpdateRepositoryCreationTemplate "
            "ecr:DeleteRepositoryCreationTemplate ecr:DescribeRepositoryCreationTemplates "
            "ecrmock:CreateRepositoryByTemplate"
        ),
        "findings_on_demand": (
            "ecrmock:ListFindingsOnDemand ecrmock:PutFindingsOnDemand ecrmock:ClearFindingsOnDemand"
        ),
        "image_contents": "ecrmock:ReadImageContents",
        "image_deletions": (
            "ecr:BatchDeleteImage ecr-public:BatchDeleteImage ecrmock:RemoveImageTag "
            "ecrmock:ExpireImages"
        ),
        "image_listings": "ecr:ListImages ecr:DescribeImages ecr-public:DescribeImages",
        "images": (
            "ecr:PutImage ecr-public:PutImage ecr:BatchGetImage ecrmock:MayPutImage "
            "ecrmock:ImportUpstreamImage"
        ),
        "layers": (
            "ecr:BatchCheckLayerAvailability ecr:InitiateLayerUpload ecr:UploadLayerPart "
            "ecr:CompleteLayerUpload ecr:GetDownloadUrlForLayer "
            "ecr-public:BatchCheckLayerAvailability ecr-public:InitiateLayerUpload "
            "ecr-public:UploadLayerPart ecr-public:CompleteLayerUpload "
            "ecrmock:OpenLayerUrl ecrmock:DescribeLayerUpload ecrmock:CancelLayerUpload "
            "ecrmock:ExpireLayerUpload ecrmock:DropUnclaimedLayer "
            "ecrmock:HashLayerUpload ecrmock:DeleteLayer"
        ),
        "lifecycle": (
            "ecr:PutLifecyclePolicy ecr:GetLifecyclePolicy ecr:DeleteLifecyclePolicy "
            "ecr:StartLifecyclePolicyPreview ecr:GetLifecyclePolicyPreview "
            "ecrmock:RunLifecyclePolicies ecrmock:ReadLifecyclePolicy "
            "ecrmock:ReadLifecyclePolicyPreview ecrmock:CompleteLifecycleRun "
            "ecrmock:CompleteLifecyclePolicyPreview"
        ),
        "mounting": "ecrmock:MayMountLayer ecrmock:FindLayer ecrmock:MountLayer",
        "policies": (
            "ecr:SetRepositoryPolicy ecr:GetRepositoryPolicy ecr:DeleteRepositoryPolicy "
            "ecr-public:SetRepositoryPolicy ecr-public:GetRepositoryPolicy "
            "ecr-public:DeleteRepositoryPolicy "
            "ecr:PutRegistryPolicy ecr:GetRegistryPolicy ecr:DeleteRegistryPolicy"
        ),
        "pull_rates": "ecrmock:CountPublicPull",
        "pull_through_cache": (
            "ecr:CreatePullThroughCacheRule ecr:DescribePullThroughCacheRules "
            "ecr:UpdatePullThroughCacheRule ecr:DeletePullThroughCacheRule "
            "ecr:ValidatePullThroughCacheRule ecrmock:PutUpstreamSecret "
            "ecrmock:ConfirmUpstreamTag ecrmock:ImportUpstreamLayer "
            "ecrmock:CompleteUpstreamImport ecrmock:AnnounceUpstreamFailure"
        ),
        "public_gallery": (
            "ecr-public:CreateRepository ecr-public:DescribeRegistries ecr-public:DescribeImageTags "
            "ecr-public:GetRegistryCatalogData ecr-public:PutRegistryCatalogData "
            "ecr-public:GetRepositoryCatalogData ecr-public:PutRepositoryCatalogData "
            "ecrmock:PutPublicAlias ecrmock:ReadLogo"
        ),
        "pull_time_exclusions": (
            "ecr:RegisterPullTimeUpdateExclusion ecr:DeregisterPullTimeUpdateExclusion "
            "ecr:ListPullTimeUpdateExclusions"
        ),
        "referrers": "ecr:ListImageReferrers ecrmock:ListHeldReferrers",
        "registry_settings": "ecr:DescribeRegistry ecr:GetAccountSetting ecr:PutAccountSetting",
        "replication": (
            "ecr:PutReplicationConfiguration ecr:DescribeImageReplicationStatus "
            "ecrmock:ReadReplica ecrmock:MayReceiveReplica ecrmock:HoldReplicaBlobs "
            "ecrmock:AnnounceReplica ecrmock:CompleteReplication"
        ),
        "repositories": (
            "ecr:CreateRepository ecr:DescribeRepositories ecr:DeleteRepository "
            "ecr:PutImageTagMutability ecr-public:DescribeRepositories ecr-public:DeleteRepository"
        ),
        "resource_tags": (
            "ecr:TagResource ecr:UntagResource ecr:ListTagsForResource ecr-public:TagResource "
            "ecr-public:UntagResource ecr-public:ListTagsForResource"
        ),
        "scanning": (
            "ecr:PutImageScanningConfiguration ecr:GetRegistryScanningConfiguration "
            "ecr:PutRegistryScanningConfiguration ecr:BatchGetRepositoryScanningConfiguration"
        ),
        "signing": (
            "ecr:PutSigningConfiguration ecr:GetSigningConfiguration "
            "ecr:DeleteSigningConfiguration ecr:DescribeImageSigningStatus "
            "ecrmock:ReadSigningOrder ecrmock:CompleteSigning ecrmock:ListRevokedCertificates"
        ),
        "signing_jobs": (
            "signer:DescribeSigningJob signer:ListSigningJobs signer:RevokeSignature "
            "signer:GetRevocationStatus"
        ),
        "signing_platforms": "signer:GetSigningPlatform signer:ListSigningPlatforms",
        "signing_profile_tags": (
            "signer:TagResource signer:UntagResource signer:ListTagsForResource"
        ),
        "signing_profiles": (
            "signer:PutSigningProfile signer:GetSigningProfile signer:ListSigningProfiles "
            "signer:CancelSigningProfile signer:RevokeSigningProfile"
        ),
        "scans": (
            "ecr:StartImageScan ecr:DescribeImageScanFindings ecrmock:ReadScan ecrmock:CompleteScan "
            "ecrmock:FindImagesToInspect ecrmock:InspectImages"
        ),
        "storage_classes": (
            "ecr:UpdateImageStorageClass ecrmock:CompleteActivation ecrmock:ArchiveImages"
        ),
        "sts": "sts:GetCallerIdentity sts:GetAccessKeyInfo",
        "sts_sessions": (
            "sts:AssumeRole sts:AssumeRoleWithWebIdentity sts:GetSessionToken "
            "sts:GetFederationToken"
        ),
        "tags": "ecrmock:ListTags",
    }
)


class Operations(Mapping[tuple[str, str], Operation]):
    """Operations by service and name, from modules that load when first needed."""

    def __init__(self, index: Mapping[str, str]) -> None:
        self._modules: dict[tuple[str, str], str] = {}
        self._loaded: dict[tuple[str, str], Operation] = {}
        for module, names in index.items():
            for name in names.split():
                service, _, operation = name.partition(":")
                self._modules[service, operation] = module

    def __getitem__(self, key: tuple[str, str]) -> Operation:
        """Return an operation. Raises: KeyError when ecrmock does not have it."""
        found = self._loaded.get(key)
        if found is None:
            module = import_module(f"ecrmock.operations.{self._modules[key]}")
            self._loaded.update(collect((module,)))
            found = self._loaded[key]
        return found

    def __contains__(self, key: object) -> bool:
        return key in self._modules

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)


OPERATIONS = Operations(_INDEX)
