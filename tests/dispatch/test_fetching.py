"""What operations need from upstreams: fetched once, without the lock, and kept whole or not at all."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from ecrmock.own_calls import put_upstream_secret
from ecrmock.values.authorization import AccessKey
from ecrmock.values.errors import EcrError
from ecrmock.values.faults import Fault
from ecrmock.values.images import ImageIdentifier
from ecrmock.values.referrers import ListImageReferrersFilter, SubjectIdentifier
from ecrmock.values.replication import (
    ReplicationConfiguration,
    ReplicationDestination,
    ReplicationRule,
)
from ecrmock.values.repositories import RepositoryNotFoundError, ResourceTag
from tests.dispatch.conftest import Corridor, manifest_of
from tests.documents import digest_of, identity_policy, trust_policy
from tests.upstreams import OCI_INDEX, Answer, FakeRegistry, fake_registry

ACCOUNT, OTHER = "123456789012", "111122223333"
WEST = f"{ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com"
EAST = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"
FOREIGN = f"{OTHER}.dkr.ecr.us-east-1.amazonaws.com"
LAYER = b"layer"
NAME = {"repository_name": "hub/app"}
DAY = timedelta(hours=24)
Make = Callable[..., Corridor]


@pytest.fixture
def registry() -> Iterator[FakeRegistry]:
    with fake_registry() as registry:
        yield registry


@pytest.fixture
def cache(registry: FakeRegistry) -> Make:
    """Make a backend with the rule ``hub``, whose upstream is the fake registry."""

    def cache(**settings: Any) -> Corridor:
        given = {"settle": "manual", "upstreams": (("quay.io", registry.url),), **settings}
        corridor = Corridor(**given)
        rule = {"ecr_repository_prefix": "hub", "upstream_registry_url": "quay.io"}
        corridor("CreatePullThroughCacheRule", credentials=AccessKey(ACCOUNT), **rule)
        return corridor

    return cache


def pull(corridor: Corridor, reference: str = "1", name: str = "hub/app", **how: Any) -> Any:
    """Return the digest of an image, or the failure code for it."""
    member = "image_digest" if ":" in reference else "image_tag"
    image_ids = (ImageIdentifier(**{member: reference}),)
    answer = corridor("BatchGetImage", repository_name=name, image_ids=image_ids, **how)
    if answer.failures:
        return answer.failures[0].failure_code
    return answer.images[0].image_id.image_digest


def refusal(call: Callable[[], Any]) -> str:
    with pytest.raises(EcrError) as refused:
        call()
    return refused.value.code


def layer(corridor: Corridor, digest: str, name: str = "hub/app") -> bytes:
    return corridor.open("GetDownloadUrlForLayer", repository_name=name, layer_digest=digest)


def repositories(corridor: Corridor) -> list[str]:
    found = corridor("DescribeRepositories").repositories
    return [repository.repository_name for repository in found]


def test_a_missing_image_is_fetched_and_then_there(cache: Make, registry: FakeRegistry) -> None:
    digest, corridor = registry.keep("app", "1", LAYER), cache()
    assert [pull(corridor), pull(corridor)] == [digest, digest]
    assert registry.requests == [("GET", "/v2/app/manifests/1")]


def test_a_blob_is_fetched_when_it_is_asked_for(cache: Make, registry: FakeRegistry) -> None:
    registry.keep("app", "1", LAYER)
    corridor = cache()
    pull(corridor)
    assert layer(corridor, digest_of(LAYER)) == LAYER
    assert layer(corridor, digest_of(LAYER)) == LAYER
    assert registry.counted()[f"/v2/app/blobs/{digest_of(LAYER)}"] == 1
    assert f"/v2/app/blobs/{digest_of(b'{}')}" not in registry.counted()


def test_settling_completes_an_index_with_all_that_it_lists(
    cache: Make, registry: FakeRegistry
) -> None:
    """Source: reference features.md §4.4, the index and every child."""
    children = [registry.keep("app", f"c{n}", b"%d" % n, config=b"[%d]" % n) for n in range(2)]
    index = registry.keep_index("app", "1", *children)
    corridor = cache()
    assert pull(corridor) == index
    corridor.backend.settle()
    registry.contents.clear()
    assert [pull(corridor, child) for child in children] == children
    assert layer(corridor, digest_of(b"1")) == b"1"


def test_an_index_weighs_what_its_largest_image_does(cache: Make, registry: FakeRegistry) -> None:
    child = registry.keep("app", "c", LAYER)
    registry.keep_index("app", "1", child)
    corridor = cache()
    pull(corridor)
    corridor.backend.settle()
    details = corridor("DescribeImages", **NAME).image_details
    assert {image.image_size_in_bytes for image in details} == {len(LAYER) + 2}


def test_an_image_is_announced_when_it_is_complete(cache: Make, registry: FakeRegistry) -> None:
    """The children first, as in a push. Source: reference features.md §11.1, §11.8."""
    child = registry.keep("app", "c", LAYER)
    index = registry.keep_index("app", "1", child)
    corridor = cache()
    pull(corridor)
    assert corridor.backend.events() == ()
    corridor.backend.settle()
    pushed, pushed_index, imported = corridor.backend.events()
    assert [each["detail"]["image-digest"] for each in (pushed, pushed_index)] == [child, index]
    assert imported["detail-type"] == "ECR Pull Through Cache Action"
    assert imported["resources"] == [f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/hub/app"]
    assert imported["detail"] == {
        "rule-version": "1",
        "sync-status": "SUCCESS",
        "ecr-repository-prefix": "hub",
        "repository-name": "hub/app",
        "upstream-registry-url": "quay.io",
        "image-tag": "1",
        "image-digest": index,
    }


def test_an_index_in_an_index_is_announced_with_all_that_it_lists(
    cache: Make, registry: FakeRegistry
) -> None:
    image = registry.keep("app", "image", LAYER)
    inner = registry.keep_index("app", "inner", image)
    outer = registry.keep_index("app", "outer", inner, image)
    corridor = cache()
    pull(corridor, "outer")
    corridor.backend.settle()
    pushes = corridor.backend.events()[:-1]
    assert [each["detail"]["image-digest"] for each in pushes] == [image, inner, outer]


def test_indexes_that_list_each_other_many_ways_come_once(
    cache: Make, registry: FakeRegistry
) -> None:
    """Forty pairs of indexes, each listing both of the pair before: 2**40 ways to 81 images."""
    pair = [registry.keep("app", name, name.encode()) for name in ("a", "b")]
    for number in range(40):
        listed = [{"mediaType": OCI_INDEX, "digest": each, "size": 1} for each in pair]
        document = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": listed}
        names = ("left", "right")
        pair = [
            registry.keep_manifest(
                "app", name, {**document, "annotations": {name: str(number)}}, OCI_INDEX
            )
            for name in names
        ]
    corridor = cache()
    replicate = {"destinations": (ReplicationDestination(region="eu-west-1", registry_id=ACCOUNT),)}
    rules = (ReplicationRule(**replicate),)
    configuration = ReplicationConfiguration(rules=rules)
    corridor("PutReplicationConfiguration", replication_configuration=configuration)
    assert pull(corridor, "left") == pair[0]
    corridor.backend.settle()
    assert corridor.backend.events()[81]["detail"]["sync-status"] == "SUCCESS"
    assert len(corridor("DescribeImages", **NAME, region="eu-west-1").image_details) == 81


def test_inline_a_pull_is_complete_before_it_returns(cache: Make, registry: FakeRegistry) -> None:
    registry.keep("app", "1", LAYER)
    corridor = cache(settle="inline")
    pull(corridor)
    registry.contents.clear()
    assert layer(corridor, digest_of(LAYER)) == LAYER
    assert len(corridor.backend.events()) == 2


def test_the_repository_is_made_by_the_template(cache: Make, registry: FakeRegistry) -> None:
    registry.keep("app", "1", LAYER)
    corridor = cache()
    corridor(
        "CreateRepositoryCreationTemplate",
        prefix="hub",
        applied_for=("PULL_THROUGH_CACHE",),
        image_tag_mutability="IMMUTABLE",
    )
    pull(corridor)
    (made,) = corridor("DescribeRepositories").repositories
    assert made.image_tag_mutability == "IMMUTABLE"


def test_a_template_that_lacks_its_role_makes_none(cache: Make, registry: FakeRegistry) -> None:
    """Source: reference iam.md §11.2: the pull ends in 404."""
    registry.keep("app", "1", LAYER)
    corridor = cache()
    corridor(
        "CreateRepositoryCreationTemplate",
        prefix="hub",
        applied_for=("PULL_THROUGH_CACHE",),
        resource_tags=(ResourceTag(key="team", value="a"),),
    )
    assert refusal(lambda: pull(corridor)) == "RepositoryNotFoundException"


# A day later


def test_within_a_day_the_upstream_is_not_asked(cache: Make, registry: FakeRegistry) -> None:
    registry.keep("app", "1", LAYER)
    corridor = cache()
    pull(corridor)
    corridor.clock.advance(DAY - timedelta(seconds=1))
    pull(corridor)
    assert len(registry.requests) == 1


def test_an_unchanged_tag_is_good_for_another_day(cache: Make, registry: FakeRegistry) -> None:
    digest, corridor = registry.keep("app", "1", LAYER), cache()
    pull(corridor)
    corridor.clock.advance(DAY)
    assert [pull(corridor), pull(corridor)] == [digest, digest]
    assert registry.counted("HEAD") == {"/v2/app/manifests/1": 1}


def test_a_changed_tag_moves_after_a_day(cache: Make, registry: FakeRegistry) -> None:
    first, corridor = registry.keep("app", "1", LAYER), cache()
    pull(corridor)
    second = registry.keep("app", "1", b"other")
    assert pull(corridor) == first
    corridor.clock.advance(DAY)
    assert [pull(corridor), pull(corridor, first)] == [second, first]


def test_an_immutable_tag_stays(cache: Make, registry: FakeRegistry) -> None:
    """Source: reference features.md §4.4."""
    first, corridor = registry.keep("app", "1", LAYER), cache()
    pull(corridor)
    registry.keep("app", "1", b"other")
    corridor("PutImageTagMutability", **NAME, image_tag_mutability="IMMUTABLE")
    corridor.clock.advance(DAY)
    assert pull(corridor) == first


def test_what_somebody_pushed_is_not_refreshed(cache: Make, registry: FakeRegistry) -> None:
    registry.keep("app", "1", LAYER)
    corridor = cache().create("hub/app")
    pushed = corridor.push(b"own", "1", "hub/app")
    corridor.clock.advance(DAY)
    assert pull(corridor) == pushed
    assert registry.requests == []


@pytest.mark.parametrize("status", [401, 404, 429, 503])
def test_the_stale_image_is_served_when_the_upstream_fails(
    cache: Make, registry: FakeRegistry, status: int
) -> None:
    """Source: reference features.md §4.4."""
    first, corridor = registry.keep("app", "1", LAYER), cache()
    pull(corridor)
    corridor.clock.advance(DAY)
    registry.answers["/v2/app/manifests/1"] = Answer(status)
    assert pull(corridor) == first


# What goes wrong


MANIFEST = "/v2/app/manifests/1"
FAILURES = [
    (Answer(403), "UpstreamAccessDenied"),
    (Answer(429), "UpstreamTooManyRequests"),
    (Answer(500), "UpstreamUnavailable"),
    (Answer(302, headers={"Location": MANIFEST}), "UpstreamUnavailable"),
    (Answer(200, b"{}", {"Docker-Content-Digest": digest_of(b"")}), "UpstreamUnavailable"),
    (Answer(200, b"{}", {"Content-Type": "text/html"}), "UpstreamUnavailable"),
    (Answer(200, b"<html>"), "UpstreamUnavailable"),
    (Answer(200, b"{", length=100), "UpstreamUnavailable"),
]


@pytest.mark.parametrize(("answer", "code"), FAILURES)
def test_a_failed_pull_leaves_nothing_and_can_be_made_again(
    cache: Make, registry: FakeRegistry, answer: Answer, code: str
) -> None:
    digest, corridor = registry.keep("app", "1", LAYER), cache()
    registry.answers[MANIFEST] = answer
    assert pull(corridor) == code
    assert repositories(corridor) == []
    del registry.answers[MANIFEST]
    assert pull(corridor) == digest


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404),
        Answer(429),
        Answer(500),
        Answer(200, b"other"),
        Answer(200, LAYER[:-1]),
        Answer(200, LAYER[:-1], length=len(LAYER)),
        Answer(200, LAYER + b"!"),
    ],
)
def test_a_blob_that_is_not_what_it_should_be_is_not_kept(
    cache: Make, registry: FakeRegistry, answer: Answer
) -> None:
    registry.keep("app", "1", LAYER)
    corridor = cache()
    pull(corridor)
    path = f"/v2/app/blobs/{digest_of(LAYER)}"
    registry.answers[path] = answer
    before = corridor.backend.usage()
    assert refusal(lambda: layer(corridor, digest_of(LAYER))) == "UnableToGetUpstreamLayerException"
    assert corridor.backend.usage() == before
    del registry.answers[path]
    assert layer(corridor, digest_of(LAYER)) == LAYER


def test_a_failed_import_is_told(cache: Make, registry: FakeRegistry) -> None:
    """Source: reference features.md §11.8."""
    registry.answers[MANIFEST] = Answer(503)
    corridor = cache()
    pull(corridor)
    (event,) = corridor.backend.events()
    detail = event["detail"]
    assert (detail["sync-status"], detail["failure-code"]) == ("FAILED", "UpstreamUnavailable")
    assert (detail["image-tag"], "image-digest" in detail) == ("1", False)


def test_what_cannot_be_completed_is_told_and_served_as_far_as_it_is_here(
    cache: Make, registry: FakeRegistry
) -> None:
    digest, corridor = registry.keep("app", "1", LAYER), cache()
    registry.answers[f"/v2/app/blobs/{digest_of(LAYER)}"] = Answer(503)
    pull(corridor)
    corridor.backend.settle()
    (event,) = corridor.backend.events()
    assert event["detail"]["sync-status"] == "FAILED"
    assert pull(corridor) == digest
    assert layer(corridor, digest_of(b"{}")) == b"{}"


def statuses(corridor: Corridor) -> list[str]:
    """Return how the imports ended so far."""
    events = corridor.backend.events()
    return [event["detail"]["sync-status"] for event in events if "sync-status" in event["detail"]]


def fail_layer(registry: FakeRegistry, status: int) -> str:
    registry.keep("app", "1", LAYER)
    path = f"/v2/app/blobs/{digest_of(LAYER)}"
    registry.answers[path] = Answer(status)
    return path


def test_an_import_that_failed_is_tried_again_by_itself(
    cache: Make, registry: FakeRegistry
) -> None:
    """After one minute, then after two. Inferred: reference features.md §4.6."""
    path, corridor = fail_layer(registry, 503), cache(settle="inline")
    pull(corridor)
    for seconds, failures in ((59, 1), (1, 2), (119, 2), (1, 3)):
        corridor.clock.advance(timedelta(seconds=seconds))
        corridor.backend.settle()
        assert statuses(corridor) == ["FAILED"] * failures
    del registry.answers[path]
    corridor.clock.advance(timedelta(minutes=4))
    corridor.backend.settle()
    assert statuses(corridor) == ["FAILED"] * 3 + ["SUCCESS"]
    registry.contents.clear()
    assert layer(corridor, digest_of(LAYER)) == LAYER


def test_an_import_that_keeps_failing_is_given_up(cache: Make, registry: FakeRegistry) -> None:
    path, corridor = fail_layer(registry, 429), cache(settle="inline")
    pull(corridor)
    for minutes in (1, 2, 4, 8, 16, 32, 64, 10_000, 10_000):
        corridor.clock.advance(timedelta(minutes=minutes))
        corridor.backend.settle()
    assert statuses(corridor) == ["FAILED"] * 8
    assert registry.counted()[path] == 8


def test_a_clock_that_jumps_tries_once(cache: Make, registry: FakeRegistry) -> None:
    """And goes on from there: an upstream that is down is down at that moment."""
    path, corridor = fail_layer(registry, 503), cache(settle="inline")
    pull(corridor)
    corridor.clock.advance(timedelta(hours=3))
    corridor.backend.settle()
    assert registry.counted()[path] == 2
    corridor.clock.advance(timedelta(minutes=2))
    corridor.backend.settle()
    assert registry.counted()[path] == 3


@pytest.mark.parametrize("status", [403, 404])
def test_what_an_upstream_does_not_give_is_not_asked_for_again(
    cache: Make, registry: FakeRegistry, status: int
) -> None:
    path, corridor = fail_layer(registry, status), cache(settle="inline")
    pull(corridor)
    corridor.clock.advance(timedelta(hours=3))
    corridor.backend.settle()
    assert registry.counted()[path] == 1


def test_an_image_that_went_away_meanwhile_is_not_fetched_again(
    cache: Make, registry: FakeRegistry
) -> None:
    path, corridor = fail_layer(registry, 503), cache(settle="inline")
    image_id = ImageIdentifier(image_digest=pull(corridor))
    corridor("BatchDeleteImage", **NAME, image_ids=(image_id,))
    corridor.clock.advance(timedelta(hours=3))
    corridor.backend.settle()
    assert registry.counted()[path] == 1


def test_an_image_that_is_nowhere_is_not_found(cache: Make, registry: FakeRegistry) -> None:
    registry.keep("app", "1", LAYER)
    corridor = cache()
    assert refusal(lambda: pull(corridor, "2")) == "RepositoryNotFoundException"
    pull(corridor)
    assert pull(corridor, "2") == "ImageNotFound"


HUB = {"ecr_repository_prefix": "hub", "upstream_registry_url": "registry-1.docker.io"}


def hub(registry: FakeRegistry, password: str, **rule: Any) -> Corridor:
    """A backend whose rule ``hub`` logs in to the upstream with a secret, as Docker Hub."""
    registry.login = "basic"
    registry.keep("library/app", "1", LAYER)
    corridor = Corridor(upstreams=(("docker.io", registry.url),))
    arn = put_upstream_secret(corridor.backend, "ecr-pullthroughcache/hub", "user", password)
    corridor("CreatePullThroughCacheRule", **HUB, **rule, credential_arn=arn)
    return corridor


def test_refused_credentials_fail_the_whole_call(registry: FakeRegistry) -> None:
    """Inferred: reference api.md §12.3."""
    corridor, name = hub(registry, "wrong"), "hub/library/app"
    refused = refusal(lambda: pull(corridor, name=name))
    assert refused == "UnableToGetUpstreamImageException"
    put_upstream_secret(corridor.backend, "ecr-pullthroughcache/hub", "user", "secret")
    assert pull(corridor, name=name) == digest_of(
        registry.contents["/v2/library/app/manifests/1"].body
    )


def test_an_official_image_of_docker_hub_is_below_library(registry: FakeRegistry) -> None:
    """Without it the pull is forbidden. Source: reference features.md §4.3, registry.md §14.1."""
    corridor = hub(registry, "secret")
    registry.keep("app", "1", LAYER)
    assert refusal(lambda: pull(corridor)) == "UnableToGetUpstreamImageException"
    assert registry.requests == []


def test_a_rule_may_say_that_the_images_are_below_library(registry: FakeRegistry) -> None:
    corridor = hub(registry, "secret", upstream_repository_prefix="library")
    assert pull(corridor) == digest_of(registry.contents["/v2/library/app/manifests/1"].body)


def test_a_secret_is_in_no_record(cache: Make) -> None:
    corridor = cache()
    put_upstream_secret(corridor.backend, "ecr-pullthroughcache/hub", "user", "very-secret")
    assert "very-secret" not in str(corridor.records)


def test_offline_no_other_upstream_is_asked() -> None:
    corridor = Corridor()
    rule = {"ecr_repository_prefix": "hub", "upstream_registry_url": "quay.io"}
    corridor("CreatePullThroughCacheRule", **rule)
    assert refusal(lambda: pull(corridor)) == "UnableToGetUpstreamImageException"
    validation = corridor("ValidatePullThroughCacheRule", ecr_repository_prefix="hub")
    assert (validation.is_valid, "offline" in validation.failure) == (False, True)


def test_what_is_no_manifest_is_said_to_have_come_from_the_upstream(
    cache: Make, registry: FakeRegistry
) -> None:
    registry.contents[MANIFEST] = Answer(200, b"<html>", {"Content-Type": "text/html"})
    image_ids = (ImageIdentifier(image_tag="1"),)
    (failed,) = cache()("BatchGetImage", **NAME, image_ids=image_ids).failures
    assert failed.failure_reason.startswith("what the upstream sent cannot be kept: Invalid")


# Many at once


def held(registry: FakeRegistry, path: str) -> threading.Event:
    """Have the upstream answer only after the returned event."""
    event = threading.Event()
    registry.contents[path].wait_for = event
    return event


def wait_for_request(registry: FakeRegistry, path: str) -> None:
    for _ in range(10_000):
        if ("GET", path) in registry.requests:
            return
        threading.Event().wait(0.001)
    raise AssertionError(registry.requests)


@pytest.mark.parametrize("settle", ["manual", "inline"])
def test_many_callers_share_one_fetch(cache: Make, registry: FakeRegistry, settle: str) -> None:
    digest = registry.keep("app", "1", LAYER)
    corridor, go = cache(settle=settle), held(registry, MANIFEST)
    with ThreadPoolExecutor(20) as pool:
        pulls = [pool.submit(pull, corridor) for _ in range(20)]
        wait_for_request(registry, MANIFEST)
        go.set()
        assert {each.result(60) for each in pulls} == {digest}
        layers = [pool.submit(layer, corridor, digest_of(LAYER)) for _ in range(20)]
        assert {each.result(60) for each in layers} == {LAYER}
    corridor.backend.settle()
    assert set(registry.counted().values()) == {1}


def test_many_callers_share_one_failure_and_the_next_one_tries_again(
    cache: Make, registry: FakeRegistry
) -> None:
    digest, corridor = registry.keep("app", "1", LAYER), cache()
    go = threading.Event()
    registry.answers[MANIFEST] = Answer(503, wait_for=go)
    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(pull, corridor)
        wait_for_request(registry, MANIFEST)
        others = [pool.submit(pull, corridor) for _ in range(4)]
        go.set()
        assert first.result(60) == "UpstreamUnavailable"
        assert {each.result(60) for each in others} == {"UpstreamUnavailable"}
    del registry.answers[MANIFEST]
    assert pull(corridor) == digest


def test_other_calls_go_on_while_an_upstream_is_slow(cache: Make, registry: FakeRegistry) -> None:
    """The lock is free. Source: DESIGN.md section 2."""
    digest = registry.keep("app", "1", LAYER)
    corridor, go = cache(), held(registry, MANIFEST)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(pull, corridor)
        wait_for_request(registry, MANIFEST)
        assert repositories(corridor.create("other")) == ["other"]
        assert not waiting.done()
        go.set()
        assert waiting.result(60) == digest


# What changes while an upstream is asked


def pull_while(corridor: Corridor, registry: FakeRegistry, change: Callable[[], object]) -> Any:
    """Return what a pull gets during which something changes."""
    asked, go = registry.counted()[MANIFEST], held(registry, MANIFEST)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(pull, corridor)
        while registry.counted()[MANIFEST] + registry.counted("HEAD")[MANIFEST] == asked:
            threading.Event().wait(0.001)
        change()
        go.set()
        return waiting.result(60)


@pytest.mark.parametrize("is_cached", [False, True])
def test_a_tag_that_somebody_pushes_meanwhile_is_theirs(
    cache: Make, registry: FakeRegistry, is_cached: bool
) -> None:
    registry.keep("app", "1", LAYER)
    corridor = cache().create("hub/app")
    if is_cached:
        pull(corridor)
    corridor.clock.advance(DAY)
    pushed = pull_while(corridor, registry, lambda: corridor.push(b"mine", "1", "hub/app"))
    corridor.clock.advance(DAY)
    assert pull(corridor) == pushed == digest_of(manifest_of(b"mine", config=b"{6d696e65}"))


def test_a_tag_that_may_not_move_any_more_stays(cache: Make, registry: FakeRegistry) -> None:
    before, corridor = registry.keep("app", "1", LAYER), cache()
    pull(corridor)
    corridor.clock.advance(DAY)
    registry.keep("app", "1", b"news")
    closed = {**NAME, "image_tag_mutability": "IMMUTABLE"}
    change = partial(corridor, "PutImageTagMutability", **closed)
    assert pull_while(corridor, registry, change) == before


def test_nothing_of_before_a_reset_comes_after_it(cache: Make, registry: FakeRegistry) -> None:
    registry.keep("app", "1", LAYER)
    corridor = cache()
    with pytest.raises(RepositoryNotFoundError):
        pull_while(corridor, registry, corridor.backend.reset)
    assert (repositories(corridor), corridor.published) == ([], ())


def test_a_rule_for_another_upstream_has_its_own_images(
    cache: Make, registry: FakeRegistry
) -> None:
    registry.keep("app", "1", LAYER)
    corridor = cache()

    def point_elsewhere() -> None:
        corridor("DeletePullThroughCacheRule", ecr_repository_prefix="hub")
        rule = {"ecr_repository_prefix": "hub", "upstream_registry_url": WEST}
        corridor("CreatePullThroughCacheRule", credentials=AccessKey(ACCOUNT), **rule)

    elsewhere = push_to(corridor, region="us-west-2", layer=b"elsewhere")
    assert pull_while(corridor, registry, point_elsewhere) == elsewhere


def test_an_import_whose_rule_is_gone_is_not_told_as_complete(
    cache: Make, registry: FakeRegistry
) -> None:
    registry.keep("app", "1", LAYER)
    corridor = cache()
    pull(corridor)
    corridor("DeletePullThroughCacheRule", ecr_repository_prefix="hub")
    corridor.backend.settle()
    (told,) = corridor.backend.events()
    assert told["detail"]["sync-status"] == "FAILED"
    assert "no pull through cache rule" in told["detail"]["failure-reason"]


def test_what_came_whole_before_its_rule_was_gone_is_complete(
    cache: Make, registry: FakeRegistry
) -> None:
    registry.keep("app", "1", LAYER)
    corridor = cache()
    pull(corridor)
    for blob in (b"{}", LAYER):
        layer(corridor, digest_of(blob))
    corridor("DeletePullThroughCacheRule", ecr_repository_prefix="hub")
    corridor.backend.settle()
    assert [each["detail-type"] for each in corridor.backend.events()] == [
        "ECR Image Action",
        "ECR Pull Through Cache Action",
    ]


# Referrers


SUBJECT = digest_of("subject")
LISTED = f"/v2/app/referrers/{SUBJECT}"


def refer(registry: FakeRegistry, *names: str) -> list[str]:
    """Have the upstream list some referrers, and return their digests."""
    listed = [{"mediaType": OCI_INDEX, "digest": digest_of(name), "size": 1} for name in names]
    registry.keep_referrers("app", SUBJECT, *listed)
    return [digest_of(name) for name in names]


def referrers(corridor: Corridor, subject: str = SUBJECT, **how: Any) -> list[str]:
    subject_id = SubjectIdentifier(image_digest=subject)
    page = corridor("ListImageReferrers", **NAME, subject_id=subject_id, **how)
    return [referrer.digest for referrer in page.referrers]


@pytest.fixture
def with_image(cache: Make, registry: FakeRegistry) -> Corridor:
    """The cache with its repository."""
    registry.keep("app", "1", LAYER)
    corridor = cache()
    pull(corridor)
    return corridor


def test_referrers_are_asked_for_each_time_and_nothing_of_them_is_kept(
    with_image: Corridor, registry: FakeRegistry
) -> None:
    """Source: reference features.md §4.4, registry.md §12."""
    digests = refer(registry, "a", "b")
    assert referrers(with_image) == digests
    assert referrers(with_image) == digests
    assert registry.counted()[LISTED] == 2
    assert len(with_image("ListImages", **NAME).image_ids) == 1


def test_a_referrer_that_was_pulled_is_an_image_that_is_listed_once(
    with_image: Corridor, registry: FakeRegistry
) -> None:
    subject = {"mediaType": OCI_INDEX, "digest": SUBJECT, "size": 1}
    document = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [], "subject": subject}
    digest = registry.keep_manifest("app", "r", document, OCI_INDEX)
    registry.keep_referrers("app", SUBJECT, {"mediaType": OCI_INDEX, "digest": digest, "size": 9})
    assert referrers(with_image) == [digest]
    assert pull(with_image, digest) == digest
    assert referrers(with_image) == [digest]
    with_image.backend.settle()
    kinds = [event["detail-type"] for event in with_image.backend.events()]
    assert kinds.count("ECR Referrer Action") == 1


def test_where_only_archived_ones_are_wanted_the_upstream_is_not_asked(
    with_image: Corridor, registry: FakeRegistry
) -> None:
    refer(registry, "a")
    wanted = ListImageReferrersFilter(artifact_status="ARCHIVED")
    assert referrers(with_image, filter=wanted) == []
    assert LISTED not in registry.counted()


def test_an_upstream_without_the_repository_lists_nothing(
    with_image: Corridor, registry: FakeRegistry
) -> None:
    registry.contents.clear()
    assert referrers(with_image) == []


@pytest.mark.parametrize(
    "answer",
    [Answer(403), Answer(429), Answer(500), Answer(200, b"{", {"Content-Type": OCI_INDEX})],
)
def test_referrers_that_cannot_be_had_are_an_error_and_no_event(
    with_image: Corridor, registry: FakeRegistry, answer: Answer
) -> None:
    """Source: reference api.md §18."""
    registry.answers[LISTED] = answer
    assert refusal(lambda: referrers(with_image)) == "UnableToListUpstreamImageReferrersException"
    assert with_image.backend.events() == ()
    registry.answers.clear()
    assert referrers(with_image) == []


def test_a_repository_that_is_not_there_has_no_referrers(
    cache: Make, registry: FakeRegistry
) -> None:
    refer(registry, "a")
    assert refusal(lambda: referrers(cache())) == "RepositoryNotFoundException"
    assert registry.requests == []


def test_many_callers_share_one_list_of_referrers(
    with_image: Corridor, registry: FakeRegistry
) -> None:
    digests = refer(registry, "a")
    go = held(registry, LISTED)
    with ThreadPoolExecutor(10) as pool:
        first = pool.submit(referrers, with_image)
        wait_for_request(registry, LISTED)
        others = [pool.submit(referrers, with_image) for _ in range(9)]
        for _ in range(100):
            assert repositories(with_image) == ["hub/app"]  # the lock is free
        assert registry.counted()[LISTED] == 1
        go.set()
        assert {tuple(each.result(60)) for each in (first, *others)} == {tuple(digests)}


def test_whoever_may_pull_may_list_referrers(cache: Make, registry: FakeRegistry) -> None:
    """Importing takes another permission. Source: reference api.md §18."""
    digests, corridor = refer(registry, "a"), cache(enforce_iam=True)
    key = user(corridor, PULLS)
    assert refusal(lambda: referrers(corridor)) == "UnrecognizedClientException"
    corridor("CreateRepository", credentials=AccessKey(ACCOUNT), **NAME)
    assert referrers(corridor, credentials=key) == digests


def test_the_referrers_of_a_deleted_subject_follow_it_without_the_upstream(
    with_image: Corridor, registry: FakeRegistry
) -> None:
    """Source: reference api.md §5.7."""
    digest = pull(with_image)
    about = {"mediaType": OCI_INDEX, "digest": digest, "size": 1}
    document = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [], "subject": about}
    with_image("PutImage", **NAME, image_manifest=json.dumps(document))
    with_image("BatchDeleteImage", **NAME, image_ids=(ImageIdentifier(image_digest=digest),))
    with_image.clock.advance(DAY)
    with_image.backend.settle()
    assert with_image("ListImages", **NAME).image_ids == ()
    assert f"/v2/app/referrers/{digest}" not in registry.counted()


# Permissions


class Signed:
    """A good signature with whatever secret."""

    def check(self, secret: str, session_token: str | None, now: datetime) -> None:
        pass


def user(corridor: Corridor, *actions: str) -> AccessKey:
    """Return the key of a user who may do some things, where policies are asked."""
    root = {"credentials": AccessKey(ACCOUNT), "service": "iam"}
    corridor("CreateUser", **root, user_name="ci")
    policy = {"policy_name": "p", "policy_document": identity_policy(*actions)}
    corridor("PutUserPolicy", **root, user_name="ci", **policy)
    made = corridor("CreateAccessKey", **root, user_name="ci")
    return AccessKey(made.access_key.access_key_id, Signed())


PULLS, IMPORTS, CREATES = (
    "ecr:BatchGetImage",
    "ecr:BatchImportUpstreamImage",
    "ecr:CreateRepository",
)


def test_whoever_may_import_and_create_pulls_through(cache: Make, registry: FakeRegistry) -> None:
    digest, corridor = registry.keep("app", "1", LAYER), cache(enforce_iam=True)
    key = user(corridor, PULLS, IMPORTS, CREATES)
    assert pull(corridor, credentials=key) == digest


@pytest.mark.parametrize("actions", [(PULLS, IMPORTS), (PULLS, CREATES), (PULLS,)])
def test_without_a_permission_there_is_no_repository(
    cache: Make, registry: FakeRegistry, actions: tuple[str, ...]
) -> None:
    """And access is not denied. Source: reference registry.md §14.1."""
    registry.keep("app", "1", LAYER)
    corridor = cache(enforce_iam=True)
    key = user(corridor, *actions)
    assert refusal(lambda: pull(corridor, credentials=key)) == "RepositoryNotFoundException"
    assert registry.requests == []


def test_in_a_repository_that_is_there_only_importing_takes_a_permission(
    cache: Make, registry: FakeRegistry
) -> None:
    """Source: reference registry.md §14.1; who may not sees no image, but what is cached."""
    digest, corridor = registry.keep("app", "1", LAYER), cache(enforce_iam=True)
    key = user(corridor, PULLS)
    corridor("CreateRepository", credentials=AccessKey(ACCOUNT), **NAME)
    assert pull(corridor, credentials=key) == "ImageNotFound"
    assert pull(corridor, credentials=AccessKey(ACCOUNT)) == digest
    corridor.clock.advance(DAY)
    assert pull(corridor, credentials=key) == digest
    assert registry.requests == [("GET", MANIFEST)]


# Registries of the same emulator


def neighbour(corridor: Corridor, url: str = WEST, **rule: Any) -> Corridor:
    made = {"ecr_repository_prefix": "hub", "upstream_registry_url": url, **rule}
    corridor("CreatePullThroughCacheRule", credentials=AccessKey(ACCOUNT), **made)
    return corridor


def push_to(corridor: Corridor, layer: bytes = LAYER, **where: Any) -> str:
    """Push an image into another registry."""
    corridor("CreateRepository", repository_name="app", **where)
    for content in (b"{}", layer):
        upload = corridor("InitiateLayerUpload", repository_name="app", **where).upload_id
        this = {"repository_name": "app", "upload_id": upload, **where}
        corridor("UploadLayerPart", **this, layer_part_blob=content)
        corridor("CompleteLayerUpload", **this, layer_digests=(digest_of(content),))
    manifest = manifest_of(layer)
    corridor("PutImage", repository_name="app", **where, image_manifest=manifest, image_tag="1")
    return digest_of(manifest)


def test_another_region_is_read_without_a_network(corridor_with: Make) -> None:
    corridor = neighbour(corridor_with())
    digest = push_to(corridor, region="us-west-2")
    assert pull(corridor) == digest
    assert layer(corridor, digest_of(LAYER)) == LAYER


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({"throttle": 1}, "UpstreamTooManyRequests"),
        ({"error": "ServerException", "count": 1}, "UpstreamUnavailable"),
        ({"drop": 1}, "UpstreamUnavailable"),
    ],
)
def test_a_fault_of_another_registry_is_one_of_the_upstream(
    corridor_with: Make, what: dict[str, Any], code: str
) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/cache"
    corridor = neighbour(corridor_with(), FOREIGN, custom_role_arn=role)
    push_to(corridor, credentials=AccessKey(OTHER))
    fault = Fault(operation="BatchGetImage", account=OTHER, **what)
    corridor.backend.dispatcher.faults.add(fault)
    assert pull(corridor) == code


def test_rules_in_a_circle_end(corridor_with: Make) -> None:
    corridor = neighbour(corridor_with())
    rule = {"ecr_repository_prefix": "ROOT", "upstream_registry_url": EAST}
    corridor("CreatePullThroughCacheRule", region="us-west-2", **rule)
    assert refusal(lambda: pull(corridor)) == "RepositoryNotFoundException"


def sign(corridor: Corridor, subject: str, **where: Any) -> str:
    """Push a referrer of an image into another registry."""
    about = {"mediaType": OCI_INDEX, "digest": subject, "size": 1}
    document = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [], "subject": about}
    manifest = json.dumps(document)
    corridor("PutImage", repository_name="app", **where, image_manifest=manifest)
    return digest_of(manifest)


def test_the_referrers_of_another_region_are_read_without_a_network(corridor_with: Make) -> None:
    corridor = neighbour(corridor_with())
    digest = push_to(corridor, region="us-west-2")
    pull(corridor)
    signature = sign(corridor, digest, region="us-west-2")
    assert referrers(corridor, digest) == [signature]
    assert pull(corridor, signature) == signature


def test_more_referrers_than_a_page_has_are_read_too(corridor_with: Make) -> None:
    corridor = neighbour(corridor_with())
    corridor("CreateRepository", repository_name="app", region="us-west-2")
    corridor.create("hub/app")
    for number in range(101):
        about = {"mediaType": OCI_INDEX, "digest": SUBJECT, "size": 1}
        document = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [], "subject": about}
        manifest = json.dumps({**document, "annotations": {"number": str(number)}})
        corridor("PutImage", repository_name="app", region="us-west-2", image_manifest=manifest)
    subject_id, found = SubjectIdentifier(image_digest=SUBJECT), []
    page: dict[str, Any] = {"max_results": 50}
    while True:
        answer = corridor("ListImageReferrers", **NAME, subject_id=subject_id, **page)
        found += [referrer.digest for referrer in answer.referrers]
        if answer.next_token is None:
            break
        page["next_token"] = answer.next_token
    assert len(set(found)) == len(found) == 101


def test_of_a_cache_that_is_an_upstream_what_it_has_is_listed(corridor_with: Make) -> None:
    """Of a chain of rules only the first one asks."""
    corridor = neighbour(corridor_with())
    rule = {"ecr_repository_prefix": "ROOT", "upstream_registry_url": EAST}
    digest = push_to(corridor, region="us-west-2")
    corridor("CreatePullThroughCacheRule", region="us-west-2", **rule)
    signature = sign(corridor, digest, region="us-west-2")
    pull(corridor)
    assert referrers(corridor, digest) == [signature]


READERS = "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/cache"


@pytest.mark.parametrize(
    ("may", "is_valid"), [(("ecr:GetAuthorizationToken",), True), (READERS, False), (None, False)]
)
def test_a_rule_is_valid_whose_role_may_log_in(
    corridor_with: Make, may: tuple[str, ...] | None, is_valid: bool
) -> None:
    """Source: reference features.md §4.2, §4.5."""
    corridor = corridor_with(enforce_iam=True)
    root = {"credentials": AccessKey(ACCOUNT)}
    if may is not None:
        role = {**root, "service": "iam", "role_name": "cache"}
        trust = trust_policy({"Service": "pullthroughcache.ecr.amazonaws.com"})
        corridor("CreateRole", **role, assume_role_policy_document=trust)
        corridor("PutRolePolicy", **role, policy_name="p", policy_document=identity_policy(*may))
    neighbour(corridor, FOREIGN, custom_role_arn=ROLE)
    answer = corridor("ValidatePullThroughCacheRule", **root, ecr_repository_prefix="hub")
    assert answer.is_valid is is_valid
    assert is_valid or "may not ecr:GetAuthorizationToken" in answer.failure


@pytest.mark.parametrize(
    ("principal", "more", "is_valid"),
    [
        ({"Service": "pullthroughcache.ecr.amazonaws.com"}, {}, True),
        ({"Service": "ecr.amazonaws.com"}, {}, False),
        ({"AWS": ACCOUNT}, {}, False),
        (
            {"Service": "pullthroughcache.ecr.amazonaws.com"},
            {"Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}},
            True,
        ),
        (
            {"Service": "pullthroughcache.ecr.amazonaws.com"},
            {"Condition": {"StringEquals": {"aws:SourceAccount": OTHER}}},
            False,
        ),
    ],
)
def test_the_role_of_a_rule_has_to_trust_the_service(
    corridor_with: Make, principal: dict[str, str], more: dict[str, Any], is_valid: bool
) -> None:
    """Source: reference features.md §4.5, "ECR-to-ECR"."""
    corridor = corridor_with(enforce_iam=True)
    root = {"credentials": AccessKey(ACCOUNT)}
    role, allowed = {**root, "service": "iam", "role_name": "cache"}, identity_policy("ecr:*")
    trust = trust_policy(principal, **more)
    corridor("CreateRole", **role, assume_role_policy_document=trust)
    corridor("PutRolePolicy", **role, policy_name="p", policy_document=allowed)
    neighbour(corridor, FOREIGN, custom_role_arn=ROLE)
    answer = corridor("ValidatePullThroughCacheRule", **root, ecr_repository_prefix="hub")
    assert answer.is_valid is is_valid


@pytest.mark.parametrize(
    ("grants", "may", "expected"),
    [
        (True, READERS, "image"),
        (False, READERS, "UnableToGetUpstreamImageException"),
        (True, ("ecr:ListImages",), "UnableToGetUpstreamImageException"),
    ],
)
def test_another_account_has_to_grant_it_and_the_role_to_allow_it(
    corridor_with: Make, grants: bool, may: tuple[str, ...], expected: str
) -> None:
    """Source: reference features.md §4.5, "ECR-to-ECR"."""
    corridor = corridor_with(enforce_iam=True)
    root, there = {"credentials": AccessKey(ACCOUNT)}, {"credentials": AccessKey(OTHER)}
    digest = push_to(corridor, **there)
    if grants:
        statement = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": list(READERS)}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        corridor("SetRepositoryPolicy", repository_name="app", policy_text=policy, **there)
    trust = trust_policy({"Service": "pullthroughcache.ecr.amazonaws.com"})
    iam = {**root, "service": "iam", "role_name": "cache"}
    corridor("CreateRole", **iam, assume_role_policy_document=trust)
    corridor("PutRolePolicy", **iam, policy_name="p", policy_document=identity_policy(*may))
    neighbour(corridor, FOREIGN, custom_role_arn=ROLE)
    if expected == "image":
        assert pull(corridor, **root) == digest
        signature = sign(corridor, digest, **there)
        assert referrers(corridor, digest, **root) == [signature]
    else:
        assert refusal(lambda: pull(corridor, **root)) == expected


def test_another_account_has_to_grant_its_referrers_too(corridor_with: Make) -> None:
    corridor = corridor_with(enforce_iam=True)
    root = {"credentials": AccessKey(ACCOUNT)}
    neighbour(corridor, FOREIGN, custom_role_arn=ROLE)
    corridor("CreateRepository", repository_name="app", credentials=AccessKey(OTHER))
    corridor("CreateRepository", **NAME, **root)
    failed = refusal(lambda: referrers(corridor, **root))
    assert failed == "UnableToListUpstreamImageReferrersException"
