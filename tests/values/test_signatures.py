"""The texts of bad signatures. Source: reference iam.md §2.3."""

import pytest

from ecrmock.values.signatures import (
    ExpiredCredentialsError,
    InvalidSignatureError,
    MissingAuthenticationTokenError,
    UnrecognizedClientError,
)


@pytest.mark.parametrize(
    ("service", "text"),
    [
        ("ecr", "Missing Authentication Token"),
        ("ecr-public", "Missing Authentication Token"),
        ("iam", "Request is missing Authentication Token"),
        ("sts", "Request is missing Authentication Token"),
    ],
)
def test_a_missing_signature_is_told_by_service(service: str, text: str) -> None:
    assert MissingAuthenticationTokenError(service).message == text


def test_a_bad_key_and_an_ended_session_have_texts_of_their_own() -> None:
    bad, ended = UnrecognizedClientError().message, ExpiredCredentialsError().message
    assert bad == "The security token included in the request is invalid."
    assert ended == "The security token included in the request is expired"


def test_a_signature_that_does_not_match_says_so_unless_it_knows_more() -> None:
    assert InvalidSignatureError().message.startswith(
        "The request signature we calculated does not"
    )
    assert InvalidSignatureError("Signature expired: …").message == "Signature expired: …"
