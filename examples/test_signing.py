"""Only signed images are admitted: the examples of docs/signing.md."""

import base64
import json
from datetime import UTC, datetime
from urllib.request import urlopen

import boto3
import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from jwcrypto.common import JWSEHeaderParameter
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS, InvalidJWSSignature

from ecrmock import mock_ecr

APP = {"repositoryName": "prod/app"}
NOTARY = "application/vnd.cncf.notary.signature"
SCHEME, EXPIRY = "io.cncf.notary.signingScheme", "io.cncf.notary.expiry"


@pytest.fixture
def ecr():
    with mock_ecr(region="us-east-1", serve=True) as ecr:
        yield ecr


def client(service="ecr"):
    return boto3.client(service, region_name="us-east-1")


def sign_what_is_pushed(**members):
    profile = client("signer").put_signing_profile(
        profileName="prod", platformId="Notation-OCI-SHA384-ECDSA", **members
    )
    filters = [{"filter": "prod/*", "filterType": "WILDCARD_MATCH"}]
    rule = {"signingProfileArn": profile["arn"], "repositoryFilters": filters}
    client().put_signing_configuration(signingConfiguration={"rules": [rule]})


class Policy:
    """Admits images as an admission controller would: by a signature that goes back to a root."""

    def __init__(self, root):
        self.root = x509.load_pem_x509_certificate(root)

    def admits(self, digest, now):
        return any(self._is_good(each, digest, now) for each in signatures_of(digest))

    def _is_good(self, envelope, digest, now):
        document = json.loads(envelope)
        leaf = x509.load_der_x509_certificate(base64.b64decode(document["header"]["x5c"][0]))
        try:
            leaf.verify_directly_issued_by(self.root)
            said, target = read(envelope, leaf.public_key())
        except (ValueError, InvalidSignature, InvalidJWSSignature):
            return False
        is_fresh = now < datetime.fromisoformat(said[EXPIRY])
        return target["digest"] == digest and is_fresh and not self._is_revoked(leaf)

    def _is_revoked(self, leaf):
        (point,) = leaf.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
        with urlopen(point.full_name[0].value, timeout=5) as answer:
            revoked = x509.load_der_x509_crl(answer.read())
        assert revoked.is_signature_valid(self.root.public_key())
        return revoked.get_revoked_certificate_by_serial_number(leaf.serial_number) is not None


def signatures_of(digest):
    found = client().list_image_referrers(
        **APP, subjectId={"imageDigest": digest}, filter={"artifactTypes": [NOTARY]}
    )
    for referrer in found["referrers"]:
        (image,) = client().batch_get_image(**APP, imageIds=[{"imageDigest": referrer["digest"]}])[
            "images"
        ]
        (layer,) = json.loads(image["imageManifest"])["layers"]
        url = client().get_download_url_for_layer(**APP, layerDigest=layer["digest"])
        with urlopen(url["downloadUrl"], timeout=5) as answer:
            yield answer.read()


def read(envelope, key):
    known = {name: JWSEHeaderParameter(name, True, True, None) for name in (SCHEME, EXPIRY)}
    signature = JWS(header_registry=known)
    signature.deserialize(envelope.decode(), JWK.from_pyca(key))
    return json.loads(signature.objects["protected"]), json.loads(signature.payload)[
        "targetArtifact"
    ]


def push(ecr, **parameters):
    digest = ecr.push_image("prod/app", **parameters).image_digest
    ecr.settle()
    return digest


def test_an_image_is_signed_after_its_push(ecr):
    sign_what_is_pushed()
    ecr.push_image("prod/app", tag="1.0")
    ecr.settle()
    image = {**APP, "imageId": {"imageTag": "1.0"}}
    (status,) = client().describe_image_signing_status(**image)["signingStatuses"]
    assert status["status"] == "COMPLETE"


def test_only_signed_images_are_admitted(ecr):
    unsigned = push(ecr, tag="old")
    sign_what_is_pushed()
    signed = push(ecr, tag="1.0", layers=[b"new"])
    policy, now = Policy(ecr.signing_root()), datetime.now(UTC)
    assert policy.admits(signed, now)
    assert not policy.admits(unsigned, now)


def test_another_root_admits_nothing(ecr):
    sign_what_is_pushed()
    signed = push(ecr, tag="1.0")
    with mock_ecr() as another:
        root = another.signing_root()
    assert not Policy(root).admits(signed, datetime.now(UTC))


def test_an_expired_signature_admits_nothing(ecr):
    sign_what_is_pushed(signatureValidityPeriod={"value": 30, "type": "DAYS"})
    signed = push(ecr, tag="1.0")
    policy = Policy(ecr.signing_root())
    assert policy.admits(signed, ecr.clock.now())
    ecr.clock.advance(days=31)
    assert not policy.admits(signed, ecr.clock.now())


def test_a_revoked_signature_admits_nothing(ecr):
    sign_what_is_pushed()
    signed = push(ecr, tag="1.0")
    (job,) = client("signer").list_signing_jobs()["jobs"]
    client("signer").revoke_signature(jobId=job["jobId"], reason="the key was lost")
    assert not Policy(ecr.signing_root()).admits(signed, datetime.now(UTC))
