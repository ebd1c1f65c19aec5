"""Which rule a repository falls under, what a rule may say, and what is to be fetched.

Source: reference features.md §4, api.md §12.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from ecrmock.rules.images import may_move
from ecrmock.values.images import Image, ImageIdentifier, Tagging
from ecrmock.values.names import (
    PUBLIC_HOST,
    AccountId,
    Region,
    RepositoryName,
    is_digest_by,
    parse_registry_host,
    partition_of,
    registry_host,
)
from ecrmock.values.pull_through_cache import (
    ACCESS_DENIED,
    CREDENTIALS_REFUSED,
    IMAGE,
    NO_UPSTREAM,
    NOT_FOUND,
    NOT_PERMITTED,
    ROOT,
    SECRET_PREFIX,
    TOO_MANY_REQUESTS,
    UNAVAILABLE,
    CacheRuleValidationError,
    Fetch,
    PullThroughCacheRule,
    SecretNotFoundError,
    UnableToGetUpstreamImageError,
    UnsupportedUpstreamRegistryError,
    UpstreamCredentials,
    UpstreamError,
    UpstreamNotReachedError,
    UpstreamSecret,
    UpstreamSource,
)
from ecrmock.values.repositories import Repository

NO_LOGIN, BY_SECRET, BY_ROLE = "none", "secret", "role"


class Upstream(NamedTuple):
    """A registry that rules may name: its name in the API, and how it is logged in to."""

    name: str
    login: str


_DOCKER_HUB = "registry-1.docker.io"
# Source: reference features.md §4.1.
_UPSTREAMS: Mapping[str, Upstream] = MappingProxyType(
    {
        PUBLIC_HOST: Upstream("ecr-public", NO_LOGIN),
        "registry.k8s.io": Upstream("k8s", NO_LOGIN),
        "quay.io": Upstream("quay", NO_LOGIN),
        _DOCKER_HUB: Upstream("docker-hub", BY_SECRET),
        "ghcr.io": Upstream("github-container-registry", BY_SECRET),
        "registry.gitlab.com": Upstream("gitlab-container-registry", BY_SECRET),
        "cgr.dev": Upstream("chainguard", BY_SECRET),
    }
)
_AZURE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\.azurecr\.io")
_ECR = "ecr"
# Other names by which people know an upstream, when they say where it is to be found.
_ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "docker.io": _DOCKER_HUB,
        "index.docker.io": _DOCKER_HUB,
        **{upstream.name: host for host, upstream in _UPSTREAMS.items()},
    }
)
_SECRET_ARN = re.compile(r"arn:aws[\w-]*:secretsmanager:([^:]+):([0-9]{12}):secret:(.+)")
_RETRIES = 7
_SUFFIX = re.compile(r"-[A-Za-z0-9]{6}")  # what Secrets Manager adds to a name in its ARN


def host_of(name: str) -> str:
    """Return the host of an upstream that somebody names by host, alias or name in the API."""
    return _ALIASES.get(name, name)


def upstream_at(url: str) -> Upstream | None:
    """Return the upstream that a host belongs to; None for one that rules cannot name."""
    if _AZURE.fullmatch(url):
        return Upstream("azure-container-registry", BY_SECRET)
    registry = parse_registry_host(url)
    if registry is not None and registry_host(*registry) == url:
        return Upstream(_ECR, BY_ROLE)
    return _UPSTREAMS.get(url)


# Which rule a name falls under


def path_of(prefix: str) -> str:
    """Return a prefix as names begin with it: with a slash at its end, that of ``ROOT`` empty."""
    return "" if prefix == ROOT else f"{prefix.rstrip('/')}/"


def matching_rule(rules: Iterable[PullThroughCacheRule], name: str) -> PullThroughCacheRule | None:
    """Return the rule that a repository falls under: of the longest prefix, ``ROOT`` for the rest.

    Source: reference features.md §4.3; the order is inferred.
    """
    fitting = (rule for rule in rules if _covers(path_of(rule.ecr_repository_prefix), name))
    return max(fitting, key=lambda rule: len(path_of(rule.ecr_repository_prefix)), default=None)


def _covers(path: str, name: str) -> bool:
    return name.startswith(path) and len(name) > len(path)


def upstream_name(rule: PullThroughCacheRule, name: str) -> RepositoryName:
    """Return what a repository is called upstream. Source: reference features.md §4.3."""
    rest = name.removeprefix(path_of(rule.ecr_repository_prefix))
    return RepositoryName(path_of(rule.upstream_repository_prefix or ROOT) + rest)


# What a rule may say


def check_upstream(rule: PullThroughCacheRule, given_name: str | None, region: Region) -> Upstream:
    """Return the upstream of a new rule.

    Raises: UnsupportedUpstreamRegistryError, CacheRuleValidationError. Source: reference api.md §12.2.
    """
    url = rule.upstream_registry_url
    found = upstream_at(url)
    if found is None:
        raise UnsupportedUpstreamRegistryError(
            f"The upstream registry URL {url} is invalid. "
            "Specify a valid upstream registry URL and try again"
        )
    if url == registry_host(rule.registry_id, region):
        raise CacheRuleValidationError(
            "Upstream registry URL cannot be the same as the cache registry"
        )
    if given_name not in (None, found.name) and found.login != NO_LOGIN:
        raise CacheRuleValidationError(
            "Invalid input: Upstream registry URL and entered upstream registry do not match. "
            "Please verify input and try again."
        )
    if rule.ecr_repository_prefix == ROOT and rule.upstream_repository_prefix not in (None, ROOT):
        raise CacheRuleValidationError(
            "The upstream repository prefix must be ROOT when the ECR repository prefix is ROOT"
        )
    return found


def check_login(rule: PullThroughCacheRule, upstream: Upstream) -> None:
    """Refuse credentials of the wrong kind, missing or superfluous ones.

    Raises: UnsupportedUpstreamRegistryError, CacheRuleValidationError. Source: reference api.md §12.2.
    """
    check_kind(rule, upstream)
    if upstream.login == BY_SECRET and rule.credential_arn is None:
        raise UnsupportedUpstreamRegistryError(_LOGIN_MISSING)
    if upstream.login == NO_LOGIN and rule.credential_arn is not None:
        raise UnsupportedUpstreamRegistryError(
            "The specified upstream registry doesn't require authentication. "
            "Remove the Secrets Manager ARN and try again."
        )
    registry = parse_registry_host(rule.upstream_registry_url)
    is_foreign = registry is not None and registry[0] != rule.registry_id
    if upstream.login == BY_ROLE and is_foreign and rule.custom_role_arn is None:
        # Inferred: the user guide asks for a role across accounts, reference features.md §4.1.
        raise UnsupportedUpstreamRegistryError(
            "The specified upstream registry requires authentication. "
            "Specify the ARN of a custom role that may read it and try again."
        )


_LOGIN_MISSING = (
    "The specified upstream registry requires authentication. Specify a valid Secrets Manager ARN "
    "containing the upstream registry credentials and try again."
)


def check_kind(rule: PullThroughCacheRule, upstream: Upstream, *, is_new: bool = True) -> None:
    """Refuse a role where a secret is meant, or the reverse. Raises: CacheRuleValidationError.

    A secret where none is wanted has an error of its own, which an update does not declare.
    Source: reference api.md §12.2.
    """
    takes_secret = upstream.login == BY_SECRET or (is_new and upstream.login == NO_LOGIN)
    has_role, has_secret = rule.custom_role_arn is not None, rule.credential_arn is not None
    if (has_role and upstream.login != BY_ROLE) or (has_secret and not takes_secret):
        raise CacheRuleValidationError(
            "Upstream registry URL and provided credential type do not match"
        )


def check_secret(
    arn: str | None, account: AccountId, region: Region, secrets: Iterable[UpstreamSecret]
) -> None:
    """Refuse a secret of another account or region, and an unknown one where some are known.

    Raises: SecretNotFoundError. Source: reference api.md §12.2, the last part is inferred.
    """
    if arn is None:
        return
    match = _SECRET_ARN.fullmatch(arn)
    is_here = match is not None and (match[1], match[2]) == (region, account)
    known = tuple(secrets)
    if not is_here or (known and find_secret(arn, known) is None):
        raise SecretNotFoundError


def find_secret(arn: str, secrets: Iterable[UpstreamSecret]) -> UpstreamSecret | None:
    """Return the secret that an ARN means; a secret may be known by its name alone."""
    match = _SECRET_ARN.fullmatch(arn)
    name = match[3] if match is not None else ""
    names = {arn, name, name[:-7] if _SUFFIX.fullmatch(name[-7:]) else name}
    return next((secret for secret in secrets if secret.secret_id in names), None)


def secret_arn(name: str, account: AccountId, region: Region, suffix: str) -> str:
    """Return the ARN of a secret; one that is an ARN already stays. Raises: ValueError."""
    if _SECRET_ARN.fullmatch(name):
        return name
    if not name.startswith(SECRET_PREFIX):
        raise ValueError(f"the name of the secret of an upstream begins with {SECRET_PREFIX!r}")
    partition = partition_of(region).name
    return f"arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-{suffix}"


# What is fetched from where


def asks_public_registry(rule: PullThroughCacheRule) -> bool:
    """Tell whether the upstream of a rule is ECR Public."""
    return rule.upstream_registry_url == PUBLIC_HOST


def public_alias(name: str) -> tuple[str, RepositoryName]:
    """Return alias and repository of what a repository is called at ECR Public."""
    alias, _, repository = name.partition("/")
    return alias, RepositoryName(repository)


def source_of(
    rule: PullThroughCacheRule,
    name: RepositoryName,
    region: Region,
    *,
    addresses: Iterable[tuple[str, str]],
    secrets: Iterable[UpstreamSecret],
    is_offline: bool,
    is_own: bool = False,
) -> UpstreamSource:
    """Return where the images of a repository under a rule come from.

    ``is_own``: a public registry of this emulator has the alias that they are asked for by.
    """
    found = find_secret(rule.credential_arn, secrets) if rule.credential_arn else None
    return UpstreamSource(
        account=rule.registry_id,
        region=region,
        repository_name=name,
        ecr_repository_prefix=rule.ecr_repository_prefix,
        upstream_registry_url=rule.upstream_registry_url,
        upstream_name=upstream_name(rule, name),
        address=_address(rule, addresses, is_offline=is_offline, is_own=is_own),
        credentials=None
        if found is None
        else UpstreamCredentials(username=found.username, access_token=found.access_token),
        custom_role_arn=rule.custom_role_arn,
    )


def _address(
    rule: PullThroughCacheRule,
    addresses: Iterable[tuple[str, str]],
    *,
    is_offline: bool,
    is_own: bool,
) -> str | None:
    """Return the URL at which an upstream is asked; empty for this emulator, None for not at all."""
    host = rule.upstream_registry_url
    mapped = next((url for name, url in addresses if host_of(name) == host), None)
    if mapped is not None:
        return mapped
    if is_own or rule.upstream_registry == _ECR:
        return ""
    return None if is_offline else f"https://{host}"


def check_source(source: UpstreamSource) -> None:
    """Refuse what no upstream is asked for. Raises: UpstreamError.

    Docker Hub has its official images below ``library/``, whatever it is called by its own clients.
    Source: reference features.md §4.3.
    """
    if source.address is None:
        raise UpstreamError(
            NO_UPSTREAM,
            f"ecrmock is offline and knows no {source.upstream_registry_url}; "
            "mock_ecr(upstreams=…) or ecrmock serve --upstream says where to find it",
        )
    name = source.upstream_name
    if source.upstream_registry_url == _DOCKER_HUB and name and "/" not in name:
        raise UpstreamError(
            ACCESS_DENIED, f"Docker Hub has no {name}, its official images are below library/"
        )


def must_be_fetched(
    image_id: ImageIdentifier,
    *,
    tagging: Tagging | None,
    image: Image | None,
    repository: Repository | None,
    fresh_since: datetime,
) -> bool:
    """Tell whether the upstream must be asked before an image is served.

    What is there is served for a day; then a tag is asked for again, unless it may not move, or somebody
    pushed it here. Source: reference features.md §4.4.
    """
    tag = image_id.image_tag
    if tag is None:
        return image is None and is_digest_by(image_id.image_digest or "", ("sha256",))
    if tagging is None or image is None:
        return True
    checked = tagging.upstream_checked_at
    is_stale = checked is not None and checked <= fresh_since and image.is_active
    return is_stale and repository is not None and may_move(repository, tag)


def image_fetch(
    source: UpstreamSource, image_id: ImageIdentifier, tagging: Tagging | None
) -> Fetch:
    """Return what is to be asked of the upstream: a tag, with what it is known to point at, or a digest."""
    return Fetch(
        kind=IMAGE,
        source=source,
        reference=image_id.image_tag or str(image_id.image_digest),
        known=None if tagging is None else tagging.image_digest,
    )


def retry_after(error: UpstreamError, attempt: int) -> timedelta | None:
    """Return in how long an import that failed is tried again; None for one that is given up.

    What passes by itself is tried again after a minute, then each time after twice as long, for two hours.
    Inferred: ECR tells of failed imports, but not what it does about them.
    """
    passes = error.code in (TOO_MANY_REQUESTS, UNAVAILABLE) and attempt <= _RETRIES
    return timedelta(minutes=2 ** (attempt - 1)) if passes else None


def unserved(error: UpstreamError) -> tuple[str, str]:
    """Return failure code and reason for an image that the upstream did not give.

    Raises: UnableToGetUpstreamImageError, UpstreamNotReachedError. Source: reference api.md §5.4, §12.3;
    registry.md §14.1.
    """
    if error.code == CREDENTIALS_REFUSED:
        raise UnableToGetUpstreamImageError
    if error.code == NO_UPSTREAM:
        raise UpstreamNotReachedError(error.reason)
    if error.code in (NOT_FOUND, NOT_PERMITTED):
        return NOT_FOUND, "Requested image not found"
    return error.code, error.reason
