"""Who signed a request. Source: reference iam.md §2.1, §2.4."""

import pytest

from ecrmock.frontends.aws.sigv4 import CredentialScope, credential_scope
from ecrmock.frontends.http import HttpRequest
from tests.frontends.aws.conftest import scope


def of_header(text: str) -> CredentialScope | None:
    return credential_scope(HttpRequest(method="POST", path="/", headers={"authorization": text}))


def of_query(text: str) -> CredentialScope | None:
    return credential_scope(HttpRequest(method="GET", path="/", query=text))


def test_the_header_names_key_region_and_service():
    found = of_header(scope("AKID", "eu-west-1", "ecr"))
    assert found == CredentialScope("AKID", "eu-west-1", "ecr")


def test_blanks_between_the_parts_of_the_header_do_not_matter():
    text = scope("AKID").replace(", ", ",").replace("HMAC-SHA256 ", "HMAC-SHA256  ")
    assert of_header(text) == CredentialScope("AKID", "us-east-1", "ecr")


@pytest.mark.parametrize("slash", ["%2F", "%2f", "/"])
def test_a_presigned_query_names_key_region_and_service(slash):
    credential = slash.join(["AKID", "20260102", "us-east-1", "sts", "aws4_request"])
    found = of_query(f"Action=A&X-Amz-Credential={credential}&X-Amz-Signature=00")
    assert found == CredentialScope("AKID", "us-east-1", "sts")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Basic QVdTOng=",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=AKID, Signature=00",
        "AWS4-HMAC-SHA256 Credential=AKID/20260102/us-east-1/ecr, Signature=00",
        "AWS4-HMAC-SHA256 Credential=AKID/today/us-east-1/ecr/aws4_request",
        "AWS4-HMAC-SHA256 Credential=/20260102/us-east-1/ecr/aws4_request",
    ],
)
def test_a_header_that_is_no_signature_has_no_scope(text):
    assert of_header(text) is None


@pytest.mark.parametrize("text", ["", "X-Amz-Credential=", "X-Amz-Credential=AKID", "a=b"])
def test_a_query_that_is_no_signature_has_no_scope(text):
    assert of_query(text) is None
