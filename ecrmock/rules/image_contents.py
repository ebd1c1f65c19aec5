"""Which images have packages in them that can be looked for, and in which blobs these are."""

from collections.abc import Container
from datetime import datetime

from ecrmock.values.image_contents import (
    ImageArchivedError,
    ImageContents,
    UnsupportedImageTypeError,
)
from ecrmock.values.images import Image
from ecrmock.values.manifests import DOCKER_CONFIG, OCI_CONFIG, parse_manifest
from ecrmock.values.names import AccountId, Digest, Region, RepositoryName, Tag

_CONFIGS = frozenset({DOCKER_CONFIG, OCI_CONFIG})


def is_container_image(image: Image) -> bool:
    """Tell whether a manifest is that of a container image, and neither an index nor another artifact.

    One of schema 1 has no config, and so no media type of an artifact.
    """
    return not image.is_index and image.artifact_media_type in (*_CONFIGS, None)


def check_readable(image: Image) -> None:
    """Refuse an image whose contents ECR does not look at.

    Raises: UnsupportedImageTypeError, ImageArchivedError. Source: reference api.md §10.1.
    """
    if not is_container_image(image):
        media_type = image.artifact_media_type or image.image_manifest_media_type
        raise UnsupportedImageTypeError(media_type)
    if not image.is_active:
        raise ImageArchivedError


def contents_of(
    image: Image,
    image_tags: tuple[Tag, ...],
    held: Container[Digest],
    *,
    registry_id: AccountId,
    region: Region,
    repository_name: RepositoryName,
    now: datetime,
) -> ImageContents:
    """Return what an image is made of; blobs that lie elsewhere, or nowhere, are left out."""
    manifest = parse_manifest(image.image_manifest, image.image_manifest_media_type)
    config, types = manifest.config, (layer.media_type for layer in manifest.layers)
    return ImageContents(
        registry_id=registry_id,
        region=region,
        repository_name=repository_name,
        image_digest=image.image_digest,
        image_tags=image_tags,
        image_pushed_at=image.image_pushed_at,
        image_manifest=image.image_manifest,
        image_manifest_media_type=image.image_manifest_media_type,
        config=config.digest if config is not None and config.digest in held else None,
        layers=tuple(each.digest for each in manifest.layers if each.digest in held),
        foreign_media_type=next(filter(_is_foreign, types), None),
        read_at=now,
    )


def _is_foreign(media_type: str) -> bool:
    """Tell whether a layer's media type is of something else than an archive; schema 1 has none."""
    return bool(media_type) and ".tar" not in media_type
