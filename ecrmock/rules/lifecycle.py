"""Which images a lifecycle policy acts on, by which rule, and why it spares the others.

All rules look at the same images; an image belongs to the first rule whose tag requirement it meets, and later
rules still count it but never act on it. An image that an index lists is not acted on while the index is there:
when an index goes, another pass looks at what is left.
Source: ECR User Guide, "Lifecycle policies", evaluation rules; reference api.md §9.4.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ecrmock.rules.filters import wildcard_matches
from ecrmock.values.lifecycle import (
    ANY,
    ARCHIVE,
    COUNT_MORE_THAN,
    SINCE_PULLED,
    SINCE_TRANSITIONED,
    STANDARD,
    TRANSITION,
    UNTAGGED,
    LifecycleCandidate,
    LifecyclePolicy,
    LifecycleRule,
    LifecycleSelection,
    LifecycleVerdict,
    Spared,
)
from ecrmock.values.names import Digest

_FOLLOWS = "it is about an image in the repository, and goes when that goes"
_OTHER_CLASS = "it is in another storage class"
_OTHER_TAGS = "its tags do not meet the rule"

Verdicts = dict[Digest, LifecycleVerdict]


def evaluate(
    policy: LifecyclePolicy, candidates: Sequence[LifecycleCandidate], now: datetime
) -> tuple[LifecycleVerdict, ...]:
    """Say of every image which rule acts on it at ``now``, or why each rule spares it.

    The verdicts come in the order of the candidates. Raises: nothing; the policy was checked when it was put.
    """
    acted: Verdicts = {}
    left = tuple(candidates)
    indexes = {index for candidate in candidates for index in candidate.indexes}
    pass_number = 0
    while True:
        pass_number += 1
        found = _Pass(policy, left, now, pass_number).verdicts
        new = {digest: verdict for digest, verdict in found.items() if verdict.action is not None}
        acted |= new
        left = tuple(_after(left, new))
        if indexes.isdisjoint(new):
            break
    return tuple(
        acted.get(candidate.image_digest) or found[candidate.image_digest]
        for candidate in candidates
    )


def _after(left: Iterable[LifecycleCandidate], acted: Verdicts) -> Iterable[LifecycleCandidate]:
    """Yield what the next pass sees: expired images are gone, archived ones are in the archive.

    What was acted on once is not acted on again in the same run.
    """
    for candidate in left:
        verdict = acted.get(candidate.image_digest)
        if verdict is None:
            indexes = tuple(index for index in candidate.indexes if index not in acted)
            subject = None if candidate.subject in acted else candidate.subject
            yield replace(candidate, indexes=indexes, subject=subject)


@dataclass(slots=True)
class _Pass:
    """One look of all rules at the same images."""

    policy: LifecyclePolicy
    candidates: tuple[LifecycleCandidate, ...]
    now: datetime
    number: int
    verdicts: Verdicts = field(init=False)

    def __post_init__(self) -> None:
        claims: dict[Digest, int] = {}
        spared: dict[Digest, list[Spared]] = {each.image_digest: [] for each in self.candidates}
        self.verdicts = {}
        for rule in self.policy.rules:
            members = [each for each in self.candidates if _why_not(rule.selection, each) is None]
            surplus = _surplus(rule.selection, members, self.now)
            for candidate in self.candidates:
                digest = candidate.image_digest
                if digest in self.verdicts:
                    continue
                reason = _why_spared(rule, candidate, surplus, claims.get(digest))
                if reason is None:
                    self.verdicts[digest] = self._act(rule, candidate, surplus[digest])
                else:
                    spared[digest].append(Spared(rule_priority=rule.rule_priority, reason=reason))
            for member in members:
                claims.setdefault(member.image_digest, rule.rule_priority)
        for candidate in self.candidates:
            reasons = tuple(spared[candidate.image_digest])
            unmoved = LifecycleVerdict(candidate=candidate, spared=reasons)
            self.verdicts.setdefault(candidate.image_digest, unmoved)

    def _act(
        self, rule: LifecycleRule, candidate: LifecycleCandidate, reason: tuple[bool, str]
    ) -> LifecycleVerdict:
        return LifecycleVerdict(
            candidate=candidate,
            applied_rule_priority=rule.rule_priority,
            action=rule.action,
            reason=reason[1],
            pass_number=self.number,
        )


def _why_spared(
    rule: LifecycleRule,
    candidate: LifecycleCandidate,
    surplus: Mapping[Digest, tuple[bool, str]],
    claimed_by: int | None,
) -> str | None:
    """Return why a rule does not act on an image; None when it does."""
    if reason := _why_not(rule.selection, candidate):
        return reason
    is_surplus, measured = surplus[candidate.image_digest]
    if claimed_by is not None:
        return f"rule {claimed_by} comes first, and its tag requirement is met"
    if not is_surplus:
        return measured
    if candidate.indexes:
        return f"Requested image referenced by manifest list: [{', '.join(candidate.indexes)}]"
    return None


def _why_not(selection: LifecycleSelection, candidate: LifecycleCandidate) -> str | None:
    """Return why an image is none of those that a rule is about; None when it is one."""
    if candidate.subject is not None:
        return _FOLLOWS
    if candidate.storage_class != (selection.storage_class or STANDARD):
        return _OTHER_CLASS
    return None if _meets_tags(selection, candidate) else _OTHER_TAGS


def _meets_tags(selection: LifecycleSelection, candidate: LifecycleCandidate) -> bool:
    """Tell whether an image has the tags that a rule asks for: each entry of a list by some tag."""
    if selection.tag_status == ANY:
        return True
    if selection.tag_status == UNTAGGED:
        return not candidate.image_tags
    tags = candidate.image_tags
    if selection.tag_pattern_list is not None:
        patterns = selection.tag_pattern_list
        return all(any(wildcard_matches(pattern, tag) for tag in tags) for pattern in patterns)
    prefixes = selection.tag_prefix_list or ()
    return all(any(tag.startswith(prefix) for tag in tags) for prefix in prefixes)


def _surplus(
    selection: LifecycleSelection, members: Sequence[LifecycleCandidate], now: datetime
) -> dict[Digest, tuple[bool, str]]:
    """Say of each image that a rule is about whether it is too many or too old, with what was measured."""
    if selection.count_type == COUNT_MORE_THAN:
        return _beyond(selection.count_number, members)
    return {
        member.image_digest: _older(selection, _start(selection.count_type, member), now)
        for member in members
    }


def _beyond(kept: int, members: Sequence[LifecycleCandidate]) -> dict[Digest, tuple[bool, str]]:
    """Rank from the youngest to the oldest; of one age, by digest (reference api.md §9.4, no. 18)."""
    by_digest = sorted(members, key=lambda member: member.image_digest)
    ranked = sorted(by_digest, key=lambda member: member.pushed_at, reverse=True)
    return {
        member.image_digest: (
            rank > kept,
            f"it is number {rank} of {len(ranked)} from the youngest, and {kept} are kept",
        )
        for rank, member in enumerate(ranked, start=1)
    }


def _start(count_type: str, member: LifecycleCandidate) -> tuple[str, datetime | None]:
    if count_type == SINCE_PULLED:
        return "pulled", member.pulled_at
    if count_type == SINCE_TRANSITIONED:
        return "archived", member.archived_at
    return "pushed", member.pushed_at


def _older(
    selection: LifecycleSelection, start: tuple[str, datetime | None], now: datetime
) -> tuple[bool, str]:
    what, time = start
    limit = selection.count_number
    if time is None:
        return False, f"it is not known when it was {what}"
    age = now - time
    return age > timedelta(
        days=limit
    ), f"it was {what} {age.days} days ago, and the limit is {limit}"


def storage_class_after(verdict: LifecycleVerdict) -> str | None:
    """Return the storage class that an action leads to; None for an image that expires."""
    action = verdict.action
    return ARCHIVE if action is not None and action.type == TRANSITION else None
