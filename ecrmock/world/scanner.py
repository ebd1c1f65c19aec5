"""The scanner of one backend: what is in an image, and what is known of that."""

from typing import Protocol

from ecrmock.values.image_contents import ImageContents
from ecrmock.values.inventory import Inventory, UnreadableImageError
from ecrmock.values.names import Digest
from ecrmock.world.inventory.cache import LayerInventories, Stored
from ecrmock.world.inventory.images import read_image


class OpenBlob(Protocol):
    """Opens a blob of the store."""

    def __call__(self, digest: Digest, /) -> Stored:
        """Raises: KeyError when it is gone."""
        ...


class Scanner:
    """Reads images without the backend's lock; what it knows of a layer it keeps by the layer's digest."""

    def __init__(self, open_blob: OpenBlob) -> None:
        self._open_blob = open_blob
        self._layers = LayerInventories(lambda digest: open_blob(Digest(digest)))

    def inventory(self, contents: ImageContents) -> Inventory:
        """Return what is installed in an image.

        Raises: UnreadableImageError, UnsupportedImageError, MissingExtraError.
        """
        try:
            return read_image(contents.layers, self._layers)
        except KeyError:
            raise UnreadableImageError("a layer was deleted while the image was read") from None
