"""Images without Docker: pushed, listed and pulled by the handle."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecrmock.dispatch.call import Call
from ecrmock.handle.door import Door
from ecrmock.values.names import (
    PUBLIC,
    Digest,
    RepositoryName,
    is_public_repository_name,
    is_repository_name,
)
from ecrmock.values.repositories import RepositoryAlreadyExistsError

if TYPE_CHECKING:
    from ecrmock.rules.image_building import BuiltImage
    from ecrmock.values.images import ImageDetail, ImageIdentifier

Layer = bytes | Path | Mapping[str, bytes]
_PAGE = 1000


class Images(Door):
    """The images of the handle's registry."""

    def push_image(
        self,
        repository: str,
        *,
        tag: str | None = None,
        layers: Sequence[Layer] = (),
        platform: str = "linux/amd64",
        base: str | None = None,
        source: Path | None = None,
    ) -> "ImageIdentifier":
        """Push a real image, as docker would, and return its digest and tag.

        Each layer is the bytes of a tar file, gzipped or not, a file with such bytes, or the files that it
        is made of by name; without layers the image gets one with a single empty file. The layers go on
        top of those of ``base``, a tag or digest in the same repository. ``source`` is an OCI layout
        folder or an archive of ``docker save`` instead. The repository is made when it is missing.

        Raises: EcrError, as the API does, for example when the tag is immutable; ValueError, OSError.
        """
        from ecrmock.rules.image_building import build_image  # noqa: PLC0415 - loaded when needed

        if source is not None:
            from ecrmock.seeding.image_files import read_image  # noqa: PLC0415 - loaded when needed

            return self._push(repository, read_image(source), tag)
        contents = [layer.read_bytes() if isinstance(layer, Path) else layer for layer in layers]
        below = self.pull(repository, base) if base is not None else None
        return self._push(repository, build_image(contents, platform=platform, base=below), tag)

    def push_index(
        self, repository: str, platforms: Mapping[str, str], *, tag: str | None = None
    ) -> "ImageIdentifier":
        """Push an index of images that the repository has: platform → tag or digest.

        Raises: EcrError, as the API does; ValueError for a platform like ``linux``.
        """
        from ecrmock.rules.image_building import build_index  # noqa: PLC0415 - loaded when needed

        listed = [
            (self._descriptor(repository, reference), platform)
            for platform, reference in platforms.items()
        ]
        return self._push(repository, build_index(listed), tag)

    def push_artifact(
        self,
        repository: str,
        artifact_type: str,
        *,
        contents: Sequence[bytes] = (),
        subject: str | None = None,
        annotations: Mapping[str, str] | None = None,
        tag: str | None = None,
    ) -> "ImageIdentifier":
        """Push an OCI artifact, perhaps about another image (``subject``: its tag or digest).

        Raises: EcrError, as the API does.
        """
        from ecrmock.rules.image_building import build_artifact  # noqa: PLC0415 - loaded when needed

        about = self._descriptor(repository, subject) if subject is not None else None
        made = build_artifact(artifact_type, contents, subject=about, annotations=annotations)
        return self._push(repository, made, tag)

    def images(self, repository: str) -> "tuple[ImageDetail, ...]":
        """Return what DescribeImages says of all images of a repository. Raises: EcrError."""
        details: list[ImageDetail] = []
        page: dict[str, Any] = {"max_results": _PAGE}
        while True:
            answer = self._call("DescribeImages", repository_name=repository, **page)
            details += answer.image_details
            if answer.next_token is None:
                return tuple(details)
            page["next_token"] = answer.next_token

    def pull(self, repository: str, reference: str) -> "BuiltImage":
        """Return an image by tag or digest: its manifest, its blobs (config first), and its children.

        Raises: ImageNotFoundError, EcrError.
        """
        from ecrmock.rules.image_building import BuiltImage  # noqa: PLC0415 - loaded when needed
        from ecrmock.seeding.pushing import find_image  # noqa: PLC0415
        from ecrmock.values.manifests import parse_manifest  # noqa: PLC0415

        image = find_image(self._call, self.account, repository, reference)
        manifest = parse_manifest(image.image_manifest, image.image_manifest_media_type)
        held = [blob.digest for blob in manifest.blobs if not blob.has_urls]
        return BuiltImage(
            manifest=image.image_manifest,
            media_type=manifest.media_type,
            blobs=tuple(self._read_blob(repository, digest) for digest in held),
            children=tuple(self.pull(repository, child.digest) for child in manifest.manifests),
        )

    def fetch(self, url: str) -> bytes:
        """Return the bytes behind a URL of GetDownloadUrlForLayer.

        Raises: LayerUrlError when the URL is not of this backend's making, or its hour is over.
        """
        return self._read(self._make("ecrmock", "OpenLayerUrl", {"layer_url": url}))

    def _push(self, repository: str, image: "BuiltImage", tag: str | None) -> "ImageIdentifier":
        from ecrmock.seeding.pushing import push  # noqa: PLC0415 - loaded when needed

        self._create_if_missing(repository)
        return push(self._call, repository, image, tag)

    def _create_if_missing(self, repository: str) -> None:
        """Create a repository, unless it is there; its name is checked here, as no door does it."""
        may_name = is_public_repository_name if self.region == PUBLIC else is_repository_name
        if not may_name(repository):
            raise ValueError(f"{repository!r} cannot name a repository")
        try:
            self._call("CreateRepository", repository_name=repository)
        except RepositoryAlreadyExistsError:
            return

    def _descriptor(self, repository: str, reference: str) -> Mapping[str, object]:
        from ecrmock.seeding.pushing import descriptor  # noqa: PLC0415 - loaded when needed

        return descriptor(self._call, self.account, repository, reference)

    def _read_blob(self, repository: str, digest: Digest) -> bytes:
        parameters = {"repository_name": RepositoryName(repository), "layer_digest": digest}
        return self._read(self._make("ecr", "GetDownloadUrlForLayer", parameters))

    def _read(self, call: Call) -> bytes:
        reader = self._backend.dispatcher.open(call)
        try:
            return b"".join(reader.chunks())
        finally:
            reader.close()
