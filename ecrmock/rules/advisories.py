"""Which vulnerabilities the packages of an image have, by advisories."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from ecrmock.rules.version_ranges import NOT_AFFECTED, Compare, Verdict, verdict_of
from ecrmock.values.advisories import (
    Advisory,
    AdvisorySeverity,
    AffectedPackage,
    UnreadableVersionError,
    Vulnerability,
)
from ecrmock.values.ecosystems import Ecosystem, package_key, system_ecosystem
from ecrmock.values.findings import VulnerablePackage
from ecrmock.values.inventory import (
    APK,
    DEB,
    GOLANG,
    MAVEN,
    NPM,
    OPERATING_SYSTEM_KINDS,
    PYPI,
    RPM,
    Inventory,
    OperatingSystem,
    Package,
)

About = Callable[[Ecosystem, str], Sequence[Advisory]]
ById = Callable[[str], Advisory | None]

_LANGUAGES = MappingProxyType({PYPI: "PyPI", NPM: "npm", GOLANG: "Go", MAVEN: "Maven"})
# Inspector's words. Source: botocore, inspector2, PackageManager
_PACKAGE_MANAGERS = MappingProxyType(
    {
        **dict.fromkeys((APK, DEB, RPM), "OS"),
        **{PYPI: "PYTHONPKG", NPM: "NODEPKG", GOLANG: "GOBINARY", MAVEN: "JAR"},
    }
)
# Whose word it is, as Inspector names them, by the ids of databases. Inferred for those that rebuild Red Hat.
_SOURCES = (
    *(("GHSA-", "GITHUB"), ("UBUNTU-", "UBUNTU_CVE"), ("USN-", "UBUNTU_CVE")),
    *(("DEBIAN-", "DEBIAN_CVE"), ("DSA-", "DEBIAN_CVE"), ("DLA-", "DEBIAN_CVE")),
    *(("RHSA-", "REDHAT_CVE"), ("ALSA-", "REDHAT_CVE"), ("RLSA-", "REDHAT_CVE")),
)
_ANY_OTHER_SOURCE = "NVD"
_UBUNTU_PRIORITY = "Ubuntu"
_MOST_REFERENCES = 10  # Source: botocore, inspector2, shape PackageVulnerabilityDetails


class Undecided(NamedTuple):
    """A package that could not be held against an advisory, since a version could not be read."""

    package: str
    advisory: str
    reason: str


class Matches(NamedTuple):
    """What advisories say of an image."""

    vulnerabilities: tuple[Vulnerability, ...]
    undecided: tuple[Undecided, ...]


class _Known(NamedTuple):
    """A package as advisories know it: by its own name, or by that of its source."""

    package: Package
    ecosystem: Ecosystem
    name: str
    version: str


class _Hit(NamedTuple):
    """An entry of an advisory that is about a package, and what it says."""

    known: _Known
    advisory: Advisory
    entry: AffectedPackage
    verdict: Verdict


def vulnerabilities_in(
    inventory: Inventory, about: About, by_id: ById, compare: Compare
) -> Matches:
    """Return the vulnerabilities of an image, each once for a package, in the order of its packages.

    ``about`` returns the advisories for a package by ecosystem and name; ``by_id`` one advisory, for what
    another one says of the same vulnerability.
    """
    found: dict[tuple[str, Package], Vulnerability] = {}
    undecided: list[Undecided] = []
    for hit in _hits(inventory, about, compare, undecided):
        for cve in hit.advisory.vulnerability_ids:
            key, new = (cve, hit.known.package), _described(hit, cve, by_id)
            found[key] = _merged(found[key], new) if key in found else new
    return Matches(tuple(found.values()), tuple(undecided))


def ecosystem_of(package: Package, system: OperatingSystem | None) -> Ecosystem | None:
    """Return where a package comes from; None when no advisory can be about it."""
    if package.kind in _LANGUAGES:
        return Ecosystem(_LANGUAGES[package.kind])
    found = system_ecosystem(system.id, system.version_id) if system else None
    return found if found and found.scheme == package.kind else None


def _hits(
    inventory: Inventory, about: About, compare: Compare, undecided: list[Undecided]
) -> Iterator[_Hit]:
    for known, advisory in _pairs(inventory, about):
        try:
            hit = _hit(known, advisory, compare)
        except UnreadableVersionError as error:
            undecided.append(Undecided(known.package.name, advisory.id, str(error)))
        else:
            if hit is not None:
                yield hit


def _pairs(inventory: Inventory, about: About) -> Iterator[tuple[_Known, Advisory]]:
    for package in inventory.packages:
        ecosystem = ecosystem_of(package, inventory.operating_system)
        for known in _names_of(package, ecosystem) if ecosystem else ():
            yield from ((known, advisory) for advisory in about(known.ecosystem, known.name))


def _names_of(package: Package, ecosystem: Ecosystem) -> Iterator[_Known]:
    """Yield what advisories call a package.

    Debian, Ubuntu and Alpine name sources; of the others some databases name sources, some what is
    installed, and some both. Source: OSV schema, "Defined ecosystems"; AlmaLinux's records.
    """
    source = package.source_name or package.name
    by_source_alone = ecosystem.family in ("Debian", "Ubuntu", "Alpine")
    if package.kind not in OPERATING_SYSTEM_KINDS or (
        source != package.name and not by_source_alone
    ):
        yield _Known(package, ecosystem, package.name, package.full_version)
    if package.kind in OPERATING_SYSTEM_KINDS:
        yield _Known(package, ecosystem, source, _source_version(package))


def _source_version(package: Package) -> str:
    """Return the version of the source; the name of a source RPM has no epoch, so it takes the package's."""
    version = package.source_version
    if not version:
        return package.full_version
    needs_epoch = package.kind == RPM and package.epoch and ":" not in version
    return f"{package.epoch}:{version}" if needs_epoch else version


