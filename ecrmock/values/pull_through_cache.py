"""Pull through cache rules, what is fetched by them from where, and their errors.

Source: reference features.md §4, api.md §12.
"""

from dataclasses import dataclass, field
from datetime import datetime

from ecrmock.values.errors import EcrError
from ecrmock.values.names import AccountId, Digest, Region, RepositoryName, Tag
from ecrmock.values.referrers import ImageReferrer

ROOT = "ROOT"  # the prefix of every name
SECRET_PREFIX = "ecr-pullthroughcache/"  # noqa: S105 - what the name of every such secret begins with

# What is fetched.
IMAGE, LAYER, REFERRERS, LOGIN = "image", "layer", "referrers", "login"

# Why a fetch failed. The first three are failure codes of BatchGetImage (reference api.md §5.4).
ACCESS_DENIED = "UpstreamAccessDenied"
TOO_MANY_REQUESTS = "UpstreamTooManyRequests"
UNAVAILABLE = "UpstreamUnavailable"
NOT_FOUND = "ImageNotFound"
NOT_PERMITTED = "ImportNotPermitted"  # the caller may not import
CREDENTIALS_REFUSED = "CredentialsRefused"
NO_UPSTREAM = "NoUpstream"  # the emulator was told to stay offline


@dataclass(frozen=True, slots=True, kw_only=True)
class PullThroughCacheRule:
    """Below which prefix images come from which registry (API shape ``PullThroughCacheRule``)."""

    ecr_repository_prefix: str
    upstream_registry_url: str
    upstream_registry: str
    created_at: datetime
    updated_at: datetime
    registry_id: AccountId
    credential_arn: str | None = None
    custom_role_arn: str | None = None
    upstream_repository_prefix: str | None = None
    sequence: int = 0  # the place in listings


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamCredentials:
    """What an upstream is logged in to with."""

    username: str
    access_token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamSecret:
    """A secret as Secrets Manager would keep it; ``secret_id`` is its name or its ARN."""

    secret_id: str
    username: str
    access_token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamSource:
    """Where the images of one cache repository come from.

    ``address`` is the URL at which the upstream is asked: empty for a registry of this emulator itself, None
    where the emulator may not ask it. ``account``, ``region`` and ``repository_name`` are the cache's.
    """

    account: AccountId
    region: Region
    repository_name: RepositoryName
    ecr_repository_prefix: str
    upstream_registry_url: str
    upstream_name: RepositoryName
    address: str | None
    credentials: UpstreamCredentials | None = None
    custom_role_arn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """Something to be fetched: all who want the same at the same time wait for one fetch.

    ``reference`` is a tag or a digest, of referrers that of their subject; of a login it is empty. ``known``
    is the image that a tag is known to point at.
    """

    kind: str
    source: UpstreamSource
    reference: str = ""
    known: Digest | None = None

    @property
    def image_tag(self) -> Tag | None:
        """The tag that is fetched; None for a digest."""
        return None if ":" in self.reference or not self.reference else Tag(self.reference)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedManifest:
    """A manifest as an upstream has it."""

    text: str
    media_type: str
    image_digest: Digest


class UpstreamError(Exception):
    """A fetch failed; ``code`` says why, in the words above."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """How a fetch ended: why it failed, or without a failure what it brought that is kept nowhere."""

    failure: UpstreamError | None = None
    referrers: tuple[ImageReferrer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleValidation:
    """Answer of ValidatePullThroughCacheRule."""

    ecr_repository_prefix: str
    registry_id: AccountId
    upstream_registry_url: str
    credential_arn: str | None
    custom_role_arn: str | None
    upstream_repository_prefix: str | None
    is_valid: bool
    failure: str | None = None


class PullThroughCacheRuleAlreadyExistsError(EcrError):
    """The prefix has a rule. The text is the model's: reference api.md §12.2."""

    code = "PullThroughCacheRuleAlreadyExistsException"

    def __init__(self) -> None:
        super().__init__(
            "A pull through cache rule with these settings already exists for the private registry."
        )


class PullThroughCacheRuleNotFoundError(EcrError):
    """The prefix has no rule. The text is the model's: reference api.md §12.3."""

    code = "PullThroughCacheRuleNotFoundException"

    def __init__(self) -> None:
        super().__init__(
            "The pull through cache rule was not found. "
            "Specify a valid pull through cache rule and try again."
        )


class UnsupportedUpstreamRegistryError(EcrError):
    """The upstream is unknown, or its credentials are missing or superfluous. Source: api.md §12.2."""

    code = "UnsupportedUpstreamRegistryException"


class CacheRuleValidationError(EcrError):
    """The members of a rule do not go together. Source: reference api.md §12.2."""

    code = "ValidationException"


class SecretNotFoundError(EcrError):
    """There is no such secret in the account and region of the rule. Source: reference api.md §12.2."""

    code = "SecretNotFoundException"

    def __init__(self) -> None:
        super().__init__(
            "The ARN of the secret specified in the pull through cache rule was not found. Please verify "
            "the secret exists in the same region and account that the pullthrough cache rule will be "
            "created in"
        )


class UnableToGetUpstreamImageError(EcrError):
    """The credentials of a rule cannot be had, or the upstream refuses them.

    Source: reference registry.md §3.3; the text from "Verify" on is inferred. api.md §12.3.
    """

    code = "UnableToGetUpstreamImageException"
    oci_code, oci_status = "DENIED", 403

    def __init__(self) -> None:
        super().__init__(
            "The authentication to the upstream registry failed. Verify that the credentials in the "
            "Secrets Manager secret of the pull through cache rule are valid and try again."
        )


class UpstreamNotReachedError(EcrError):
    """The emulator does not ask this upstream. Inferred: reference api.md §12.4."""

    code = "UnableToGetUpstreamImageException"
    oci_code, oci_status = "MANIFEST_UNKNOWN", 404


class UnableToGetUpstreamLayerError(EcrError):
    """A blob of a cached image cannot be had from its upstream. Source: reference api.md §6.6."""

    code = "UnableToGetUpstreamLayerException"
    oci_code, oci_status = "BLOB_UNKNOWN", 404

    def __init__(self, reason: str) -> None:
        super().__init__(
            "There was an issue getting the upstream layer matching the pull through cache rule: "
            f"{reason}"
        )


class UnableToListUpstreamImageReferrersError(EcrError):
    """The upstream of a cached image does not tell its referrers.

    The text begins as the model's and goes on as its siblings do. Source: reference api.md §18,
    registry.md §3.4.
    """

    code = "UnableToListUpstreamImageReferrersException"
    oci_code, oci_status = "DENIED", 403

    def __init__(self, reason: str) -> None:
        super().__init__(
            "The referrer or referrers were unable to be listed using the pull through cache rule: "
            f"{reason}"
        )
