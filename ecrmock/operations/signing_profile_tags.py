"""TagResource, UntagResource and ListTagsForResource of AWS Signer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.resource_tags import merged, without
from ecrmock.rules.signer import check_profile_arn, too_many
from ecrmock.values.repositories import ResourceTag
from ecrmock.values.signer import (
    SignerBadRequestError,
    SigningProfile,
    TaggedProfileNotFoundError,
)


@dataclass(frozen=True, slots=True)
class SigningProfileTags:
    """Answer of ListTagsForResource: resource tags by key."""

    tags: Mapping[str, str]


def _named(context: Context, resource_arn: str) -> SigningProfile:
    """Return the profile that an ARN names. Raises: SignerBadRequestError, TaggedProfileNotFoundError."""
    name = check_profile_arn(resource_arn, context.account, context.region)
    found = context.registry.signer.profiles.get(name)
    if found is None:
        raise TaggedProfileNotFoundError(resource_arn)
    return found


@operation("signer", "TagResource")
def tag_resource(context: Context, *, resource_arn: str, tags: Sequence[ResourceTag]) -> None:
    """Add resource tags to a profile; a key that is there takes the new value.

    Raises: SignerBadRequestError, TaggedProfileNotFoundError. Source: service model of signer, TagResource.
    """
    profile = _named(context, resource_arn)
    resource_tags = merged(profile.resource_tags, tags)
    fault = too_many(resource_tags)
    if fault is not None:
        raise SignerBadRequestError(fault)
    context.registry.signer.save_profile(replace(profile, resource_tags=resource_tags))


@operation("signer", "UntagResource")
def untag_resource(context: Context, *, resource_arn: str, tag_keys: Sequence[str]) -> None:
    """Take resource tags away from a profile by their keys, of which any may be absent.

    Raises: SignerBadRequestError, TaggedProfileNotFoundError. Source: service model of signer, UntagResource.
    """
    profile = _named(context, resource_arn)
    resource_tags = without(profile.resource_tags, tag_keys)
    context.registry.signer.save_profile(replace(profile, resource_tags=resource_tags))


@operation("signer", "ListTagsForResource")
def list_tags_for_resource(context: Context, *, resource_arn: str) -> SigningProfileTags:
    """Return the resource tags of a profile.

    Raises: SignerBadRequestError, TaggedProfileNotFoundError. Source: service model of signer.
    """
    return SigningProfileTags(_named(context, resource_arn).tags)
