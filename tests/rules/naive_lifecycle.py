"""What a lifecycle policy does, told a second time: slow, plain, and from the reference alone.

Nothing of the emulator's own evaluator is used here, so that the two can be held against each other.
Source: reference api.md §9.4 (the numbers in the comments), features.md §7 and §10.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ecrmock.values.images import Image

Policy = Rule = Mapping[str, Any]  # as in the text of a policy
Tags = Mapping[str, Collection[str]]  # by the digest of the image


class Deed(NamedTuple):
    """What became of an image: the rule that acted, how, and in which pass."""

    rule_priority: int
    action: str
    pass_number: int


class Sight(NamedTuple):
    """What a pass sees; a referrer whose subject was there at first is no candidate: 15."""

    images: Collection[Image]
    candidates: Collection[Image]
    tags: Tags
    now: datetime


def run(policy: Policy, images: Collection[Image], tags: Tags, now: datetime) -> dict[str, Deed]:
    """Return what one evaluation does, by digest."""
    left = list(images)
    at_first = {image.image_digest for image in images}
    done: dict[str, Deed] = {}
    for pass_number in range(1, len(left) + 2):
        free = [image for image in left if image.subject_manifest_digest not in at_first]
        sight = Sight(images=left, candidates=free, tags=tags, now=now)
        deeds = {}
        for image in free:
            rule = _acting(policy["rules"], image, sight)
            if rule is not None and image.image_digest not in done:  # 2
                action = rule["action"]["type"]
                deeds[image.image_digest] = Deed(rule["rulePriority"], action, pass_number)
        done |= deeds
        left = after(deeds, left, now)
    return done


def after(deeds: Mapping[str, Deed], images: Collection[Image], now: datetime) -> list[Image]:
    """Return the images that are left, those that were archived as what they are then."""
    left = []
    for image in images:
        deed = deeds.get(image.image_digest)
        if deed is None:
            left.append(image)
        elif deed.action == "transition":
            left.append(replace(image, image_status="ARCHIVED", last_archived_at=now))
    return left


def _acting(rules: Collection[Rule], image: Image, sight: Sight) -> Rule | None:
    """Return the rule that acts on one of the candidates, if one does."""
    for rule in sorted(rules, key=lambda rule: rule["rulePriority"]):  # 1
        if not _is_about(rule, image, sight.tags):
            continue
        others = [other for other in sight.candidates if _is_about(rule, other, sight.tags)]
        is_free = not _is_held(rule, image, sight.images)
        return rule if is_free and _is_surplus(rule, image, others, sight.now) else None  # 3
    return None


def _is_about(rule: Rule, image: Image, tags: Tags) -> bool:
    selection = rule["selection"]
    seen = {"standard": "ACTIVE", "archive": "ARCHIVED"}[selection.get("storageClass", "standard")]
    if image.image_status != seen:  # 19
        return False
    of_image = tags.get(image.image_digest, ())
    if selection["tagStatus"] == "untagged":  # 11
        return not of_image
    prefixes, patterns = selection.get("tagPrefixList", ()), selection.get("tagPatternList", ())
    return all(any(tag.startswith(prefix) for tag in of_image) for prefix in prefixes) and all(
        any(_fits(tag, pattern) for tag in of_image) for pattern in patterns
    )  # 9


def _fits(tag: str, pattern: str) -> bool:  # 10
    if not pattern:
        return not tag
    if pattern[0] == "*":
        return any(_fits(tag[start:], pattern[1:]) for start in range(len(tag) + 1))
    return tag[:1] == pattern[0] and _fits(tag[1:], pattern[1:])


def _is_held(rule: Rule, image: Image, images: Collection[Image]) -> bool:
    """Tell whether an index keeps an image from what a rule does: 12, and features.md §7.1."""
    lists_it = [index for index in images if image.image_digest in index.references]
    if rule["action"]["type"] == "transition":
        return any(index.image_status != "ARCHIVED" for index in lists_it if index.is_index)
    return any(index.is_index for index in lists_it)


def _is_surplus(rule: Rule, image: Image, others: Collection[Image], now: datetime) -> bool:
    selection = rule["selection"]
    number: int = selection["countNumber"]
    if selection["countType"] == "imageCountMoreThan":  # 5, 4, 14
        return sum(_is_before(other, image) for other in others) >= number
    times = {
        "sinceImagePushed": _pushed_at(image),
        "sinceImagePulled": _pulled_at(image),
        "sinceImageTransitioned": image.last_archived_at,
    }
    since = times[selection["countType"]]
    return since is not None and now - since > timedelta(days=number)


def _is_before(one: Image, other: Image) -> bool:
    """Tell whether one is younger than the other; of one age, the lower digest is: 18."""
    if _pushed_at(one) != _pushed_at(other):
        return _pushed_at(one) > _pushed_at(other)
    return one.image_digest < other.image_digest


def _pushed_at(image: Image) -> datetime:  # 8
    return image.last_activated_at or image.image_pushed_at


def _pulled_at(image: Image) -> datetime:  # 6
    pulled, restored = image.last_recorded_pull_time, image.last_activated_at
    if restored and (pulled is None or pulled < restored):
        return restored
    return pulled or image.image_pushed_at
