"""Mounting a blob from another repository of the registry, where the account setting allows it.

Source: OCI distribution spec, end-11; reference registry.md §11.
"""

from dataclasses import replace
from urllib.parse import quote

from ecrmock.frontends.http import HttpResponse
from ecrmock.frontends.oci.exchange import Exchange
from ecrmock.frontends.oci.routing import read_target
from ecrmock.values.errors import EcrError
from ecrmock.values.names import RepositoryName, is_sha256


def mount(exchange: Exchange) -> HttpResponse | None:
    """Mount the blob that the query names; None when that cannot be, and the client has to upload it.

    Whatever is in the way is no error. The caller needs ``ecr:GetDownloadUrlForLayer`` on the source.
    """
    query = exchange.request.query_parameters()
    digest, named = query.get("mount", ""), query.get("from", "")
    if not named or not is_sha256(digest):
        return None
    try:
        is_mounted = _mount(exchange, digest, named)
    except EcrError:
        return None
    location = exchange.url(exchange.target.path(f"blobs/{digest}"))
    headers = {"Location": location, "Docker-Content-Digest": digest}
    return HttpResponse(201, headers) if is_mounted else None


def _mount(exchange: Exchange, digest: str, named: str) -> bool:
    source = _source(exchange, named)
    if source is None:
        return False
    wanted = {"source_repository_name": source, "layer_digest": digest}
    if not exchange.call("MayMountLayer", service="ecrmock", **wanted):
        return False
    exchange.call("GetDownloadUrlForLayer", repository_name=source, layer_digest=digest)
    is_mounted: bool = exchange.call("MountLayer", service="ecrmock", **wanted).is_mounted
    return is_mounted


def _source(exchange: Exchange, named: str) -> RepositoryName | None:
    """Return the repository that ``from`` names as a path would; None when it is in another registry.

    Raises: InvalidNameError.
    """
    request = replace(exchange.request, path=f"/v2/{quote(named)}/tags/list")
    source, target = read_target(request, exchange.backend.settings), exchange.target
    is_here = (source.account, source.region) == (target.account, target.region)
    return source.repository_name if is_here else None
