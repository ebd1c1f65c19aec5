"""Which images a policy acts on, by which rule, and why it spares others. Source: api.md §9.4, §9.6."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.rules.lifecycle import (
    batches,
    candidate,
    candidates,
    evaluate,
    is_as_seen,
    next_run,
    preview_results,
    preview_summary,
    verdicts_about,
)
from ecrmock.rules.lifecycle_text import read_lifecycle_policy
from ecrmock.values.images import Image, Tagging
from ecrmock.values.lifecycle import (
    LifecycleCandidate,
    LifecyclePolicy,
    LifecyclePolicyPreviewSummary,
    LifecycleVerdict,
    LifecycleView,
    TransitioningImageTotalCount,
)

NOW = datetime(2026, 6, 1, tzinfo=UTC)
EXPIRE = {"type": "expire"}
ARCHIVE = {"type": "transition", "targetStorageClass": "archive"}
IN_ARCHIVE = {"storageClass": "archive", "countType": "sinceImageTransitioned", "countUnit": "days"}
LATER = "and its tag requirement is met"


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def an_image(
    name: str, *tags: str, days: float = 30, pulled: float | None = None, **more: Any
) -> LifecycleCandidate:
    made = {"image_digest": name, "image_tags": tags, "storage_class": "standard"}
    pulled_at = ago(days if pulled is None else pulled)
    times = {"image_pushed_at": ago(days), "pushed_at": ago(days), "pulled_at": pulled_at}
    return LifecycleCandidate(**{**made, **times, **more})


def archived(name: str, *tags: str, days: float, **more: Any) -> LifecycleCandidate:
    in_archive = {"storage_class": "archive", "archived_at": ago(days)}
    return an_image(name, *tags, days=365, **in_archive, **more)


def rule(
    number: int, *, action: Any = EXPIRE, more_than: int | None = None, **selection: Any
) -> Any:
    status = {"tagStatus": "tagged"} if {"tagPrefixList", "tagPatternList"} & set(selection) else {}
    counted = (
        {} if more_than is None else {"countType": "imageCountMoreThan", "countNumber": more_than}
    )
    selected = {"tagStatus": "any", **status, **counted, **selection}
    return {"rulePriority": number, "selection": selected, "action": action}


def since(what: str, days: int) -> dict[str, Any]:
    return {"countType": f"sinceImage{what}", "countUnit": "days", "countNumber": days}


def prefix(*prefixes: str) -> dict[str, Any]:
    return {"tagPrefixList": list(prefixes)}


def patterns(*wildcards: str) -> dict[str, Any]:
    return {"tagPatternList": list(wildcards)}


def policy(*rules: Any) -> LifecyclePolicy:
    return read_lifecycle_policy(json.dumps({"rules": list(rules)}))


def verdicts(images: Sequence[LifecycleCandidate], *rules: Any) -> dict[str, LifecycleVerdict]:
    found = evaluate(policy(*rules), images, NOW)
    assert [each.candidate.image_digest for each in found] == [each.image_digest for each in images]
    return {each.candidate.image_digest: each for each in found}


def acted(images: Sequence[LifecycleCandidate], *rules: Any) -> dict[str, int | None]:
    """Return which rule acts on which image."""
    found = verdicts(images, *rules)
    return {name: each.applied_rule_priority for name, each in found.items() if each.action}


def why(images: Sequence[LifecycleCandidate], name: str, *rules: Any) -> list[str]:
    """Return why each rule spares an image."""
    return [each.reason for each in verdicts(images, *rules)[name].spared]


# The worked examples of §9.6


def test_an_image_that_a_rule_keeps_is_kept_from_later_rules() -> None:
    images = [
        *(an_image("B", "prod-2", days=20), an_image("A", "prod-1", days=22)),
        *(an_image("C", "dev-1", days=25), an_image("D")),
    ]
    rules = rule(1, **prefix("prod"), more_than=1), rule(2, **since("Pushed", 10))
    assert acted(images, *rules) == {"A": 1, "C": 2, "D": 2}
    assert why(images, "B", *rules)[1] == f"rule 1 comes first, {LATER}"


def test_an_image_that_was_taken_is_still_counted_by_later_rules() -> None:
    images = [
        *(an_image("X", "alpha-2", days=1), an_image("A", "alpha-1", "beta-1", days=2)),
        *(an_image("B", "beta-2", days=3), an_image("C", "beta-3", days=4)),
    ]
    rules = rule(1, **prefix("alpha"), more_than=1), rule(2, **prefix("beta"), more_than=1)
    assert acted(images, *rules) == {"A": 1, "B": 2, "C": 2}


def test_each_pattern_has_to_be_met_by_some_tag() -> None:
    images = [an_image("A", "v1.2-rc"), an_image("B", "v1.2"), an_image("C", "v1.3", "9-rc")]
    assert acted(images, rule(1, **patterns("*-rc", "v1.*"), **since("Pushed", 1))) == {
        "A": 1,
        "C": 1,
    }


INDEX = an_image("I", "latest", days=40)
CHILDREN = [an_image(name, days=40, indexes=("I",)) for name in ("P", "Q")]
OLD_UNTAGGED = rule(1, tagStatus="untagged", **since("Pushed", 30))
OLD_TAGGED = rule(2, **patterns("*"), **since("Pushed", 30))


def test_images_of_an_index_that_stays_are_refused() -> None:
    assert acted([INDEX, *CHILDREN], OLD_UNTAGGED) == {}
    (reason,) = why([INDEX, *CHILDREN], "P", OLD_UNTAGGED)
    assert reason == "Requested image referenced by manifest list: [I]"


def test_images_of_an_index_go_in_the_pass_after_it() -> None:
    images = [*CHILDREN, INDEX]
    assert acted(images, OLD_UNTAGGED, OLD_TAGGED) == {"I": 2, "P": 1, "Q": 1}
    passes = {
        name: each.pass_number for name, each in verdicts(images, OLD_UNTAGGED, OLD_TAGGED).items()
    }
    assert passes == {"I": 1, "P": 2, "Q": 2}


def test_an_image_that_was_never_pulled_is_as_old_as_its_push() -> None:
    images = [an_image("A", "x", days=100), an_image("B", "y", days=100, pulled=1)]
    rules = rule(1, **since("Pulled", 30), action=ARCHIVE)
    assert acted(images, rules) == {"A": 1}
    assert why(images, "B", rules) == ["it was pulled 1 days ago, and the limit is 30"]


def test_what_was_long_in_the_archive_expires() -> None:
    images = [archived("A", days=80), archived("B", days=95)]
    assert acted(images, rule(1, **IN_ARCHIVE, countNumber=90)) == {"B": 1}


# The numbered rules of §9.4


def test_rules_apply_by_priority_whatever_their_order_in_the_text() -> None:
    """§9.4, no. 1."""
    rules = rule(9, **since("Pushed", 1)), rule(2, **prefix("a"), **since("Pushed", 1))
    assert acted([an_image("A", "a")], *rules) == {"A": 2}


def test_an_image_is_acted_on_by_one_rule_only() -> None:
    """§9.4, no. 2."""
    rules = rule(1, **prefix("a"), more_than=1), rule(2, **prefix("ab"), more_than=1)
    images = [an_image(name, "ab", days=days) for days, name in enumerate("XYZ", start=1)]
    assert acted(images, *rules) == {"Y": 1, "Z": 1}


def test_a_rule_of_another_storage_class_claims_nothing() -> None:
    """§9.4, no. 3: inferred."""
    rules = rule(1, **IN_ARCHIVE, countNumber=90), rule(2, more_than=1)
    assert acted([an_image("A", days=1), an_image("B", days=2)], *rules) == {"B": 2}


def test_the_images_behind_the_youngest_are_acted_on() -> None:
    """§9.4, no. 5."""
    images = [an_image(name, days=days) for name, days in (("A", 3), ("B", 1), ("C", 2))]
    assert acted(images, rule(1, more_than=2)) == {"A": 1}
    assert why(images, "C", rule(1, more_than=2)) == [
        "it is number 2 of 3 from the youngest, and 2 are kept"
    ]


@pytest.mark.parametrize(
    ("days", "found"), [(14, {}), (14.001, {"A": 1}), (13, {}), (15, {"A": 1})]
)
def test_an_image_is_too_old_once_it_is_older_than_the_days(
    days: float, found: dict[str, int]
) -> None:
    """§9.4, no. 5: pushed more than N days ago."""
    assert acted([an_image("A", days=days)], rule(1, **since("Pushed", 14))) == found


def test_more_days_than_there_are_is_no_trouble() -> None:
    assert acted([an_image("A")], rule(1, **since("Pushed", 2**31 - 1))) == {}


def test_prefixes_have_to_be_met_all_of_them() -> None:
    """§9.4, no. 9."""
    images = [an_image("A", "alpha-1"), an_image("B", "alpha-1", "beta-1")]
    assert acted(images, rule(1, **prefix("alpha", "beta"), **since("Pushed", 1))) == {"B": 1}


@pytest.mark.parametrize(
    ("wildcard", "tags"),
    [
        ("prod*", ["prod", "prod-1"]),
        ("prod", ["prod"]),
        ("*", ["prod", "prod-1", "Prod", "x.prod"]),
        ("*prod", ["prod", "x.prod"]),
        ("x*o*", ["x.prod"]),
    ],
)
def test_a_wildcard_stands_for_any_run_of_characters(wildcard: str, tags: list[str]) -> None:
    """§9.4, no. 10; exact and case-sensitive: inferred."""
    images = [an_image(tag, tag) for tag in ("prod", "prod-1", "Prod", "x.prod")]
    assert list(acted(images, rule(1, **patterns(wildcard), **since("Pushed", 1)))) == tags


def test_a_star_in_a_prefix_is_a_star() -> None:
    """Inferred: reference api.md §9.2."""
    images = [an_image("A", "prod-1")]
    assert acted(images, rule(1, **prefix("prod*"), **since("Pushed", 1))) == {}


@pytest.mark.parametrize(
    ("status", "names"),
    [({"tagStatus": "untagged"}, ["B"]), ({"tagStatus": "any"}, ["A", "B"]), (prefix("a"), ["A"])],
)
def test_a_rule_is_about_tagged_untagged_or_all_images(status: Any, names: list[str]) -> None:
    """§9.4, no. 11."""
    images = [an_image("A", "a"), an_image("B")]
    assert list(acted(images, rule(1, **since("Pushed", 1), **status))) == names


def test_an_index_in_an_index_goes_after_the_one_that_lists_it() -> None:
    """§9.4, no. 12."""
    images = [INDEX, an_image("J", indexes=("I",)), an_image("P", indexes=("J",))]
    found = verdicts(images, rule(1, **since("Pushed", 1)))
    assert [found[name].pass_number for name in ("I", "J", "P")] == [1, 2, 3]


def test_an_image_of_two_indexes_stays_until_both_are_gone() -> None:
    images = [INDEX, an_image("J", "keep", days=1), an_image("P", days=40, indexes=("I", "J"))]
    assert acted(images, OLD_UNTAGGED, OLD_TAGGED) == {"I": 2}
    (untagged, _) = why(images, "P", OLD_UNTAGGED, OLD_TAGGED)
    assert untagged == "Requested image referenced by manifest list: [J]"


def test_images_of_an_archived_index_may_be_archived_and_not_deleted() -> None:
    """What is done by hand to them meets the same (reference api.md §5.7, §17)."""
    child = an_image("P", archived_indexes=("I",))
    assert acted([child], rule(1, **since("Pushed", 1), action=ARCHIVE)) == {"P": 1}
    assert acted([child], rule(1, **since("Pushed", 1))) == {}


def test_an_index_that_is_archived_lets_its_images_into_the_archive_only() -> None:
    archive = rule(2, **patterns("*"), **since("Pushed", 30), action=ARCHIVE)
    assert acted([INDEX, *CHILDREN], OLD_UNTAGGED, archive) == {"I": 2}
    both = rule(1, **since("Pushed", 30), action=ARCHIVE)
    assert acted([INDEX, *CHILDREN], both) == {"I": 1, "P": 1, "Q": 1}


def test_images_of_an_index_are_counted() -> None:
    """§9.4, no. 14: inferred."""
    images = [*CHILDREN, an_image("U", days=50)]
    assert acted(images, rule(1, tagStatus="untagged", more_than=2)) == {"U": 1}


def test_a_claimed_image_of_an_index_is_not_acted_on_by_a_later_rule() -> None:
    """§9.4, no. 3: also where the rule that claims it could not act."""
    rules = OLD_UNTAGGED, rule(2, **since("Pushed", 30), action=ARCHIVE)
    found = verdicts([INDEX, *CHILDREN], *rules)
    assert [found[name].applied_rule_priority for name in "IPQ"] == [2, None, None]


def test_what_is_about_an_image_is_no_candidate() -> None:
    """§9.4, no. 15."""
    images = [an_image("A", "a"), an_image("S", days=400, subject="A")]
    assert acted(images, rule(1, **since("Pushed", 1))) == {"A": 1}
    assert why(images, "S", rule(1, more_than=1)) == [
        "it is about an image in the repository, and goes when that goes"
    ]


def test_what_is_about_an_index_waits_also_when_there_is_another_pass() -> None:
    images = [INDEX, *CHILDREN, an_image("S", days=400, subject="I")]
    assert "S" not in acted(images, rule(1, **since("Pushed", 1)))


def test_images_of_one_age_are_ranked_by_digest() -> None:
    """§9.4, no. 18: inferred."""
    images = [an_image(name, days=5) for name in ("C", "A", "B")]
    assert acted(images, rule(1, more_than=1)) == {"C": 1, "B": 1}


def test_rules_see_the_storage_class_that_they_are_about() -> None:
    """§9.4, no. 19."""
    images = [an_image("A", days=400), archived("B", days=400)]
    assert acted(images, rule(1, **since("Pushed", 1))) == {"A": 1}
    assert why(images, "B", rule(1, **since("Pushed", 1))) == ["it is in another storage class"]


def test_an_image_on_its_way_back_is_not_touched() -> None:
    """§9.4, no. 19: inferred."""
    images = [an_image("A", days=400, storage_class=None, archived_at=ago(400))]
    rules = rule(1, **since("Pushed", 1)), rule(2, **IN_ARCHIVE, countNumber=90)
    assert acted(images, *rules) == {}
    assert why(images, "A", *rules) == ["it is on its way back from the archive"] * 2


def test_an_image_in_the_archive_since_no_known_time_stays() -> None:
    images = [replace(archived("A", days=400), archived_at=None)]
    rules = rule(1, **IN_ARCHIVE, countNumber=90)
    assert why(images, "A", rules) == ["it is not known when it was archived"]


def test_what_is_acted_on_says_why_and_who_spared_it_before() -> None:
    rules = rule(1, **prefix("b"), more_than=1), rule(2, **since("Pushed", 7))
    verdict = verdicts([an_image("A", "a", days=9)], *rules)["A"]
    assert verdict.reason == "it was pushed 9 days ago, and the limit is 7"
    assert [each.reason for each in verdict.spared] == ["its tags do not meet the rule"]


def test_no_images_have_no_verdicts() -> None:
    assert evaluate(policy(rule(1, more_than=1)), (), NOW) == ()


# Any images and policies

names = st.sampled_from(["a", "ab", "b", "c-1", "c-2"])
some_images = st.builds(
    lambda shapes: [
        an_image(
            f"sha256:{number:02}",
            *sorted(tags),
            days=days,
            pulled=min(pulled, days),
            storage_class=storage_class,
            archived_at=ago(days) if storage_class == "archive" else None,
            indexes=(f"sha256:{index:02}",) if index is not None and index < number else (),
        )
        for number, (tags, days, pulled, storage_class, index) in enumerate(shapes)
    ],
    st.lists(
        st.tuples(
            st.sets(names, max_size=2),
            st.integers(0, 8).map(lambda days: days * 20),
            st.integers(0, 100),
            st.sampled_from(["standard", "standard", "archive", None]),
            st.none() | st.integers(0, 5),
        ),
        max_size=12,
    ),
)
counts = st.sampled_from(
    [
        {"more_than": 1},
        {"more_than": 3},
        since("Pushed", 30),
        {**since("Pulled", 30), "action": ARCHIVE},
        {"more_than": 2, "action": ARCHIVE},
    ]
)
tag_lists = st.sampled_from(
    [prefix("a"), prefix("b"), prefix("a", "b"), patterns("c*"), patterns("*")]
)


@st.composite
def policies(draw: Any) -> LifecyclePolicy:
    lists = draw(st.lists(tag_lists, max_size=4, unique_by=str))
    tagged = [rule(number, **each, **draw(counts)) for number, each in enumerate(lists, start=1)]
    untagged = [rule(90, tagStatus="untagged", **draw(counts))] * draw(st.integers(0, 1))
    others = [rule(99, **draw(counts)), rule(100, **IN_ARCHIVE, countNumber=90)]
    return policy(*tagged, *untagged, *others)


@given(some_images, policies())
def test_every_image_has_a_verdict_with_a_reason(images: Any, made: LifecyclePolicy) -> None:
    found = evaluate(made, images, NOW)
    assert [each.candidate.image_digest for each in found] == [each.image_digest for each in images]
    assert all(each.reason if each.action else each.spared for each in found)


@given(some_images, policies())
def test_an_image_that_is_left_was_spared_by_every_rule(images: Any, made: LifecyclePolicy) -> None:
    everyone = [each.rule_priority for each in made.rules]
    for verdict in evaluate(made, images, NOW):
        before = [each.rule_priority for each in verdict.spared]
        acting = [verdict.applied_rule_priority] if verdict.action else []
        assert before + acting == everyone[: len(before + acting)]
        assert verdict.action or before == everyone


@given(some_images, policies())
def test_a_claimed_image_is_never_acted_on_by_a_later_rule(
    images: Any, made: LifecyclePolicy
) -> None:
    for verdict in evaluate(made, images, NOW):
        one = replace(verdict.candidate, subject=None)
        claims = [
            each.rule_priority for each in made.rules if claims_it(each.rule_priority, made, one)
        ]
        assert verdict.applied_rule_priority in (None, *claims[:1])


def claims_it(number: int, made: LifecyclePolicy, image: LifecycleCandidate) -> bool:
    """Tell whether a rule that stands alone is about an image at all."""
    alone = LifecyclePolicy(
        rules=tuple(each for each in made.rules if each.rule_priority == number)
    )
    (verdict,) = evaluate(alone, [image], NOW)
    foreign = ("its tags do not", "it is in another", "it is on its way")
    return not any(each.reason.startswith(foreign) for each in verdict.spared)


@given(some_images, st.integers(1, 5))
def test_the_youngest_always_survive_a_count(images: Any, kept: int) -> None:
    found = verdicts(images, rule(1, more_than=kept))
    standard = [each for each in images if each.storage_class == "standard"]
    youngest = sorted(standard, key=lambda each: (NOW - each.pushed_at, each.image_digest))[:kept]
    assert not any(found[each.image_digest].action for each in youngest)


@given(some_images, policies())
def test_an_image_goes_in_a_later_pass_than_each_index_that_lists_it(
    images: Any, made: LifecyclePolicy
) -> None:
    found = {each.candidate.image_digest: each for each in evaluate(made, images, NOW)}
    for image in images:
        verdict = found[image.image_digest]
        for index in image.indexes if verdict.action else ():
            assert 0 < found[index].pass_number < verdict.pass_number


@given(some_images, policies(), st.randoms())
def test_the_order_of_the_images_makes_no_difference(
    images: Any, made: LifecyclePolicy, chance: Any
) -> None:
    shuffled = list(images)
    chance.shuffle(shuffled)
    ours, others = evaluate(made, images, NOW), evaluate(made, shuffled, NOW)
    assert sorted(ours, key=digest_of) == sorted(others, key=digest_of)


def digest_of(verdict: LifecycleVerdict) -> str:
    return verdict.candidate.image_digest


# From a repository to candidates

IMAGE = Image(
    image_digest="sha256:aa",
    image_manifest="{}",
    image_manifest_media_type="application/vnd.oci.image.manifest.v1+json",
    artifact_media_type=None,
    image_size_in_bytes=2,
    image_pushed_at=ago(50),
    sequence=5,
)
LISTING = replace(IMAGE, image_digest="sha256:ii", is_index=True, references=("sha256:aa",) * 2)


def tagging(tag: str, sequence: int, digest: str = "sha256:aa") -> Tagging:
    return Tagging(image_tag=tag, image_digest=digest, sequence=sequence)


def test_an_image_has_its_tags_in_the_order_in_which_they_were_put() -> None:
    taggings = [tagging("b", 9), tagging("a", 7), tagging("c", 8, "sha256:other")]
    (found,) = candidates([IMAGE], taggings)
    assert (found.image_tags, found.storage_class) == (("a", "b"), "standard")


def test_candidates_come_in_the_order_of_their_first_push() -> None:
    images = [IMAGE, replace(IMAGE, image_digest="sha256:bb", sequence=1)]
    assert [each.image_digest for each in candidates(images, [])] == ["sha256:bb", "sha256:aa"]


@pytest.mark.parametrize(
    ("status", "indexes", "archived_indexes"),
    [
        ("ACTIVE", ("sha256:ii",), ()),
        ("ACTIVATING", ("sha256:ii",), ()),
        ("ARCHIVED", (), ("sha256:ii",)),
    ],
)
def test_an_image_knows_the_indexes_that_list_it(
    status: str, indexes: tuple[str], archived_indexes: tuple[str]
) -> None:
    found, _ = candidates([IMAGE, replace(LISTING, image_status=status, sequence=6)], [])
    assert (found.indexes, found.archived_indexes) == (indexes, archived_indexes)


@pytest.mark.parametrize(("subject", "known"), [("sha256:aa", "sha256:aa"), ("sha256:no", None)])
def test_a_subject_counts_while_it_is_there(subject: str, known: str | None) -> None:
    about = replace(IMAGE, image_digest="sha256:ss", subject_manifest_digest=subject, sequence=6)
    assert candidates([IMAGE, about], [])[1].subject == known


@pytest.mark.parametrize(
    ("pulled", "activated", "pushed_at", "pulled_at"),
    [
        (None, None, 50, 50),
        (3, None, 50, 3),
        (None, 10, 10, 10),
        (20, 10, 10, 10),
        (3, 10, 10, 3),
    ],
)
def test_a_restore_is_a_push_to_rules(
    pulled: int | None, activated: int | None, pushed_at: int, pulled_at: int
) -> None:
    """§9.4, no. 6 and 8."""
    times = {
        "last_recorded_pull_time": None if pulled is None else ago(pulled),
        "last_activated_at": None if activated is None else ago(activated),
    }
    found = candidate(replace(IMAGE, **times), ())
    assert (found.pushed_at, found.pulled_at) == (ago(pushed_at), ago(pulled_at))
    assert found.image_pushed_at == ago(50)


@pytest.mark.parametrize(
    ("status", "storage_class"),
    [("ACTIVE", "standard"), ("ARCHIVED", "archive"), ("ACTIVATING", None)],
)
def test_a_status_is_a_storage_class_or_none(status: str, storage_class: str | None) -> None:
    assert candidate(replace(IMAGE, image_status=status), ()).storage_class == storage_class


@pytest.mark.parametrize(
    ("change", "tags"),
    [
        ({}, ("a", "b")),
        ({}, ()),
        ({"image_status": "ARCHIVED"}, ("a",)),
        ({"last_recorded_pull_time": NOW}, ("a",)),
        ({"last_activated_at": NOW}, ("a",)),
    ],
)
def test_an_image_that_changed_is_not_as_it_was_seen(change: Any, tags: tuple[str, ...]) -> None:
    seen = replace(candidate(IMAGE, ("a",)), indexes=("sha256:ii",))
    assert is_as_seen(seen, IMAGE, ("a",))
    assert not is_as_seen(seen, replace(IMAGE, **change), tags)


def test_a_view_is_evaluated_as_of_a_time() -> None:
    text = json.dumps({"rules": [rule(1, **since("Pushed", 14))]})
    seen = {"policy_id": "p", "now": NOW, "images": (IMAGE,), "taggings": ()}
    view = LifecycleView(lifecycle_policy_text=text, **seen)
    found = [bool(verdicts_about(view, at)[0].action) for at in (NOW, ago(40))]
    assert found == [True, False]


# From verdicts to what is done and shown


def test_what_is_acted_on_comes_in_parts_with_indexes_before_their_images() -> None:
    found = evaluate(
        policy(OLD_UNTAGGED, OLD_TAGGED), [*CHILDREN, INDEX, an_image("N", days=1)], NOW
    )
    parts = [
        (action, [each.image_digest for each in images]) for action, images in batches(found, 1)
    ]
    assert parts == [("expire", ["I"]), ("expire", ["P"]), ("expire", ["Q"])]


def test_a_part_has_one_action() -> None:
    images = [an_image("A", "a"), an_image("B"), an_image("C", "a")]
    rules = (
        rule(1, **prefix("a"), **since("Pushed", 1), action=ARCHIVE),
        rule(2, **since("Pushed", 1)),
    )
    parts = list(batches(evaluate(policy(*rules), images, NOW), 100))
    assert [(action, len(part)) for action, part in parts] == [("expire", 1), ("transition", 2)]


def test_a_preview_shows_what_is_acted_on_in_upper_case() -> None:
    images = [an_image("A", "a", days=9), an_image("N", days=1), archived("B", days=95)]
    rules = (
        rule(1, **since("Pushed", 7), action=ARCHIVE),
        rule(2, **IN_ARCHIVE, countNumber=90),
    )
    one, two = preview_results(evaluate(policy(*rules), images, NOW))
    assert (one.image_tags, one.image_pushed_at, one.storage_class) == (("a",), ago(9), "STANDARD")
    assert (one.action.type, one.action.target_storage_class) == ("TRANSITION", "ARCHIVE")
    assert (two.image_tags, two.action.target_storage_class) == (None, None)
    assert (two.action.type, two.applied_rule_priority, two.storage_class) == (
        "EXPIRE",
        2,
        "ARCHIVE",
    )


@pytest.mark.parametrize(("action", "expiring", "archived"), [(EXPIRE, 2, 0), (ARCHIVE, 0, 2)])
def test_a_summary_counts_transitions_only_where_there_are_some(
    action: Any, expiring: int, archived: int
) -> None:
    """Source: reference api.md §9.5."""
    images = [an_image("A"), an_image("B")]
    found = evaluate(policy(rule(1, **since("Pushed", 1), action=action)), images, NOW)
    count = TransitioningImageTotalCount(target_storage_class="ARCHIVE", image_total_count=archived)
    assert preview_summary(preview_results(found)) == LifecyclePolicyPreviewSummary(
        expiring_image_total_count=expiring,
        transitioning_image_total_counts=(count,) if archived else None,
    )


@pytest.mark.parametrize(
    ("days", "following"), [(0, 1), (0.5, 1), (1, 1), (5, 1), (10, 1), (11, 2), (1000, 991)]
)
def test_a_clock_that_jumps_leaves_a_limited_number_of_runs(days: float, following: int) -> None:
    now = NOW + timedelta(days=days)
    assert next_run(NOW, now, timedelta(days=1), 10) == NOW + timedelta(days=following)
