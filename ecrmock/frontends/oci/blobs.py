"""Blobs: HEAD and GET, with ranges. Source: OCI distribution spec, end-2; reference registry.md §6."""

import re

from ecrmock.frontends.http import FileBody, FileRange, HttpRequest, HttpResponse
from ecrmock.frontends.oci.conditions import conditional
from ecrmock.frontends.oci.errors import MethodNotAllowedError
from ecrmock.frontends.oci.exchange import Exchange
from ecrmock.values.layers import AVAILABLE, LayerInaccessibleError, LayerNotFoundError
from ecrmock.values.names import Digest

# ECR says this of every blob, whatever it is (reference registry.md §6).
_HEAD_TYPE = "application/vnd.docker.container.image.v1+json"
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def head_blob(exchange: Exchange) -> HttpResponse:
    """Tell whether the repository holds a blob, and how long it is."""
    digest = exchange.digest()
    (layer,) = exchange.call("BatchCheckLayerAvailability", layer_digests=(digest,)).layers
    if layer.layer_availability != AVAILABLE:
        target = exchange.target
        raise LayerNotFoundError(digest, target.repository_name, target.account)
    headers = {
        "Content-Type": _HEAD_TYPE,
        "Docker-Content-Digest": digest,
        "Accept-Ranges": "bytes",
    }
    return conditional(exchange, HttpResponse(200, headers, length=layer.layer_size), digest)


def get_blob(exchange: Exchange) -> HttpResponse:
    """Send a blob that some image references; one that is only in the archive is unknown here.

    Source: reference registry.md §3.3.
    """
    digest = exchange.digest()
    send = _redirect if exchange.backend.settings.redirect_blobs else _send
    try:
        return send(exchange, digest)
    except LayerInaccessibleError:
        target = exchange.target
        raise LayerNotFoundError(digest, target.repository_name, target.account) from None


def _send(exchange: Exchange, digest: Digest) -> HttpResponse:
    file = exchange.open("GetDownloadUrlForLayer", layer_digest=digest)
    headers = {"Content-Type": "application/octet-stream", "Docker-Content-Digest": digest}
    return conditional(exchange, send_blob(exchange.request, file, headers), digest)


def _redirect(exchange: Exchange, digest: Digest) -> HttpResponse:
    """Say where the bytes are, as ECR always does. Source: reference registry.md §6."""
    url = exchange.call("GetDownloadUrlForLayer", layer_digest=digest).download_url
    return HttpResponse(307, {"Location": url, "Docker-Content-Digest": digest})


def delete_blob(exchange: Exchange) -> HttpResponse:
    """Delete a blob that no manifest references, where the mode has that. Source: registry.md §13, §19."""
    if not exchange.mode.deletes_blobs:
        raise MethodNotAllowedError
    exchange.call("DeleteLayer", service="ecrmock", layer_digest=exchange.digest())
    return HttpResponse(202)


def send_blob(request: HttpRequest, file: FileBody, headers: dict[str, str]) -> HttpResponse:
    """Return a blob, or the range of it that is asked for (RFC 9110 section 14; one range only)."""
    headers["Accept-Ranges"] = "bytes"
    asked = _RANGE.fullmatch(request.headers.get("range", ""))
    if asked is None or not (asked[1] or asked[2]):  # none, or of a kind that may be ignored
        return HttpResponse(200, headers, FileRange(file, 0, file.size))
    start, stop = _bounds(asked[1], asked[2], file.size)
    if start >= stop:
        file.close()
        return HttpResponse(416, {**headers, "Content-Range": f"bytes */{file.size}"})
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{file.size}"
    return HttpResponse(206, headers, FileRange(file, start, stop))


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """Return where a range starts and where it stops; the latter is not in it."""
    if not first:
        return max(size - int(last), 0), size if int(last) else 0
    return int(first), min(int(last) + 1, size) if last else size
