"""cosign and notation against the server: an image is signed, and the signature verified.

To cosign, `save` is what `pull` is to others; notation keeps no file of what it reads to verify it.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.clients.image_files import contents_of
from tests.clients.programs import Program
from tests.clients.running_server import NO_IMAGE, Repository, RunningServer, new_repository

pytestmark = pytest.mark.clients_extra

OFFLINE = ("--allow-http-registry", "--key")
PLAIN = ("--allow-http-registry", "--dir")


@pytest.fixture
def reference(
    crane: Program, ready: Callable[[str], Program], repository: Repository, layout: Path
) -> str:
    """The digest reference of an image that is there."""
    ready("crane")
    crane("push", str(layout), f"{repository.uri}:1")
    return f"{repository.uri}@{repository.image('1')['imageDigest']}"


@pytest.fixture
def keys(cosign: Program, ready: Callable[[str], Program], tmp_path: Path) -> Path:
    """The folder of a new key pair; cosign is logged in."""
    ready("cosign")
    cosign("generate-key-pair", "--output-key-prefix", str(tmp_path / "cosign"))
    return tmp_path


def sign(cosign: Program, keys: Path, reference: str) -> None:
    here = (*OFFLINE, str(keys / "cosign.key"), "--tlog-upload=false", "--yes")
    cosign("sign", *here, reference)


def verify_with(keys: Path) -> tuple[str, ...]:
    """Return what cosign is told to verify with the public key."""
    return ("verify", *OFFLINE, str(keys / "cosign.pub"), "--insecure-ignore-tlog=true")


def signature_tag(reference: str) -> str:
    """Return the tag that cosign gives to the signature of an image."""
    return f"{reference.partition('@')[2].replace(':', '-')}.sig"


def test_what_cosign_has_signed_it_verifies(cosign: Program, keys: Path, reference: str) -> None:
    sign(cosign, keys, reference)
    (claim,) = json.loads(cosign(*verify_with(keys), "--output", "json", reference))
    digest = reference.partition("@")[2]
    assert claim["critical"]["image"]["docker-manifest-digest"] == digest


def test_an_image_without_a_signature_is_not_verified(
    cosign: Program, keys: Path, reference: str
) -> None:
    assert "no signatures found" in cosign.fails(*verify_with(keys), reference)


def test_the_api_shows_cosigns_signature_as_an_image_of_its_own(
    cosign: Program, keys: Path, reference: str, repository: Repository
) -> None:
    sign(cosign, keys, reference)
    assert repository.tags() == {"1", signature_tag(reference)}


def test_what_cosign_saves_has_the_bytes_of_the_image_and_of_its_signature(
    cosign: Program, keys: Path, reference: str, repository: Repository, layout: Path
) -> None:
    sign(cosign, keys, reference)
    cosign("save", *PLAIN, str(keys / "saved"), reference)
    signature = json.loads(repository.manifest(signature_tag(reference)))
    expected = {blob["digest"] for blob in (signature["config"], *signature["layers"])}
    assert contents_of(keys / "saved" / "blobs") >= expected | contents_of(layout / "blobs")


def test_the_api_describes_what_cosign_loads_into_another_repository(
    cosign: Program, keys: Path, reference: str, server: RunningServer
) -> None:
    other = new_repository(server.api())
    sign(cosign, keys, reference)
    cosign("save", *PLAIN, str(keys / "saved"), reference)
    cosign("load", *PLAIN, str(keys / "saved"), f"{other.uri}:copied")
    assert other.image("copied")["imageDigest"] == reference.partition("@")[2]
    assert other.tags() == {"copied", signature_tag(reference)}


def test_cosign_cannot_verify_by_a_signature_that_the_api_has_deleted(
    cosign: Program, keys: Path, reference: str, server: RunningServer, repository: Repository
) -> None:
    """To cosign, a missing signature is none; a plain GET shows that ECR's text was sent."""
    sign(cosign, keys, reference)
    tag = signature_tag(reference)
    repository.delete(tag)
    said = cosign.fails(*verify_with(keys), reference)
    assert "error during command execution: no signatures found" in said
    assert server.refusal(repository.name, tag) == NO_IMAGE


