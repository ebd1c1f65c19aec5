"""Settings of one backend: what a user chooses when it is made."""

from dataclasses import dataclass, field
from datetime import timedelta

from ecrmock.values.names import AccountId, Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """How many of each there may be. Source: ECR User Guide, "Service quotas"; reference api.md §21."""

    repositories: int = 100_000
    images_per_repository: int = 100_000
    tags_per_image: int = 1_000
    layers_per_image: int = 500
    resource_tags: int = 50


DEFAULT_ACCOUNT = AccountId("123456789012")
DEFAULT_REGION = Region("us-east-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a backend is made with.

    ``uri_style`` says how addresses read: ``aws`` as AWS prints them, ``host`` and ``path`` as a server is
    reached. ``public_url`` is how clients reach it when that is not where it listens.
    ``require_layers=False`` accepts manifests whose layers nobody pushed.
    """

    account: AccountId = DEFAULT_ACCOUNT
    region: Region = DEFAULT_REGION
    require_layers: bool = True
    settle: str = "inline"  # or "manual": work that AWS does later waits to be told
    anonymous: bool = False
    uri_style: str = "aws"
    public_url: str = ""
    quotas: Quotas = field(default_factory=Quotas)
    upload_lifetime: timedelta = timedelta(hours=24)
    memory_limit: int | None = None  # bytes of blobs kept in memory; None: half of what there is
