"""Both forms of a signature, read by libraries that did not write them.

Source: reference features.md §6; Notary Project, "JWS envelope" and "COSE envelope".
"""

import base64
import json
from typing import Any

import cbor2
import cwt
import pytest

from ecrmock.values.settings import Settings
from ecrmock.values.signing import SigningOrder
from ecrmock.world.addresses import Addresses
from ecrmock.world.signer import Signer
from tests.signatures import COSE, EXPIRY, JOSE, SCHEME, read_signature
from tests.world.orders import ORDER

FORMS = [JOSE, COSE]


def signed(media_type: str, order: SigningOrder = ORDER) -> bytes:
    made = Signer(b"secret", Addresses(Settings())).sign(order, media_type)
    assert made.media_type == media_type
    return made.envelope


@pytest.mark.parametrize("form", FORMS)
def test_a_signature_is_verified_by_its_leaf(form: str) -> None:
    assert read_signature(signed(form), form).algorithm == "ES384"


@pytest.mark.parametrize("form", FORMS)
def test_a_signature_says_which_manifest_it_is_about(form: str) -> None:
    read = read_signature(signed(form), form)
    target = {"mediaType": ORDER.media_type, "digest": ORDER.digest, "size": ORDER.size}
    assert read.payload == {"targetArtifact": target}
    assert read.content_type == "application/vnd.cncf.notary.payload.v1+json"


@pytest.mark.parametrize("form", FORMS)
def test_a_signature_says_how_and_for_how_long_it_holds(form: str) -> None:
    read = read_signature(signed(form), form)
    assert (read.scheme, read.agent) == ("notary.x509", "ecrmock")
    assert (read.signed_at, read.expires_at) == (ORDER.signed_at, ORDER.expires_at)
    assert set(read.critical) == {SCHEME, EXPIRY}


@pytest.mark.parametrize("form", FORMS)
def test_the_chain_goes_from_the_leaf_to_the_root(form: str) -> None:
    leaf, root = read_signature(signed(form), form).chain
    leaf.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)


def test_a_jws_with_another_payload_is_not_verified() -> None:
    document = json.loads(signed(JOSE))
    document["payload"] = base64.urlsafe_b64encode(b'{"targetArtifact":{}}').rstrip(b"=").decode()
    with pytest.raises(Exception, match="Verification failed"):
        read_signature(json.dumps(document).encode(), JOSE)


@pytest.mark.parametrize(("part", "content"), [(2, b"{}"), (3, bytes(96))])
def test_a_cose_envelope_with_another_part_is_not_verified(part: int, content: bytes) -> None:
    message: Any = cbor2.loads(signed(COSE))
    parts = list(message.value)
    parts[part] = content
    with pytest.raises(cwt.VerifyError):
        read_signature(cbor2.dumps(cbor2.CBORTag(18, parts)), COSE)


def test_times_of_a_cose_envelope_are_seconds_with_their_tag() -> None:
    """notation takes no other form. Source: RFC 8949 §3.4.2."""
    message: Any = cbor2.loads(signed(COSE))
    assert cbor2.dumps(cbor2.CBORTag(1, int(ORDER.signed_at.timestamp()))) in message.value[0]
