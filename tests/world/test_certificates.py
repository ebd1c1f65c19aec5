"""What both authorities put into certificates."""

import pytest
from cryptography import x509

from ecrmock.values.settings import Settings
from ecrmock.world.addresses import Addresses
from ecrmock.world.certificates import key_usage, name_of, pem
from ecrmock.world.signer import Signer


@pytest.mark.parametrize("is_authority", [True, False])
def test_a_key_signs_certificates_or_anything_else(is_authority: bool) -> None:
    usage = key_usage(is_authority=is_authority)
    assert (usage.key_cert_sign, usage.crl_sign) == (is_authority, is_authority)
    assert usage.digital_signature is not is_authority
    assert not usage.key_agreement


def test_a_name_has_a_common_name_alone() -> None:
    assert name_of("root").rfc4514_string() == "CN=root"


def test_a_certificate_is_text_that_reads_back() -> None:
    written = Signer(b"secret", Addresses(Settings())).root_pem
    assert pem(x509.load_pem_x509_certificate(written)) == written
