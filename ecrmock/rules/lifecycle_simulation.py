"""What a lifecycle policy does run after run, and so when each image goes.

It is what happens when nothing is pushed, pulled, restored or tagged meanwhile; an image that is pushed later
than the first run is there from its push on. Source: reference api.md §5.7, §9.4; features.md §7.1, §10.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from ecrmock.rules.lifecycle import evaluate
from ecrmock.values.lifecycle import (
    ARCHIVE,
    EXPIRE,
    SINCE_PULLED,
    SINCE_PUSHED,
    SINCE_TRANSITIONED,
    STANDARD,
    TRANSITION,
    LifecycleCandidate,
    LifecycleChange,
    LifecycleFate,
    LifecyclePeriod,
    LifecyclePolicy,
    LifecycleRule,
    LifecycleVerdict,
    Spared,
)
from ecrmock.values.names import Digest

_FOLLOWS_AFTER = timedelta(days=1)  # a referrer its subject
_STARTS: Mapping[str, str] = MappingProxyType(
    {SINCE_PUSHED: "pushed_at", SINCE_PULLED: "pulled_at", SINCE_TRANSITIONED: "archived_at"}
)


def simulate(
    policy: LifecyclePolicy, candidates: Sequence[LifecycleCandidate], period: LifecyclePeriod
) -> tuple[LifecycleFate, ...]:
    """Say what becomes of each image, in the order of the candidates.

    Referrers follow a day after their subject, also after the end of the period. Raises: nothing.
    """
    repository = _Repository(candidates)
    spared: dict[Digest, tuple[Spared, ...]] = {}
    number: int | None = 0
    while number is not None:
        verdicts = _run(policy, repository, period.run(number))
        spared = {each.candidate.image_digest: each.spared for each in verdicts}
        has_acted = any(each.action for each in verdicts)
        number = _next_number(policy, repository, period, number, has_acted=has_acted)
    repository.follow(None)
    return tuple(_fate(each, repository, spared) for each in candidates)


def _run(
    policy: LifecyclePolicy, repository: "_Repository", now: datetime
) -> tuple[LifecycleVerdict, ...]:
    """Do what the policy says at a time, after what falls due by itself until then."""
    repository.follow(now)
    repository.arrive(now)
    verdicts = evaluate(policy, tuple(repository.left.values()), now)
    changes = {
        each.candidate.image_digest: LifecycleChange(
            at=now,
            action=each.action.type,
            rule_priority=each.applied_rule_priority or 0,
            reason=each.reason,
        )
        for each in verdicts
        if each.action
    }
    repository.apply(changes)
    return verdicts


def _fate(
    candidate: LifecycleCandidate,
    repository: "_Repository",
    spared: Mapping[Digest, tuple[Spared, ...]],
) -> LifecycleFate:
    digest = candidate.image_digest
    is_left = digest in repository.left
    return LifecycleFate(
        candidate=candidate,
        changes=tuple(repository.changes.get(digest, ())),
        spared=spared.get(digest, ()) if is_left else (),
    )


def _next_number(
    policy: LifecyclePolicy,
    repository: "_Repository",
    period: LifecyclePeriod,
    number: int,
    *,
    has_acted: bool,
) -> int | None:
    """Return the next run that can do something, or the last, which tells why images stay.

    After a run that did nothing, so will the next, until an image is pushed, gone, or too old for some rule.
    """
    last = period.runs - 1
    if number == last:
        return None
    if has_acted:
        return number + 1
    now, end = period.run(number), period.end
    due = [*repository.due(), *_ripening(policy.rules, repository.left.values(), now, end)]
    steps = -((period.at - min(due, default=end)) // period.every)  # upwards
    return min(max(steps, number + 1), last)


def _ripening(
    rules: Iterable[LifecycleRule],
    candidates: Iterable[LifecycleCandidate],
    now: datetime,
    end: datetime,
) -> Iterator[datetime]:
    """Yield when images reach the age of some rule, whether or not it is about them."""
    images = tuple(candidates)
    for rule in rules:
        name = _STARTS.get(rule.selection.count_type)
        days = rule.selection.count_number
        starts = (getattr(each, name) for each in images) if name else ()
        for start in starts:
            if start is not None and (end - start).days >= days:
                reached = start + timedelta(days=days)
                if reached >= now:  # an image is too old just after that
                    yield reached


@dataclass(slots=True)
class _Repository:
    """The images as they are at the time that the simulation has come to."""

    candidates: Sequence[LifecycleCandidate]
    left: dict[Digest, LifecycleCandidate] = field(init=False)
    changes: dict[Digest, list[LifecycleChange]] = field(init=False)
    _later: list[LifecycleCandidate] = field(init=False)  # not pushed yet, the next one last
    _referrers: dict[Digest, list[Digest]] = field(init=False)  # by subject
    _following: deque[tuple[datetime, Digest]] = field(init=False)  # when, which subject; by time

    def __post_init__(self) -> None:
        self.left, self.changes, self._referrers = {}, {}, {}
        self._following = deque()
        self._later = sorted(self.candidates, key=lambda each: each.image_pushed_at, reverse=True)
        for each in self.candidates:
            if each.subject is not None:
                self._referrers.setdefault(each.subject, []).append(each.image_digest)

    def arrive(self, now: datetime) -> None:
        """Have the images that are pushed by now; what they know of others may be out of date."""
        while self._later and self._later[-1].image_pushed_at <= now:
            each = self._later.pop()
            last = {digest: changes[-1] for digest, changes in self.changes.items()}
            self.left[each.image_digest] = _beside(each, last)

    def due(self) -> Iterator[datetime]:
        """Yield when something changes without a run."""
        if self._later:
            yield self._later[-1].image_pushed_at
        if self._following:
            yield self._following[0][0]

    def follow(self, now: datetime | None) -> None:
        """Have the referrers follow that are due by now; without a time all of them."""
        while self._following and (now is None or self._following[0][0] <= now):
            at, subject = self._following.popleft()
            cause = self.changes[subject][-1]
            followed = replace(cause, at=at, reason=f"it follows {subject}, which it is about")
            referrers = [
                digest
                for digest in self._referrers[subject]
                if digest in self.left and _may(followed.action, self.left[digest])
            ]
            self.apply(dict.fromkeys(referrers, followed))

    def apply(self, changes: Mapping[Digest, LifecycleChange]) -> None:
        """Do what happens at one time."""
        if not changes:
            return
        for digest, change in changes.items():
            self.changes.setdefault(digest, []).append(change)
            if digest in self._referrers:
                self._following.append((change.at + _FOLLOWS_AFTER, digest))
        self.left = {
            digest: _beside(_changed(each, changes.get(digest)), changes)
            for digest, each in self.left.items()
            if digest not in changes or changes[digest].action == TRANSITION
        }


def _may(action: str, referrer: LifecycleCandidate) -> bool:
    """Tell whether a referrer may follow; what an index needs stays (reference api.md §5.4, §17)."""
    if action == EXPIRE:
        return not referrer.indexes and not referrer.archived_indexes
    return not referrer.indexes and referrer.storage_class == STANDARD


def _changed(candidate: LifecycleCandidate, change: LifecycleChange | None) -> LifecycleCandidate:
    if change is None:
        return candidate
    return replace(candidate, storage_class=ARCHIVE, archived_at=change.at)


def _beside(
    candidate: LifecycleCandidate, changes: Mapping[Digest, LifecycleChange]
) -> LifecycleCandidate:
    """Return an image as it is when others have gone or were archived."""
    indexes, subject = candidate.indexes, candidate.subject
    related = {*indexes, *candidate.archived_indexes, subject} & changes.keys()
    if not related:
        return candidate
    gone = {digest for digest in related if digest and changes[digest].action == EXPIRE}
    archived = [*candidate.archived_indexes, *(index for index in indexes if index in related)]
    return replace(
        candidate,
        indexes=tuple(index for index in indexes if index not in related),
        archived_indexes=tuple(index for index in archived if index not in gone),
        subject=None if subject in gone else subject,
    )
