"""Manifests: GET, HEAD, PUT, DELETE by tag or digest.

Source: OCI distribution spec, end-3, end-7, end-9; reference registry.md §7, §8, §13.
"""

from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from ecrmock.frontends.http import HttpResponse
from ecrmock.frontends.oci.conditions import conditional
from ecrmock.frontends.oci.errors import InvalidTagError, ManifestTooLargeError, failed
from ecrmock.frontends.oci.exchange import Exchange
from ecrmock.values.images import ImageAlreadyExistsError, ImageIdentifier
from ecrmock.values.manifests import MAXIMUM_SIZE, InvalidManifestError, parse_manifest
from ecrmock.values.names import Digest, Tag, digest_like, is_tag


def get_manifest(exchange: Exchange) -> HttpResponse:
    """Send a manifest as it was pushed; ECR leaves ``Docker-Content-Digest`` out here."""
    image = _image(exchange, record_pull=True)
    digest = image.image_id.image_digest
    headers = {"Content-Type": image.image_manifest_media_type}
    if exchange.mode.sends_digest_on_get:
        headers["Docker-Content-Digest"] = digest
    response = HttpResponse(200, headers, image.image_manifest.encode())
    return conditional(exchange, response, digest)


def head_manifest(exchange: Exchange) -> HttpResponse:
    """Describe a manifest, which is no pull. ECR sends an empty ``Sizes`` header along."""
    image = _image(exchange, record_pull=False)
    headers = {
        "Content-Type": image.image_manifest_media_type,
        "Docker-Content-Digest": image.image_id.image_digest,
        "Sizes": "",
    }
    response = HttpResponse(200, headers, length=len(image.image_manifest.encode()))
    return conditional(exchange, response, image.image_id.image_digest)


def put_manifest(exchange: Exchange) -> HttpResponse:
    """Keep a manifest; one that is there already is no error (reference registry.md §3.4).

    ``OCI-Subject`` tells the client that it need not keep a list of referrers itself (§4.1). Who may not
    put it, or not there, is told so before the body is read.
    """
    image_id = _image_id(exchange)
    tags = _tags(exchange, image_id)
    exchange.call("MayPutImage", service="ecrmock")
    text = _text(exchange)
    media_type = exchange.request.headers.get("content-type", "").partition(";")[0].strip() or None
    for tag in tags:
        _put(exchange, text, media_type, replace(image_id, image_tag=tag))
    digest = digest_like(image_id.image_digest, text.encode())
    headers = _put_headers(exchange, digest, image_id, tags)
    if subject := parse_manifest(text, media_type).subject:
        headers["OCI-Subject"] = subject
    return HttpResponse(201, headers)


def _put(exchange: Exchange, text: str, media_type: str | None, image_id: ImageIdentifier) -> None:
    with suppress(ImageAlreadyExistsError):
        exchange.call(
            "PutImage",
            image_manifest=text,
            image_manifest_media_type=media_type,
            image_tag=image_id.image_tag,
            image_digest=image_id.image_digest,
        )


def _text(exchange: Exchange) -> str:
    """Return the manifest that is sent. Raises: ManifestTooLargeError, InvalidManifestError."""
    body = exchange.request.read(MAXIMUM_SIZE)
    if body is None:
        raise ManifestTooLargeError(MAXIMUM_SIZE)
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise InvalidManifestError from None


def _tags(exchange: Exchange, image_id: ImageIdentifier) -> tuple[Tag | None, ...]:
    """Return the tags that a manifest gets: the path's, or the query's where the mode has that.

    Raises: InvalidTagError. Source: OCI distribution spec, end-7b.
    """
    if image_id.image_tag is not None or not exchange.mode.takes_tag_parameters:
        return (image_id.image_tag,)
    pairs = parse_qsl(exchange.request.query, keep_blank_values=True)
    tags = tuple(dict.fromkeys(Tag(value) for name, value in pairs if name == "tag"))
    if not all(map(is_tag, tags)):
        raise InvalidTagError
    return tags or (None,)


def _put_headers(
    exchange: Exchange, digest: Digest, image_id: ImageIdentifier, tags: tuple[Tag | None, ...]
) -> dict[str, str]:
    headers: dict[str, str] = {"Docker-Content-Digest": digest}
    if exchange.mode.sends_manifest_location:
        headers["Location"] = exchange.url(exchange.target.path(f"manifests/{digest}"))
    if image_id.image_tag is None and (made := [tag for tag in tags if tag is not None]):
        headers["OCI-Tag"] = ", ".join(made)
    return headers


def delete_manifest(exchange: Exchange) -> HttpResponse:
    """Delete an image by digest, or a tag; ECR deletes the image with its last tag."""
    image_id = _image_id(exchange)
    if image_id.image_tag is not None and exchange.mode.deletes_tags_alone:
        answer = exchange.call("RemoveImageTag", service="ecrmock", image_tag=image_id.image_tag)
    else:
        answer = exchange.call("BatchDeleteImage", image_ids=(image_id,))
    if answer.failures:
        raise failed(answer.failures[0])
    return HttpResponse(202)


def _image(exchange: Exchange, *, record_pull: bool) -> Any:
    """Return the image that the path means. Raises: EcrError."""
    accepted = exchange.request.headers.get("accept", "")
    types = (part.partition(";")[0].strip() for part in accepted.split(","))
    answer = exchange.call(
        "BatchGetImage",
        image_ids=(_image_id(exchange),),
        accepted_media_types=tuple(name for name in types if name),
        record_pull=record_pull,
    )
    if answer.failures:
        raise failed(answer.failures[0])
    return answer.images[0]


def _image_id(exchange: Exchange) -> ImageIdentifier:
    """Read the end of the path: only a digest has a colon. Raises: InvalidDigestError."""
    reference = exchange.target.reference
    if ":" not in reference:
        return ImageIdentifier(image_tag=Tag(reference))
    return ImageIdentifier(image_digest=exchange.read_digest(reference, "imageDigest"))
