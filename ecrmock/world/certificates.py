"""What the emulator's two authorities share: that of TLS, and that of signatures.

Needs ``cryptography``, an extra; who calls has found that it is there.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.x509 import Certificate, KeyUsage, Name

_USAGES = (
    "digital_signature content_commitment key_encipherment data_encipherment key_agreement "
    "key_cert_sign crl_sign encipher_only decipher_only"
)


def key_usage(*, is_authority: bool) -> "KeyUsage":
    """Return what a key may do: sign certificates and lists of revoked ones, or anything else alone."""
    from cryptography import x509  # noqa: PLC0415 - an extra

    wanted = {"key_cert_sign", "crl_sign"} if is_authority else {"digital_signature"}
    return x509.KeyUsage(**{name: name in wanted for name in _USAGES.split()})


def name_of(common_name: str) -> "Name":
    """Return the name of a certificate that has nothing but a common name."""
    from cryptography import x509  # noqa: PLC0415 - an extra

    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])


def pem(certificate: "Certificate") -> bytes:
    """Return a certificate as text."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - an extra

    return certificate.public_bytes(serialization.Encoding.PEM)
