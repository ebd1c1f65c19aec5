"""Signs images: a root of the emulator's own, a certificate for each signature, and the list of revoked ones.

The root is made of the secret that login tokens are signed with, so it is the same after a restart with a
data folder, after a reset and in every snapshot, and nothing more is kept. The key of a signature is made
for it, used once and forgotten; what says later that the signature is revoked is the serial number of its
certificate, which is the id of its signing job. Certificates hold at any time that the emulator's clock may
say: what ends is the signature. Needs the extra ``sign``.

Source: reference features.md §6; Notary Project, "signature specification", certificate requirements.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ecrmock.values.errors import MissingExtraError
from ecrmock.values.signing import (
    JWS,
    RevokedCertificate,
    Signed,
    SigningOrder,
    serial_number_of,
)
from ecrmock.world.addresses import Addresses
from ecrmock.world.certificates import key_usage, name_of, pem

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate, CertificateBuilder, CRLDistributionPoints, Name

CRL_PATH = "/_ecrmock/signing/crl.der"
CRL_LIFETIME = timedelta(seconds=5)  # for which a client may keep a list without asking again
_CRL_SLACK = timedelta(hours=1)  # for clients whose clocks go after
_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
_END = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)  # RFC 5280 §4.1.2.5: no end is known
_COUNTRY = "ZZ"  # a code that ISO 3166 leaves to users; trust policies want one
_ROOT_NAME = "ecrmock signing root"
_EXTRA = "signing images needs: pip install 'ecrmock[sign]'"


class _Root(NamedTuple):
    key: "EllipticCurvePrivateKey"
    certificate: "Certificate"


class Signer:
    """Makes the signatures of one backend; ``secret`` is what makes its root its own."""

    def __init__(self, secret: bytes, addresses: Addresses) -> None:
        self._secret, self._addresses = secret, addresses

    @property
    def root_pem(self) -> bytes:
        """The certificate that all signatures go back to. Raises: MissingExtraError."""
        return pem(self._root.certificate)

    def sign(self, order: SigningOrder, media_type: str) -> Signed:
        """Sign a manifest, in an envelope of the media type. Raises: MissingExtraError."""
        root = self._root
        from ecrmock.world.envelopes import cose, jws  # noqa: PLC0415 - loaded when needed

        key, leaf = self._issue(root, order)
        chain = (leaf, root.certificate)
        seal = jws if media_type == JWS else cose
        try:
            envelope = seal(order, key, chain)
        except ImportError:
            raise MissingExtraError(_EXTRA) from None
        return Signed(
            envelope=envelope,
            media_type=media_type,
            thumbprints=tuple(map(_thumbprint, chain)),
            certificate_hashes=_hashes(chain),
        )

    def revocation_list(self, revoked: Iterable[RevokedCertificate], now: datetime) -> bytes:
        """Return the list of revoked certificates (DER), as of the real time. Raises: MissingExtraError.

        It holds for seconds only: notation keeps a list until its end. Source: RFC 5280 §5.
        """
        root = self._root
        from cryptography import x509  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415

        builder = x509.CertificateRevocationListBuilder(
            issuer_name=root.certificate.subject,
            last_update=now - _CRL_SLACK,
            next_update=now + CRL_LIFETIME,
        )
        number = x509.CRLNumber(int(now.timestamp()))
        builder = builder.add_extension(number, critical=False)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key())
        builder = builder.add_extension(issuer, critical=False)
        for each in revoked:
            entry = x509.RevokedCertificateBuilder(each.serial_number, each.revoked_at)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(root.key, hashes.SHA384()).public_bytes(Encoding.DER)

    @cached_property
    def _root(self) -> _Root:
        """The root, the same bytes for the same secret. Raises: MissingExtraError."""
        try:
            from cryptography import x509  # noqa: PLC0415 - an extra
            from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
            from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
        except ImportError:
            raise MissingExtraError(_EXTRA) from None
        curve = ec.SECP384R1()
        if not hasattr(curve, "group_order"):  # an older one, which cannot sign the same way twice
            raise MissingExtraError(_EXTRA)
        number = int.from_bytes(self._derived("key") + self._derived("more"))
        key = ec.derive_private_key(number % (curve.group_order - 1) + 1, curve)
        name = name_of(_ROOT_NAME)
        serial_number = int.from_bytes(self._derived("serial")[:16]) | 1
        builder = _builder(name, name, key, key, serial_number)
        builder = builder.add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        builder = builder.add_extension(key_usage(is_authority=True), critical=True)
        return _Root(key, builder.sign(key, hashes.SHA384(), ecdsa_deterministic=True))

    def _derived(self, purpose: str) -> bytes:
        return hmac.digest(self._secret, f"ecrmock signing root {purpose}".encode(), "sha384")

    def _issue(
        self, root: _Root, order: SigningOrder
    ) -> tuple["EllipticCurvePrivateKey", "Certificate"]:
        """Return a new key and its certificate, which names the profile and its owner."""
        from cryptography import x509  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

        key = ec.generate_private_key(ec.SECP384R1())
        subject = _subject(order)
        serial_number = serial_number_of(order.job_id)
        builder = _builder(subject, root.certificate.subject, key, root.key, serial_number)
        builder = builder.add_extension(
            x509.BasicConstraints(ca=False, path_length=None), critical=True
        )
        builder = builder.add_extension(key_usage(is_authority=False), critical=True)
        purposes = x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.CODE_SIGNING])
        builder = builder.add_extension(purposes, critical=False)
        url = self._addresses.url(CRL_PATH)
        if url.startswith("http://"):  # lists are fetched over plain HTTP or not at all
            builder = builder.add_extension(_distribution_point(url), critical=False)
        return key, builder.sign(root.key, hashes.SHA384())


def _subject(order: SigningOrder) -> "Name":
    """Name the profile as a trust policy of notation can ask for: it wants country, state and organization."""
    from cryptography import x509  # noqa: PLC0415 - an extra

    from ecrmock.values.signer import parse_profile_arn  # noqa: PLC0415 - loaded when needed

    names, named = x509.NameOID, parse_profile_arn(order.profile.arn)
    assert named is not None  # noqa: S101 - it is the ARN of a profile
    return x509.Name(
        [
            x509.NameAttribute(names.COUNTRY_NAME, _COUNTRY),
            x509.NameAttribute(names.STATE_OR_PROVINCE_NAME, named.region),
            x509.NameAttribute(names.ORGANIZATION_NAME, named.account),
            x509.NameAttribute(names.COMMON_NAME, named.profile_name),
        ]
    )


def _builder(
    subject: "Name",
    issuer: "Name",
    key: "EllipticCurvePrivateKey",
    issuer_key: "EllipticCurvePrivateKey",
    serial_number: int,
) -> "CertificateBuilder":
    from cryptography import x509  # noqa: PLC0415 - an extra

    builder = x509.CertificateBuilder(
        issuer_name=issuer,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=serial_number,
        not_valid_before=_BEGIN,
        not_valid_after=_END,
    )
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    theirs = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return builder.add_extension(own, critical=False).add_extension(theirs, critical=False)


def _distribution_point(url: str) -> "CRLDistributionPoints":
    from cryptography import x509  # noqa: PLC0415 - an extra

    names = [x509.UniformResourceIdentifier(url)]
    point = x509.DistributionPoint(
        full_name=names, relative_name=None, reasons=None, crl_issuer=None
    )
    return x509.CRLDistributionPoints([point])


def _thumbprint(certificate: "Certificate") -> str:
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - an extra

    return certificate.fingerprint(hashes.SHA256()).hex()


def _hashes(chain: Sequence["Certificate"]) -> tuple[str, ...]:
    """Return what ``SigningJob`` says of each certificate: its hash and its issuer's; a root's is its own."""
    own = [hashlib.sha384(each.tbs_certificate_bytes).hexdigest() for each in chain]
    return tuple(mine + issuers for mine, issuers in zip(own, (*own[1:], own[-1]), strict=True))
