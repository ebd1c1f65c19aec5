"""What verifies signatures, over HTTP. Source: reference features.md §6."""

import sys

import pytest
from cryptography import x509

from tests.frontends.admin.conftest import Admin, document_of

PATHS = ["/_ecrmock/signing/ca.pem", "/_ecrmock/signing/crl.der"]


def test_the_root_is_given_as_pem(admin: Admin) -> None:
    response = admin("GET", PATHS[0])
    assert (response.status, response.headers["Content-Type"]) == (200, "application/x-pem-file")
    assert response.body == admin.backend.world.signer.root_pem


def test_the_list_of_revoked_signatures_is_given_as_der(admin: Admin) -> None:
    """notation reads no other form. Source: RFC 5280 §4.2.1.13."""
    response = admin("GET", PATHS[1])
    assert (response.status, response.headers["Content-Type"]) == (200, "application/pkix-crl")
    assert isinstance(response.body, bytes)
    assert list(x509.load_der_x509_crl(response.body)) == []


@pytest.mark.parametrize("path", PATHS)
def test_without_the_packages_it_is_said_what_to_install(
    admin: Admin, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    response = admin("GET", path)
    assert response.status == 501
    assert "pip install 'ecrmock[sign]'" in document_of(response)["message"]
