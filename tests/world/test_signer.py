"""Signatures, their certificates and the list of revoked ones, read by cryptography."""

import hashlib
import sys
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ecrmock.values.errors import MissingExtraError
from ecrmock.values.settings import Settings
from ecrmock.values.signing import COSE, JWS, RevokedCertificate, Signed, serial_number_of
from ecrmock.world.addresses import Addresses
from ecrmock.world.signer import Signer
from tests.signatures import read_signature
from tests.world.orders import ORDER

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def signer(secret: bytes = b"secret", url: str = "") -> Signer:
    return Signer(secret, Addresses(Settings(public_url=url)))


def chain_of(signed: Signed) -> tuple[x509.Certificate, ...]:
    return read_signature(signed.envelope, signed.media_type).chain


def root_of(signer: Signer) -> x509.Certificate:
    return x509.load_pem_x509_certificate(signer.root_pem)


def test_a_secret_always_makes_the_same_root() -> None:
    """A root that notation has in its trust store is good after a restart."""
    assert signer().root_pem == signer().root_pem


def test_every_emulator_has_a_root_of_its_own() -> None:
    assert root_of(signer(b"one")).public_key() != root_of(signer(b"two")).public_key()


def test_the_root_may_sign_certificates_and_lists_and_nothing_else() -> None:
    root = root_of(signer())
    usage = root.extensions.get_extension_for_class(x509.KeyUsage)
    constraints = root.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (usage.critical, usage.value.key_cert_sign, usage.value.crl_sign) == (True, True, True)
    assert (constraints.ca, constraints.path_length) == (True, 0)
    root.verify_directly_issued_by(root)


@pytest.mark.parametrize("media_type", [JWS, COSE])
def test_a_leaf_is_issued_by_the_root_for_signing_code_alone(media_type: str) -> None:
    """Source: reference features.md §6; Notary Project, certificate requirements."""
    made = signer()
    leaf, root = chain_of(made.sign(ORDER, media_type))
    leaf.verify_directly_issued_by(root)
    assert root == root_of(made)
    extensions = leaf.extensions
    purposes = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    usage = extensions.get_extension_for_class(x509.KeyUsage)
    assert list(purposes) == [ExtendedKeyUsageOID.CODE_SIGNING]
    assert (usage.critical, usage.value.digital_signature, usage.value.key_cert_sign) == (
        True,
        True,
        False,
    )
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_leaf_names_the_profile_its_account_and_its_region() -> None:
    """notation lets a trust policy ask for them: it wants C, ST and O to be there."""
    leaf, _ = chain_of(signer().sign(ORDER, JWS))
    named = {each.oid: each.value for each in leaf.subject}
    assert named == {
        NameOID.COUNTRY_NAME: "ZZ",
        NameOID.STATE_OR_PROVINCE_NAME: "eu-west-1",
        NameOID.ORGANIZATION_NAME: "123456789012",
        NameOID.COMMON_NAME: "prod",
    }


def test_the_serial_number_of_a_leaf_is_the_id_of_its_job() -> None:
    leaf, _ = chain_of(signer().sign(ORDER, JWS))
    assert leaf.serial_number == serial_number_of(ORDER.job_id)


def test_no_key_is_used_twice() -> None:
    made = signer()
    one, other = (chain_of(made.sign(ORDER, JWS))[0] for _ in range(2))
    assert one.public_key() != other.public_key()


def test_a_leaf_of_a_server_says_where_the_list_is() -> None:
    leaf, _ = chain_of(signer(url="http://ecr.test:5327").sign(ORDER, JWS))
    (point,) = leaf.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    (name,) = point.full_name or ()
    assert name.value == "http://ecr.test:5327/_ecrmock/signing/crl.der"


@pytest.mark.parametrize("url", ["", "https://ecr.test"])
def test_without_plain_http_a_leaf_names_no_list(url: str) -> None:
    """notation asks for a list by http only, and fails for a certificate that names another."""
    leaf, _ = chain_of(signer(url=url).sign(ORDER, JWS))
    with pytest.raises(x509.ExtensionNotFound):
        leaf.extensions.get_extension_for_class(x509.CRLDistributionPoints)


def test_thumbprints_and_hashes_are_those_of_the_certificates() -> None:
    """Source: reference features.md §6; service model of Signer, GetRevocationStatus."""
    signed = signer().sign(ORDER, JWS)
    chain = chain_of(signed)
    own = [hashlib.sha384(each.tbs_certificate_bytes).hexdigest() for each in chain]
    assert signed.thumbprints == tuple(each.fingerprint(hashes.SHA256()).hex() for each in chain)
    assert signed.certificate_hashes == (own[0] + own[1], own[1] + own[1])


def test_the_list_has_the_revoked_certificates() -> None:
    made = signer()
    revoked = RevokedCertificate(serial_number=7, revoked_at=NOW - timedelta(days=1))
    listed = x509.load_der_x509_crl(made.revocation_list([revoked], NOW))
    entry = listed.get_revoked_certificate_by_serial_number(7)
    assert entry is not None and entry.revocation_date_utc == NOW - timedelta(days=1)
    assert listed.get_revoked_certificate_by_serial_number(8) is None


def test_the_list_is_signed_by_the_root_and_good_for_seconds() -> None:
    """notation keeps a list until its end, so a revocation is seen after that at the latest."""
    made = signer()
    listed = x509.load_der_x509_crl(made.revocation_list([], NOW))
    assert listed.is_signature_valid(root_of(made).public_key())  # type: ignore[arg-type]
    assert listed.next_update_utc == NOW + timedelta(seconds=5)
    assert listed.last_update_utc < NOW


def test_the_number_of_a_list_grows() -> None:
    """Source: RFC 5280 §5.2.3."""
    made = signer()
    lists = (made.revocation_list([], NOW + timedelta(seconds=each)) for each in (0, 1))
    numbers = [
        x509.load_der_x509_crl(each).extensions.get_extension_for_class(x509.CRLNumber).value
        for each in lists
    ]
    assert numbers[0].crl_number < numbers[1].crl_number


def test_without_cryptography_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'ecrmock\[sign\]'"):
        signer().sign(ORDER, JWS)


def test_without_cbor2_only_cose_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cbor2", None)
    assert signer().sign(ORDER, JWS).envelope
    with pytest.raises(MissingExtraError, match="pip install"):
        signer().sign(ORDER, COSE)


def test_a_cryptography_that_makes_another_root_each_time_is_too_old(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Before version 45 it signed certificates by chance alone."""
    for curve in (ec.SECP384R1, ec.EllipticCurve):
        monkeypatch.delattr(curve, "group_order")
    with pytest.raises(MissingExtraError, match="pip install"):
        _ = signer().root_pem
