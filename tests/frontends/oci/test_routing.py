"""What a host and a path name."""

import pytest

from ecrmock.frontends.oci.errors import InvalidNameError, PageNotFoundError
from ecrmock.frontends.oci.routing import Target, read_target
from ecrmock.values.settings import Settings
from tests.frontends.oci.conftest import ACCOUNT, OTHER_ACCOUNT, Registry, error_of, request

DIGEST = "sha256:" + "0" * 64
SETTINGS = Settings()


def target(path: str, host: str = "localhost:5327", method: str = "GET") -> Target:
    return read_target(request(method, path, headers={"host": host}), SETTINGS)


def registry_of(path: str, host: str = "localhost:5327") -> tuple[str, str]:
    found = target(path, host)
    return found.account, found.region


@pytest.mark.parametrize(
    ("path", "resource", "name", "reference"),
    [
        ("/v2", "root", "", ""),
        ("/v2/", "root", "", ""),
        ("/v2/_catalog", "catalog", "", ""),
        ("/v2/app/tags/list", "tags", "app", ""),
        ("/v2/app/manifests/1.0", "manifest", "app", "1.0"),
        (f"/v2/app/manifests/{DIGEST}", "manifest", "app", DIGEST),
        (f"/v2/app/blobs/{DIGEST}", "blob", "app", DIGEST),
        ("/v2/app/blobs/uploads/", "uploads", "app", ""),
        ("/v2/app/blobs/uploads", "uploads", "app", ""),
        ("/v2/app/blobs/uploads/id", "upload", "app", "id"),
        ("/v2/a/b/c/d/manifests/1.0", "manifest", "a/b/c/d", "1.0"),
    ],
)
def test_a_path_names_a_resource(path: str, resource: str, name: str, reference: str) -> None:
    found = target(path)
    assert (found.resource, found.repository_name, found.reference) == (resource, name, reference)


@pytest.mark.parametrize(
    ("path", "resource", "name"),
    [
        ("/v2/manifests/manifests/manifests", "manifest", "manifests"),
        ("/v2/team/manifests/app/manifests/1.0", "manifest", "team/manifests/app"),
        (f"/v2/blobs/blobs/{DIGEST}", "blob", "blobs"),
        (f"/v2/team/blobs/app/blobs/{DIGEST}", "blob", "team/blobs/app"),
        ("/v2/blobs/uploads/blobs/uploads/", "uploads", "blobs/uploads"),
        ("/v2/app/blobs/uploads/manifests/1.0", "manifest", "app/blobs/uploads"),
        ("/v2/tags/list/tags/list", "tags", "tags/list"),
        ("/v2/v2/manifests/1.0", "manifest", "v2"),
    ],
)
def test_a_name_may_have_the_words_of_the_api_in_it(path: str, resource: str, name: str) -> None:
    found = target(path)
    assert (found.resource, found.repository_name) == (resource, name)


@pytest.mark.parametrize(
    ("path", "reference"),
    [
        ("/v2/app/manifests/sha256%3A" + "0" * 64, DIGEST),
        ("/v2/app/blobs/sha256%3a" + "0" * 64, DIGEST),
        ("/v2/%61pp/manifests/1%2E0", "1.0"),
    ],
)
def test_segments_are_decoded(path: str, reference: str) -> None:
    """Source: reference registry.md §17, percent-encoded digests."""
    found = target(path)
    assert (found.repository_name, found.reference) == ("app", reference)


@pytest.mark.parametrize(
    "path",
    [
        "/v2/team%2fapp/manifests/1.0",
        "/v2/team%2Fapp/manifests/1.0",
        "/v2/../app/manifests/1.0",
        "/v2/app/../other/manifests/1.0",
        "/v2/app/%2e%2e/other/manifests/1.0",
        "/v2/%2e%2e%2fapp/manifests/1.0",
        "/v2/./app/manifests/1.0",
        "/v2/team//app/manifests/1.0",
        "/v2/App/manifests/1.0",
        "/v2/a/manifests/1.0",
        "/v2/" + "a" * 257 + "/manifests/1.0",
        "/v2/app%00/manifests/1.0",
        "/v2/%ff%fe/manifests/1.0",
        "/v2/app\\other/manifests/1.0",
        "/v2/app%0d%0a/manifests/1.0",
    ],
)
def test_what_is_no_name_is_refused(path: str) -> None:
    """A path is never put in order, and an encoded slash never makes two segments of one."""
    with pytest.raises(InvalidNameError):
        target(path)


@pytest.mark.parametrize(
    "path",
    [
        "/v2/app",
        "/v2/app/",
        "/v2/app/manifests",
        "/v2/app/manifests/",
        "/v2//manifests/1.0",
        "/v2/manifests/1.0",
        "/v2/app/tags",
        "/v2/app/tags/list/",
        "/v2/app/blobs",
        "/v2/_catalog/",
        "/v2/app/_catalog",
        "/v2/app/nothing/1.0",
    ],
)
def test_any_other_path_names_nothing(path: str) -> None:
    with pytest.raises(PageNotFoundError):
        target(path)


