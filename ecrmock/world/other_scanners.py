"""Trivy and Grype: run on an image, and their JSON read as vulnerabilities.

Sources: Trivy 0.74, pkg/types (Report, DetectedVulnerability); Grype 0.121, grype/presenter/models (Document).
Members that are not there are taken for unknown: both programs leave out what is empty.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ecrmock.values.advisories import Vulnerability
from ecrmock.values.findings import VulnerablePackage
from ecrmock.values.strict_json import check_characters

TRIVY, GRYPE = "trivy", "grype"
_MOST_REFERENCES = 10  # Source: botocore, inspector2, shape PackageVulnerabilityDetails
_LAST_WORDS = 400  # characters of what a program said before it failed

_COMMANDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        TRIVY: ("image", "--format", "json", "--scanners", "vuln", "--quiet", "--input"),
        GRYPE: ("--output", "json", "--quiet"),
    }
)
# What Inspector calls the managers of packages that the programs name by kind.
_PACKAGE_MANAGERS: Mapping[str, str] = MappingProxyType(
    {
        **{"python-pkg": "PYTHONPKG", "python": "PYTHONPKG", "pip": "PIP", "pipenv": "PIPENV"},
        **{"poetry": "POETRY", "node-pkg": "NODEPKG", "npm": "NPM", "yarn": "YARN"},
        **{"gobinary": "GOBINARY", "go-module": "GOBINARY", "gomod": "GOMOD", "pom": "POM"},
        **{"jar": "JAR", "java-archive": "JAR", "gemspec": "GEMSPEC", "gem": "GEMSPEC"},
        **{"bundler": "BUNDLER", "cargo": "CARGO", "composer": "COMPOSER", "nuget": "NUGET"},
    }
)
_SYSTEM_KINDS = frozenset({"apk", "deb", "rpm", "alpm", "portage"})
_PREFERRED = (
    "nvd",
    "ghsa",
    "redhat",
)  # whose vector, when several give one. Inferred: ECR's are NVD's


class ScannerFailedError(Exception):
    """Another scanner is not there, took too long, failed, or said what cannot be read."""


class OtherScanner:
    """A scanner on this machine, run for each image."""

    def __init__(self, name: str, timeout_seconds: float = 300) -> None:
        """Find the program. Raises: ScannerFailedError."""
        if name not in _COMMANDS:
            raise ScannerFailedError(f"{name} is not a scanner: {' or '.join(_COMMANDS)}")
        program = shutil.which(name)
        if program is None:
            raise ScannerFailedError(f"{name} is not on this machine's PATH")
        self.name, self._program, self._timeout = name, program, timeout_seconds

    def scan(self, layout: Path) -> tuple[Vulnerability, ...]:
        """Return what it finds in an image that lies in a folder as an OCI layout.

        Raises: ScannerFailedError.
        """
        target = str(layout) if self.name == TRIVY else f"oci-dir:{layout}"
        command = (self._program, *_COMMANDS[self.name], target)
        return read_report(self.name, _output(command, self._timeout))


def read_report(name: str, text: str | bytes) -> tuple[Vulnerability, ...]:
    """Return the vulnerabilities of a report of Trivy's or Grype's. Raises: ScannerFailedError."""
    read = _trivy if name == TRIVY else _grype
    try:
        return tuple(map(_checked, read(json.loads(text))))
    except (ValueError, RecursionError) as error:
        raise ScannerFailedError(f"{name} gave no JSON: {error}") from None
    except (LookupError, TypeError, AttributeError) as error:
        raise ScannerFailedError(f"a report of {name} has another form: {error!r}") from None


def _checked(found: Vulnerability) -> Vulnerability:
    """Return a vulnerability whose texts are such. Raises: TypeError, ValueError."""
    package = found.package
    needed = (
        *(found.vulnerability_id, found.reported_name, found.reported_version, found.description),
        *(found.severity, found.source, found.source_url, package.name, package.version),
        *(*found.vectors, *found.reference_urls, *found.related_vulnerabilities),
    )
    others = (package.arch, package.file_path, package.source_layer_hash, package.fixed_in_version)
    check_characters("".join((*needed, *(text for text in others if text is not None))), "a text")
    return found


def _output(command: Sequence[str], timeout: float) -> bytes:
    try:
        run = subprocess.run(command, capture_output=True, check=False, timeout=timeout)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise ScannerFailedError(f"{command[0]} took more than {timeout:g} seconds") from None
    except OSError as error:
        raise ScannerFailedError(f"{command[0]}: {error.strerror}") from None
    if run.returncode:
        said = run.stderr.decode(errors="replace").strip()[-_LAST_WORDS:]
        raise ScannerFailedError(f"{command[0]} failed with {run.returncode}: {said}")
    return run.stdout


def _trivy(report: Any) -> Iterator[Vulnerability]:
    for result in report.get("Results") or ():
        for found in result.get("Vulnerabilities") or ():
            yield _from_trivy(found, result)


def _from_trivy(found: Any, result: Any) -> Vulnerability:
    is_system = result.get("Class") == "os-pkgs"
    version, installed = found.get("InstalledVersion", ""), _installed(found, result)
    return Vulnerability(
        vulnerability_id=found["VulnerabilityID"],
        package=VulnerablePackage(
            name=found["PkgName"],
            version=version,
            arch=installed.get("Arch"),
            package_manager="OS" if is_system else _PACKAGE_MANAGERS.get(result.get("Type", "")),
            file_path=found.get("PkgPath") or (None if is_system else result.get("Target")),
            source_layer_hash=(found.get("Layer") or {}).get("Digest"),
            fixed_in_version=found.get("FixedVersion") or None,
        ),
        reported_name=installed.get("SrcName") or found["PkgName"],
        reported_version=version,
        is_system_package=is_system,
        description=found.get("Description") or found.get("Title") or "",
        severity=found.get("Severity") or "",
        vectors=_trivy_vectors(found.get("CVSS") or {}),
        source=(found.get("SeveritySource") or "").upper(),
        source_url=found.get("PrimaryURL") or "",
        reference_urls=tuple(found.get("References") or ())[:_MOST_REFERENCES],
        related_vulnerabilities=tuple(found.get("VendorIDs") or ()),
        vendor_created_at=_time(found.get("PublishedDate")),
        vendor_updated_at=_time(found.get("LastModifiedDate")),
    )


def _installed(found: Any, result: Any) -> Mapping[str, Any]:
    """Return what the list of packages says of a vulnerable one; Trivy writes it unless told not to."""
    packages = result.get("Packages") or ()
    return next((each for each in packages if each.get("ID") == found.get("PkgID")), {})


def _trivy_vectors(by_source: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """Return one vector of each version of CVSS, NVD's where it has one."""
    order = sorted(by_source, key=_preference)
    found: dict[str, str] = {}
    for member in ("V3Vector", "V40Vector", "V2Vector"):
        vectors = [by_source[name][member] for name in order if by_source[name].get(member)]
        if vectors:
            found[member] = vectors[0]
    return tuple(found.values())


