"""The images of a seed: what each is made of, and how it is pushed."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ecrmock.rules.image_building import (
    BuiltImage,
    Layer,
    build_artifact,
    build_image,
    build_index,
)
from ecrmock.seeding.image_files import read_image
from ecrmock.seeding.layer_files import read_layer
from ecrmock.seeding.pushing import descriptor, find_image, push
from ecrmock.seeding.seed_text import Seed
from ecrmock.seeding.stage import Stage
from ecrmock.seeding.times import read_time
from ecrmock.values.manifests import parse_manifest

if TYPE_CHECKING:
    from ecrmock.values.images import ImageIdentifier

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pushed:
    """An image of a seed that is in its repository."""

    stage: Stage
    entry: Entry
    image_id: "ImageIdentifier"


def push_images(stage: Stage, repository: str, entries: Sequence[Entry]) -> tuple[Pushed, ...]:
    """Push the images of a repository in their order. Raises: RefusedSeedError."""
    return tuple(_push(stage.at(number), repository, entry) for number, entry in enumerate(entries))


def _push(stage: Stage, repository: str, entry: Entry) -> Pushed:
    with stage.watched("the image"):
        if "pushed_at" in entry:
            now = stage.backend.world.clock.now()
            stage = stage.at(time=read_time(entry["pushed_at"], now))
        image = _make(stage, repository, entry)
        tags = entry.get("tags", [entry["tag"]] if "tag" in entry else [])
        pushed = [_put(stage, repository, image, tag) for tag in tags or [None]]
    return Pushed(stage, entry, pushed[0])


def _put(stage: Stage, repository: str, image: BuiltImage, tag: str | None) -> "ImageIdentifier":
    """Push an image as of the time of its stage; its layers come now."""
    return push(stage.now.make, repository, image, tag, put=stage.make)


def _make(stage: Stage, repository: str, entry: Entry) -> BuiltImage:
    """Return the image of an entry. Raises: ValueError, OSError, EcrError."""
    source = next((member for member in _SOURCES if member in entry), "layers")
    return _SOURCES[source](stage, repository, entry)


def _of_layers(stage: Stage, _: str, entry: Entry) -> BuiltImage:
    layers = [_layer(stage.seed, layer) for layer in entry.get("layers", ())]
    return build_image(
        layers,
        platform=entry.get("platform", "linux/amd64"),
        annotations=entry.get("annotations"),
    )


def _layer(seed: Seed, layer: str | Mapping[str, str]) -> Layer:
    if isinstance(layer, str):
        return read_layer(seed.files(layer))
    return {path: text.encode() for path, text in layer.items()}


def _of_layout(stage: Stage, _: str, entry: Entry) -> BuiltImage:
    return read_image(
        stage.seed.files(entry["oci_layout"]), entry.get("digest") or entry.get("name")
    )


def _of_archive(stage: Stage, _: str, entry: Entry) -> BuiltImage:
    return read_image(stage.seed.files(entry["docker_archive"]), entry.get("name"))


def _of_index(stage: Stage, repository: str, entry: Entry) -> BuiltImage:
    listed = []
    for platform, image in entry["index"].items():
        reference = image
        if not isinstance(image, str):
            made = _make(stage, repository, {"platform": platform, **image})
            reference = _put(stage, repository, made, None).image_digest
        described = descriptor(stage.make, stage.account, repository, str(reference))
        listed.append((described, platform))
    return build_index(listed, entry.get("annotations"))


def _of_artifact(stage: Stage, repository: str, entry: Entry) -> BuiltImage:
    artifact = entry["artifact"]
    subject = artifact.get("subject")
    return build_artifact(
        artifact["type"],
        [text.encode() for text in artifact.get("contents", ())],
        subject=None
        if subject is None
        else descriptor(stage.make, stage.account, repository, subject),
        annotations=entry.get("annotations"),
    )


def _of_manifest(_: Stage, __: str, entry: Entry) -> BuiltImage:
    text = entry["manifest"]
    media_type = parse_manifest(text, entry.get("media_type")).media_type
    return BuiltImage(manifest=text, media_type=media_type)


def _of_image(stage: Stage, repository: str, entry: Entry) -> BuiltImage:
    """Return an image that is there, to be given more tags."""
    there = find_image(stage.make, stage.account, repository, entry["image"], record_pull=False)
    document = json.loads(there.image_manifest)
    media_type = there.image_manifest_media_type or document["mediaType"]
    return BuiltImage(manifest=there.image_manifest, media_type=media_type)


_SOURCES: Mapping[str, Callable[[Stage, str, Entry], BuiltImage]] = MappingProxyType(
    {
        "oci_layout": _of_layout,
        "docker_archive": _of_archive,
        "index": _of_index,
        "artifact": _of_artifact,
        "manifest": _of_manifest,
        "image": _of_image,
        "layers": _of_layers,
    }
)
