"""Pulls through a cache rule at the registry door. Source: reference registry.md §14.1."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ecrmock.own_calls import put_upstream_secret
from tests.documents import digest_of
from tests.frontends.oci.conftest import Registry, content_of, error_of, message_of
from tests.upstreams import OCI_MANIFEST, Answer, FakeRegistry, fake_registry

LAYER = b"layer"
MANIFEST = "/v2/hub/app/manifests/1"
BLOB = f"/v2/hub/app/blobs/{digest_of(LAYER)}"
HUB = "registry-1.docker.io"


@pytest.fixture
def upstream() -> Iterator[FakeRegistry]:
    with fake_registry() as upstream:
        upstream.keep("app", "1", LAYER)
        yield upstream


def with_rule(registry: Registry, url: str = "quay.io", **login: Any) -> Registry:
    rule = {"ecr_repository_prefix": "hub", "upstream_registry_url": url, **login}
    registry.call("CreatePullThroughCacheRule", **rule)
    return registry


@pytest.fixture
def cache(registry_with: Callable[..., Registry], upstream: FakeRegistry) -> Registry:
    return with_rule(registry_with(settle="manual", upstreams=(("quay.io", upstream.url),)))


def test_a_manifest_is_fetched_by_get(cache: Registry, upstream: FakeRegistry) -> None:
    response = cache("GET", MANIFEST)
    assert response.status == 200
    assert content_of(response) == upstream.contents["/v2/app/manifests/1"].body


def test_a_manifest_is_fetched_by_head(cache: Registry, upstream: FakeRegistry) -> None:
    response = cache("HEAD", MANIFEST)
    digest = digest_of(upstream.contents["/v2/app/manifests/1"].body)
    assert (response.status, response.headers["Docker-Content-Digest"]) == (200, digest)


@pytest.mark.parametrize("redirect_blobs", [False, True])
def test_a_blob_follows_its_manifest(
    registry_with: Callable[..., Registry], upstream: FakeRegistry, redirect_blobs: bool
) -> None:
    settings = {"upstreams": (("quay.io", upstream.url),), "redirect_blobs": redirect_blobs}
    cache = with_rule(registry_with(settle="manual", **settings))
    cache("GET", MANIFEST)
    assert cache("HEAD", BLOB).length == len(LAYER)
    response = cache("GET", BLOB)
    assert response.status == (307 if redirect_blobs else 200)
    assert redirect_blobs or content_of(response) == LAYER


def test_a_blob_alone_is_not_fetched(cache: Registry, upstream: FakeRegistry) -> None:
    """A manifest has to name it. Source: reference registry.md §14.1, what triggers."""
    assert error_of(cache("GET", BLOB)) == (404, "NAME_UNKNOWN")
    assert upstream.requests == []


def test_without_the_image_upstream_there_is_no_repository(cache: Registry) -> None:
    response = cache("GET", "/v2/hub/none/manifests/1")
    assert error_of(response) == (404, "NAME_UNKNOWN")
    assert "'hub/none' does not exist in the registry" in message_of(response)


def test_in_a_repository_that_is_there_the_image_is_unknown(cache: Registry) -> None:
    cache("GET", MANIFEST)
    response = cache("GET", "/v2/hub/app/manifests/2")
    assert error_of(response) == (404, "MANIFEST_UNKNOWN")
    assert message_of(response) == "Requested image not found"


@pytest.mark.parametrize("status", [429, 500, 302])
def test_an_upstream_in_trouble_has_no_image(
    cache: Registry, upstream: FakeRegistry, status: int
) -> None:
    """Source: reference registry.md §3.4."""
    upstream.answers["/v2/app/manifests/1"] = Answer(status)
    assert error_of(cache("GET", MANIFEST)) == (404, "MANIFEST_UNKNOWN")
    upstream.answers.clear()
    assert cache("GET", MANIFEST).status == 200


def test_an_upstream_that_wants_a_login_denies(cache: Registry, upstream: FakeRegistry) -> None:
    """Source: reference registry.md §3.4."""
    upstream.login = "bearer"
    assert error_of(cache("GET", MANIFEST)) == (403, "DENIED")


def test_credentials_that_are_refused_are_named(
    registry_with: Callable[..., Registry], upstream: FakeRegistry
) -> None:
    """Source: reference registry.md §3.3."""
    upstream.login = "bearer"
    registry = registry_with(upstreams=(("docker.io", upstream.url),))
    arn = put_upstream_secret(registry.backend, "ecr-pullthroughcache/hub", "user", "wrong")
    hub = with_rule(registry, HUB, credential_arn=arn)
    response = hub("GET", "/v2/hub/library/app/manifests/1")
    assert error_of(response) == (403, "DENIED")
    expected = "The authentication to the upstream registry failed. Verify that the credenti"
    assert message_of(response).startswith(expected)


def test_an_official_image_of_docker_hub_without_library_is_denied(
    registry_with: Callable[..., Registry], upstream: FakeRegistry
) -> None:
    """Source: reference registry.md §14.1."""
    registry = registry_with(upstreams=(("docker.io", upstream.url),))
    arn = put_upstream_secret(registry.backend, "ecr-pullthroughcache/hub", "user", "secret")
    response = with_rule(registry, HUB, credential_arn=arn)("GET", MANIFEST)
    assert error_of(response) == (403, "DENIED")


def test_a_blob_that_cannot_be_had_is_unknown(cache: Registry, upstream: FakeRegistry) -> None:
    cache("GET", MANIFEST)
    upstream.answers[f"/v2/app/blobs/{digest_of(LAYER)}"] = Answer(503)
    assert cache("HEAD", BLOB).status == 404
    assert error_of(cache("GET", BLOB)) == (404, "BLOB_UNKNOWN")
    upstream.answers.clear()
    assert content_of(cache("GET", BLOB)) == LAYER


def test_offline_the_image_is_unknown(registry_with: Callable[..., Registry]) -> None:
    """Inferred: reference api.md §12.4."""
    registry = with_rule(registry_with())
    assert error_of(registry("GET", MANIFEST)) == (404, "MANIFEST_UNKNOWN")


def test_a_cache_repository_is_pushed_to_as_any_other(cache: Registry) -> None:
    """Source: reference features.md §4.4."""
    cache("GET", MANIFEST)
    pushed = cache.push(b"own", "own", name="hub/app")
    assert cache("HEAD", "/v2/hub/app/manifests/own").headers["Docker-Content-Digest"] == pushed


def test_a_layer_of_a_cached_image_need_not_be_pushed(cache: Registry) -> None:
    cache("GET", MANIFEST)
    assert cache("HEAD", BLOB).status == 200
    assert cache.push(LAYER, "own", name="hub/app")


def test_no_blob_is_mounted_from_a_cache(cache: Registry) -> None:
    """Source: reference registry.md §11."""
    cache.call("PutAccountSetting", name="BLOB_MOUNTING", value="ENABLED")
    cache("GET", MANIFEST)
    assert cache("GET", BLOB).status == 200
    mount = f"/v2/app/blobs/uploads/?mount={digest_of(LAYER)}&from=hub/app"
    assert cache("POST", mount).status == 202


# Referrers


def attach(upstream: FakeRegistry, *numbers: int) -> list[str]:
    """Have the upstream list referrers of its image, with their manifests, and return their digests."""
    subject = digest_of(upstream.contents["/v2/app/manifests/1"].body)
    digests = [upstream.keep("app", f"r{number}", b"%d" % number) for number in numbers]
    listed = [
        {"mediaType": OCI_MANIFEST, "digest": digest, "size": 1, "artifactType": f"a/{number}"}
        for digest, number in zip(digests, numbers, strict=True)
    ]
    upstream.keep_referrers("app", subject, *listed)
    return digests


def subject_in(cache: Registry) -> str:
    """Pull the image, and return the path of its referrers."""
    return f"/v2/hub/app/referrers/{digest_of(content_of(cache('GET', MANIFEST)))}"


def listed(response: Any) -> list[str]:
    assert response.status == 200
    return [each["digest"] for each in json.loads(content_of(response))["manifests"]]


def test_what_refers_to_a_cached_image_upstream_is_listed_and_pulled(
    cache: Registry, upstream: FakeRegistry
) -> None:
    """Source: reference features.md §4.4, registry.md §12."""
    path, (referrer,) = subject_in(cache), attach(upstream, 1)
    assert listed(cache("GET", path)) == [referrer]
    response = cache("GET", f"/v2/hub/app/manifests/{referrer}")
    assert (response.status, digest_of(content_of(response))) == (200, referrer)
    assert content_of(cache("GET", f"/v2/hub/app/blobs/{digest_of(b'1')}")) == b"1"
    assert listed(cache("GET", path)) == [referrer]


def test_referrers_upstream_come_in_pages_of_one_type(
    cache: Registry, upstream: FakeRegistry
) -> None:
    path, digests = subject_in(cache), attach(upstream, *range(60))
    first = cache("GET", path)
    following = first.headers["Link"].partition("<")[2].partition(">")[0]
    assert listed(first) == digests[:50]
    assert listed(cache("GET", following[following.index("/v2/") :])) == digests[50:]
    response = cache("GET", f"{path}?artifactType=a/7")
    assert (listed(response), response.headers["OCI-Filters-Applied"]) == (
        [digests[7]],
        "artifactType",
    )


@pytest.mark.parametrize("status", [401, 429, 500])
def test_an_upstream_that_does_not_tell_its_referrers_denies(
    cache: Registry, upstream: FakeRegistry, status: int
) -> None:
    """Source: reference registry.md §3.4."""
    path, _ = subject_in(cache), attach(upstream, 1)
    upstream.answers[path.replace("/hub/", "/")] = Answer(status)
    response = cache("GET", path)
    assert error_of(response) == (403, "DENIED")
    assert message_of(response).startswith("The referrer or referrers were unable to be listed")
    upstream.answers.clear()
    assert len(listed(cache("GET", path))) == 1
