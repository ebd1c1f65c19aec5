"""What is set for a registry as a whole: one account in one region."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ecrmock.values.creation_templates import RepositoryCreationTemplate
from ecrmock.values.pull_through_cache import PullThroughCacheRule, UpstreamSecret
from ecrmock.values.pull_time_exclusions import PullTimeExclusion
from ecrmock.values.replication import NO_REPLICATION, ReplicationConfiguration
from ecrmock.values.scanning import BASIC_SCANNING, RegistryScanningConfiguration
from ecrmock.values.signing import SigningConfiguration

BLOB_MOUNTING = "BLOB_MOUNTING"
ENABLED = "ENABLED"

# The values that each account setting may have, its default first. Source: reference api.md §14.
ACCOUNT_SETTINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "BASIC_SCAN_TYPE_VERSION": ("AWS_NATIVE",),
        "REGISTRY_POLICY_SCOPE": ("V2", "V1"),
        BLOB_MOUNTING: ("DISABLED", ENABLED),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSetting:
    """An account setting with its value (API shape ``GetAccountSettingResponse``)."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrySettings:
    """The settings of one registry; what is None or empty was never set."""

    registry_policy_text: str | None = None  # as ECR shows it, not as it was sent
    replication_configuration: ReplicationConfiguration = NO_REPLICATION
    scanning_configuration: RegistryScanningConfiguration = BASIC_SCANNING
    signing_configuration: SigningConfiguration | None = None  # one without rules signs nothing
    account_settings: tuple[AccountSetting, ...] = ()  # by name
    pull_time_exclusions: tuple[PullTimeExclusion, ...] = ()  # in the order of registration
    creation_templates: tuple[RepositoryCreationTemplate, ...] = ()  # in the order of creation
    pull_through_cache_rules: tuple[PullThroughCacheRule, ...] = ()  # in the order of creation
    upstream_secrets: tuple[UpstreamSecret, ...] = ()
    display_name: str | None = None  # of a public registry

    def account_setting(self, name: str) -> str:
        """Return the value of an account setting that exists; its default while it was never put."""
        values = (setting.value for setting in self.account_settings if setting.name == name)
        return next(values, ACCOUNT_SETTINGS[name][0])
