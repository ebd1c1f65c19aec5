"""POST …/blobs/uploads/?mount=&from=. Source: OCI distribution spec, end-11; reference registry.md §11."""

from typing import Any

import pytest

from ecrmock.frontends.http import HttpResponse
from tests.frontends.oci.conftest import (
    ACCOUNT,
    HOST,
    OTHER_ACCOUNT,
    Registry,
    digest_of,
    error_of,
    request,
)

LAYER = digest_of(b"layer")
UPLOADS = "/v2/app/blobs/uploads/"
EXTERNAL = f"{OTHER_ACCOUNT}.eu-west-1"


def allow(registry: Registry, value: str = "ENABLED", **where: str) -> None:
    registry.call("PutAccountSetting", name="BLOB_MOUNTING", value=value, **where)


def mount(registry: Registry, source: str, digest: str = LAYER, to: str = UPLOADS) -> HttpResponse:
    return registry("POST", f"{to}?mount={digest}&from={source}")


def is_upload(response: HttpResponse) -> bool:
    return (response.status, "Docker-Upload-UUID" in response.headers) == (202, True)


@pytest.fixture
def registry(registry: Registry) -> Registry:
    """A registry that mounts: ``team/source`` has an image with a layer, ``app`` is empty."""
    allow(registry)
    registry.create("team/source").push(b"layer", "1.0", name="team/source")
    return registry


@pytest.mark.parametrize("source", ["team/source", "team%2Fsource"])
def test_a_layer_is_mounted(registry: Registry, source: str) -> None:
    response = mount(registry, source)
    found = (response.status, response.headers["Location"])
    assert found == (201, f"http://{HOST}/v2/app/blobs/{LAYER}")
    assert response.headers["Docker-Content-Digest"] == LAYER
    assert registry("HEAD", f"/v2/app/blobs/{LAYER}").status == 200


def test_a_mounted_layer_is_no_upload(registry: Registry) -> None:
    assert "Docker-Upload-UUID" not in mount(registry, "team/source").headers


def test_a_mount_takes_the_permissions_of_both_repositories(registry: Registry) -> None:
    """Source: reference registry.md §14."""
    mount(registry, "team/source")
    calls = [(call.operation, call.parameters["repository_name"]) for call in made(registry)]
    assert calls == [
        ("MayMountLayer", "app"),
        ("GetDownloadUrlForLayer", "team/source"),
        ("MountLayer", "app"),
    ]


def made(registry: Registry) -> list[Any]:
    """Return the calls of the last request."""
    calls = registry.backend.calls()
    return [call for call in calls if call.request_id == calls[-1].request_id]


@pytest.mark.parametrize(
    ("source", "digest"),
    [
        ("no/such", LAYER),
        ("app", LAYER),
        ("", LAYER),
        ("Team", LAYER),
        ("../app", LAYER),
        ("%00", LAYER),
        ("team/source", digest_of(b"unknown")),
        ("team/source", "sha512:ab"),
        ("team/source", ""),
    ],
)
def test_what_cannot_be_mounted_is_uploaded(registry: Registry, source: str, digest: str) -> None:
    assert is_upload(mount(registry, source, digest))


@pytest.mark.parametrize("query", [f"mount={LAYER}", "from=team/source", f"digest={LAYER}"])
def test_only_both_parameters_ask_for_a_mount(registry: Registry, query: str) -> None:
    assert is_upload(registry("POST", f"{UPLOADS}?{query}"))


def test_nothing_is_mounted_where_the_setting_is_off(registry: Registry) -> None:
    """And the source is not looked into."""
    allow(registry, "DISABLED")
    assert is_upload(mount(registry, "team/source"))
    assert [call.operation for call in made(registry)] == ["MayMountLayer", "InitiateLayerUpload"]


def test_an_unreferenced_layer_is_uploaded(registry: Registry) -> None:
    digest = registry.upload(b"unreferenced", "team/source")
    assert is_upload(mount(registry, "team/source", digest))


def test_a_repository_that_is_missing_is_unknown(registry: Registry) -> None:
    response = mount(registry, "team/source", to="/v2/missing/blobs/uploads/")
    assert error_of(response) == (404, "NAME_UNKNOWN")


def test_without_login_nothing_is_mounted(registry: Registry) -> None:
    response = registry.without_login("POST", f"{UPLOADS}?mount={LAYER}&from=team/source")
    assert response.status == 401


@pytest.fixture
def external(registry: Registry) -> Registry:
    """Another registry that mounts, with the repositories ``app`` and ``team/source``."""
    where = {"account": OTHER_ACCOUNT, "region": "eu-west-1"}
    allow(registry, **where)
    registry.create("app", **where).create("team/source", **where)
    registry.push(b"layer", "1.0", name=f"{EXTERNAL}/team/source")
    return registry


def test_a_source_is_named_as_in_a_path(external: Registry) -> None:
    """Docker sends what stands after the host (DESIGN.md section 3)."""
    to = f"/v2/{EXTERNAL}/app/blobs/uploads/"
    response = mount(external, f"{EXTERNAL}/team/source", to=to)
    location = f"http://{HOST}/v2/{EXTERNAL}/app/blobs/{LAYER}"
    assert (response.status, response.headers["Location"]) == (201, location)


def test_the_default_registry_may_be_named(registry: Registry) -> None:
    assert mount(registry, f"{ACCOUNT}.us-east-1/team/source").status == 201


@pytest.mark.parametrize(
    ("to", "source"),
    [(UPLOADS, f"{EXTERNAL}/team/source"), (f"/v2/{EXTERNAL}/app/blobs/uploads/", "team/source")],
)
def test_nothing_is_mounted_from_another_registry(external: Registry, to: str, source: str) -> None:
    """Source: reference registry.md §11, same account and region."""
    assert is_upload(mount(external, source, to=to))


def test_a_host_that_names_the_registry_names_that_of_the_source(external: Registry) -> None:
    host = f"{OTHER_ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com"
    headers = {"host": host, "authorization": external.authorization}
    path = f"{UPLOADS}?mount={LAYER}&from=team/source"
    assert external.doors.handle(request("POST", path, headers=headers)).status == 201
