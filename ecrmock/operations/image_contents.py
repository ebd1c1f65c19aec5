"""What an image is made of, read in one step and looked through without the lock."""

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.image_contents import check_readable, contents_of
from ecrmock.rules.images import check_image_id
from ecrmock.values.image_contents import ImageContents
from ecrmock.values.images import ImageIdentifier
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
    image = context.image(state, image_id)
    check_readable(image)
    return contents_of(
        image,
        state.tags.of_image(image.image_digest),
        state.blobs,
        registry_id=context.account,
        region=context.region,
        repository_name=repository_name,
        now=context.now,
    )
