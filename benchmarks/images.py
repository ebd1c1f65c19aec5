"""The repositories and images that are measured."""

import hashlib
import json
from collections.abc import Iterator
from itertools import count, islice
from typing import Any

MEDIA_TYPE = "application/vnd.oci.image.manifest.v1+json"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"
CONFIG = b'{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}'
LAYER = b"a small layer"
PAGE = 1000


def digest_of(content: bytes | bytearray) -> str:
    """Return the digest of a content."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def descriptor(media_type: str, size: int, digest: str) -> dict[str, object]:
    """Say what a manifest says of a blob."""
    return {"mediaType": media_type, "size": size, "digest": digest}


def manifest(config: dict[str, object], layers: list[dict[str, object]], **annotations: str) -> str:
    """Return an OCI image manifest."""
    document = {"schemaVersion": 2, "mediaType": MEDIA_TYPE, "config": config, "layers": layers}
    return json.dumps(document | {"annotations": annotations} if annotations else document)


_ONE_LAYER = manifest(
    descriptor(CONFIG_TYPE, len(CONFIG), digest_of(CONFIG)),
    [descriptor(LAYER_TYPE, len(LAYER), digest_of(LAYER))],
    number="NUMBER",
)


def numbered_manifest(number: int) -> str:
    """Return a manifest of one layer that differs from that of any other number."""
    return _ONE_LAYER.replace("NUMBER", f"{number:012}")


def upload_layer(client: Any, repository: str, content: bytes) -> None:
    """Upload a layer by the API's three calls."""
    upload = client.initiate_layer_upload(repositoryName=repository)["uploadId"]
    names = {"repositoryName": repository, "uploadId": upload}
    last = len(content) - 1
    client.upload_layer_part(**names, partFirstByte=0, partLastByte=last, layerPartBlob=content)
    client.complete_layer_upload(**names, layerDigests=[digest_of(content)])


class Repository:
    """A repository of a given number of images, tagged ``t0``, ``t1`` …

    ``put`` adds images beyond these, which ``tidy`` takes away again.
    """

    _numbers = count()

    def __init__(self, client: Any, name: str, *, with_layers: bool) -> None:
        self.client, self.name, self.size = client, name, 0
        self.middles: dict[str, dict[str, str]] = {}
        """Where the page in the middle starts, by operation."""
        self._extra: list[str] = []
        client.create_repository(repositoryName=name)
        if with_layers:
            upload_layer(client, name, CONFIG)
            upload_layer(client, name, LAYER)

    def fill(self, size: int) -> None:
        """Put images until there are ``size``."""
        for number in range(self.size, size):
            self.client.put_image(**self._image(f"t{number}"))
        self.size = max(self.size, size)

    def extra(self) -> dict[str, str]:
        """Return the parameters that put one image more."""
        tag = f"x{next(self._numbers)}"
        self._extra.append(tag)
        return self._image(tag)

    def tidy(self) -> None:
        """Delete the images beyond the size."""
        tags = iter(self._extra)
        while batch := [{"imageTag": tag} for tag in islice(tags, 100)]:
            self.client.batch_delete_image(repositoryName=self.name, imageIds=batch)
        self._extra.clear()

    def tags(self) -> Iterator[str]:
        """Walk through the tags, far from one to the next, without end."""
        return (f"t{step * 7919 % self.size}" for step in count())

    def _image(self, tag: str) -> dict[str, str]:
        text = numbered_manifest(next(self._numbers))
        return {"repositoryName": self.name, "imageManifest": text, "imageTag": tag}
