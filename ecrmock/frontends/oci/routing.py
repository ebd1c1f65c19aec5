"""What a request to the registry door is for: a resource, in a repository, in a registry.

A private registry is named by the Host header, or by a first path segment ``{account}.{region}``, else it is
the default one (DESIGN.md section 3); a public one by its alias, the first segment. A repository name may
itself have a segment ``manifests`` or ``blobs``, so a path is read from its end. Segments are decoded one by
one: an encoded slash never makes two of one.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from ecrmock.frontends.http import HttpRequest
from ecrmock.frontends.oci.errors import InvalidNameError, PageNotFoundError
from ecrmock.values.names import (
    PUBLIC,
    PUBLIC_HOME,
    AccountId,
    Region,
    RepositoryName,
    is_repository_name,
    parse_address_prefix,
    parse_registry_host,
)
from ecrmock.values.public_gallery import is_alias
from ecrmock.values.repositories import RepositoryNotFoundError
from ecrmock.values.settings import Settings

# The groups are named as the resources; what a group matches is the reference, if the resource has one.
_PATH = re.compile(
    r"/v2/(?P<name>.+)/(?:blobs/uploads/(?P<upload>[^/]+)|blobs/uploads/?(?P<uploads>)"
    r"|blobs/(?P<blob>[^/]+)|manifests/(?P<manifest>[^/]+)|tags/list(?P<tags>)"
    r"|referrers/(?P<referrers>[^/]+))"
)
_ROOT = ("/v2", "/v2/")
_CATALOG = "/v2/_catalog"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a path names. ``prefix`` is the part of it that names a registry, with a final slash."""

    resource: str
    account: AccountId  # of a public registry its alias
    region: Region
    prefix: str = ""
    repository_name: RepositoryName = RepositoryName("")  # noqa: RUF009 - a plain string at run time
    reference: str = ""  # a tag, a digest or an upload's id

    @property
    def full_name(self) -> str:
        """The name as the registry itself has it: that of a public repository begins with the alias."""
        return (
            f"{self.prefix}{self.repository_name}"
            if self.region == PUBLIC
            else self.repository_name
        )

    def path(self, rest: str) -> str:
        """Return the path of something in the same repository."""
        return f"/v2/{self.prefix}{self.repository_name}/{rest}"


def read_target(request: HttpRequest, settings: Settings) -> Target:
    """Return what a request's host and path name. Raises: InvalidNameError, PageNotFoundError."""
    by_host = parse_registry_host(request.host.lower())
    account, region = by_host or (settings.account, settings.region)
    if request.path in _ROOT:
        return Target(resource="root", account=account, region=region)
    if request.path == _CATALOG:
        return Target(resource="catalog", account=account, region=region)
    found = _find(request.path)
    if found is None:
        return _other_catalog(request.path)
    resource, path, reference = found
    segments, prefix = _segments(path), ""
    named = parse_address_prefix(segments[0]) if by_host is None else None
    if named is not None and len(segments) > 1:
        account, region = named
        prefix = f"{segments.pop(0)}/"
    return Target(
        resource=resource,
        account=account,
        region=region,
        prefix=prefix,
        repository_name=_name(segments),
        reference=reference,
    )


def read_public_target(request: HttpRequest, settings: Settings) -> Target:
    """Return what a path at public registries names, which have no catalog.

    Raises: InvalidNameError, PageNotFoundError, RepositoryNotFoundError where there can be no such alias.
    Source: reference public.md §4.2, §6.3.
    """
    if request.path in _ROOT:
        return Target(resource="root", account=settings.account, region=PUBLIC_HOME)
    found = _find(request.path)
    if found is None:
        raise PageNotFoundError
    resource, path, reference = found
    alias, *segments = _segments(path)
    if not segments or not is_alias(alias):
        raise RepositoryNotFoundError(RepositoryName("/".join(segments)), AccountId(alias))
    return Target(
        resource=resource,
        account=AccountId(alias),
        region=PUBLIC,
        prefix=f"{alias}/",
        repository_name=_name(segments),
        reference=reference,
    )


def _find(path: str) -> tuple[str, str, str] | None:
    """Return the resource that a path is of, the part that names a repository, and the end."""
    match = _PATH.fullmatch(path)
    if match is None or match.lastgroup is None:
        return None
    return match.lastgroup, match["name"], unquote(match[match.lastgroup])


def _segments(path: str) -> list[str]:
    """Return the decoded segments of a part of the path. Raises: InvalidNameError."""
    segments = [unquote(segment) for segment in path.split("/")]
    if any("/" in segment for segment in segments):
        raise InvalidNameError(unquote(path))
    return segments


def _name(segments: list[str]) -> RepositoryName:
    """Return the repository name that segments make. Raises: InvalidNameError."""
    name = "/".join(segments)
    if not is_repository_name(name):
        raise InvalidNameError(name)
    return RepositoryName(name)


def _other_catalog(path: str) -> Target:
    """Read ``/v2/{account}.{region}/_catalog``, the catalog of another registry."""
    head, _, tail = path.removeprefix("/v2/").partition("/")
    named = parse_address_prefix(head)
    if named is None or tail != "_catalog":
        raise PageNotFoundError
    return Target(resource="catalog", account=named[0], region=named[1], prefix=f"{head}/")
