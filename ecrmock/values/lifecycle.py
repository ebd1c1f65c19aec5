"""Lifecycle policies: rules, what became of images by them, previews, and their errors.

The words of a policy's text are lower case (``expire``), those of the API upper case (``EXPIRE``).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ecrmock.values.errors import EcrError, InvalidParameterError
from ecrmock.values.names import AccountId, Digest, RepositoryName, Tag

if TYPE_CHECKING:
    from ecrmock.values.images import Image, Tagging

TAGGED, UNTAGGED, ANY = "tagged", "untagged", "any"
STANDARD, ARCHIVE = "standard", "archive"
EXPIRE, TRANSITION = "expire", "transition"
COUNT_MORE_THAN = "imageCountMoreThan"
SINCE_PUSHED = "sinceImagePushed"
SINCE_PULLED = "sinceImagePulled"
SINCE_TRANSITIONED = "sinceImageTransitioned"
IN_PROGRESS, COMPLETE, EXPIRED = "IN_PROGRESS", "COMPLETE", "EXPIRED"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # what ECR shows before the first evaluation


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleSelection:
    """Which images a rule is about: their tags and storage class, and how many or how old they are."""

    tag_status: str
    count_type: str
    count_number: int
    count_unit: str | None = None
    tag_pattern_list: tuple[str, ...] | None = None
    tag_prefix_list: tuple[str, ...] | None = None
    storage_class: str | None = None  # None: the text does not say, and standard is meant


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleAction:
    """What happens to the images that a rule acts on."""

    type: str
    target_storage_class: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleRule:
    """One rule; a lower priority number comes first."""

    rule_priority: int
    selection: LifecycleSelection
    action: LifecycleAction
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecyclePolicy:
    """The rules of a policy, by priority."""

    rules: tuple[LifecycleRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleCandidate:
    """An image as lifecycle rules see it. Source for the times: reference api.md §9.4, no. 6 to 8."""

    image_digest: Digest
    image_tags: tuple[Tag, ...]
    storage_class: str | None  # None while it is on the way back from the archive
    image_pushed_at: datetime
    pushed_at: datetime  # by which its age is reckoned: the restore's, if it was restored
    pulled_at: datetime
    archived_at: datetime | None = None
    indexes: tuple[Digest, ...] = ()  # that list it and are not archived
    archived_indexes: tuple[Digest, ...] = ()  # these keep it from being deleted only
    subject: Digest | None = None  # while that is in the repository


@dataclass(frozen=True, slots=True, kw_only=True)
class Spared:
    """Why one rule did not act on an image."""

    rule_priority: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleVerdict:
    """What a policy does with one image: the rule that acts and why, or why each rule spares it."""

    candidate: LifecycleCandidate
    applied_rule_priority: int | None = None
    action: LifecycleAction | None = None
    reason: str = ""
    pass_number: int = 0  # children of an index follow in the pass after it
    spared: tuple[Spared, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecyclePeriod:
    """The times at which a policy is evaluated: first ``at``, then every so often within ``span``."""

    at: datetime
    every: timedelta = timedelta(days=1)
    span: timedelta = timedelta(0)

    @property
    def end(self) -> datetime:
        """The last moment of it, which has a run only if the steps lead there."""
        return self.at + self.span

    @property
    def runs(self) -> int:
        """How often the policy is evaluated."""
        return self.span // self.every + 1

    def run(self, number: int) -> datetime:
        """Return when a run is, the first of which has the number 0."""
        return self.at + self.every * number


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleChange:
    """What happens to an image at a time, and by which rule; a referrer follows by that of its subject."""

    at: datetime
    action: str
    rule_priority: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleFate:
    """What becomes of an image in a period."""

    candidate: LifecycleCandidate  # as it was before
    changes: tuple[LifecycleChange, ...] = ()  # by time; what expires has no more of them
    spared: tuple[Spared, ...] = ()  # in the last run; none when it was not there for it

    @property
    def end(self) -> LifecycleChange | None:
        """What deletes it; None when it is still there at the end."""
        last = self.changes[-1] if self.changes else None
        return last if last is not None and last.action == EXPIRE else None

    @property
    def archiving(self) -> LifecycleChange | None:
        """What moves it to the archive."""
        return next((each for each in self.changes if each.action == TRANSITION), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleView:
    """A repository as it was when its policy, or a preview, was about to be evaluated."""

    lifecycle_policy_text: str
    policy_id: str  # that it is still the same policy, or preview, is asked by this
    now: datetime
    images: "tuple[Image, ...]"
    taggings: "tuple[Tagging, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecyclePolicyRuleAction:
    """What a preview says of an image (API shape of this name); the words are upper case."""

    type: str
    target_storage_class: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecyclePolicyPreviewResult:
    """An image that a policy would act on (API shape of this name)."""

    image_tags: tuple[Tag, ...] | None
    image_digest: Digest
    image_pushed_at: datetime
    action: LifecyclePolicyRuleAction
    applied_rule_priority: int
    storage_class: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitioningImageTotalCount:
    """How many images a policy would move to a storage class (API shape of this name)."""

    target_storage_class: str
    image_total_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecyclePolicyPreviewSummary:
    """How many images a policy would act on in all (API shape of this name)."""

    expiring_image_total_count: int
    transitioning_image_total_counts: tuple[TransitioningImageTotalCount, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecyclePolicyPreviewFilter:
    """Which results of a preview are returned (API shape of this name)."""

    tag_status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecyclePreview:
    """The last preview of a repository. Without ``completed_at`` it is in progress."""

    preview_id: str
    lifecycle_policy_text: str  # verbatim
    completed_at: datetime | None = None
    results: tuple[LifecyclePolicyPreviewResult, ...] = ()
    summary: LifecyclePolicyPreviewSummary | None = None


class RefusedLifecyclePolicyError(InvalidParameterError):
    """The text is refused; ``path`` leads to the member at fault where its schema is not met."""

    def __init__(self, constraint: str) -> None:
        self.path: tuple[str | int, ...] = ()
        super().__init__("LifecyclePolicyText", constraint)


class InvalidLifecyclePolicyError(RefusedLifecyclePolicyError):
    """The text is no lifecycle policy. Source: reference api.md §9.3.

    ECR leaves out the closing quote of some texts, so ``is_closed`` says whether it is there.
    """

    def __init__(self, detail: str, *, is_closed: bool = True) -> None:
        self.detail = detail
        super().__init__(f"Lifecycle policy validation failure: {detail}")
        if not is_closed:
            self.message = self.message.removesuffix("'")


class UnreadableLifecyclePolicyError(RefusedLifecyclePolicyError):
    """The text cannot be mapped to a lifecycle policy at all. Source: reference api.md §9.3 (a)."""

    def __init__(self) -> None:
        super().__init__(
            "Lifecycle policy parsing failure: Could not map policyString into LifecyclePolicy."
        )


class LifecyclePolicyNotFoundError(EcrError):
    """The repository has no lifecycle policy. Source: reference api.md §9.1."""

    code = "LifecyclePolicyNotFoundException"

    def __init__(self, name: RepositoryName, registry_id: AccountId) -> None:
        super().__init__(
            f"Lifecycle policy does not exist for the repository with name '{name}' "
            f"in the registry with id '{registry_id}'"
        )


class LifecyclePolicyPreviewNotFoundError(EcrError):
    """No preview of the repository was ever started. Inferred text: reference api.md §9.5."""

    code = "LifecyclePolicyPreviewNotFoundException"

    def __init__(self, name: RepositoryName, registry_id: AccountId) -> None:
        super().__init__(
            f"Lifecycle policy preview does not exist for the repository with name '{name}' "
            f"in the registry with id '{registry_id}'"
        )


class LifecyclePolicyPreviewInProgressError(EcrError):
    """The preview before is not complete. Inferred text: reference api.md §9.5."""

    code = "LifecyclePolicyPreviewInProgressException"

    def __init__(self, name: RepositoryName, registry_id: AccountId) -> None:
        super().__init__(
            f"Lifecycle policy preview is already in progress for the repository with name '{name}' "
            f"in the registry with id '{registry_id}'"
        )
