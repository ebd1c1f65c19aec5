"""Manifests: GET, HEAD, PUT, DELETE by tag or digest.

Source: OCI distribution spec, end-3, end-7, end-9; reference registry.md §7, §8, §13.
"""

from contextlib import suppress
from typing import Any

from ecrmock.frontends.http import HttpResponse
from ecrmock.frontends.oci.errors import InvalidDigestError, ManifestTooLargeError, failed
from ecrmock.frontends.oci.exchange import Exchange
from ecrmock.values.images import ImageAlreadyExistsError, ImageIdentifier
from ecrmock.values.manifests import MAXIMUM_SIZE, InvalidManifestError, parse_manifest
from ecrmock.values.names import Digest, Tag, is_sha256, sha256_of


def get_manifest(exchange: Exchange) -> HttpResponse:
    """Send a manifest as it was pushed; ECR leaves ``Docker-Content-Digest`` out here."""
    image = _image(exchange, record_pull=True)
    headers = {"Content-Type": image.image_manifest_media_type}
    return HttpResponse(200, headers, image.image_manifest.encode())


def head_manifest(exchange: Exchange) -> HttpResponse:
    """Describe a manifest, which is no pull. ECR sends an empty ``Sizes`` header along."""
    image = _image(exchange, record_pull=False)
    headers = {
        "Content-Type": image.image_manifest_media_type,
        "Docker-Content-Digest": image.image_id.image_digest,
        "Sizes": "",
    }
    return HttpResponse(200, headers, length=len(image.image_manifest.encode()))


def put_manifest(exchange: Exchange) -> HttpResponse:
    """Keep a manifest; one that is there already is no error (reference registry.md §3.4).

    ``OCI-Subject`` tells the client that it need not keep a list of referrers itself (§4.1).
    """
    body = exchange.request.read(MAXIMUM_SIZE)
    if body is None:
        raise ManifestTooLargeError(MAXIMUM_SIZE)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise InvalidManifestError from None
    named = exchange.request.headers.get("content-type", "").partition(";")[0].strip()
    media_type = named or None
    image_id = _image_id(exchange)
    with suppress(ImageAlreadyExistsError):
        exchange.call(
            "PutImage",
            image_manifest=text,
            image_manifest_media_type=media_type,
            image_tag=image_id.image_tag,
            image_digest=image_id.image_digest,
        )
    headers: dict[str, str] = {"Docker-Content-Digest": sha256_of(body)}
    if subject := parse_manifest(text, media_type).subject:
        headers["OCI-Subject"] = subject
    return HttpResponse(201, headers)


def delete_manifest(exchange: Exchange) -> HttpResponse:
    """Delete an image by digest, or a tag and the image with its last tag."""
    answer = exchange.call("BatchDeleteImage", image_ids=(_image_id(exchange),))
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
    if not is_sha256(reference):
        raise InvalidDigestError("imageDigest")
    return ImageIdentifier(image_digest=Digest(reference))
