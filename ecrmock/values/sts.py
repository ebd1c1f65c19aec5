"""What STS takes and answers beside sessions, which are IAM's, and its errors.

Source: reference iam.md §12.
"""

from dataclasses import dataclass
from datetime import datetime

from ecrmock.values.errors import EcrError
from ecrmock.values.iam import Session
from ecrmock.values.names import AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDescriptor:
    """A managed policy that is a session policy (API shape ``PolicyDescriptorType``)."""

    arn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvidedContext:
    """What an identity provider says of a session (API shape ``ProvidedContext``)."""

    provider_arn: str | None = None
    context_assertion: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleName:
    """What the ARN of a role says; ``path`` begins and ends with a slash."""

    partition: str
    account: AccountId
    path: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebIdentity:
    """What the token of an OpenID Connect provider says; ``issuer`` is the provider without ``https://``."""

    issuer: str
    subject: str
    audience: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumedRoleUser:
    """A role session by its ids (API shape ``AssumedRoleUser``)."""

    assumed_role_id: str
    arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FederatedUser:
    """A federated user by its ids (API shape ``FederatedUser``)."""

    federated_user_id: str
    arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCredentials:
    """Answer of every operation that gives temporary credentials.

    ``packed_policy_size`` is in per cent of what is allowed, None where nothing was packed.
    """

    credentials: Session
    assumed_role_user: AssumedRoleUser | None = None
    federated_user: FederatedUser | None = None
    packed_policy_size: int | None = None
    source_identity: str | None = None
    subject_from_web_identity_token: str | None = None
    provider: str | None = None
    audience: str | None = None


class InvalidParameterValueError(EcrError):
    """Tags of a session contradict each other or those of the calling session."""

    code = "InvalidParameterValue"


class PackedPolicyTooLargeError(EcrError):
    """Session policies and tags are together too long. Inferred text."""

    code = "PackedPolicyTooLarge"

    def __init__(self, percent: int) -> None:
        super().__init__(
            f"Packed policy consumes {percent}% of allotted space, please use smaller policy."
        )


class InvalidIdentityTokenError(EcrError):
    """A web identity token cannot be read. Inferred text."""

    code = "InvalidIdentityToken"

    def __init__(self) -> None:
        super().__init__("The ID Token provided is not a valid JWT.")


class ExpiredIdentityTokenError(EcrError):
    """A web identity token has expired. Inferred text."""

    code = "ExpiredTokenException"

    def __init__(self) -> None:
        super().__init__("The web identity token that was passed is expired.")
