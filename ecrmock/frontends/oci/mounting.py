"""Mounting a blob from another repository of the registry, where the account setting allows it.

Source: OCI distribution spec, end-11; reference registry.md §11.
"""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from ecrmock.frontends.http import HttpResponse
from ecrmock.frontends.oci.exchange import Exchange
from ecrmock.frontends.oci.routing import read_target
from ecrmock.values.errors import EcrError
from ecrmock.values.names import RepositoryName


def mount(exchange: Exchange) -> HttpResponse | None:
    """Mount the blob that the query names; None when that cannot be, and the client has to upload it.

    Whatever is in the way is no error. The caller needs ``ecr:GetDownloadUrlForLayer`` on the source. Public
    registries mount nothing (reference public.md §4.2).
    """
    query = exchange.request.query_parameters()
    digest, named = query.get("mount", ""), query.get("from", "")
    if not exchange.mode.mounts_layers or not exchange.takes_digest(digest):
        return None
    is_mounted = any(_try(exchange, digest, source) for source in _sources(exchange, digest, named))
    location = exchange.url(exchange.target.path(f"blobs/{digest}"))
    headers = {"Location": location, "Docker-Content-Digest": digest}
    return HttpResponse(201, headers) if is_mounted else None


def _try(exchange: Exchange, digest: str, source: RepositoryName) -> bool:
    try:
        return _mount(exchange, digest, source)
    except EcrError:
        return False


def _mount(exchange: Exchange, digest: str, source: RepositoryName) -> bool:
    wanted = {"source_repository_name": source, "layer_digest": digest}
    if not exchange.call("MayMountLayer", service="ecrmock", **wanted):
        return False
    exchange.call("GetDownloadUrlForLayer", repository_name=source, layer_digest=digest)
    is_mounted: bool = exchange.call("MountLayer", service="ecrmock", **wanted).is_mounted
    return is_mounted


def _sources(exchange: Exchange, digest: str, named: str) -> Sequence[RepositoryName]:
    """Return the repositories that the blob may be mounted from.

    Without a name these are, where the mode has that, all of the registry that hold it.
    """
    try:
        if named:
            source = _source(exchange, named)
            return () if source is None else (source,)
        if exchange.mode.mounts_without_source:
            found: Sequence[RepositoryName] = exchange.call(
                "FindLayer", service="ecrmock", layer_digest=digest
            )
            return found
    except EcrError:
        pass
    return ()


def _source(exchange: Exchange, named: str) -> RepositoryName | None:
    """Return the repository that ``from`` names as a path would; None when it is in another registry.

    Raises: InvalidNameError.
    """
    request = replace(exchange.request, path=f"/v2/{quote(named)}/tags/list")
    source, target = read_target(request, exchange.backend.settings), exchange.target
    is_here = (source.account, source.region) == (target.account, target.region)
    return source.repository_name if is_here else None
