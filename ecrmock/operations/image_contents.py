"""What an image is made of, read in one step and looked through without the lock."""

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.image_contents import check_readable
from ecrmock.rules.images import check_image_id, resolve
from ecrmock.values.image_contents import ImageContents
from ecrmock.values.images import Image, ImageIdentifier, ImageNotFoundError
from ecrmock.values.manifests import parse_manifest
from ecrmock.values.names import RepositoryName


@operation("ecrmock", "ReadImageContents", action="ecr:BatchGetImage")
def read_image_contents(
    context: Context, *, repository_name: RepositoryName, image_id: ImageIdentifier
) -> ImageContents:
    """Return the layers of a container image; layers that lie elsewhere, or nowhere, are left out.

    Raises: InvalidParameterError, RepositoryNotFoundError, ImageNotFoundError, UnsupportedImageTypeError,
    ImageArchivedError.
    """
    check_image_id(image_id)
    state = context.registry.repository(repository_name)
    image = resolve(image_id, state.image_of, state.images.get)
    if not isinstance(image, Image):
        raise ImageNotFoundError(image_id, repository_name, context.account)
    check_readable(image)
    manifest = parse_manifest(image.image_manifest, image.image_manifest_media_type)
    config = manifest.config.digest if manifest.config is not None else None
    return ImageContents(
        registry_id=context.account,
        region=context.region,
        repository_name=repository_name,
        image_digest=image.image_digest,
        image_tags=state.tags.of_image(image.image_digest),
        image_pushed_at=image.image_pushed_at,
        image_manifest=image.image_manifest,
        image_manifest_media_type=image.image_manifest_media_type,
        config=config if config in state.blobs else None,
        layers=tuple(each.digest for each in manifest.layers if each.digest in state.blobs),
        read_at=context.now,
    )
