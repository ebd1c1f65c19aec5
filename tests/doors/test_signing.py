"""Images that ECR signs when they are pushed. Source: reference features.md §6."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.doors.conftest import (
    ACCOUNT,
    OTHER_ACCOUNT,
    START,
    Door,
    RegistryClient,
    content_of,
    index_of,
    manifest_of,
    push,
)
from tests.doors.signing import (
    APP,
    FIRST,
    NOTARY,
    SECOND,
    THEIRS,
    configure,
    envelope,
    failure,
    profile,
    revoke_profile,
    rule,
    signatures,
    states,
    statuses,
)
from tests.signatures import COSE, JOSE, read_signature

_PEM = Encoding.PEM
WEST = {"region": "eu-west-1", "registryId": ACCOUNT}


@pytest.fixture
def signing(ecr: Any, door: Door) -> Any:
    """A client of a registry in which one profile signs everything."""
    profile(door)
    configure(ecr, rule())
    return ecr


def test_what_is_pushed_is_signed(signing: Any) -> None:
    digest = push(signing, b"layer", "1")
    assert statuses(signing) == [{"signingProfileArn": FIRST, "status": "COMPLETE"}]
    (signature,) = signatures(signing, digest)
    assert signature["artifactType"] == NOTARY


def test_the_signature_is_about_the_manifest_and_verified_by_the_root(
    signing: Any, door: Door
) -> None:
    """By a library that ecrmock does not sign with."""
    digest = push(signing, b"layer", "1")
    read = read_signature(*envelope(door, signing, digest))
    target = read.payload["targetArtifact"]
    assert (target["digest"], target["size"]) == (digest, len(manifest_of(b"layer").encode()))
    assert read.signed_at == START.replace(microsecond=0)
    leaf, root = read.chain
    leaf.verify_directly_issued_by(root)
    assert root.public_bytes(_PEM) == door.ecr.signing_root()


@pytest.mark.parametrize("form", [JOSE, COSE])
def test_the_profile_says_in_which_envelope(ecr: Any, door: Door, form: str) -> None:
    profile(door, signingParameters={"envelope": form})
    configure(ecr, rule())
    content, media_type = envelope(door, ecr, push(ecr, b"layer", "1"))
    assert media_type == form
    assert read_signature(content, media_type).scheme == "notary.x509"


def test_the_answer_has_the_members_of_the_model(signing: Any) -> None:
    push(signing, b"layer", "1")
    answer = content_of(signing.describe_image_signing_status(**APP, imageId={"imageTag": "1"}))
    assert answer == {
        **APP,
        "registryId": ACCOUNT,
        "imageId": {"imageTag": "1"},
        "signingStatuses": [{"signingProfileArn": FIRST, "status": "COMPLETE"}],
    }


def test_an_image_that_is_not_there_has_no_status(signing: Any) -> None:
    with pytest.raises(signing.exceptions.ImageNotFoundException):
        statuses(signing)
    with pytest.raises(signing.exceptions.RepositoryNotFoundException):
        statuses(signing, repository="nothing")


def test_a_push_over_the_registry_is_signed_too(http_door: Door) -> None:
    client = http_door.client()
    client.create_repository(**APP)
    profile(http_door)
    configure(client, rule())
    digest = RegistryClient(http_door, client).push(b"layer", "1")
    http_door.ecr.settle()
    assert states(client) == [("first", "COMPLETE")]
    found = RegistryClient(http_door, client)("GET", f"/v2/app/referrers/{digest}")
    (signature,) = json.loads(found.body)["manifests"]
    assert signature["artifactType"] == NOTARY


def test_rules_are_about_the_repositories_of_their_filters(ecr: Any, door: Door) -> None:
    profile(door)
    ecr.create_repository(repositoryName="prod/app")
    configure(ecr, rule(FIRST, "prod/*"))
    push(ecr, b"layer", "1")
    push(ecr, b"layer", "1", repository="prod/app")
    assert (states(ecr), states(ecr, repository="prod/app")) == ([], [("first", "COMPLETE")])


def test_several_profiles_sign_and_each_once(ecr: Any, door: Door) -> None:
    profile(door)
    profile(door, SECOND)
    configure(ecr, rule(FIRST), rule(SECOND, "app"), rule(FIRST, "a*"))
    digest = push(ecr, b"layer", "1")
    assert states(ecr) == [("first", "COMPLETE"), ("second", "COMPLETE")]
    assert len(signatures(ecr, digest)) == 2


def test_what_was_there_before_is_not_signed(ecr: Any, door: Door) -> None:
    digest = push(ecr, b"layer", "1")
    profile(door)
    configure(ecr, rule())
    assert (statuses(ecr), signatures(ecr, digest)) == ([], [])


def test_one_more_tag_makes_no_second_signature(signing: Any) -> None:
    digest = push(signing, b"layer", "1", "2")
    assert len(signatures(signing, digest)) == 1


def test_one_more_tag_signs_what_was_there_before(ecr: Any, door: Door) -> None:
    """It is a push after the configuration. Inferred: reference features.md §1.1, §6."""
    push(ecr, b"layer", "1")
    profile(door)
    configure(ecr, rule())
    ecr.put_image(**APP, imageManifest=manifest_of(b"layer"), imageTag="2")
    assert states(ecr) == [("first", "COMPLETE")]


def test_signatures_stay_without_the_configuration(signing: Any) -> None:
    digest = push(signing, b"layer", "1")
    signing.delete_signing_configuration()
    push(signing, b"other", "2")
    assert (states(signing), states(signing, "2")) == ([("first", "COMPLETE")], [])
    assert len(signatures(signing, digest)) == 1


def test_signatures_are_not_signed(signing: Any, door: Door) -> None:
    """Source: reference features.md §6."""
    digest = push(signing, b"layer", "1")
    (signature,) = signatures(signing, digest)
    own = door.ecr.push_artifact("app", NOTARY, subject="1", contents=[b"by the user"])
    assert statuses(signing, signature["digest"]) == []
    assert statuses(signing, str(own.image_digest)) == []


def test_other_referrers_are_signed(signing: Any, door: Door) -> None:
    push(signing, b"layer", "1")
    bill = door.ecr.push_artifact("app", "application/vnd.cyclonedx+json", subject="1")
    assert states(signing, str(bill.image_digest)) == [("first", "COMPLETE")]


def test_an_index_is_signed_and_what_it_lists_too(signing: Any) -> None:
    """Inferred: reference features.md §6."""
    child = push(signing, b"layer")
    index = index_of(manifest_of(b"layer"))
    signing.put_image(**APP, imageManifest=index, imageTag="1")
    assert states(signing) == states(signing, child) == [("first", "COMPLETE")]


def test_the_signature_is_an_image_of_the_repository(signing: Any) -> None:
    digest = push(signing, b"layer", "1")
    details = signing.describe_images(**APP)["imageDetails"]
    (signature,) = [each for each in details if each.get("subjectManifestDigest") == digest]
    assert signature["artifactMediaType"] == NOTARY
    assert "imageTags" not in signature


def test_the_signature_is_told_as_a_referrer(signing: Any, door: Door) -> None:
    """Source: reference features.md §6, §11.3."""
    digest = push(signing, b"layer", "1")
    (signature,) = signatures(signing, digest)
    (event,) = [each for each in door.ecr.events if each["detail-type"] == "ECR Referrer Action"]
    assert event["detail"] == {
        "result": "SUCCESS",
        "repository-name": "app",
        "image-digest": signature["digest"],
        "action-type": "PUSH",
        "image-tag": "",
        "manifest-media-type": "application/vnd.oci.image.manifest.v1+json",
        "artifact-media-type": NOTARY,
    }


def test_the_signature_goes_with_its_image(signing: Any, door: Door) -> None:
    """Source: reference features.md §6."""
    digest = push(signing, b"layer", "1")
    signing.batch_delete_image(**APP, imageIds=[{"imageDigest": digest}])
    assert len(signatures(signing, digest)) == 1
    door.ecr.clock.advance(hours=24)
    assert signatures(signing, digest) == []


def test_the_signature_goes_with_an_image_that_a_lifecycle_policy_expires(
    signing: Any, door: Door
) -> None:
    digest = push(signing, b"layer", "1")
    selection = {"tagStatus": "tagged", "tagPatternList": ["*"], "countNumber": 1}
    selection |= {"countType": "sinceImagePushed", "countUnit": "days"}
    rules = [{"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}]
    signing.put_lifecycle_policy(**APP, lifecyclePolicyText=json.dumps({"rules": rules}))
    door.ecr.clock.advance(days=3)
    assert signing.describe_images(**APP)["imageDetails"] == []
    assert signatures(signing, digest) == []


def test_the_signature_follows_its_image_into_the_archive(signing: Any, door: Door) -> None:
    digest = push(signing, b"layer", "1")
    signing.update_image_storage_class(
        **APP, imageId={"imageTag": "1"}, targetStorageClass="ARCHIVE"
    )
    door.ecr.clock.advance(hours=24)
    archived = {"filter": {"artifactStatus": "ARCHIVED"}}
    assert (signatures(signing, digest), len(signatures(signing, digest, **archived))) == ([], 1)


def test_a_profile_that_is_missing_is_a_failure_and_one_more_push_tries_again(
    ecr: Any, door: Door
) -> None:
    configure(ecr, rule())
    push(ecr, b"layer", "1")
    assert failure(ecr) == (
        "ProfileNotFoundException",
        f"The signing profile '{FIRST}' does not exist",
    )
    profile(door)
    ecr.put_image(**APP, imageManifest=manifest_of(b"layer"), imageTag="2")
    assert statuses(ecr) == [{"signingProfileArn": FIRST, "status": "COMPLETE"}]


def test_a_canceled_profile_does_not_sign(ecr: Any, door: Door) -> None:
    """Inferred: reference features.md §6."""
    profile(door).cancel_signing_profile(profileName="first")
    configure(ecr, rule())
    push(ecr, b"layer", "1")
    assert failure(ecr)[0] == "ProfileCanceledException"


def test_a_revoked_profile_does_not_sign(ecr: Any, door: Door) -> None:
    """Inferred: reference features.md §6."""
    revoke_profile(profile(door))
    configure(ecr, rule())
    digest = push(ecr, b"layer", "1")
    assert failure(ecr)[0] == "ProfileRevokedException"
    assert signatures(ecr, digest) == []


def test_a_profile_for_something_else_does_not_sign(ecr: Any, door: Door) -> None:
    profile(door, platformId="AWSLambda-SHA384-ECDSA")
    configure(ecr, rule())
    push(ecr, b"layer", "1")
    assert failure(ecr)[0] == "ValidationException"


def test_a_failure_of_one_profile_keeps_no_other_from_signing(ecr: Any, door: Door) -> None:
    profile(door)
    configure(ecr, rule(SECOND), rule(FIRST))
    push(ecr, b"layer", "1")
    assert states(ecr) == [("second", "FAILED"), ("first", "COMPLETE")]


def test_a_profile_of_another_account_signs(ecr: Any, door: Door) -> None:
    """Source: reference features.md §6."""
    profile(door, THEIRS)
    configure(ecr, rule(THEIRS))
    digest = push(ecr, b"layer", "1")
    leaf, _ = read_signature(*envelope(door, ecr, digest)).chain
    assert OTHER_ACCOUNT in leaf.subject.rfc4514_string()


def test_a_copy_comes_with_its_signature_and_is_not_signed_again(signing: Any, door: Door) -> None:
    """Source: reference features.md §3.2."""
    west = door.client(region="eu-west-1")
    configure(west, rule(FIRST.replace("us-east-1", "eu-west-1")))
    rules = [{"destinations": [WEST]}]
    signing.put_replication_configuration(replicationConfiguration={"rules": rules})
    digest = push(signing, b"layer", "1")
    assert signatures(west, digest) == signatures(signing, digest)
    assert (states(signing), states(west)) == ([("first", "COMPLETE")], [])


def test_what_a_cache_rule_fetches_is_not_signed(signing: Any, door: Door) -> None:
    """Inferred: reference features.md §1.1, it is no push."""
    west = door.client(region="eu-west-1")
    west.create_repository(**APP)
    push(west, b"layer", "1")
    host = f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com"
    signing.create_pull_through_cache_rule(ecrRepositoryPrefix="west", upstreamRegistryUrl=host)
    cached = {"repositoryName": "west/app"}
    (image,) = signing.batch_get_image(**cached, imageIds=[{"imageTag": "1"}])["images"]
    assert image["imageId"]["imageTag"] == "1"
    assert states(signing, repository="west/app") == []


def test_a_repository_that_a_push_makes_is_signed_for_too(http_door: Door) -> None:
    client = http_door.client()
    profile(http_door)
    configure(client, rule(FIRST, "new/*"))
    client.create_repository_creation_template(prefix="ROOT", appliedFor=["CREATE_ON_PUSH"])
    RegistryClient(http_door, client).push(b"layer", "1", "new/app")
    http_door.ecr.settle()
    assert states(client, repository="new/app") == [("first", "COMPLETE")]


def test_a_restored_image_is_not_signed_again(signing: Any, door: Door) -> None:
    """Inferred: reference features.md §7.1 names scans, copies and policies alone."""
    digest = push(signing, b"layer", "1")
    for target in ("ARCHIVE", "STANDARD"):
        signing.update_image_storage_class(
            **APP, imageId={"imageTag": "1"}, targetStorageClass=target
        )
    door.ecr.clock.advance(hours=1)
    assert states(signing) == [("first", "COMPLETE")]
    assert len(signatures(signing, digest, filter={"artifactStatus": "ANY"})) == 1


def test_the_signature_holds_for_the_period_of_the_profile(signing: Any, door: Door) -> None:
    """Without one it is 135 months. Source: service model of Signer, PutSigningProfile."""
    digest = push(signing, b"layer", "1")
    read = read_signature(*envelope(door, signing, digest))
    assert read.expires_at == datetime(2037, 4, 2, 3, 4, 5, tzinfo=UTC)
    assert read.expires_at - read.signed_at > timedelta(days=365 * 11)
