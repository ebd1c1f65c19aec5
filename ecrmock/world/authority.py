"""A certificate authority of the emulator's own, for the names that clients reach it by.

Keys are ECDSA on P-256, made anew with each authority. Certificates are for real clients, so they follow
the real time, not the backend's clock. Needs the extra ``tls``, which brings ``cryptography``.
"""

import ipaddress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ecrmock.values.errors import MissingExtraError
from ecrmock.world.certificates import key_usage, name_of, pem

if TYPE_CHECKING:
    from cryptography.x509 import Certificate, CertificateBuilder, GeneralName, Name

_LIFETIME = timedelta(days=825)  # the longest that macOS accepts
_SLACK = timedelta(days=1)  # for clocks that go after


class Authority:
    """Issues certificates; whoever trusts ``pem`` trusts them."""

    def __init__(self, now: datetime) -> None:
        """Make a new authority. Raises: MissingExtraError."""
        try:
            from cryptography import x509  # noqa: PLC0415 - an extra
            from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
        except ImportError:
            raise MissingExtraError(
                "TLS with a certificate of ecrmock's own needs: pip install 'ecrmock[tls]'"
            ) from None
        self._now = now
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = name_of("ecrmock local authority")
        builder = self._builder(self._name, self._key.public_key())
        builder = builder.add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        builder = builder.add_extension(key_usage(is_authority=True), critical=True)
        self._certificate = self._sign(builder)

    @property
    def pem(self) -> bytes:
        """The authority's certificate."""
        return pem(self._certificate)

    def issue(self, names: tuple[str, ...]) -> tuple[bytes, bytes]:
        """Return certificate and private key (PEM) of a server with these host names and addresses."""
        from cryptography import x509  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

        key = ec.generate_private_key(ec.SECP256R1())
        alternatives = [_general_name(x509, name) for name in names]
        builder = self._builder(name_of(_shown(names[0])), key.public_key())
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        builder = builder.add_extension(
            x509.BasicConstraints(ca=False, path_length=None), critical=True
        )
        builder = builder.add_extension(key_usage(is_authority=False), critical=True)
        purposes = [x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return pem(self._sign(builder)), private

    def _builder(self, subject: "Name", public_key: Any) -> "CertificateBuilder":
        from cryptography import x509  # noqa: PLC0415 - an extra

        return x509.CertificateBuilder(
            issuer_name=self._name,
            subject_name=subject,
            public_key=public_key,
            serial_number=x509.random_serial_number(),
            not_valid_before=self._now - _SLACK,
            not_valid_after=self._now + _LIFETIME - _SLACK,
        )

    def _sign(self, builder: "CertificateBuilder") -> "Certificate":
        from cryptography import x509  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415

        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = builder.add_extension(issuer, critical=False)
        return builder.sign(self._key, hashes.SHA256())


def _shown(host_name: str) -> str:
    return host_name[:64]  # the longest that X.520 allows; clients look at the alternatives only


def _general_name(x509: Any, name: str) -> "GeneralName":
    try:
        address: GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        address = x509.DNSName(name)
    return address
