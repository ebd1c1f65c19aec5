"""Which images a lifecycle policy acts on, by which rule, and why it spares the others.

All rules look at the same images; an image belongs to the first rule whose tag requirement it meets, and later
rules still count it but never act on it. An image that an index lists is not acted on while the index is there:
when an index goes, another pass looks at what is left.
Source: ECR User Guide, "Lifecycle policies", evaluation rules; reference api.md §9.4.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter, methodcaller
from types import MappingProxyType
from typing import Any

from ecrmock.rules.filters import wildcard_matcher
from ecrmock.rules.lifecycle_text import read_lifecycle_policy
from ecrmock.values.images import ACTIVE, ARCHIVED, Image, Tagging
from ecrmock.values.lifecycle import (
    ANY,
    ARCHIVE,
    COUNT_MORE_THAN,
    EXPIRE,
    SINCE_PULLED,
    SINCE_TRANSITIONED,
    STANDARD,
    UNTAGGED,
    LifecycleAction,
    LifecycleCandidate,
    LifecyclePolicy,
    LifecyclePolicyPreviewResult,
    LifecyclePolicyPreviewSummary,
    LifecyclePolicyRuleAction,
    LifecycleRule,
    LifecycleSelection,
    LifecycleVerdict,
    LifecycleView,
    Spared,
    TransitioningImageTotalCount,
)
from ecrmock.values.names import Digest, Tag

_FOLLOWS = "it is about an image in the repository, and goes when that goes"
_OTHER_CLASS = "it is in another storage class"
_ON_ITS_WAY = "it is on its way back from the archive"
_OTHER_TAGS = "its tags do not meet the rule"
_CLASSES: Mapping[str, str] = MappingProxyType({ACTIVE: STANDARD, ARCHIVED: ARCHIVE})  # by status
_LONGEST = timedelta.max.days // 2

Verdicts = dict[Digest, LifecycleVerdict]
Measured = tuple[bool, str]  # whether it is too many or too old, and what was found
InTurn = Callable[
    [Iterable[Any]], Iterable[Any]
]  # gives all it gets, in order, perhaps with pauses


def candidates(
    images: Iterable[Image], taggings: Iterable[Tagging], in_turn: InTurn = iter
) -> tuple[LifecycleCandidate, ...]:
    """Return the images of a repository as rules see them, in the order of their first push."""
    ordered = sorted(images, key=attrgetter("sequence"))
    tags: dict[Digest, list[Tag]] = {}
    for tagging in sorted(taggings, key=attrgetter("sequence")):
        tags.setdefault(tagging.image_digest, []).append(tagging.image_tag)
    listed, archived = _indexes(ordered, archived=False), _indexes(ordered, archived=True)
    known = {image.image_digest for image in ordered}
    return tuple(
        candidate(
            image,
            tags.get(image.image_digest, ()),
            indexes=listed.get(image.image_digest, ()),
            archived_indexes=archived.get(image.image_digest, ()),
            subject=_in(known, image.subject_manifest_digest),
        )
        for image in in_turn(ordered)
    )


def _in(known: Container[Digest], subject: Digest | None) -> Digest | None:
    return subject if subject in known else None


def _indexes(images: Sequence[Image], *, archived: bool) -> dict[Digest, tuple[Digest, ...]]:
    """Return the indexes that list an image, by that image."""
    found: dict[Digest, dict[Digest, None]] = {}
    for image in images:
        if image.is_index and (image.image_status == ARCHIVED) == archived:
            for child in image.references:
                found.setdefault(child, {})[image.image_digest] = None
    return {child: tuple(indexes) for child, indexes in found.items()}


def candidate(
    image: Image,
    tags: Iterable[Tag],
    *,
    indexes: tuple[Digest, ...] = (),
    archived_indexes: tuple[Digest, ...] = (),
    subject: Digest | None = None,
) -> LifecycleCandidate:
    """Return one image as rules see it, with what other images make of it.

    A restored image counts as pushed when it came back. Source: reference api.md §9.4, no. 6 to 8.
    """
    pushed_at = image.last_activated_at or image.image_pushed_at
    return LifecycleCandidate(
        image_digest=image.image_digest,
        image_tags=tuple(tags),
        storage_class=_CLASSES.get(image.image_status),
        image_pushed_at=image.image_pushed_at,
        pushed_at=pushed_at,
        pulled_at=max(image.last_recorded_pull_time or pushed_at, pushed_at),
        archived_at=image.last_archived_at,
        indexes=indexes,
        archived_indexes=archived_indexes,
        subject=subject,
    )


def is_as_seen(seen: LifecycleCandidate, image: Image, tags: Iterable[Tag]) -> bool:
    """Tell whether an image still is what a verdict about it was based on."""
    alone = replace(seen, indexes=(), archived_indexes=(), subject=None)
    return candidate(image, tags) == alone


def unchanged(
    candidates: Iterable[LifecycleCandidate],
    image_of: Callable[[Digest], Image | None],
    tags_of: Callable[[Digest], Iterable[Tag]],
) -> Iterator[Image]:
    """Yield the images that still are as they were seen; each is looked up when its turn comes."""
    for seen in candidates:
        image = image_of(seen.image_digest)
        if image is not None and is_as_seen(seen, image, tags_of(seen.image_digest)):
            yield image


def evaluate(
    policy: LifecyclePolicy,
    candidates: Sequence[LifecycleCandidate],
    now: datetime,
    in_turn: InTurn = iter,
) -> tuple[LifecycleVerdict, ...]:
    """Say of every image which rule acts on it at ``now``, or why each rule spares it.

    The verdicts come in the order of the candidates. ``in_turn`` is how they are gone through, for who has
    something else to do between two of them. Raises: nothing; the policy was checked when it was put.
    """
    acted: Verdicts = {}
    left = tuple(candidates)
    indexes = {index for each in candidates for index in (*each.indexes, *each.archived_indexes)}
    pass_number = 0
    while True:
        pass_number += 1
        found = _verdicts(policy, left, now, pass_number, in_turn)
        new = {digest: verdict for digest, verdict in found.items() if verdict.action is not None}
        acted |= new
        if indexes.isdisjoint(new):
            break
        left = tuple(_after(left, new))
    return tuple(
        acted.get(candidate.image_digest) or found[candidate.image_digest]
        for candidate in candidates
    )


def verdicts_about(
    view: LifecycleView, at: datetime, in_turn: InTurn = iter
) -> tuple[LifecycleVerdict, ...]:
    """Evaluate the policy of a view on its images, as of a time; ``in_turn`` as of ``evaluate``."""
    policy = read_lifecycle_policy(view.lifecycle_policy_text)
    return evaluate(policy, candidates(view.images, view.taggings, in_turn), at, in_turn)


def _after(left: Iterable[LifecycleCandidate], acted: Verdicts) -> Iterator[LifecycleCandidate]:
    """Yield what the next pass sees: expired indexes are gone, others are in the archive.

    What was acted on once is not acted on again in the same run; what is about it follows by itself later.
    """
    expired = {digest for digest, verdict in acted.items() if _expires(verdict)}
    for each in left:
        if each.image_digest in acted:
            continue
        if acted.keys().isdisjoint((*each.indexes, *each.archived_indexes)):
            yield each
            continue
        yield replace(
            each,
            indexes=tuple(index for index in each.indexes if index not in acted),
            archived_indexes=tuple(
                index
                for index in (*each.archived_indexes, *each.indexes)
                if index not in expired and (index in acted or index in each.archived_indexes)
            ),
        )


def _expires(verdict: LifecycleVerdict) -> bool:
    return verdict.action is not None and verdict.action.type == EXPIRE


class _Shared(dict[str, Spared]):
    """What a rule says of the images that it spares; many are spared for one reason."""

    def __init__(self, rule_priority: int) -> None:
        super().__init__()
        self._rule_priority = rule_priority

    def __missing__(self, reason: str) -> Spared:
        self[reason] = Spared(rule_priority=self._rule_priority, reason=reason)
        return self[reason]


class _Look:
    """How one rule looks at the images of a pass; what is of another storage class is none of its own."""

    def __init__(self, rule: LifecycleRule) -> None:
        self.rule = rule
        self.storage_class = rule.selection.storage_class or STANDARD
        self.meets_tags = _tag_requirement(rule.selection)
        self.shared = _Shared(rule.rule_priority)
        self.measured: Mapping[Digest, Measured] = {}

    def why_spared(self, candidate: LifecycleCandidate, claimed_by: int | None) -> str | None:
        """Return why the rule does not act on one of its images; None when it does."""
        is_surplus, found = self.measured[candidate.image_digest]
        if claimed_by is not None:
            return f"rule {claimed_by} comes first, and its tag requirement is met"
        if not is_surplus:
            return found
        needed_by = candidate.indexes
        if self.rule.action.type == EXPIRE:
            needed_by += candidate.archived_indexes
        if needed_by:
            return f"Requested image referenced by manifest list: [{', '.join(needed_by)}]"
        return None


def _verdicts(
    policy: LifecyclePolicy,
    candidates: Sequence[LifecycleCandidate],
    now: datetime,
    number: int,
    in_turn: InTurn,
) -> Verdicts:
    """Have all rules look at the same images; each counts what other rules have taken.

    Image by image wherever it can be, rather than rule by rule: what is looked at stays in the caches.
    """
    looks = [_Look(rule) for rule in policy.rules]
    foreign = [_why_not(looks, each) for each in in_turn(candidates)]
    members: list[list[LifecycleCandidate]] = [[] for _ in looks]
    for each, reasons in zip(candidates, foreign, strict=True):
        for place, reason in enumerate(reasons):
            if reason is None:
                members[place].append(each)
    for look, own in zip(looks, members, strict=True):
        look.measured = _measured(look.rule.selection, own, now)
    return {
        each.image_digest: _verdict(looks, each, reasons, number)
        for each, reasons in zip(in_turn(candidates), foreign, strict=True)
    }


def _why_not(looks: Sequence[_Look], candidate: LifecycleCandidate) -> tuple[str | None, ...]:
    """Say for each rule why an image is none of those that it is about; None when it is one."""
    if candidate.subject is not None:
        return (_FOLLOWS,) * len(looks)
    storage_class, tags = candidate.storage_class, candidate.image_tags
    other = _OTHER_CLASS if storage_class else _ON_ITS_WAY
    return tuple(
        [
            (None if look.meets_tags(tags) else _OTHER_TAGS)
            if look.storage_class == storage_class
            else other
            for look in looks
        ]
    )


def _verdict(
    looks: Sequence[_Look],
    candidate: LifecycleCandidate,
    foreign: Sequence[str | None],
    pass_number: int,
) -> LifecycleVerdict:
    """Let the rules act on an image in their order, until one does."""
    spared: list[Spared] = []
    claimed_by: int | None = None
    for look, other in zip(looks, foreign, strict=True):
        reason = other or look.why_spared(candidate, claimed_by)
        if reason is None:
            return LifecycleVerdict(
                candidate=candidate,
                applied_rule_priority=look.rule.rule_priority,
                action=look.rule.action,
                reason=look.measured[candidate.image_digest][1],
                pass_number=pass_number,
                spared=tuple(spared),
            )
        spared.append(look.shared[reason])
        if other is None and claimed_by is None:
            claimed_by = look.rule.rule_priority
    return LifecycleVerdict(candidate=candidate, spared=tuple(spared))


def _tag_requirement(selection: LifecycleSelection) -> Callable[[Sequence[Tag]], bool]:
    """Return whether tags are what a rule asks for: each entry of a list is met by some tag."""
    if selection.tag_status == ANY:
        return lambda _: True
    if selection.tag_status == UNTAGGED:
        return lambda tags: not tags
    entries: list[Callable[[Tag], object]] = [
        *map(wildcard_matcher, selection.tag_pattern_list or ()),
        *(methodcaller("startswith", prefix) for prefix in selection.tag_prefix_list or ()),
    ]
    if len(entries) == 1:  # in half the time
        return lambda tags: any(map(entries[0], tags))
    return lambda tags: all(any(map(is_met, tags)) for is_met in entries)


def _measured(
    selection: LifecycleSelection, members: Sequence[LifecycleCandidate], now: datetime
) -> Mapping[Digest, Measured]:
    """Say of each image that a rule is about whether it is too many or too old, with what was found."""
    if selection.count_type == COUNT_MORE_THAN:
        return _beyond(selection.count_number, members)
    return {
        member.image_digest: _older(selection, _start(selection.count_type, member), now)
        for member in members
    }


def _beyond(kept: int, members: Sequence[LifecycleCandidate]) -> dict[Digest, Measured]:
    """Rank from the youngest to the oldest; of one age, by digest (reference api.md §9.4, no. 18)."""
    by_digest = sorted(members, key=attrgetter("image_digest"))
    ranked = sorted(by_digest, key=attrgetter("pushed_at"), reverse=True)
    return {
        member.image_digest: (
            rank > kept,
            f"it is number {rank} of {len(ranked)} from the youngest, and {kept} are kept",
        )
        for rank, member in enumerate(ranked, start=1)
    }


def _start(count_type: str, member: LifecycleCandidate) -> tuple[str, datetime | None]:
    if count_type == SINCE_PULLED:
        was_pulled = member.pulled_at > member.pushed_at
        return "pulled" if was_pulled else "never pulled, but pushed", member.pulled_at
    if count_type == SINCE_TRANSITIONED:
        return "archived", member.archived_at
    return "pushed", member.pushed_at


def _older(
    selection: LifecycleSelection, start: tuple[str, datetime | None], now: datetime
) -> Measured:
    what, time = start
    limit = selection.count_number
    if time is None:
        return False, f"it is not known when it was {what}"
    age = now - time
    is_older = age > timedelta(days=min(limit, _LONGEST))
    return is_older, f"it was {what} {age.days} days ago, and the limit is {limit}"


def batches(
    verdicts: Iterable[LifecycleVerdict], size: int
) -> Iterator[tuple[str, tuple[LifecycleCandidate, ...]]]:
    """Yield action and images of what a policy acts on, in parts: an index before what it lists."""
    acted = [
        (verdict.pass_number, verdict.action.type, verdict.candidate)
        for verdict in verdicts
        if verdict.action is not None
    ]
    ordered = sorted(acted, key=lambda each: each[:2])
    for (_, action), group in groupby(ordered, key=lambda each: each[:2]):
        images = tuple(each for _, _, each in group)
        for first in range(0, len(images), size):
            yield action, images[first : first + size]


def preview_results(
    verdicts: Iterable[LifecycleVerdict],
) -> tuple[LifecyclePolicyPreviewResult, ...]:
    """Return what a preview shows: the images that are acted on. Source: reference api.md §9.5."""
    return tuple(
        _result(verdict, verdict.action) for verdict in verdicts if verdict.action is not None
    )


def _result(verdict: LifecycleVerdict, action: LifecycleAction) -> LifecyclePolicyPreviewResult:
    candidate = verdict.candidate
    target = action.target_storage_class
    return LifecyclePolicyPreviewResult(
        image_tags=candidate.image_tags or None,
        image_digest=candidate.image_digest,
        image_pushed_at=candidate.image_pushed_at,
        action=LifecyclePolicyRuleAction(
            type=action.type.upper(), target_storage_class=target and target.upper()
        ),
        applied_rule_priority=verdict.applied_rule_priority or 0,
        storage_class=candidate.storage_class and candidate.storage_class.upper(),
    )


def preview_summary(
    results: Sequence[LifecyclePolicyPreviewResult],
) -> LifecyclePolicyPreviewSummary:
    """Count what a preview shows; transitions only when there are some. Source: reference api.md §9.5."""
    archived = sum(result.action.target_storage_class is not None for result in results)
    counts = TransitioningImageTotalCount(
        target_storage_class=ARCHIVE.upper(), image_total_count=archived
    )
    return LifecyclePolicyPreviewSummary(
        expiring_image_total_count=len(results) - archived,
        transitioning_image_total_counts=(counts,) if archived else None,
    )


def next_run(after: datetime, now: datetime, interval: timedelta, most: int) -> datetime:
    """Return when a policy is evaluated next; a clock that jumps leaves no more than ``most`` runs to do."""
    missed = (now - after) // interval
    return after + interval * max(1, missed - most + 1)