def _preference(source: str) -> tuple[int, str]:
    known = source in _PREFERRED
    return _PREFERRED.index(source) if known else len(_PREFERRED), source


def _grype(report: Any) -> Iterator[Vulnerability]:
    for match in report["matches"]:
        yield _from_grype(match["vulnerability"], match["artifact"], match)


def _from_grype(found: Any, artifact: Any, match: Any) -> Vulnerability:
    related = match.get("relatedVulnerabilities") or []
    name, cves = found["id"], [each["id"] for each in related if each["id"].startswith("CVE-")]
    identifier = name if name.startswith("CVE-") or not cves else cves[0]
    described = found.get("description") or next(
        (each["description"] for each in related if each.get("description")), ""
    )
    kind, upstream = artifact.get("type", ""), _upstream(artifact)
    return Vulnerability(
        vulnerability_id=identifier,
        package=_grype_package(artifact, found),
        reported_name=upstream or artifact["name"],
        reported_version=artifact["version"],
        is_system_package=kind in _SYSTEM_KINDS,
        description=described,
        severity=found.get("severity") or "",
        vectors=_grype_vectors(found.get("cvss") or [], related),
        source=(found.get("namespace") or "").partition(":")[0].upper(),
        source_url=found.get("dataSource") or "",
        reference_urls=tuple(found.get("urls") or ())[:_MOST_REFERENCES],
        related_vulnerabilities=tuple(
            dict.fromkeys(each for each in (name, *cves) if each != identifier)
        ),
    )


def _grype_package(artifact: Any, found: Any) -> VulnerablePackage:
    kind = artifact.get("type", "")
    first: Mapping[str, Any] = next(iter(artifact.get("locations") or ()), {})
    fixes = (found.get("fix") or {}).get("versions") or ()
    return VulnerablePackage(
        name=artifact["name"],
        version=artifact["version"],
        package_manager="OS" if kind in _SYSTEM_KINDS else _PACKAGE_MANAGERS.get(kind),
        file_path=None if kind in _SYSTEM_KINDS else first.get("path"),
        source_layer_hash=first.get("layerID"),
        fixed_in_version=", ".join(fixes) or None,
    )


def _grype_vectors(own: Sequence[Any], related: Sequence[Any]) -> tuple[str, ...]:
    """Return one vector of each version of CVSS: its own, else one of the record that it stems from."""
    rated = (*own, *(each for record in related for each in record.get("cvss") or ()))
    found: dict[str, str] = {}
    for each in rated:
        found.setdefault(str(each.get("version", ""))[:1], each["vector"])
    return tuple(found.values())


def _upstream(artifact: Any) -> str:
    return next((each.get("name", "") for each in artifact.get("upstreams") or ()), "")


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
