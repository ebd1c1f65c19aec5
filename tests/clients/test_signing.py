"""What ECR signs after a push, verified by notation, and shown by oras; cosign and notation sign beside it.

The root of the server is all that notation is told to trust. Source: reference features.md §6.
"""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import UUID

import boto3
import pytest
from cryptography import x509

from tests.clients.conftest import password_of
from tests.clients.image_files import digest_of, random_layer, write_docker_archive
from tests.clients.programs import Program
from tests.clients.running_server import (
    DEFAULT_ACCOUNT,
    Repository,
    RunningServer,
    new_repository,
    running_server,
)
from tests.clients.words import log_in

pytestmark = pytest.mark.clients_extra

NOTARY = "application/vnd.cncf.notary.signature"
PLATFORM = "Notation-OCI-SHA384-ECDSA"
JWS, COSE = "application/jose+json", "application/cose"
VERIFIED = "Successfully verified signature"
NOT_VERIFIED = "signature verification failed for all the signatures associated with"
PLAIN = ("verify", "--insecure-registry")
SUBJECT = f"x509.subject: C=ZZ, ST=us-east-1, O={DEFAULT_ACCOUNT}, CN="


@dataclass(frozen=True)
class Signing:
    """A repository whose images are signed, and docker, which pushes them."""

    server: RunningServer
    repository: Repository
    docker: Program
    folder: Path

    @property
    def profile(self) -> str:
        """The name of a profile that no other test has."""
        return self.repository.name.replace("/", "_").replace("-", "_")

    @property
    def signer(self) -> Any:
        """A client of AWS Signer."""
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return boto3.client("signer", endpoint_url=self.server.url, region_name="us-east-1", **keys)

    def begin(self, *more_profiles: str, **members: Any) -> None:
        """Have new profiles sign what is pushed to the repository, and nothing else."""
        filters = [{"filter": self.repository.name, "filterType": "WILDCARD_MATCH"}]
        rules = []
        for name in (self.profile, *more_profiles):
            made = self.signer.put_signing_profile(profileName=name, platformId=PLATFORM, **members)
            rules.append({"signingProfileArn": made["arn"], "repositoryFilters": filters})
        self.repository.api.put_signing_configuration(signingConfiguration={"rules": rules})

    def end(self) -> None:
        """Have nothing signed any more."""
        self.repository.api.delete_signing_configuration()

    def push(self, tag: str = "1") -> str:
        """Push an image by docker, and return its digest reference once it is signed."""
        name = f"{self.repository.uri}:{tag}"
        archive = write_docker_archive(self.folder / "image.tar", name, [random_layer()])
        self.docker("load", "--input", str(archive))
        self.docker("push", name)
        self.docker("image", "rm", name)
        self.ask("POST", "/_ecrmock/settle")
        return f"{self.repository.uri}@{self.repository.image(tag)['imageDigest']}"

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> bytes:
        """Make a request of one's own, and return the body of the answer."""
        connection = self.server.connection()
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        assert answer.status == HTTPStatus.OK, content
        return content

    def signature(self, reference: str) -> tuple[str, dict[str, Any]]:
        """Return digest and manifest of the only signature of an image."""
        this = {"repositoryName": self.repository.name}
        subject = {"imageDigest": reference.partition("@")[2]}
        listed = self.repository.api.list_image_referrers(**this, subjectId=subject)
        (referrer,) = listed["referrers"]
        ids = [{"imageDigest": referrer["digest"]}]
        (found,) = self.repository.api.batch_get_image(**this, imageIds=ids)["images"]
        return referrer["digest"], json.loads(found["imageManifest"])

    def envelope(self, signature: dict[str, Any]) -> bytes:
        """Return what a signature is, by its manifest."""
        path = f"/v2/{self.repository.name}/blobs/{signature['layers'][0]['digest']}"
        return self.ask("GET", path, Authorization=f"Basic {self.server.login()}")

    def job_id(self, reference: str) -> str:
        """Return the id of the job that signed an image, which its certificate has."""
        _, signature = self.signature(reference)
        chain = json.loads(self.envelope(signature))["header"]["x5c"]
        leaf = x509.load_der_x509_certificate(base64.b64decode(chain[0]))
        return str(UUID(int=leaf.serial_number))

    def upload(self, content: bytes) -> dict[str, Any]:
        """Upload a blob, and return digest and size of its descriptor."""
        api, this = self.repository.api, {"repositoryName": self.repository.name}
        started = {**this, "uploadId": api.initiate_layer_upload(**this)["uploadId"]}
        part = {"partFirstByte": 0, "partLastByte": len(content) - 1, "layerPartBlob": content}
        api.upload_layer_part(**started, **part)
        api.complete_layer_upload(**started, layerDigests=[digest_of(content)])
        return {"digest": digest_of(content), "size": len(content)}

    def put(self, manifest: str, **members: str) -> str:
        """Put a manifest, and return its digest."""
        put = {"repositoryName": self.repository.name, "imageManifest": manifest, **members}
        return str(self.repository.api.put_image(**put)["image"]["imageId"]["imageDigest"])


