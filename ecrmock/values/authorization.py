"""Callers, the credentials by which doors know them, authorization tokens, and their errors."""

import base64
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol

from ecrmock.values.errors import EcrError
from ecrmock.values.names import AccountId, Partition
from ecrmock.values.policies import Statement

TOKEN_LIFETIME = timedelta(hours=12)  # AWS API Reference, GetAuthorizationToken
TOKEN_USER = "AWS"  # noqa: S105 - the user name that every ECR token goes with
ANONYMOUS_LIFETIME = timedelta(hours=1)  # of a token for nobody; reference public.md §6.1

# What a token is good for; none is taken for another. The last one is what ``/token/`` gives.
PRIVATE_LOGIN, PUBLIC_LOGIN, BEARER = "ecr", "ecr-public", "bearer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who makes a request. Source for the forms: reference iam.md §1.1."""

    account: AccountId
    arn: str
    user_id: str
    access_key_id: str = ""  # of a key that the emulator gave, by which the caller is known


# Who has a token that anybody gets: may look at public images, and at nothing else.
NOBODY = Caller(account=AccountId("anonymous"), arn="anonymous", user_id="anonymous")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether a caller may do something, and what decided it.

    ``policy`` and ``statement`` are the deciding ones; where nothing allows, there is no such statement.
    ``resource`` is what was asked for, an ARN or ``*``; empty where no policy was asked.
    """

    allowed: bool
    reason: str
    policy: str | None = None
    statement: Statement | None = None
    resource: str = ""

    def document(self) -> dict[str, object]:
        """Return it as JSON can hold it; what a statement does not have is left out."""
        statement = {} if self.statement is None else asdict(self.statement)
        return {
            "allowed": self.allowed,
            "reason": self.reason,
            "resource": self.resource or None,
            "policy": self.policy,
            "statement": {name: value for name, value in statement.items() if value} or None,
        }


@lru_cache(maxsize=1024)
def root_of(account: AccountId, partition: Partition) -> Caller:
    """Return the root of an account."""
    return Caller(account=account, arn=f"arn:{partition.name}:iam::{account}:root", user_id=account)


class Proof(Protocol):
    """The signature of a request, which shows that its sender has the secret of the key."""

    def check(self, secret: str, session_token: str | None, now: datetime) -> None:
        """Raise the error of a signature that was not made with a secret, or without its session's token."""


@dataclass(frozen=True, slots=True)
class AccessKey:
    """The key that signed a request; None when the request is not signed.

    ``proof`` is its signature, None for a caller in this process who signs nothing.
    """

    access_key_id: str | None
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class AccountRoot:
    """The root of an account, as which the Python door acts."""

    account: AccountId


@dataclass(frozen=True, slots=True)
class RegistryPassword:
    """The user name and password of a request to the registry door, and the registry that they open."""

    user: str
    password: str
    purpose: str = PRIVATE_LOGIN


@dataclass(frozen=True, slots=True)
class BearerToken:
    """The token of a request to a public registry: of ``/token/``, or ``authorizationToken`` of the API."""

    token: str

    @property
    def password(self) -> str:
        """The password in an ``authorizationToken``; empty for any other token."""
        try:
            user, _, password = base64.b64decode(self.token, validate=True).decode().partition(":")
        except ValueError:
            return ""
        return password if user == TOKEN_USER else ""


CACHE_SERVICE = "pullthroughcache.ecr.amazonaws.com"  # who imports what is pulled through


@dataclass(frozen=True, slots=True)
class ServicePrincipal:
    """ECR itself, when it acts after an event; ``name`` is for example ``ecr.amazonaws.com``."""

    name: str


@dataclass(frozen=True, slots=True)
class Anonymous:
    """A request to the registry door without credentials."""


Credentials = (
    AccessKey | AccountRoot | RegistryPassword | BearerToken | ServicePrincipal | Anonymous
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a request comes from, as conditions of policies ask. Source: reference iam.md §5."""

    source_ip: str = "127.0.0.1"
    is_secure: bool = True  # over TLS, as every request to AWS in-process would be
    user_agent: str = ""
    referer: str | None = None


HERE = Origin()  # of calls in this process


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationData:
    """One entry of GetAuthorizationToken (API shape ``AuthorizationData``)."""

    authorization_token: str
    expires_at: datetime
    proxy_endpoint: str


def basic_credentials(password: str) -> str:
    """Return what follows ``Authorization: Basic``; ``authorizationToken`` of the API is just this."""
    return base64.b64encode(f"{TOKEN_USER}:{password}".encode()).decode()


class NotAuthenticatedError(EcrError):
    """The registry door needs credentials: there are none, or the user name is not ``AWS``.

    Source: reference registry.md §2.3; the door answers in plain text, with a Basic challenge, at public
    registries with a Bearer challenge (public.md §6.1).
    """

    code = "MissingAuthenticationTokenException"
    oci_code, oci_status = "UNAUTHORIZED", 401

    def __init__(self) -> None:
        super().__init__("Not Authorized")


class InvalidTokenError(EcrError):
    """The password is no token that this emulator gave. Source: reference registry.md §2.3."""

    code = "UnrecognizedClientException"
    oci_code, oci_status = "DENIED", 400

    def __init__(self) -> None:
        super().__init__("Your Authorization Token is invalid.")


class ExpiredTokenError(EcrError):
    """The token is older than twelve hours. Source: reference registry.md §2.3."""

    code = "ExpiredTokenException"
    oci_code, oci_status = "DENIED", 403

    def __init__(self) -> None:
        super().__init__("Your authorization token has expired. Reauthenticate and try again.")


class LayerUrlError(EcrError):
    """A layer's URL is not of this emulator's making, or its hour is over; S3 answers, not ECR."""

    code = "AccessDenied"
    status = 403
