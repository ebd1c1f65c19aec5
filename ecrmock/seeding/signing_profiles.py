"""Signing profiles of a seed as calls to AWS Signer; one that is there already gets its resource tags."""

from collections.abc import Iterator, Mapping
from typing import Any

from ecrmock.seeding.identities import resource_tags
from ecrmock.seeding.regions import accounts, regions
from ecrmock.seeding.stage import Stage
from ecrmock.seeding.times import read_clock
from ecrmock.seeding.yaml_text import Steps
from ecrmock.values.signer import (
    NOTATION,
    SignatureValidityPeriod,
    SigningMaterial,
    SigningParameter,
    SigningProfile,
    SigningProfileExistsError,
    SigningRevokedError,
    profile_arn,
)

_SERVICE = "signer"


def make_profiles(stage: Stage, region: Mapping[str, Any]) -> None:
    """Make the signing profiles of a region; those that sign no more are canceled or revoked at once."""
    for name, profile in region.get("signing_profiles", {}).items():
        at = stage.at("signing_profiles", name)
        _make(at, name, profile)
        if profile.get("canceled", False):
            at.at("canceled").call("CancelSigningProfile", service=_SERVICE, profile_name=name)
        if "revoked" in profile:
            _revoke(at.at("revoked"), name, profile["revoked"])


def _make(stage: Stage, name: str, profile: Mapping[str, Any]) -> None:
    period = profile.get("validity")
    tags = resource_tags(profile.get("resource_tags", {}))
    made = stage.call(
        "PutSigningProfile",
        service=_SERVICE,
        unless=(SigningProfileExistsError,),
        profile_name=name,
        platform_id=profile.get("platform", NOTATION),
        signing_material=SigningMaterial(certificate_arn=profile.get("certificate")),
        signature_validity_period=None if period is None else SignatureValidityPeriod(**period),
        signing_parameters=tuple(
            SigningParameter(key=key, value=value)
            for key, value in profile.get("parameters", {}).items()
        ),
        tags=tags,
    )
    if made is None and tags:
        arn = profile_arn(stage.account, stage.region, name)
        stage.at("resource_tags").call("TagResource", service=_SERVICE, resource_arn=arn, tags=tags)


def _revoke(stage: Stage, name: str, revoked: Mapping[str, Any]) -> None:
    made: SigningProfile = stage.call("GetSigningProfile", service=_SERVICE, profile_name=name)
    stage.call(
        "RevokeSigningProfile",
        service=_SERVICE,
        unless=(SigningRevokedError,),
        profile_name=name,
        profile_version=made.profile_version,
        reason=revoked["reason"],
        effective_time=read_clock(revoked["from"], stage.backend.world.clock.now()),
    )


def revocations(document: Mapping[str, Any]) -> Iterator[tuple[Steps, Mapping[str, Any]]]:
    """Yield what a seed says of revoked profiles, with the way to each."""
    for _, outer, account in accounts(document):
        for _, inner, region in regions(account):
            for name, profile in region.get("signing_profiles", {}).items():
                if "revoked" in profile:
                    path = (*outer, *inner, "signing_profiles", name, "revoked")
                    yield path, profile["revoked"]
