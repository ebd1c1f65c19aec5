"""How the registry door answers in each mode: as ECR does, or as the plain specification says.

A mode is chosen once, when the door is made. What it changes about data is in ``Settings.data_rules``.
Source: reference registry.md §19; public.md §4.2, §6.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from ecrmock.values.errors import EcrError, InvalidParameterError
from ecrmock.values.manifests import InvalidManifestError
from ecrmock.values.registry_modes import ECR_MODE, OCI_MODE


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryMode:
    """The answers of a mode. The defaults are ECR's; each member is a row of the table of §19.

    The last three are the same in every mode, and others at public registries.
    """

    patch_status: int = 201
    parameter_status: int = 405  # of errors that are ECR's "Invalid parameter at"
    manifest_code: str = "UNSUPPORTED"  # of what is no manifest
    sends_manifest_location: bool = False  # when a manifest was put
    sends_digest_on_get: bool = False  # of a manifest
    answers_conditions: bool = False  # ETag and If-None-Match (RFC 9110 section 13)
    takes_tag_parameters: bool = False  # PUT of a manifest by digest with ?tag=
    takes_single_post: bool = False  # an upload in the POST that would start it
    takes_algorithm: bool = False  # POST with ?digest-algorithm=
    sorts_tags: bool = False  # and pages them by name
    deletes_tags_alone: bool = False  # the image stays when its last tag goes
    deletes_blobs: bool = False
    mounts_without_source: bool = False
    mounts_layers: bool = True
    asks_for_bearer: bool = False
    login_check: str = "CheckLogin"  # the operation behind ``GET /v2/``

    def for_public_registries(self) -> "RegistryMode":
        """Return what the mode is at public registries. Source: reference public.md §4.2, §6.1."""
        return replace(
            self, mounts_layers=False, asks_for_bearer=True, login_check="CheckBearerToken"
        )

    def code_and_status(self, error: EcrError) -> tuple[str, int]:
        """Return how an error reads; those with a status of their own read the same in every mode."""
        if not isinstance(error, InvalidParameterError) or error.oci_status != EcrError.oci_status:
            return error.oci_code, error.oci_status
        is_manifest = isinstance(error, InvalidManifestError)
        return self.manifest_code if is_manifest else error.oci_code, self.parameter_status


MODES: Mapping[str, RegistryMode] = MappingProxyType(
    {
        ECR_MODE: RegistryMode(),
        OCI_MODE: RegistryMode(
            patch_status=202,
            parameter_status=400,
            manifest_code="MANIFEST_INVALID",
            sends_manifest_location=True,
            sends_digest_on_get=True,
            answers_conditions=True,
            takes_tag_parameters=True,
            takes_single_post=True,
            takes_algorithm=True,
            sorts_tags=True,
            deletes_tags_alone=True,
            deletes_blobs=True,
            mounts_without_source=True,
        ),
    }
)
