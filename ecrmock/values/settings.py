"""Settings of one backend: what a user chooses when it is made."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import TYPE_CHECKING

from ecrmock.values.names import AccountId, Region
from ecrmock.values.registry_modes import DATA_RULES, ECR_MODE, DataRules

if TYPE_CHECKING:
    from ecrmock.values.faults import Fault
    from ecrmock.values.pull_through_cache import UpstreamSecret


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """How many of each there may be. Source: ECR User Guide, "Service quotas"; reference api.md §21."""

    repositories: int = 100_000
    public_repositories: int = 10_000  # reference public.md §2
    images_per_repository: int = 100_000
    tags_per_image: int = 1_000
    layers_per_image: int = 500
    resource_tags: int = 50
    pull_time_exclusions: int = 100
    pull_through_cache_rules: int = 50
    scans: int = 100_000  # of a registry in 24 hours
    scans_per_image: int = 1  # in 24 hours


AWS_QUOTAS = Quotas()


def quotas_of(changed: Mapping[str, int]) -> Quotas:
    """Return the quotas of AWS with some of them changed. Raises: ValueError."""
    known = [each.name for each in fields(Quotas)]
    for name, limit in changed.items():
        if name not in known:
            raise ValueError(f"there is no quota {name!r}; there are {', '.join(known)}")
        if limit < 0:
            raise ValueError(f"the quota {name} cannot be {limit}")
    return Quotas(**changed)


def upstreams_of(given: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return at which URLs upstreams are to be asked, by their hosts. Raises: ValueError."""
    for name, url in given.items():
        if not _URL.fullmatch(url):
            raise ValueError(
                f"an upstream is asked at a URL as http://localhost:5001, not {url!r} ({name})"
            )
    return tuple(given.items())


_URL = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")

DEFAULT_ACCOUNT = AccountId("123456789012")
DEFAULT_REGION = Region("us-east-1")

# When work is done that AWS does later: before the call returns, by a server's worker, or when told to.
INLINE, BACKGROUND, MANUAL = "inline", "background", "manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a backend is made with.

    ``uri_style`` says how addresses read: ``aws`` as AWS prints them, ``host`` and ``path`` as a server is
    reached. ``public_url`` is how clients reach it when that is not where it listens.
    ``enforce_iam`` asks policies about every call, and lets in only keys that the emulator knows.
    ``require_layers=False`` accepts manifests whose layers nobody pushed. ``registry_mode`` is ``ecr``, or
    ``oci`` for the plain specification (reference registry.md §19); ``redirect_blobs`` sends who reads a blob
    at the registry to its presigned URL, as ECR does. A server sends events to files of JSON lines
    (``events_file``), webhooks and EventBridge endpoints (URLs).
    """

    account: AccountId = DEFAULT_ACCOUNT
    region: Region = DEFAULT_REGION
    require_layers: bool = True
    settle: str = INLINE
    delay: timedelta = timedelta()  # of a scan, a copy, a signature, an import from an upstream
    anonymous: bool = False
    enforce_iam: bool = False
    root_secret: str | None = None  # with which keys of twelve digits must be signed; None: any
    uri_style: str = "aws"
    public_url: str = ""
    public_registry_url: str = (
        ""  # how clients reach ECR Public's port; empty: the port of public_url's host
    )
    public_rate_limits: bool = False  # of pulls from ECR Public
    allowed_host: tuple[str, ...] = ()  # names in ``Host`` that are the server's too; "*": any
    registry_mode: str = ECR_MODE
    redirect_blobs: bool = False
    events_file: tuple[str, ...] = ()
    events_webhook: tuple[str, ...] = ()
    events_endpoint: tuple[str, ...] = ()
    quotas: Quotas = AWS_QUOTAS
    throttle: bool = False  # at ECR's documented rates
    faults: "tuple[Fault, ...]" = ()  # that are there from the start
    upload_lifetime: timedelta = timedelta(hours=24)
    activation_time: timedelta = timedelta(minutes=20)  # reference features.md §7.1
    referrer_delay: timedelta = timedelta(hours=24)  # reference api.md §5.7
    lifecycle_interval: timedelta = timedelta(hours=24)  # reference features.md §10
    lifecycle_preview_lifetime: timedelta = timedelta(hours=24)  # reference api.md §9.5
    upstreams: tuple[tuple[str, str], ...] = ()  # hosts of registries, and the URLs to ask instead
    upstream_secrets: "tuple[UpstreamSecret, ...]" = ()
    offline: bool = True  # no upstream is asked but those of ``upstreams`` and this emulator's own
    upstream_interval: timedelta = timedelta(hours=24)  # reference features.md §4.4
    upstream_timeout: timedelta = timedelta(seconds=30)  # of real time, in which one says nothing
    rescan_interval: timedelta = timedelta(hours=24)  # of images that are monitored
    rescan_after_push: timedelta | None = timedelta(days=14)  # that they are so; None: for ever
    rescan_after_pull: timedelta = timedelta(days=14)
    data: str | None = (
        None  # a folder that the state is kept in; None: in memory, as long as it lives
    )
    memory_limit: int | None = None  # bytes of blobs kept in memory; None: half of what there is
    advisories: str | None = (
        None  # a folder or zip in OSV format; None: the sample that is included
    )
    show_scans: bool = False  # in DescribeImages, also those of basic scanning
    scanner: str | None = None  # ``trivy`` or ``grype`` in place of the advisories

    @property
    def data_rules(self) -> DataRules:
        """What the mode of the registry changes about data."""
        return DATA_RULES[self.registry_mode]
