"""A repository that is looked for in the wrong registry: the log says where it is. Source: DESIGN.md §3."""

import pytest

from tests.frontends.oci.conftest import HOST, OTHER_ACCOUNT, Registry, digest_of, manifest_of

ELSEWHERE = f"{OTHER_ACCOUNT}.eu-west-1"
MISSING = f"/v2/{ELSEWHERE}/app"


@pytest.fixture
def served(registry: Registry) -> Registry:
    """A registry that is reached over HTTP, with ``app``; the other account has none."""
    registry.backend.world.addresses.serve_at(f"http://{HOST}")
    return registry


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level("WARNING", "ecrmock")
    return caplog


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "tags/list"),
        ("HEAD", "manifests/1.0"),
        ("PUT", "manifests/1.0"),
        ("POST", "blobs/uploads/"),
        ("GET", f"blobs/{digest_of(b'layer')}"),
    ],
)
def test_the_log_says_which_address_to_use(
    served: Registry, log: pytest.LogCaptureFixture, method: str, path: str
) -> None:
    assert served(method, f"{MISSING}/{path}", manifest_of()).status == 404
    expected = f"app is not in the registry {ELSEWHERE} that the address names; use {HOST}/app"
    assert log.messages == [expected]


def test_the_log_names_every_region(served: Registry, log: pytest.LogCaptureFixture) -> None:
    served.call("CreateRepository", repository_name="app", region="eu-central-1")
    served("GET", f"{MISSING}/tags/list")
    (message,) = log.messages
    assert message.endswith(f"use {HOST}/123456789012.eu-central-1/app or {HOST}/app")


def test_the_log_is_silent_about_what_is_nowhere(
    served: Registry, log: pytest.LogCaptureFixture
) -> None:
    served("GET", "/v2/nowhere/tags/list")
    assert log.messages == []


def test_the_log_is_silent_about_other_accounts(
    served: Registry, log: pytest.LogCaptureFixture
) -> None:
    """The token's is the default account."""
    served.call("CreateRepository", repository_name="theirs", account=OTHER_ACCOUNT)
    served("GET", "/v2/theirs/tags/list")
    assert log.messages == []


def test_a_client_is_not_told(served: Registry, log: pytest.LogCaptureFixture) -> None:
    body = served("GET", f"{MISSING}/tags/list").body
    assert (b"NAME_UNKNOWN" in body, HOST.encode() in body) == (True, False)
