"""What scans find, as a test asks for it."""

from collections.abc import Mapping, Sequence
from typing import Any

from ecrmock.handle.door import Door


class Scanning(Door):
    """The scans of the handle's registry."""

    def scan_findings(
        self,
        repository: str | None = None,
        *,
        tag: str | None = None,
        digest: str | None = None,
        package: str | None = None,
        findings: Sequence[Mapping[str, Any]] | None = None,
        enhanced_findings: Sequence[Mapping[str, Any]] | None = None,
        status: str | None = None,
    ) -> None:
        """Have scans find exactly these in the images meant, whatever is in them: an empty list for none.

        What is not said means every image. The findings have the members of the API, as boto3 shows them:
        ``{"name": "CVE-2022-37434", "severity": "HIGH"}``; those of enhanced scanning need a ``severity``, and
        get what else follows from the image. ``findings`` are those of basic scans, ``enhanced_findings`` of
        enhanced ones. With a ``status`` in place of findings, ``FAILED``, ``UNSUPPORTED_IMAGE`` or
        ``FINDINGS_UNAVAILABLE``, scans end with that. Scans that have ended show it at once.
        Raises: ValueError, naming what is wrong.
        """
        from ecrmock.values.findings_on_demand import read_demand  # noqa: PLC0415 - loaded when needed

        demand = read_demand(
            {
                **{"repository": repository, "tag": tag, "digest": digest, "package": package},
                **{"findings": findings, "enhanced_findings": enhanced_findings, "status": status},
            }
        )
        self._backend.call_own("PutFindingsOnDemand", {"demand": demand})

    def clear_scan_findings(self) -> None:
        """Have scans find again what is in the images."""
        self._backend.call_own("ClearFindingsOnDemand")
