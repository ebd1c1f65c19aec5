"""cosign and notation against the server: an image is signed, and the signature verified."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.programs import Program
from tests.clients.running_server import Repository

pytestmark = pytest.mark.clients_extra

OFFLINE = ("--allow-http-registry", "--key")


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


def test_what_cosign_has_signed_it_verifies(cosign: Program, keys: Path, reference: str) -> None:
    sign(cosign, keys, reference)
    here = (*OFFLINE, str(keys / "cosign.pub"), "--insecure-ignore-tlog=true")
    (claim,) = json.loads(cosign("verify", *here, "--output", "json", reference))
    digest = reference.partition("@")[2]
    assert claim["critical"]["image"]["docker-manifest-digest"] == digest


def test_an_image_without_a_signature_is_not_verified(
    cosign: Program, keys: Path, reference: str
) -> None:
    here = (*OFFLINE, str(keys / "cosign.pub"), "--insecure-ignore-tlog=true")
    assert "no signatures found" in cosign.fails("verify", *here, reference)


def test_the_api_shows_cosigns_signature_as_an_image_of_its_own(
    cosign: Program, keys: Path, reference: str, repository: Repository
) -> None:
    sign(cosign, keys, reference)
    digest = repository.image("1")["imageDigest"]
    assert repository.tags() == {"1", f"{digest.replace(':', '-')}.sig"}


@pytest.fixture
def signed(notation: Program, ready: Callable[[str], Program], reference: str) -> str:
    """An image that notation has signed with a key of its own."""
    ready("notation")
    notation("cert", "generate-test", "--default", "ecrmock.test")
    notation("sign", "--insecure-registry", "--force-referrers-tag=false", reference)
    return reference


def test_what_notation_has_signed_it_verifies(
    notation: Program, signed: str, tmp_path: Path
) -> None:
    policy = {
        "name": "everything",
        "registryScopes": ["*"],
        "signatureVerification": {"level": "strict"},
        "trustStores": ["ca:ecrmock.test"],
        "trustedIdentities": ["*"],
    }
    written = tmp_path / "policy.json"
    written.write_text(json.dumps({"version": "1.0", "trustPolicies": [policy]}))
    notation("policy", "import", str(written))
    said = notation("verify", "--insecure-registry", signed)
    assert "Successfully verified signature" in said


def test_the_api_lists_notations_signature_as_a_referrer(
    notation: Program, signed: str, repository: Repository
) -> None:
    subject = {"imageDigest": repository.image("1")["imageDigest"]}
    listed = repository.api.list_image_referrers(repositoryName=repository.name, subjectId=subject)
    (referrer,) = listed["referrers"]
    assert referrer["artifactType"] == "application/vnd.cncf.notary.signature"
    assert "sha256:" in notation("list", "--insecure-registry", signed)
