"""Principals whose pulls are not recorded, and the errors about them. Source: reference api.md §16."""

from dataclasses import dataclass
from datetime import datetime

from ecrmock.values.errors import EcrError


@dataclass(frozen=True, slots=True, kw_only=True)
class PullTimeExclusion:
    """A principal whose pulls do not refresh ``lastRecordedPullTime``: the ARN of an IAM role or user."""

    principal_arn: str
    created_at: datetime
    sequence: int  # the place in listings: the order of registration


class ExclusionAlreadyExistsError(EcrError):
    """The principal is excluded already. The text is the model's sentence: reference api.md §16."""

    code = "ExclusionAlreadyExistsException"

    def __init__(self) -> None:
        super().__init__(
            "The specified pull time update exclusion already exists for the registry."
        )


class ExclusionNotFoundError(EcrError):
    """The principal is not excluded. The text is the model's sentence: reference api.md §16."""

    code = "ExclusionNotFoundException"

    def __init__(self) -> None:
        super().__init__("The specified pull time update exclusion was not found.")
