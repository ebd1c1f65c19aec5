"""Advisory: which versions of which packages have a vulnerability, in the form of the OSV schema."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from ecrmock.values.ecosystems import Ecosystem
from ecrmock.values.findings import VulnerablePackage

_CVE = re.compile(r"(?:^|-)(CVE-[0-9]{4}-[0-9]+)$")


class UnreadableVersionError(ValueError):
    """A text is no version of its ecosystem, so it stands in no order."""

    def __init__(self, scheme: str, version: str) -> None:
        self.scheme, self.version = scheme, version
        super().__init__(f"{version!r} is not a version of scheme {scheme!r}")


class VersionEvent(NamedTuple):
    """A change on the line of versions: ``introduced``, ``fixed``, ``last_affected`` or ``limit``."""

    kind: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRange:
    """Versions between events (OSV ``ranges[]``)."""

    type: str  # ECOSYSTEM, SEMVER or GIT
    events: tuple[VersionEvent, ...]


class AdvisorySeverity(NamedTuple):
    """How bad, by one method (OSV ``severity[]``): ``CVSS_V2``, ``CVSS_V3``, ``CVSS_V4`` or ``Ubuntu``."""

    type: str
    score: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedPackage:
    """A package that an advisory is about (OSV ``affected[]``). ``urgency`` is the distribution's word."""

    ecosystem: Ecosystem
    name: str
    ranges: tuple[VersionRange, ...] = ()
    versions: tuple[str, ...] = ()
    severity: tuple[AdvisorySeverity, ...] = ()
    urgency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advisory:
    """One record of an advisory database. ``urgency`` is the word of the database for how bad it is."""

    id: str
    summary: str = ""
    details: str = ""
    aliases: tuple[str, ...] = ()
    upstream: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    severity: tuple[AdvisorySeverity, ...] = ()
    affected: tuple[AffectedPackage, ...] = ()
    reference_urls: tuple[str, ...] = ()  # those of type ADVISORY first
    published: datetime | None = None
    modified: datetime | None = None
    withdrawn: datetime | None = None
    urgency: str = ""

    @property
    def vulnerability_ids(self) -> tuple[str, ...]:
        """The CVEs that it is about; its own id when it names none.

        Distributions put a CVE in the id, ``DEBIAN-CVE-2022-37434``, or list what one update fixes.
        """
        for names in ((self.id,), (*self.aliases, *self.upstream), self.related):
            cves = [found[1] for name in names if (found := _CVE.search(name))]
            if cves:
                return tuple(dict.fromkeys(cves))
        return (self.id,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vulnerability:
    """One vulnerability in one package of an image, from an advisory or from another scanner.

    ``severity`` is a word of whoever rates it, empty when nobody did. ``reported_name`` and
    ``reported_version`` are those of the source package, where a distribution builds many from one.
    """

    vulnerability_id: str
    package: VulnerablePackage
    reported_name: str
    reported_version: str
    is_system_package: bool
    description: str = ""
    severity: str = ""
    vectors: tuple[str, ...] = ()  # CVSS, of any version
    source: str = ""
    source_url: str = ""
    reference_urls: tuple[str, ...] = ()
    related_vulnerabilities: tuple[str, ...] = ()
    vendor_created_at: datetime | None = None
    vendor_updated_at: datetime | None = None
