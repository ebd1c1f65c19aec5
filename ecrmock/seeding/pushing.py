"""How an image gets into a repository by calls: its children, its blobs, its manifest, as docker does it."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from ecrmock.values.names import AccountId, RepositoryName, sha256_of

if TYPE_CHECKING:
    from ecrmock.rules.image_building import BuiltImage
    from ecrmock.values.images import ImageIdentifier


class Make(Protocol):
    """Makes a call and returns its answer. Raises: EcrError."""

    def __call__(self, operation: str, *, service: str = "ecr", **parameters: Any) -> Any:
        """Make a call of a service, in an account and region that are known."""


def push(
    make: Make, repository: str, image: "BuiltImage", tag: str | None, *, put: Make | None = None
) -> "ImageIdentifier":
    """Push an image to a repository that is there; one that is there as well is fine. Raises: EcrError.

    ``put`` makes the calls that put manifests, if not ``make``: at another time, where uploads would expire.
    """
    from ecrmock.values.images import ImageAlreadyExistsError, ImageIdentifier  # noqa: PLC0415

    for child in image.children:
        push(make, repository, child, None, put=put)
    for blob in image.blobs:
        _upload(make, repository, blob)
    try:
        pushed: ImageIdentifier = (put or make)(
            "PutImage",
            repository_name=repository,
            image_manifest=image.manifest,
            image_manifest_media_type=image.media_type,
            **({} if tag is None else {"image_tag": tag}),
        ).image.image_id
    except ImageAlreadyExistsError:  # as for docker: it is there, which was asked for
        return ImageIdentifier(image_digest=image.digest, image_tag=tag)  # type: ignore[arg-type]
    return pushed


def _upload(make: Make, repository: str, blob: bytes) -> None:
    from ecrmock.values.layers import LayerAlreadyExistsError  # noqa: PLC0415

    upload_id = make("InitiateLayerUpload", repository_name=repository).upload_id
    upload = {"repository_name": repository, "upload_id": upload_id}
    make("UploadLayerPart", **upload, layer_part_blob=blob)
    try:
        make("CompleteLayerUpload", **upload, layer_digests=(sha256_of(blob),))
    except LayerAlreadyExistsError:
        make("CancelLayerUpload", service="ecrmock", **upload)


def find_image(
    make: Make,
    account: AccountId,
    repository: str,
    reference: str,
    *,
    record_pull: bool = True,
) -> Any:
    """Return what BatchGetImage gives of one image by tag or digest. Raises: ImageNotFoundError, EcrError."""
    from ecrmock.values.images import ImageIdentifier, ImageNotFoundError  # noqa: PLC0415

    kind = "image_digest" if ":" in reference else "image_tag"
    image_id = ImageIdentifier(**{kind: reference})  # type: ignore[arg-type]
    answer = make(
        "BatchGetImage",
        repository_name=repository,
        image_ids=(image_id,),
        record_pull=record_pull,
    )
    if not answer.images:
        raise ImageNotFoundError(image_id, RepositoryName(repository), account)
    return answer.images[0]


def descriptor(
    make: Make, account: AccountId, repository: str, reference: str
) -> Mapping[str, object]:
    """Return what an index or an artifact says of an image that is there. Raises: ImageNotFoundError."""
    image = find_image(make, account, repository, reference, record_pull=False)
    text = image.image_manifest.encode()
    media_type = image.image_manifest_media_type
    described = {"mediaType": media_type, "digest": sha256_of(text), "size": len(text)}
    artifact_type = json.loads(text).get("artifactType")
    return described | ({"artifactType": artifact_type} if artifact_type else {})
