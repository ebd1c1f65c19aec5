"""What is signed by whom, and until when. Source: reference features.md §6, api.md §15."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from ecrmock.rules.signing import (
    begun,
    check_configuration,
    ended,
    envelope_type,
    expires_at,
    hindrance,
    is_signature,
    job_of,
    profiles_for,
    revoked_at,
    signature_of,
)
from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.events import SigningDue
from ecrmock.values.manifests import parse_manifest
from ecrmock.values.signer import (
    CANCELED,
    DAYS,
    MONTHS,
    NOTATION,
    REVOKED,
    YEARS,
    SignatureValidityPeriod,
    SigningJob,
    SigningJobRevocationRecord,
    SigningParameter,
    SigningProfile,
    SigningProfileRevocationRecord,
)
from ecrmock.values.signing import (
    COMPLETE,
    COSE,
    FAILED,
    IN_PROGRESS,
    JWS,
    ImageSigningStatus,
    Signed,
    SigningConfiguration,
    SigningFailure,
    SigningOrder,
    SigningRepositoryFilter,
    SigningRule,
)

ACCOUNT, REGION = "123456789012", "eu-west-1"
ARN = f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/prod"
OTHER = f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/other"
JOB = "00000000-0000-4000-8000-000000000007"
DIGEST = "sha256:" + "0" * 64
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
BEFORE, AFTER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
PROFILE = SigningProfile(
    arn=ARN,
    profile_name="prod",
    profile_version="abcdefghij",
    platform_id=NOTATION,
    created_at=BEFORE,
    sequence=1,
)
ORDER = SigningOrder(
    job_id=JOB,
    media_type="application/vnd.oci.image.manifest.v1+json",
    digest=DIGEST,
    size=7,
    profile=PROFILE,
    signed_at=NOW,
    expires_at=AFTER,
)
SIGNED = Signed(
    envelope=b"signature", media_type=JWS, thumbprints=("aa", "bb"), certificate_hashes=("cc",)
)
DUE = SigningDue(
    account=ACCOUNT,
    region=REGION,
    time=NOW,
    repository_name="app",
    image_digest=DIGEST,
    signing_profile_arn=ARN,
    job_id=JOB,
    job_invoker="111122223333",
    requested_by="arn:aws:iam::111122223333:user/ci",
)
MADE = job_of(ORDER, SIGNED, DUE)


def rule(arn: str = ARN, *wildcards: str) -> SigningRule:
    filters = tuple(
        SigningRepositoryFilter(filter=each, filter_type="WILDCARD_MATCH") for each in wildcards
    )
    return SigningRule(signing_profile_arn=arn, repository_filters=filters or None)


def configuration(*rules: SigningRule) -> SigningConfiguration:
    return SigningConfiguration(rules=rules)


@pytest.mark.parametrize(
    ("wildcard", "name", "expected"),
    [
        ("myapp/*", "myapp/web", True),
        ("myapp/*", "other/myapp/web", False),
        ("*/production", "team/production", True),
        ("*/production", "production", False),
        ("app", "app", True),
        ("app", "app2", False),
        ("*", "any/thing", True),
        ("a*b*c", "axbxc", True),
    ],
)
def test_a_wildcard_means_the_whole_name(wildcard: str, name: str, expected: bool) -> None:
    """Source: reference features.md §1.2."""
    assert bool(profiles_for(configuration(rule(ARN, wildcard)), name)) is expected


def test_a_rule_without_filters_is_about_every_repository() -> None:
    assert profiles_for(configuration(rule()), "any") == (ARN,)


def test_one_of_several_filters_is_enough() -> None:
    assert profiles_for(configuration(rule(ARN, "no", "ap*")), "app") == (ARN,)


def test_each_profile_signs_once() -> None:
    """Source: reference features.md §6."""
    rules = rule(OTHER), rule(ARN, "app"), rule(OTHER, "*")
    assert profiles_for(configuration(*rules), "app") == (OTHER, ARN)


def test_a_profile_of_another_region_is_refused() -> None:
    """Source: reference api.md §15."""
    with pytest.raises(InvalidParameterError) as caught:
        check_configuration(configuration(rule()), "us-east-1")
    assert caught.value.message == (
        "Invalid parameter at 'signingProfileArn' failed to satisfy constraint: "
        f"'The region of signing profile ARN '{ARN}' is 'eu-west-1' but must be 'us-east-1' "
        "(the current region)'"
    )


@pytest.mark.parametrize("rules", [(), (rule(),), (rule(OTHER), rule(ARN, "a"))])
def test_profiles_of_the_region_are_taken_whether_they_exist_or_not(rules: Any) -> None:
    """Source: reference api.md §15."""
    check_configuration(configuration(*rules), REGION)


def manifest(layer: str = "application/x", artifact_type: str | None = None) -> Any:
    blob = {"mediaType": layer, "digest": DIGEST, "size": 1}
    config = {**blob, "mediaType": "application/vnd.oci.image.config.v1+json"}
    media_type = "application/vnd.oci.image.manifest.v1+json"
    document = {"schemaVersion": 2, "mediaType": media_type, "config": config, "layers": [blob]}
    named = {} if artifact_type is None else {"artifactType": artifact_type}
    return parse_manifest(json.dumps(document | named))


@pytest.mark.parametrize(
    ("layer", "artifact_type"),
    [
        ("application/jose+json", "application/vnd.cncf.notary.signature"),
        ("application/vnd.dev.cosign.simplesigning.v1+json", None),
        ("application/x", "application/vnd.dev.sigstore.bundle.v0.3+json"),
    ],
)
def test_signatures_are_known_by_their_types(layer: str, artifact_type: str | None) -> None:
    assert is_signature(manifest(layer, artifact_type))


@pytest.mark.parametrize("artifact_type", [None, "application/vnd.cyclonedx+json"])
def test_images_and_other_artifacts_are_no_signatures(artifact_type: str | None) -> None:
    assert not is_signature(manifest(artifact_type=artifact_type))


def status(arn: str = ARN, status: str = IN_PROGRESS, **failure: str) -> ImageSigningStatus:
    return ImageSigningStatus(signing_profile_arn=arn, status=status, **failure)


def test_a_push_begins_a_signature_by_each_profile() -> None:
    assert begun((), (ARN, OTHER)) == ((status(), status(OTHER)), (ARN, OTHER))


@pytest.mark.parametrize("present", [COMPLETE, IN_PROGRESS])
def test_what_a_profile_has_signed_it_does_not_sign_again(present: str) -> None:
    assert begun((status(status=present),), (ARN,)) == ((status(status=present),), ())


def test_what_could_not_be_signed_is_tried_again() -> None:
    assert begun((status(status=FAILED), status(OTHER, COMPLETE)), (ARN,)) == (
        (status(OTHER, COMPLETE), status()),
        (ARN,),
    )


def test_a_signature_ends_for_its_profile_alone() -> None:
    assert ended((status(), status(OTHER)), ARN, None) == (status(status=COMPLETE), status(OTHER))


def test_a_failure_has_a_code_and_a_reason() -> None:
    (failed,) = ended((status(),), ARN, SigningFailure(code="Code", reason="because"))
    assert failed == status(status=FAILED, failure_code="Code", failure_reason="because")


def test_an_active_profile_signs() -> None:
    assert hindrance(ARN, PROFILE, None) is None


@pytest.mark.parametrize(
    ("profile", "refusal", "code"),
    [
        (PROFILE, "not authorized", "AccessDeniedException"),
        (None, None, "ProfileNotFoundException"),
        (None, "not authorized", "AccessDeniedException"),
        (replace(PROFILE, status=REVOKED), None, "ProfileRevokedException"),
        (replace(PROFILE, status=CANCELED), None, "ProfileCanceledException"),
        (replace(PROFILE, platform_id="AWSLambda-SHA384-ECDSA"), None, "ValidationException"),
    ],
)
def test_what_keeps_a_profile_from_signing_has_a_code(
    profile: SigningProfile | None, refusal: str | None, code: str
) -> None:
    """Inferred: reference features.md §6."""
    failure = hindrance(ARN, profile, refusal)
    assert failure is not None and failure.code == code


def test_a_refusal_is_told_as_it_is() -> None:
    failure = hindrance(ARN, PROFILE, "User: ci is not authorized")
    assert failure is not None and failure.reason == "User: ci is not authorized"


@pytest.mark.parametrize(
    ("value", "expected"), [(None, JWS), (COSE, COSE), (JWS, JWS), ("nonsense", JWS)]
)
def test_the_envelope_is_a_parameter_of_the_profile(value: str | None, expected: str) -> None:
    parameters = () if value is None else (SigningParameter(key="envelope", value=value),)
    assert envelope_type(replace(PROFILE, parameters=parameters)) == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (1, DAYS, datetime(2026, 2, 1, 12, tzinfo=UTC)),
        (1, MONTHS, datetime(2026, 2, 28, 12, tzinfo=UTC)),
        (2, MONTHS, datetime(2026, 3, 31, 12, tzinfo=UTC)),
        (11, MONTHS, datetime(2026, 12, 31, 12, tzinfo=UTC)),
        (12, MONTHS, datetime(2027, 1, 31, 12, tzinfo=UTC)),
        (2, YEARS, datetime(2028, 1, 31, 12, tzinfo=UTC)),
        (135, MONTHS, datetime(2037, 4, 30, 12, tzinfo=UTC)),
        (None, None, datetime(2037, 4, 30, 12, tzinfo=UTC)),
        (9_999, YEARS, datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (10**9, DAYS, datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_signature_holds_for_the_period_of_its_profile(
    value: int | None, unit: str | None, expected: datetime
) -> None:
    assert expires_at(NOW, SignatureValidityPeriod(value=value, type=unit)) == expected


def test_a_job_says_who_signed_what_with_which_profile() -> None:
    assert (
        SigningJob(
            arn=f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-jobs/{JOB}",
            job_id=JOB,
            job_owner=ACCOUNT,
            job_invoker="111122223333",
            requested_by="arn:aws:iam::111122223333:user/ci",
            platform_id=NOTATION,
            profile_name="prod",
            profile_version="abcdefghij",
            profile_version_arn=f"{ARN}/abcdefghij",
            created_at=NOW,
            signature_expires_at=AFTER,
            signed_digest=DIGEST,
            certificate_hashes=("cc",),
            sequence=0,
        )
        == MADE
    )


def test_a_signature_is_a_referrer_with_an_empty_config() -> None:
    """Source: reference features.md §6."""
    image = signature_of(ORDER, SIGNED)
    document = json.loads(image.manifest)
    assert image.blobs == (b"{}", b"signature")
    assert document["artifactType"] == "application/vnd.cncf.notary.signature"
    assert document["config"]["mediaType"] == "application/vnd.oci.empty.v1+json"
    assert [layer["mediaType"] for layer in document["layers"]] == [JWS]
    assert document["subject"] == {"mediaType": ORDER.media_type, "digest": DIGEST, "size": 7}
    thumbprints = document["annotations"]["io.cncf.notary.x509chain.thumbprint#S256"]
    assert json.loads(thumbprints) == ["aa", "bb"]


def revoked_profile(effective_from: datetime) -> SigningProfile:
    record = SigningProfileRevocationRecord(
        revocation_effective_from=effective_from, revoked_at=AFTER, revoked_by=ACCOUNT
    )
    return replace(PROFILE, status=REVOKED, revocation_record=record)


@pytest.mark.parametrize("profile", [PROFILE, None])
def test_a_signature_counts_until_it_is_revoked(profile: SigningProfile | None) -> None:
    record = SigningJobRevocationRecord(reason="key", revoked_at=AFTER, revoked_by=ACCOUNT)
    assert revoked_at(MADE, profile) is None
    assert revoked_at(replace(MADE, revocation_record=record), profile) == AFTER


@pytest.mark.parametrize(
    ("effective_from", "expected"), [(BEFORE, AFTER), (NOW, AFTER), (AFTER, None)]
)
def test_with_a_profile_go_the_signatures_from_a_time_on(
    effective_from: datetime, expected: datetime | None
) -> None:
    """Source: service model of Signer, RevokeSigningProfile."""
    assert revoked_at(MADE, revoked_profile(effective_from)) == expected
