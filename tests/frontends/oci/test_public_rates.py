"""Limits of pulls at public registries, where they are asked for. Source: reference public.md §2."""

from datetime import timedelta

import pytest

from tests.documents import digest_of
from tests.frontends.oci.conftest import error_of, index_of, manifest_of, message_of
from tests.frontends.oci.public_door import NOBODY, PublicRegistry


@pytest.fixture
def public() -> PublicRegistry:
    """A port with limits, and an image."""
    public = PublicRegistry(public_rate_limits=True)
    public.push("1.0")
    return public


def test_nobody_pulls_twice_in_a_second(public: PublicRegistry) -> None:
    path, token = public.path("manifests/1.0"), public.token()
    assert public("GET", path, bearer=token).status == 200
    response = public("GET", path, bearer=token)
    assert (error_of(response), message_of(response)) == ((429, "TOOMANYREQUESTS"), "Rate exceeded")


def test_the_limit_goes_by_the_clock_of_the_backend(public: PublicRegistry) -> None:
    path = public.path("manifests/1.0")
    assert public("GET", path, bearer=NOBODY).status == 200
    public.clock.advance(timedelta(seconds=1))
    assert public("GET", path, bearer=NOBODY).status == 200


def test_a_clock_that_was_moved_back_locks_nobody_out(public: PublicRegistry) -> None:
    path, found = public.path("manifests/1.0"), []
    for seconds in (0, -3600, 1):
        public.clock.advance(timedelta(seconds=seconds))
        found.append(public("GET", path, bearer=NOBODY).status)
    assert found == [200, 429, 200]


def test_another_token_is_no_other_address(public: PublicRegistry) -> None:
    path = public.path("manifests/1.0")
    found = [
        public("GET", path, bearer=NOBODY, remote=remote).status
        for remote in ("10.0.0.1", "10.0.0.1", "10.0.0.2")
    ]
    assert found == [200, 429, 200]


def test_who_is_logged_in_pulls_ten_times(public: PublicRegistry) -> None:
    found = [public("GET", public.path("manifests/1.0")).status for _ in range(11)]
    assert found == [200] * 10 + [429]


def test_a_list_of_tags_counts(public: PublicRegistry) -> None:
    """Source: reference public.md §2: bulk listing counts too."""
    assert public("GET", public.path("manifests/1.0"), bearer=NOBODY).status == 200
    assert public("GET", public.path("tags/list"), bearer=NOBODY).status == 429


def test_what_was_looked_for_is_taken_by_the_same_pull(public: PublicRegistry) -> None:
    """As docker and containerd do; a second look is another pull."""
    path, token = public.path("manifests/1.0"), public.token()
    found = [public(method, path, bearer=token).status for method in ("HEAD", "GET", "HEAD")]
    assert found == [200, 200, 429]


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_blobs_are_not_counted(public: PublicRegistry, method: str) -> None:
    path = public.path(f"blobs/{digest_of(b'layer')}")
    assert [public(method, path, bearer=NOBODY).status for _ in range(3)] == [200] * 3


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_a_manifest_that_the_client_has_counts_as_well(method: str) -> None:
    """The plain registry answers 304 for it."""
    public = PublicRegistry(public_rate_limits=True, registry_mode="oci")
    public.push("1.0")
    path, same = public.path("manifests/1.0"), f'"{digest_of(manifest_of(b"layer"))}"'
    found = [public(method, path, bearer=NOBODY, If_None_Match=same).status for _ in range(2)]
    assert found == [304, 429]


def test_one_pull_of_an_index_takes_an_image_of_it(public: PublicRegistry) -> None:
    digest = public.push()
    put = public("PUT", public.path(f"manifests/{digest}"), manifest_of(b"layer"))
    assert put.status == 201
    assert (
        public("PUT", public.path("manifests/both"), index_of(manifest_of(b"layer"))).status == 201
    )
    token = public.token()
    for reference in ("both", digest):
        assert public("GET", public.path(f"manifests/{reference}"), bearer=token).status == 200
    assert public("GET", public.path(f"manifests/{digest}"), bearer=token).status == 429


def test_a_push_is_not_limited(public: PublicRegistry) -> None:
    public.push(*map(str, range(20)))


def test_without_the_option_there_is_no_limit() -> None:
    public = PublicRegistry()
    public.push("1.0")
    path = public.path("manifests/1.0")
    assert {public("GET", path, bearer=NOBODY).status for _ in range(30)} == {200}


def test_a_reset_gives_everybody_a_fresh_start(public: PublicRegistry) -> None:
    assert public("GET", public.path("manifests/1.0"), bearer=NOBODY).status == 200
    public.backend.reset()
    assert not public.backend.world.pull_allowances
