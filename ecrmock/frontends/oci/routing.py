"""What a request to the registry door is for: a resource, in a repository, in a registry.

The registry is named by the Host header, or by a first path segment ``{account}.{region}``, else it is the
default one (DESIGN.md section 3). A repository name may itself have a segment ``manifests`` or ``blobs``,
so a path is read from its end. Segments are decoded one by one: an encoded slash never makes two of one.
"""

import re
from dataclasses import dataclass, replace
from urllib.parse import unquote

from ecrmock.frontends.http import HttpRequest
from ecrmock.frontends.oci.errors import InvalidNameError, PageNotFoundError
from ecrmock.values.names import (
    AccountId,
    Region,
    RepositoryName,
    is_repository_name,
    parse_address_prefix,
    parse_registry_host,
)
from ecrmock.values.settings import Settings

_RESOURCES = (
    ("upload", re.compile(r"/v2/(.+)/blobs/uploads/([^/]+)")),
    ("uploads", re.compile(r"/v2/(.+)/blobs/uploads/?()")),
    ("blob", re.compile(r"/v2/(.+)/blobs/([^/]+)")),
    ("manifest", re.compile(r"/v2/(.+)/manifests/([^/]+)")),
    ("tags", re.compile(r"/v2/(.+)/tags/list()")),
    ("referrers", re.compile(r"/v2/(.+)/referrers/([^/]+)")),
)
_ROOT = ("/v2", "/v2/")
_CATALOG = "/v2/_catalog"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a path names. ``prefix`` is the part of it that names a registry, with a final slash."""

    resource: str
    account: AccountId
    region: Region
    prefix: str = ""
    repository_name: RepositoryName = RepositoryName("")  # noqa: RUF009 - a plain string at run time
    reference: str = ""  # a tag, a digest or an upload's id

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
    for resource, pattern in _RESOURCES:
        match = pattern.fullmatch(request.path)
        if match:
            target = Target(
                resource=resource,
                account=account,
                region=region,
                reference=unquote(match[2]),
            )
            return _in_repository(target, match[1], by_host is not None)
    return _other_catalog(request.path)


def _in_repository(target: Target, path: str, is_named_by_host: bool) -> Target:
    """Add the repository that a part of the path names, and the registry that may stand before it."""
    segments = [unquote(segment) for segment in path.split("/")]
    if any("/" in segment for segment in segments):
        raise InvalidNameError(unquote(path))
    named = None if is_named_by_host else parse_address_prefix(segments[0])
    if named is not None and len(segments) > 1:
        account, region = named
        target = replace(target, account=account, region=region, prefix=f"{segments[0]}/")
        del segments[0]
    name = "/".join(segments)
    if not is_repository_name(name):
        raise InvalidNameError(name)
    return replace(target, repository_name=RepositoryName(name))


def _other_catalog(path: str) -> Target:
    """Read ``/v2/{account}.{region}/_catalog``, the catalog of another registry."""
    head, _, tail = path.removeprefix("/v2/").partition("/")
    named = parse_address_prefix(head)
    if named is None or tail != "_catalog":
        raise PageNotFoundError
    return Target(resource="catalog", account=named[0], region=named[1], prefix=f"{head}/")
