"""Public registries: their aliases, what is said of their repositories, and the errors about them."""

import re
from dataclasses import dataclass

from ecrmock.values.errors import EcrError
from ecrmock.values.names import PUBLIC_HOME, AccountId

ACTIVE = "ACTIVE"
ALIAS_STATUSES = (ACTIVE, "PENDING", "REJECTED")
_ALIAS = re.compile(r"[a-z][a-z0-9]+(?:[._-][a-z0-9]+)*")


def is_alias(text: str) -> bool:
    """Tell whether a text may be an alias. Source: reference public.md §1.2."""
    return 2 <= len(text) <= 50 and _ALIAS.fullmatch(text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicAlias:
    """A name of a public registry (API shape ``RegistryAlias``), and whose it is.

    The primary alias is the one that addresses show; every active one works.
    """

    name: str
    registry_id: AccountId
    status: str = ACTIVE
    primary_registry_alias: bool
    default_registry_alias: bool

    @property
    def is_active(self) -> bool:
        """Whether images can be pushed and pulled by it."""
        return self.status == ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRegistry:
    """The public registry of an account (API shape ``Registry``)."""

    registry_id: AccountId
    registry_arn: str
    registry_uri: str  # empty before it has an alias
    verified: bool
    aliases: tuple[PublicAlias, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogDataInput:
    """What the owner of a repository says of it (API shape ``RepositoryCatalogDataInput``)."""

    description: str | None = None
    architectures: tuple[str, ...] | None = None
    operating_systems: tuple[str, ...] | None = None
    logo_image_blob: bytes | None = None
    about_text: str | None = None
    usage_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryCatalogData:
    """What is said of a public registry (API shape of the same name); nothing at first."""

    display_name: str | None = None


class UnsupportedCommandError(EcrError):
    """The API was called in another region than its only one. Source: reference public.md §1.1."""

    code = "UnsupportedCommandException"

    def __init__(self, operation: str) -> None:
        super().__init__(f"{operation} command is only supported in {PUBLIC_HOME}.")


class RegistryNotFoundError(EcrError):
    """Nobody has the alias by which a registry was named. Inferred: reference public.md §7."""

    code = "RegistryNotFoundException"
    oci_code, oci_status = "NAME_UNKNOWN", 404

    def __init__(self, alias: str) -> None:
        super().__init__(f"The registry with id '{alias}' does not exist")
