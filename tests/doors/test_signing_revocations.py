"""Signatures that Signer's operations revoke, and the list that says so. Source: reference features.md §6."""

import urllib.request
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from cryptography import x509

from tests.doors.conftest import ACCOUNT, START, Door, push
from tests.doors.signing import APP, configure, envelope, profile, revoke_profile, rule
from tests.signatures import read_signature


@pytest.fixture
def signing(ecr: Any, door: Door) -> Any:
    """A client of a registry in which one profile signs everything."""
    profile(door)
    configure(ecr, rule())
    return ecr


def test_signer_knows_the_job_that_signed(signing: Any, door: Door) -> None:
    """Source: service model of Signer, DescribeSigningJob."""
    digest = push(signing, b"layer", "1")
    client = door.client("signer")
    (listed,) = client.list_signing_jobs()["jobs"]
    job = client.describe_signing_job(jobId=listed["jobId"])
    assert (job["status"], job["profileName"]) == ("Succeeded", "first")
    assert (job["jobInvoker"], job["requestedBy"]) == (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root")
    assert read_signature(*envelope(door, signing, digest)).chain[0].serial_number == (
        UUID(listed["jobId"]).int
    )


def revoked(door: Door) -> set[int]:
    listed = x509.load_der_x509_crl(door.ecr.signing_revocations())
    return {each.serial_number for each in listed}


def serial_number(door: Door, client: Any, digest: str) -> int:
    return read_signature(*envelope(door, client, digest)).chain[0].serial_number


def test_a_revoked_signature_is_in_the_list(signing: Any, door: Door) -> None:
    """Source: service model of Signer, RevokeSignature."""
    digest = push(signing, b"layer", "1")
    push(signing, b"other", "2")
    assert revoked(door) == set()
    number = serial_number(door, signing, digest)
    door.client("signer").revoke_signature(jobId=str(UUID(int=number)), reason="lost")
    assert revoked(door) == {number}


def test_with_a_profile_go_the_signatures_from_a_time_on(signing: Any, door: Door) -> None:
    """Source: service model of Signer, RevokeSigningProfile."""
    push(signing, b"layer", "1")
    door.ecr.clock.advance(hours=2)
    late = push(signing, b"other", "2")
    revoke_profile(door.client("signer"), START + timedelta(hours=1))
    assert revoked(door) == {serial_number(door, signing, late)}


def test_the_list_can_be_fetched(http_door: Door) -> None:
    """From where the certificates say, by plain HTTP."""
    client = http_door.client()
    client.create_repository(**APP)
    profile(http_door)
    configure(client, rule())
    digest = push(client, b"layer", "1")
    http_door.ecr.settle()
    leaf = read_signature(*envelope(http_door, client, digest)).chain[0]
    (point,) = leaf.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    (name,) = point.full_name or ()
    assert name.value == f"{http_door.endpoint_url}/_ecrmock/signing/crl.der"
    with urllib.request.urlopen(name.value, timeout=10) as answer:
        assert answer.headers["Content-Type"] == "application/pkix-crl"
        root = x509.load_pem_x509_certificate(http_door.ecr.signing_root())
        assert x509.load_der_x509_crl(answer.read()).issuer == root.subject
