"""Bills of materials: what is installed in an image, for a test."""

from typing import Any

from ecrmock.handle.door import Door
from ecrmock.own_calls import bill_of_materials


class Sbom(Door):
    """The bills of materials of the images of the handle's registry."""

    def sbom(
        self, repository: str, *, tag: str | None = None, digest: str | None = None
    ) -> dict[str, Any]:
        """Return what is installed in an image: a CycloneDX document, as JSON has it.

        The layers are read as they lie; nothing is downloaded, and no scan is needed.

        Raises: RepositoryNotFoundError, ImageNotFoundError; UnsupportedImageTypeError for an index or an
        artifact; UnreadableImageError, UnsupportedImageError for layers that are broken, or of a form that
        is not read; MissingExtraError without the extra ``scan``.
        """
        import json  # noqa: PLC0415 - loaded when needed

        from ecrmock.values.images import ImageIdentifier  # noqa: PLC0415
        from ecrmock.values.names import Digest, Tag  # noqa: PLC0415

        image_id = ImageIdentifier(
            image_tag=Tag(tag) if tag is not None else None,
            image_digest=Digest(digest) if digest is not None else None,
        )
        document: dict[str, Any] = json.loads(
            bill_of_materials(self._backend, repository, image_id)
        )
        return document
