"""Which images have packages in them that can be looked for."""

from ecrmock.values.image_contents import ImageArchivedError, UnsupportedImageTypeError
from ecrmock.values.images import Image
from ecrmock.values.manifests import DOCKER_CONFIG, OCI_CONFIG

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
