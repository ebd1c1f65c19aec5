"""What must exist before a manifest is accepted, and what its image weighs."""

from collections.abc import Callable, Container, Iterable

from ecrmock.values.manifests import Descriptor, InvalidManifestError, Manifest
from ecrmock.values.names import Digest


def check_layer_count(manifest: Manifest, limit: int) -> None:
    """Refuse an image with too many layers; the config does not count.

    Raises: InvalidManifestError. Source: reference api.md §5.1 (500 layers, measured).
    """
    if manifest.layer_count > limit:
        raise InvalidManifestError("Limit on number of layers per image exceeded")


def missing(needed: Iterable[Descriptor], present: Container[Digest]) -> tuple[Digest, ...]:
    """Return the digests that are needed and not present, each once, in their order.

    A blob with ``urls`` need not be present: it may lie elsewhere (OCI image spec, non-distributable
    layers). Inferred: reference api.md §5.1.
    """
    absent = (item.digest for item in needed if item.digest not in present and not item.has_urls)
    return tuple(dict.fromkeys(absent))


def image_size(manifest: Manifest, size_of: Callable[[Digest], int]) -> int:
    """Return ``imageSizeInBytes``: config and layers as the manifest gives them; of an index its largest.

    ``size_of`` tells the size of an image that an index lists, or of a blob whose size the manifest
    leaves out. Source: reference api.md §5.2.
    """
    if manifest.is_index:
        return max((size_of(child.digest) for child in manifest.manifests), default=0)
    sizes = (size_of(blob.digest) if blob.size is None else blob.size for blob in manifest.blobs)
    return sum(sizes)