@pytest.fixture
def signing(
    docker: Program,
    login: Callable[[Program], None],
    repository: Repository,
    server: RunningServer,
    tmp_path: Path,
) -> Signing:
    login(docker)
    return Signing(server, repository, docker, tmp_path)


def trust(notation: Program, signing: Signing, identity: str = "*") -> Program:
    """Let notation trust the root of a server, and signatures of an identity."""
    root = signing.folder / "root.pem"
    root.write_bytes(signing.ask("GET", "/_ecrmock/signing/ca.pem"))
    notation("certificate", "add", "--type", "ca", "--store", "ecrmock", str(root))
    policy = {
        "name": "ecrmock",
        "registryScopes": ["*"],
        "signatureVerification": {"level": "strict"},
        "trustStores": ["ca:ecrmock"],
        "trustedIdentities": [identity],
    }
    written = signing.folder / "policy.json"
    written.write_text(json.dumps({"version": "1.0", "trustPolicies": [policy]}))
    notation("policy", "import", "--force", str(written))
    return notation


@pytest.fixture
def logged_in(notation: Program, ready: Callable[[str], Program]) -> Program:
    """Notation, which takes the login of oras: by itself it wants a credential store."""
    ready("oras")
    return notation


@pytest.fixture
def notary(logged_in: Program, signing: Signing) -> Program:
    """Notation, logged in, which trusts whatever the server signs."""
    return trust(logged_in, signing)


@pytest.mark.parametrize("envelope", [JWS, COSE])
def test_notation_verifies_what_docker_pushed(
    notary: Program, signing: Signing, envelope: str
) -> None:
    signing.begin(signingParameters={"envelope": envelope})
    reference = signing.push()
    assert VERIFIED in notary(*PLAIN, reference)
    options = ("--insecure-registry", "--output", "json")
    (read,) = json.loads(notary("inspect", *options, reference))["Signatures"]
    assert (read["mediaType"], read["signatureAlgorithm"]) == (envelope, "ECDSA-SHA-384")


def test_what_no_rule_signs_notation_does_not_verify(notary: Program, signing: Signing) -> None:
    reference = signing.push()
    assert f'no signature is associated with "{reference}"' in notary.fails(*PLAIN, reference)


def test_a_trust_policy_may_ask_for_the_profile(logged_in: Program, signing: Signing) -> None:
    signing.begin()
    reference = signing.push()
    trust(logged_in, signing, f"{SUBJECT}another")
    assert NOT_VERIFIED in logged_in.fails(*PLAIN, reference)
    policy = logged_in("policy", "show")
    changed = signing.folder / "policy.json"
    changed.write_text(policy.replace("CN=another", f"CN={signing.profile}"))
    logged_in("policy", "import", "--force", str(changed))
    assert VERIFIED in logged_in(*PLAIN, reference)


def test_a_changed_image_is_not_verified_by_the_signature_of_the_true_one(
    notary: Program, signing: Signing
) -> None:
    """Somebody puts an image that differs by a byte, and the signature of the true one to it."""
    signing.begin()
    reference = signing.push()
    signing.end()
    _, signature = signing.signature(reference)
    changed = f"{signing.repository.manifest('1')} "
    subject = signing.put(changed, imageManifestMediaType=signature["subject"]["mediaType"])
    signature["subject"] |= {"digest": subject, "size": len(changed.encode())}
    signing.put(json.dumps(signature))
    assert NOT_VERIFIED in notary.fails(*PLAIN, f"{signing.repository.uri}@{subject}")


@pytest.mark.parametrize("envelope", [JWS, COSE])
def test_a_changed_signature_is_not_verified(
    notary: Program, signing: Signing, envelope: str
) -> None:
    signing.begin(signingParameters={"envelope": envelope})
    reference = signing.push()
    signing.end()
    digest, signature = signing.signature(reference)
    content = bytearray(signing.envelope(signature))
    content[-10] ^= 1  # among the numbers of the signature, in both forms
    signature["layers"][0] |= signing.upload(bytes(content))
    signing.put(json.dumps(signature))
    signing.repository.delete(digest)
    assert NOT_VERIFIED in notary.fails(*PLAIN, reference)