def test_cosign_cannot_save_an_image_that_the_api_has_deleted(
    cosign: Program, keys: Path, reference: str, repository: Repository
) -> None:
    sign(cosign, keys, reference)
    digest = repository.delete("1")
    said = cosign.fails("save", *PLAIN, str(keys / "saved"), reference)
    assert "signed entity: entity not found in registry, error: GET http://" in said
    assert f"/v2/{repository.name}/manifests/{digest}: {': '.join(NO_IMAGE)}" in said


@pytest.fixture
def signed(notation: Program, ready: Callable[[str], Program], reference: str) -> str:
    """An image that notation has signed with a key of its own."""
    ready("notation")
    notation("cert", "generate-test", "--default", "ecrmock.test")
    notation("sign", "--insecure-registry", "--force-referrers-tag=false", reference)
    return reference


def trust_everything(notation: Program, folder: Path) -> None:
    """Let notation trust the certificate that it has made, for every image."""
    policy = {
        "name": "everything",
        "registryScopes": ["*"],
        "signatureVerification": {"level": "strict"},
        "trustStores": ["ca:ecrmock.test"],
        "trustedIdentities": ["*"],
    }
    written = folder / "policy.json"
    written.write_text(json.dumps({"version": "1.0", "trustPolicies": [policy]}))
    notation("policy", "import", str(written))


def signature_of(repository: Repository) -> dict[str, Any]:
    """Return the only referrer that the API lists of the image."""
    subject = {"imageDigest": repository.image("1")["imageDigest"]}
    listed = repository.api.list_image_referrers(repositoryName=repository.name, subjectId=subject)
    (referrer,) = listed["referrers"]
    return dict(referrer)


def test_what_notation_has_signed_it_verifies(
    notation: Program, signed: str, tmp_path: Path
) -> None:
    trust_everything(notation, tmp_path)
    said = notation("verify", "--insecure-registry", signed)
    assert "Successfully verified signature" in said


def test_the_api_lists_notations_signature_as_a_referrer(
    notation: Program, signed: str, repository: Repository
) -> None:
    referrer = signature_of(repository)
    assert referrer["artifactType"] == "application/vnd.cncf.notary.signature"
    assert referrer["digest"] in notation("list", "--insecure-registry", signed)


def test_what_notation_reads_in_the_signature_is_what_the_api_tells_of_the_image(
    notation: Program, signed: str, repository: Repository
) -> None:
    options = ("--insecure-registry", "--output", "json")
    (read,) = json.loads(notation("inspect", *options, signed))["Signatures"]
    assert read["digest"] == signature_of(repository)["digest"]
    assert read["signedArtifact"] == {
        "mediaType": repository.image("1")["imageManifestMediaType"],
        "digest": repository.image("1")["imageDigest"],
        "size": len(repository.manifest("1").encode()),
    }


def test_notation_cannot_verify_by_a_signature_that_the_api_has_deleted(
    notation: Program, signed: str, server: RunningServer, repository: Repository, tmp_path: Path
) -> None:
    """notation finds no referrer, so it asks for no manifest; a plain GET shows ECR's text."""
    trust_everything(notation, tmp_path)
    digest = repository.delete(signature_of(repository)["digest"])
    said = notation.fails("verify", "--insecure-registry", signed)
    assert f'signature verification failed: no signature is associated with "{signed}"' in said
    assert server.refusal(repository.name, digest) == NO_IMAGE


def test_notation_cannot_verify_an_image_that_the_api_has_deleted(
    notation: Program, signed: str, server: RunningServer, repository: Repository, tmp_path: Path
) -> None:
    """notation reads no body of a 404, and says its own words; a plain GET shows that ECR's were sent."""
    trust_everything(notation, tmp_path)
    digest = repository.delete("1")
    said = notation.fails("verify", "--insecure-registry", signed)
    assert f"failed to get manifest descriptor: {signed}: not found" in said
    assert server.refusal(repository.name, digest) == NO_IMAGE
