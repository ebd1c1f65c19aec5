"""What a mode of the registry changes about data: ECR's own rules, or those of the plain specification.

How the registry door answers in a mode is the door's matter (``frontends/oci/modes.py``).
Source: reference registry.md §19.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

ECR_MODE, OCI_MODE = "ecr", "oci"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRules:
    """What may be kept, read and mounted.

    ``small_parts``: no part of an upload is too small. ``unreferenced_layers``: a layer may be read before
    a manifest names it. ``mounts_always``: neither setting nor encryption stands against a mount.
    ``sparse_indexes``: where manifests need no layers, indexes need no children.
    """

    digest_algorithms: tuple[str, ...] = ("sha256",)
    small_parts: bool = False
    unreferenced_layers: bool = False
    mounts_always: bool = False
    sparse_indexes: bool = False


DATA_RULES: Mapping[str, DataRules] = MappingProxyType(
    {
        ECR_MODE: DataRules(),
        OCI_MODE: DataRules(
            digest_algorithms=("sha256", "sha512"),
            small_parts=True,
            unreferenced_layers=True,
            mounts_always=True,
            sparse_indexes=True,
        ),
    }
)
