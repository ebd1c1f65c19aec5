"""Signatures as libraries read them that ecrmock does not sign with: jwcrypto for JWS, cwt for COSE."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import cbor2
import cwt
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwcrypto.common import JWSEHeaderParameter
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

JOSE, COSE = "application/jose+json", "application/cose"
SCHEME, EXPIRY = "io.cncf.notary.signingScheme", "io.cncf.notary.expiry"
_COSE_ALG, _COSE_CRIT, _COSE_TYPE, _COSE_CHAIN = 1, 2, 3, 33  # RFC 9052 §3.1, RFC 9360 §2
TIME, AGENT = "io.cncf.notary.signingTime", "io.cncf.notary.signingAgent"


@dataclass(frozen=True)
class Read:
    """What a signature says, once its library has found that it is its leaf's."""

    chain: tuple[x509.Certificate, ...]
    algorithm: str
    content_type: str
    critical: tuple[str, ...]
    scheme: str
    signed_at: datetime
    expires_at: datetime
    agent: str
    payload: dict[str, Any]


def read_signature(envelope: bytes, media_type: str) -> Read:
    """Verify and read a signature. Raises: what the library raises for one that is not good."""
    return _read_jws(envelope) if media_type == JOSE else _read_cose(envelope)


def _read_jws(envelope: bytes) -> Read:
    document = json.loads(envelope)
    chain = _chain(map(base64.b64decode, document["header"]["x5c"]))
    known = {name: JWSEHeaderParameter(name, True, True, None) for name in (SCHEME, EXPIRY)}
    signature = JWS(header_registry=known)
    signature.deserialize(envelope.decode(), JWK.from_pyca(chain[0].public_key()))
    protected = json.loads(signature.objects["protected"])
    return Read(
        chain=chain,
        algorithm=protected["alg"],
        content_type=protected["cty"],
        critical=tuple(protected["crit"]),
        scheme=protected[SCHEME],
        signed_at=datetime.fromisoformat(protected[TIME]),
        expires_at=datetime.fromisoformat(protected[EXPIRY]),
        agent=document["header"][AGENT],
        payload=json.loads(signature.payload),
    )


def _read_cose(envelope: bytes) -> Read:
    chain = _chain(cbor2.loads(envelope).value[1][_COSE_CHAIN])
    pem = chain[0].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    key = cwt.COSEKey.from_pem(pem, alg="ES384")
    said, unprotected, payload = cwt.COSE.new().decode_with_headers(envelope, key)
    return Read(
        chain=chain,
        algorithm=cwt.COSEAlgs(said[_COSE_ALG]).name,
        content_type=said[_COSE_TYPE],
        critical=tuple(said[_COSE_CRIT]),
        scheme=said[SCHEME],
        signed_at=said[TIME],
        expires_at=said[EXPIRY],
        agent=unprotected[AGENT],
        payload=json.loads(payload),
    )


def _chain(certificates: Any) -> tuple[x509.Certificate, ...]:
    return tuple(map(x509.load_der_x509_certificate, certificates))
