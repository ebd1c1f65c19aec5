"""The envelopes of Notary Project signatures: JWS (flattened JSON) and COSE_Sign1, by ES384 on P-384.

Both say the same: which manifest, when, and until when. Needs ``cryptography`` and, for COSE, ``cbor2``: the
extra ``sign``.

Source: reference features.md §6; Notary Project, "JWS envelope" and "COSE envelope"; RFC 7515, RFC 9052.
"""

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ecrmock.values.signing import SigningOrder

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate

_PAYLOAD = "application/vnd.cncf.notary.payload.v1+json"
_SCHEME, _TIME = "io.cncf.notary.signingScheme", "io.cncf.notary.signingTime"
_EXPIRY, _AGENT = "io.cncf.notary.expiry", "io.cncf.notary.signingAgent"
_CRITICAL = (_SCHEME, _EXPIRY)
_X509, _ECRMOCK = "notary.x509", "ecrmock"
_INTEGER = 48  # bytes of each of the two numbers of an ES384 signature
_COSE_SIGN1, _COSE_ES384 = (
    18,
    -35,
)  # the tag and the algorithm in CBOR. Source: RFC 9052 §4.2, RFC 9053 §2.1
_COSE_ALG, _COSE_CRIT, _COSE_TYPE, _COSE_CHAIN = (
    1,
    2,
    3,
    33,
)  # header labels; RFC 9052 §3.1, RFC 9360 §2
_CBOR_TIME = 1  # the tag of seconds since 1970


def jws(
    order: SigningOrder, key: "EllipticCurvePrivateKey", chain: Sequence["Certificate"]
) -> bytes:
    """Return the signature of a manifest as JSON; ``chain`` has the certificates, leaf first."""
    protected = {
        "alg": "ES384",
        "cty": _PAYLOAD,
        "crit": _CRITICAL,
        _SCHEME: _X509,
        _TIME: _rfc3339(order.signed_at),
        _EXPIRY: _rfc3339(order.expires_at),
    }
    head, payload = _base64url(_json(protected)), _base64url(_payload(order))
    document = {
        "payload": payload,
        "protected": head,
        "header": {
            "x5c": [base64.b64encode(each).decode() for each in _der(chain)],
            _AGENT: _ECRMOCK,
        },
        "signature": _base64url(_signature(key, f"{head}.{payload}".encode())),
    }
    return _json(document)


def cose(
    order: SigningOrder, key: "EllipticCurvePrivateKey", chain: Sequence["Certificate"]
) -> bytes:
    """Return the signature of a manifest as CBOR; ``chain`` has the certificates, leaf first.

    Raises: ImportError without ``cbor2``.
    """
    from cbor2 import CBORTag, dumps  # noqa: PLC0415 - an extra

    protected = {
        _COSE_ALG: _COSE_ES384,
        _COSE_CRIT: list(_CRITICAL),
        _COSE_TYPE: _PAYLOAD,
        _SCHEME: _X509,
        _TIME: CBORTag(_CBOR_TIME, int(order.signed_at.timestamp())),
        _EXPIRY: CBORTag(_CBOR_TIME, int(order.expires_at.timestamp())),
    }
    head, payload = dumps(protected), _payload(order)
    signature = _signature(key, dumps(["Signature1", head, b"", payload]))
    unprotected = {_COSE_CHAIN: _der(chain), _AGENT: _ECRMOCK}
    message: bytes = dumps(CBORTag(_COSE_SIGN1, [head, unprotected, payload, signature]))
    return message


def _payload(order: SigningOrder) -> bytes:
    target = {"mediaType": order.media_type, "digest": order.digest, "size": order.size}
    return _json({"targetArtifact": target})


def _signature(key: "EllipticCurvePrivateKey", text: bytes) -> bytes:
    """Return the two numbers of a signature one after the other, as both forms have them."""
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - an extra
    from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415

    numbers = utils.decode_dss_signature(key.sign(text, ec.ECDSA(hashes.SHA384())))
    return b"".join(number.to_bytes(_INTEGER) for number in numbers)


def _der(chain: Sequence["Certificate"]) -> list[bytes]:
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415 - an extra

    return [each.public_bytes(Encoding.DER) for each in chain]


def _rfc3339(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _json(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()