def test_a_revoked_signature_is_not_verified(notary: Program, signing: Signing) -> None:
    """What notation has fetched it keeps for five seconds; with another cache it asks at once."""
    signing.begin()
    reference, other = signing.push("1"), signing.push("2")
    assert VERIFIED in notary(*PLAIN, reference)
    signing.signer.revoke_signature(jobId=signing.job_id(reference), reason="the key was lost")
    later = notary.with_environment(XDG_CACHE_HOME=str(signing.folder / "another"))
    assert NOT_VERIFIED in later.fails(*PLAIN, reference)
    assert VERIFIED in later(*PLAIN, other)


def test_what_a_revoked_profile_signed_is_not_verified(notary: Program, signing: Signing) -> None:
    signing.begin()
    reference = signing.push()
    name = {"profileName": signing.profile}
    signing.signer.revoke_signing_profile(
        **name,
        profileVersion=signing.signer.get_signing_profile(**name)["profileVersion"],
        reason="the key was lost",
        effectiveTime=datetime.now(UTC) - timedelta(days=1),
    )
    assert NOT_VERIFIED in notary.fails(*PLAIN, reference)


@pytest.fixture
def long_ago(docker: Program, oras: Program, tmp_path: Path) -> Iterator[Signing]:
    """A repository of a server to which it is two days earlier; docker and oras are logged in."""
    folder = tmp_path / "long-ago"
    folder.mkdir()
    with running_server(folder) as server:
        signing = Signing(server, new_repository(server.api()), docker, tmp_path)
        for program, name in ((docker, "docker"), (oras, "oras")):
            log_in(program, name, server.registry, password_of(server))
        then = (datetime.now(UTC) - timedelta(days=2)).isoformat()
        signing.ask("POST", "/_ecrmock/clock", json.dumps({"now": then}))
        yield signing


def test_an_expired_signature_is_not_verified(notation: Program, long_ago: Signing) -> None:
    """To the server the signature is new, to notation two days old."""
    long_ago.begin(signatureValidityPeriod={"value": 1, "type": "DAYS"})
    said = trust(notation, long_ago).fails(*PLAIN, "--verbose", long_ago.push())
    assert NOT_VERIFIED in said
    assert "digital signature has expired on" in said


def test_a_signature_that_holds_for_longer_is_verified(
    notation: Program, long_ago: Signing
) -> None:
    long_ago.begin(signatureValidityPeriod={"value": 3, "type": "DAYS"})
    assert VERIFIED in trust(notation, long_ago)(*PLAIN, long_ago.push())


def test_oras_shows_the_signatures_below_the_image(
    oras: Program, ready: Callable[[str], Program], signing: Signing
) -> None:
    signing.begin(f"{signing.profile}_too")
    reference = signing.push()
    ready("oras")
    shown = oras("discover", "--plain-http", reference)
    assert shown.startswith(f"{reference}\n└── {NOTARY}\n    ├── sha256:")
    found = json.loads(oras("discover", "--plain-http", "--format", "json", reference))
    assert [each["artifactType"] for each in found["referrers"]] == [NOTARY] * 2


def test_users_sign_beside_it(
    notary: Program, cosign: Program, ready: Callable[[str], Program], signing: Signing
) -> None:
    """notation and cosign with keys of the user's own; what they put is not signed itself."""
    signing.begin()
    reference = signing.push()
    notary("cert", "generate-test", "--default", "ecrmock.test")
    notary("sign", "--insecure-registry", "--force-referrers-tag=false", reference)
    ready("cosign")
    keys = str(signing.folder / "cosign")
    cosign("generate-key-pair", "--output-key-prefix", keys)
    plain = ("--allow-http-registry", "--key")
    cosign("sign", *plain, f"{keys}.key", "--tlog-upload=false", "--yes", reference)
    signing.ask("POST", "/_ecrmock/settle")
    assert VERIFIED in notary(*PLAIN, reference)
    cosign("verify", *plain, f"{keys}.pub", "--insecure-ignore-tlog=true", reference)
    signatures = notary("list", "--insecure-registry", reference).partition(NOTARY)[2]
    assert signatures.count("sha256:") == 2
    jobs = signing.signer.list_signing_jobs()["jobs"]
    assert [job["profileName"] for job in jobs].count(signing.profile) == 1
