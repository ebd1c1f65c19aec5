"""What the registry door does to mount a blob; the API has no operation for it. Source: registry.md §11."""

from dataclasses import dataclass

from ecrmock.operations.operation import Context, operation
from ecrmock.operations.upstreams import upstream_of
from ecrmock.rules.mounting import may_mount
from ecrmock.store.repository import RepositoryState
from ecrmock.values.events import LayerGraceEnded
from ecrmock.values.layers import HeldBlob
from ecrmock.values.names import Digest, RepositoryName
from ecrmock.values.registry_settings import BLOB_MOUNTING


@dataclass(frozen=True, slots=True)
class MountedLayer:
    """Whether the repository holds a blob now that it did not upload."""

    is_mounted: bool


@operation("ecrmock", "MayMountLayer", action="")
def may_mount_layer(
    context: Context,
    *,
    repository_name: RepositoryName,
    source_repository_name: RepositoryName,
    layer_digest: Digest,
) -> bool:
    """Tell whether a blob could be mounted, if the caller may read it in its source.

    The answer is for the door alone: it needs no permission, and a client is not told.
    """
    return _source(context, repository_name, source_repository_name, layer_digest) is not None


def _source(
    context: Context, target: RepositoryName, source: RepositoryName, digest: Digest
) -> HeldBlob | None:
    """Return the blob to be mounted; None unless an image in use references it, and settings allow it.

    In mode ``oci`` neither has to be. Source: reference registry.md §11, §19.
    """
    states, always = context.registry.repositories, context.settings.data_rules.mounts_always
    there, here = states.get(source), states.get(target)
    if there is None or here is None or not (always or there.images.serves_blob(digest)):
        return None
    if not always and upstream_of(context, source) is not None:  # a cache: features.md §4.4
        return None
    setting = context.registry.settings.account_setting(BLOB_MOUNTING)
    is_allowed = may_mount(setting, there.repository, here.repository, always=always)
    return there.blobs.get(digest) if is_allowed else None


@operation("ecrmock", "FindLayer", action="")
def find_layer(
    context: Context, *, repository_name: RepositoryName, layer_digest: Digest
) -> tuple[RepositoryName, ...]:
    """Return the repositories of the registry that hold a blob, the asking one first.

    The answer is for the door alone, for a mount that names no source. Source: OCI distribution spec, end-11.
    """
    states = context.registry.repositories
    holding = [name for name, state in states.items() if layer_digest in state.blobs]
    return tuple(sorted(holding, key=lambda name: name != repository_name))


@operation("ecrmock", "MountLayer", action="ecr:InitiateLayerUpload")
def mount_layer(
    context: Context,
    *,
    repository_name: RepositoryName,
    source_repository_name: RepositoryName,
    layer_digest: Digest,
) -> MountedLayer:
    """Hold a blob of another repository in this one as well, for its time of grace as after an upload.

    Raises: RepositoryNotFoundError.
    """
    state = context.registry.repository(repository_name)
    blob = _source(context, repository_name, source_repository_name, layer_digest)
    if blob is not None and layer_digest not in state.blobs:
        held = HeldBlob(
            digest=blob.digest,
            size=blob.size,
            held_since=context.now,
            media_type=blob.media_type,
        )
        state.blobs.put(layer_digest, held)
        _expire_unclaimed(context, state, layer_digest)
    return MountedLayer(blob is not None)


def _expire_unclaimed(context: Context, state: RepositoryState, digest: Digest) -> None:
    grace_ended = context.event(
        LayerGraceEnded,
        state.repository.repository_name,
        layer_digest=digest,
    )
    context.publish_at(context.now + context.settings.upload_lifetime, grace_ended)
