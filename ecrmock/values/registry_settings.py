"""What is set for a registry as a whole: one account in one region."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrySettings:
    """The settings of one private registry; what is None or empty was never set."""

    registry_policy_text: str | None = None  # as ECR shows it, not as it was sent
