"""The tokens of OpenID Connect providers. Source: reference iam.md §12.1."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.rules.web_identity import (
    check_unexpired,
    is_web_token,
    parse_web_identity,
    provider_caller,
    web_identity_keys,
)
from ecrmock.values.sts import (
    ExpiredIdentityTokenError,
    InvalidIdentityTokenError,
    RoleName,
    WebIdentity,
)

ROLE = RoleName(partition="aws", account="111122223333", path="/", name="deploy")
GITHUB = "token.actions.githubusercontent.com"
CLAIMS = {"iss": f"https://{GITHUB}", "sub": "repo:a/b", "aud": "sts.amazonaws.com"}


def token(claims: Any, text: str | None = None) -> str:
    payload = (text or json.dumps(claims)).encode()
    return f"e30.{base64.urlsafe_b64encode(payload).decode().rstrip('=')}.signature"


def identity(**changes: Any) -> WebIdentity:
    return parse_web_identity(token(CLAIMS | changes))


def test_a_token_names_issuer_subject_and_audience():
    assert identity() == WebIdentity(
        issuer=GITHUB, subject="repo:a/b", audience="sts.amazonaws.com"
    )


def test_the_first_of_several_audiences_counts():
    assert identity(aud=["a", "b"]).audience == "a"


def test_the_authorized_party_comes_before_the_audience():
    """Source: IAM User Guide, "Available keys for AWS web identity federation"."""
    assert identity(azp="party").audience == "party"


@pytest.mark.parametrize(
    "claims", [{}, [], {"iss": "a", "sub": "b"}, CLAIMS | {"exp": "soon"}, CLAIMS | {"aud": []}]
)
def test_a_token_without_these_claims_is_none(claims):
    with pytest.raises(InvalidIdentityTokenError):
        parse_web_identity(token(claims))


@given(st.text(max_size=40) | st.text(max_size=40).map(lambda text: f"a.{text}.c"))
def test_any_other_text_is_refused(text):
    with pytest.raises(InvalidIdentityTokenError):
        parse_web_identity(text)


@pytest.mark.parametrize(("text", "expected"), [("a.b.c", True), ("a", False), ("a.b", False)])
def test_the_form_of_a_web_token_is_known(text, expected):
    assert is_web_token(text) is expected


def test_a_token_is_good_until_it_expires():
    found = identity(exp=1_767_323_045)
    assert found.expires_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    check_unexpired(found, datetime(2026, 1, 2, 3, 4, 4, tzinfo=UTC))
    check_unexpired(identity(), datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    with pytest.raises(ExpiredIdentityTokenError):
        check_unexpired(found, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))


def test_a_provider_is_named_by_its_arn_in_the_account_of_the_role():
    caller = provider_caller(identity(), ROLE)
    assert caller.arn == f"arn:aws:iam::111122223333:oidc-provider/{GITHUB}"


@pytest.mark.parametrize("issuer", ["accounts.google.com", "cognito-identity.amazonaws.com"])
def test_a_provider_that_aws_knows_is_named_by_itself(issuer):
    assert provider_caller(identity(iss=f"https://{issuer}"), ROLE).arn == issuer


def test_conditions_can_ask_about_the_token():
    assert web_identity_keys(identity(), ROLE) == {
        f"{GITHUB}:aud": ("sts.amazonaws.com",),
        f"{GITHUB}:sub": ("repo:a/b",),
        "aws:federatedprovider": (f"arn:aws:iam::111122223333:oidc-provider/{GITHUB}",),
    }
