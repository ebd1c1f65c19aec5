"""The tokens of OpenID Connect providers, and whom they stand for in trust policies.

No provider's keys are known here, so their signatures are not verified. Source: reference iam.md §12.1;
IAM User Guide, "Available keys for AWS web identity federation".
"""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ecrmock.rules.access_targets import Keys
from ecrmock.values.authorization import Caller
from ecrmock.values.sts import (
    ExpiredIdentityTokenError,
    InvalidIdentityTokenError,
    RoleName,
    WebIdentity,
)

# Providers that trust policies name by themselves; every other one has an ARN in the role's account.
_KNOWN_PROVIDERS = frozenset(
    {
        "accounts.google.com",
        "cognito-identity.amazonaws.com",
        "graph.facebook.com",
        "www.amazon.com",
    }
)


def is_web_token(token: str) -> bool:
    """Tell whether a text has the form of a JSON web token: three parts."""
    return token.count(".") == 2


def parse_web_identity(token: str) -> WebIdentity:
    """Read a JSON web token. Raises: InvalidIdentityTokenError."""
    try:
        claims = _claims(token)
        audience = claims.get("azp") or claims["aud"]
        expires_at = claims.get("exp")
        return WebIdentity(
            issuer=str(claims["iss"]).removeprefix("https://"),
            subject=str(claims["sub"]),
            audience=str(audience[0] if isinstance(audience, list) else audience),
            expires_at=None if expires_at is None else datetime.fromtimestamp(expires_at, UTC),
        )
    except (ValueError, LookupError, TypeError, OverflowError, OSError, RecursionError):
        raise InvalidIdentityTokenError from None


def _claims(token: str) -> Mapping[str, Any]:
    _, payload, _ = token.split(".")
    padding = "=" * (-len(payload) % 4)
    claims = json.loads(base64.urlsafe_b64decode(payload + padding))
    if not isinstance(claims, dict):
        raise TypeError("the claims are no object")
    return claims


def check_unexpired(identity: WebIdentity, now: datetime) -> None:
    """Refuse a token that has expired. Raises: ExpiredIdentityTokenError."""
    if identity.expires_at is not None and identity.expires_at <= now:
        raise ExpiredIdentityTokenError


def provider_caller(identity: WebIdentity, role: RoleName) -> Caller:
    """Return the provider as trust policies name it: who asks for a session of a role."""
    issuer = identity.issuer
    arn = f"arn:{role.partition}:iam::{role.account}:oidc-provider/{issuer}"
    name = issuer if issuer in _KNOWN_PROVIDERS else arn
    user_id = f"{name}:{identity.audience}:{identity.subject}"
    return Caller(account=role.account, arn=name, user_id=user_id)


def web_identity_keys(identity: WebIdentity, role: RoleName) -> Keys:
    """Return the condition keys that a token fills in; they begin with the provider's name."""
    issuer = identity.issuer.lower()
    return {
        f"{issuer}:aud": (identity.audience,),
        f"{issuer}:sub": (identity.subject,),
        "aws:federatedprovider": (provider_caller(identity, role).arn,),
    }