def _hit(known: _Known, advisory: Advisory, compare: Compare) -> _Hit | None:
    """Return the entry by which an advisory is about a package.

    Raises: UnreadableVersionError when an entry could not be read and no other one decides.
    """
    unreadable = None
    for entry in _entries(known, advisory):
        try:
            verdict = verdict_of(entry, known.version, compare)
        except UnreadableVersionError as error:
            unreadable, verdict = error, NOT_AFFECTED
        if verdict.is_affected:
            return _Hit(known, advisory, entry, verdict)
    if unreadable is not None:
        raise unreadable
    return None


def _entries(known: _Known, advisory: Advisory) -> Iterator[AffectedPackage]:
    key = package_key(known.ecosystem, known.name)
    for entry in advisory.affected:
        if (
            entry.ecosystem.covers(known.ecosystem)
            and package_key(entry.ecosystem, entry.name) == key
        ):
            yield entry


def _described(hit: _Hit, cve: str, by_id: ById) -> Vulnerability:
    known, advisory, entry, verdict = hit
    rated, severity = _rating(advisory, entry, cve, by_id)
    names = (advisory.id, *advisory.aliases, *advisory.upstream)
    return Vulnerability(
        vulnerability_id=cve,
        package=_vulnerable(known.package, verdict),
        reported_name=known.package.source_name or known.package.name,
        reported_version=_source_version(known.package),
        is_system_package=known.package.kind in OPERATING_SYSTEM_KINDS,
        description=advisory.details or advisory.summary,
        severity=entry.urgency or _ubuntu_priority(severity) or rated.urgency,
        vectors=tuple(each.score for each in severity if each.type != _UBUNTU_PRIORITY),
        source=_source_of(advisory),
        source_url=_page_of(advisory, cve),
        reference_urls=advisory.reference_urls[:_MOST_REFERENCES],
        related_vulnerabilities=tuple(dict.fromkeys(name for name in names if name != cve)),
        vendor_created_at=advisory.published,
        vendor_updated_at=advisory.modified,
    )


def _vulnerable(package: Package, verdict: Verdict) -> VulnerablePackage:
    version, release = package.version, None
    if package.kind in OPERATING_SYSTEM_KINDS and "-" in version:
        version, _, release = version.rpartition("-")
    return VulnerablePackage(
        name=package.name,
        version=version,
        release=release,
        epoch=package.epoch or 0 if package.kind in (DEB, RPM) else package.epoch,
        arch=package.architecture,
        package_manager=_PACKAGE_MANAGERS[package.kind],
        file_path=package.file if package.kind in _LANGUAGES else None,
        source_layer_hash=package.layer,
        fixed_in_version=verdict.fixed_in_version,
    )


def _rating(
    advisory: Advisory, entry: AffectedPackage, cve: str, by_id: ById
) -> tuple[Advisory, tuple[AdvisorySeverity, ...]]:
    """Return who says how bad it is, and what they say.

    The record of an update has no rating of its own; the records of what it fixes have, and it names them.
    """
    own = entry.severity or advisory.severity
    if own or entry.urgency or advisory.urgency:
        return advisory, own
    named = (by_id(name) for name in (*advisory.upstream, *advisory.aliases) if name.endswith(cve))
    rated = [each for each in named if each is not None and (each.severity or each.urgency)]
    return (rated[0], rated[0].severity) if rated else (advisory, own)


def _ubuntu_priority(severity: tuple[AdvisorySeverity, ...]) -> str:
    return next((each.score for each in severity if each.type == _UBUNTU_PRIORITY), "")


def _source_of(advisory: Advisory) -> str:
    found = (source for prefix, source in _SOURCES if advisory.id.startswith(prefix))
    return next(found, _ANY_OTHER_SOURCE)


def _page_of(advisory: Advisory, cve: str) -> str:
    """Return the page about a vulnerability: one that names it, else the first, else OSV's own."""
    urls = advisory.reference_urls
    naming = [url for url in urls if cve in url]
    return [*naming, *urls, f"https://osv.dev/vulnerability/{advisory.id}"][0]


def _merged(first: Vulnerability, second: Vulnerability) -> Vulnerability:
    """Return what two records say of one vulnerability; where both speak, the first one counts."""
    fixed = first.package.fixed_in_version or second.package.fixed_in_version
    return replace(
        first,
        package=replace(first.package, fixed_in_version=fixed),
        severity=first.severity or second.severity,
        vectors=first.vectors or second.vectors,
        description=first.description or second.description,
    )
