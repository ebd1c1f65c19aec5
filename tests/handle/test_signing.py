"""The root and the revoked signatures, as a test gets them."""

from cryptography import x509

from ecrmock.handle import Ecr


def test_the_handle_has_the_root_as_pem(handle: Ecr) -> None:
    root = x509.load_pem_x509_certificate(handle.signing_root())
    assert "ecrmock signing root" in root.subject.rfc4514_string()


def test_the_handle_has_the_list_of_revoked_signatures(handle: Ecr) -> None:
    root = x509.load_pem_x509_certificate(handle.signing_root())
    assert x509.load_der_x509_crl(handle.signing_revocations()).issuer == root.subject


def test_a_reset_leaves_the_root(handle: Ecr) -> None:
    """Who trusts it need not be told anew between two tests."""
    root = handle.signing_root()
    handle.reset()
    assert handle.signing_root() == root


def test_a_snapshot_leaves_the_root(handle: Ecr) -> None:
    snapshot = handle.snapshot()
    root = handle.signing_root()
    handle.restore(snapshot)
    assert handle.signing_root() == root