@pytest.mark.parametrize(
    ("host", "region"),
    [
        (".dkr.ecr.eu-west-1.amazonaws.com", "eu-west-1"),
        (".dkr.ecr-fips.us-east-1.amazonaws.com", "us-east-1"),
        (".dkr-ecr.eu-west-1.on.aws", "eu-west-1"),
        (".dkr-ecr-fips.us-west-2.on.aws", "us-west-2"),
        (".dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        (".dkr-ecr.cn-north-1.on.amazonwebservices.com.cn", "cn-north-1"),
        (".dkr.ecr.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        (".dkr.ecr-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        (".dkr.ecr.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
        (".dkr.ecr.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"),
        (".dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1"),
        (".dkr.ecr.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1"),
        (".dkr.ecr.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
        (".dkr.ecr.eu-west-1.localhost:5327", "eu-west-1"),
        (".dkr.ecr.eu-west-1.amazonaws.com:443", "eu-west-1"),
    ],
)
def test_a_host_may_name_the_registry(host: str, region: str) -> None:
    """Source: reference api.md §20."""
    found = registry_of("/v2/app/manifests/1.0", f"{OTHER_ACCOUNT}{host}")
    assert found == (OTHER_ACCOUNT, region)


def test_the_case_of_a_host_does_not_count() -> None:
    """Source: RFC 9110 section 4.2.3."""
    host = f"{OTHER_ACCOUNT}.DKR.ECR.EU-WEST-1.AMAZONAWS.COM"
    assert registry_of("/v2/app/manifests/1.0", host) == (OTHER_ACCOUNT, "eu-west-1")


@pytest.mark.parametrize("path", ["/v2/", "/v2/_catalog"])
def test_a_host_names_the_registry_of_paths_without_a_repository(path: str) -> None:
    host = f"{OTHER_ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com"
    assert registry_of(path, host) == (OTHER_ACCOUNT, "eu-west-1")


@pytest.mark.parametrize(
    "host",
    [
        "",
        "localhost",
        "127.0.0.1:5327",
        "[::1]:5327",
        "api.ecr.eu-west-1.amazonaws.com",
        "1.dkr.ecr.eu-west-1.amazonaws.com",
    ],
)
def test_any_other_host_means_the_default_registry(host: str) -> None:
    assert registry_of("/v2/app/manifests/1.0", host) == (ACCOUNT, "us-east-1")


@pytest.mark.parametrize(
    "path",
    [
        "/v2/111122223333.eu-west-1/app/manifests/1.0",
        "/v2/111122223333.eu-west-1/_catalog",
        "/v2/111122223333.eu-west-1/app/blobs/uploads/",
    ],
)
def test_a_first_segment_may_name_the_registry(path: str) -> None:
    """Source: DESIGN.md section 3."""
    assert registry_of(path) == (OTHER_ACCOUNT, "eu-west-1")


def test_a_segment_that_names_the_registry_is_not_part_of_the_name() -> None:
    found = target("/v2/111122223333.eu-west-1/team/app/manifests/1.0")
    assert (found.repository_name, found.prefix) == ("team/app", "111122223333.eu-west-1/")


def test_a_path_within_the_repository_keeps_the_segment_that_names_the_registry() -> None:
    found = target("/v2/111122223333.eu-west-1/app/manifests/1.0")
    assert found.path("tags/list") == "/v2/111122223333.eu-west-1/app/tags/list"


@pytest.mark.parametrize("segment", ["11112222333.eu-west-1", "111122223333", "111122223333.eu"])
def test_a_segment_that_is_no_account_and_region_is_part_of_the_name(segment: str) -> None:
    assert target(f"/v2/{segment}/app/manifests/1.0").repository_name == f"{segment}/app"


def test_a_host_that_names_the_registry_leaves_the_path_to_the_name() -> None:
    """The path counts only when the host says nothing. Source: DESIGN.md section 3."""
    host = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"
    found = target("/v2/111122223333.eu-west-1/app/manifests/1.0", host)
    expected = (ACCOUNT, "111122223333.eu-west-1/app")
    assert (found.account, found.repository_name) == expected


def test_an_unknown_path_is_answered_in_plain_text(registry: Registry) -> None:
    """Source: reference registry.md §4."""
    response = registry("GET", "/v2/app/nothing")
    expected = (404, "text/plain; charset=utf-8", b"404 page not found\n")
    assert (response.status, response.headers["Content-Type"], response.body) == expected


def test_a_name_that_cannot_be_one_is_answered_as_such(registry: Registry) -> None:
    assert error_of(registry("GET", "/v2/App/tags/list")) == (400, "NAME_INVALID")


def test_the_registry_that_the_path_names_is_the_one_that_answers(registry: Registry) -> None:
    registry.create("other", account=OTHER_ACCOUNT, region="eu-west-1")
    assert registry("GET", "/v2/111122223333.eu-west-1/other/tags/list").status == 200


def test_the_registry_that_the_host_names_is_the_one_that_answers(registry: Registry) -> None:
    registry.create("other", account=OTHER_ACCOUNT, region="eu-west-1")
    host = f"{OTHER_ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com"
    assert registry("GET", "/v2/other/tags/list", Host=host).status == 200
