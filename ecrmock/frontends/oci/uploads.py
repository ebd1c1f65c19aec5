"""Uploads: start or mount, append, complete, progress, cancel.

Source: OCI distribution spec, end-4 to end-6, end-13, end-14; reference registry.md §5. A body without
``Content-Range`` is streamed to wherever the upload stands, as docker sends a whole layer in one PATCH.
"""

import re
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ecrmock.frontends.http import BodyError, HttpResponse
from ecrmock.frontends.oci.errors import InvalidDigestError, InvalidRangeError, render_error
from ecrmock.frontends.oci.exchange import Exchange
from ecrmock.frontends.oci.mounting import mount
from ecrmock.values.errors import EcrError
from ecrmock.values.layers import InvalidLayerPartError, LayerAlreadyExistsError
from ecrmock.values.names import EMPTY_BLOBS, Digest, UploadId, algorithm_of

_CONTENT_RANGE = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")


def start_upload(exchange: Exchange) -> HttpResponse:
    """Start an upload, unless the blob can be mounted. ECR takes no upload in a single POST."""
    mounted = mount(exchange)
    if mounted is not None:
        return mounted
    query = exchange.request.query_parameters()
    if "digest" in query and exchange.mode.takes_single_post:
        return _upload_at_once(exchange, exchange.read_digest(query["digest"], "digest"))
    algorithm = query.get("digest-algorithm", "") if exchange.mode.takes_algorithm else ""
    if algorithm and algorithm not in exchange.backend.settings.data_rules.digest_algorithms:
        raise InvalidDigestError("digest-algorithm")
    upload_id = exchange.call("InitiateLayerUpload").upload_id
    _hash(exchange, upload_id, algorithm)
    return _progress(exchange, 202, upload_id, -1)


def _upload_at_once(exchange: Exchange, digest: Digest) -> HttpResponse:
    """Take a blob that comes with the POST; of one that is not what it says nothing is left."""
    upload_id = exchange.call("InitiateLayerUpload").upload_id
    at_upload = replace(exchange, target=replace(exchange.target, reference=upload_id))
    try:
        return _complete(at_upload, digest)
    except (EcrError, BodyError):
        cancel(at_upload)
        raise


def _hash(exchange: Exchange, upload_id: UploadId, algorithm: str) -> None:
    """Have the upload hashed by another algorithm than sha256, which it always is."""
    if algorithm in ("", "sha256"):
        return
    exchange.call(
        "HashLayerUpload",
        service="ecrmock",
        upload_id=upload_id,
        algorithm=algorithm,
        layer_part_blob=b"",
    )


def append(exchange: Exchange) -> HttpResponse:
    """Add the body to an upload; ECR answers 201 where the specification says 202 (registry.md §19)."""
    try:
        part = _append(exchange)
    except InvalidLayerPartError as error:
        return _refused(exchange, error)
    return _progress(exchange, exchange.mode.patch_status, part.upload_id, part.last_byte_received)


def complete(exchange: Exchange) -> HttpResponse:
    """Add the body, if there is one, and make the upload a blob."""
    digest = exchange.request.query_parameters().get("digest", "")
    return _complete(exchange, exchange.read_digest(digest, "digest"))


def _complete(exchange: Exchange, digest: Digest) -> HttpResponse:
    """Complete an upload with the body of the request.

    ECR's API takes no empty blob, but clients push one, so it becomes an upload with one empty part.
    """
    try:
        _hash(exchange, _upload_id(exchange), algorithm_of(digest))
        if exchange.request.body.length != 0 or digest in EMPTY_BLOBS:
            _append(exchange)
        exchange.call(
            "CompleteLayerUpload", upload_id=_upload_id(exchange), layer_digests=(digest,)
        )
    except LayerAlreadyExistsError:  # no error here: reference registry.md §3.4
        with suppress(EcrError):  # it takes no other right, and somebody else may have done it
            cancel(exchange)
    except InvalidLayerPartError as error:
        return _refused(exchange, error)
    location = exchange.url(exchange.target.path(f"blobs/{digest}"))
    return HttpResponse(201, {"Location": location, "Docker-Content-Digest": digest})


def show_progress(exchange: Exchange) -> HttpResponse:
    """Say how far an upload is."""
    part = _describe(exchange)
    return _progress(exchange, 204, part.upload_id, part.last_byte_received)


def cancel(exchange: Exchange) -> HttpResponse:
    """Forget an upload."""
    exchange.call("CancelLayerUpload", service="ecrmock", upload_id=_upload_id(exchange))
    return HttpResponse(204)


def _append(exchange: Exchange) -> Any:
    """Add the body of the request to its upload. Raises: EcrError."""
    bounds: dict[str, Any] = {}
    given = exchange.request.headers.get("content-range")
    if given is not None:
        match = _CONTENT_RANGE.fullmatch(given.strip())
        if match is None:
            raise InvalidRangeError
        bounds = {"part_first_byte": int(match[1]), "part_last_byte": int(match[2])}
    return exchange.call(
        "UploadLayerPart",
        upload_id=_upload_id(exchange),
        layer_part_blob=exchange.request.body.chunks(),
        **bounds,
    )


def _refused(exchange: Exchange, error: InvalidLayerPartError) -> HttpResponse:
    """Say where the upload stands, so that the client can go on. Source: registry.md §3.4."""
    response = render_error(exchange.request, exchange.mode, error)
    last_byte = error.last_valid_byte_received
    response.headers |= _progress(exchange, response.status, error.upload_id, last_byte).headers
    return response


def _describe(exchange: Exchange) -> Any:
    upload_id = _upload_id(exchange)
    return exchange.call("DescribeLayerUpload", service="ecrmock", upload_id=upload_id)


def _upload_id(exchange: Exchange) -> UploadId:
    return UploadId(exchange.target.reference)


def _progress(exchange: Exchange, status: int, upload_id: UploadId, last_byte: int) -> HttpResponse:
    """Return a response that says where an upload stands; a fresh one says ``0-0`` as well."""
    headers = {
        "Location": exchange.url(exchange.target.path(f"blobs/uploads/{upload_id}")),
        "Range": f"0-{max(last_byte, 0)}",
        "Docker-Upload-UUID": upload_id,
    }
    return HttpResponse(status, headers)
