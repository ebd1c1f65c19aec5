import pytest

from ecrmock.values.names import AccountId, Region
from ecrmock.values.settings import Settings
from ecrmock.world.addresses import Addresses

HOME, ABROAD = ("123456789012", "us-east-1"), ("111122223333", "eu-west-1")
REGISTRIES = [
    ("aws", HOME, "123456789012.dkr.ecr.us-east-1.amazonaws.com"),
    ("aws", ABROAD, "111122223333.dkr.ecr.eu-west-1.amazonaws.com"),
    ("aws", ("123456789012", "cn-north-1"), "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"),
    ("host", HOME, "123456789012.dkr.ecr.us-east-1.localhost:5327"),
    ("host", ABROAD, "111122223333.dkr.ecr.eu-west-1.localhost:5327"),
    ("path", HOME, "localhost:5327"),
    ("path", ABROAD, "localhost:5327/111122223333.eu-west-1"),
    ("path", ("123456789012", "eu-west-1"), "localhost:5327/123456789012.eu-west-1"),
    ("path", ("111122223333", "us-east-1"), "localhost:5327/111122223333.us-east-1"),
]


PUBLIC = [
    ("aws", "public.ecr.aws/acme"),
    ("host", "localhost:5328/acme"),
    ("path", "localhost:5328/acme"),
]


def addresses(style: str, url: str = "http://localhost:5327") -> Addresses:
    return Addresses(Settings(uri_style=style, public_url=url))


@pytest.mark.parametrize(("style", "place", "expected"), REGISTRIES)
def test_a_repository_uri_is_registry_and_name(
    style: str, place: tuple[str, str], expected: str
) -> None:
    """Source: reference api.md §20; DESIGN.md section 3 for what AWS does not have."""
    assert addresses(style).repository_uri(*place, "team/app") == f"{expected}/team/app"


@pytest.mark.parametrize(("style", "expected"), PUBLIC)
def test_a_public_registry_is_a_host_and_an_alias(style: str, expected: str) -> None:
    """Source: reference public.md §1; DESIGN.md section 3 for a server's port."""
    served = addresses(style)
    served.serve_public_at("http://localhost:5328")
    assert served.public_registry("acme") == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", "https://d3g9o9u8re44ak.cloudfront.net/logo/a/b.png"),
        ("http://localhost:5327", "http://localhost:5327/_ecrmock/logo/a/b.png"),
    ],
)
def test_a_logo_is_where_it_can_be_had(url: str, expected: str) -> None:
    """Source: reference public.md §4.1."""
    assert addresses("aws", url).logo_url("a/b") == expected


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("aws", "https://123456789012.dkr.ecr.us-east-1.amazonaws.com"),
        ("host", "http://123456789012.dkr.ecr.us-east-1.localhost:5327"),
        ("path", "http://localhost:5327"),
    ],
)
def test_a_proxy_endpoint_has_a_scheme_and_no_final_slash(style: str, expected: str) -> None:
    """Source: reference api.md §19."""
    assert addresses(style).proxy_endpoint(*HOME) == expected


@pytest.mark.parametrize("style", ["aws", "host", "path"])
def test_a_path_of_the_server_is_at_the_url_that_clients_use(style: str) -> None:
    assert addresses(style, "https://ecr.test/").url("/v2/") == "https://ecr.test/v2/"


@pytest.mark.parametrize(("url", "served"), [("", False), ("http://localhost:5327", True)])
def test_an_emulator_with_a_url_is_served(url: str, served: bool) -> None:
    assert addresses("path", url).is_served is served


def test_an_emulator_is_served_from_when_it_says_where() -> None:
    found = addresses("path", "")
    found.serve_at("http://127.0.0.1:40000/")
    assert (found.is_served, found.url("/v2/")) == (True, "http://127.0.0.1:40000/v2/")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:5327", "http://localhost:5327"),
        ("https://ecr.test", "https://ecr.test"),
        ("https://ecr.test:8443/", "https://ecr.test:8443"),
        ("http://[::1]:5327", "http://[::1]:5327"),
    ],
)
def test_addresses_follow_the_url_that_clients_use(url: str, expected: str) -> None:
    assert addresses("path", url).proxy_endpoint(*HOME) == expected


def test_a_server_says_later_where_it_listens() -> None:
    found = addresses("path", "")
    found.serve_at("http://127.0.0.1:40000")
    assert found.registry(*HOME) == "127.0.0.1:40000"


def test_in_awss_style_it_does_not_matter_where_a_server_listens() -> None:
    found = addresses("aws", "")
    found.serve_at("http://127.0.0.1:40000")
    assert found.proxy_endpoint(*HOME) == "https://123456789012.dkr.ecr.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("path", "http://localhost:5328"),
        ("host", "http://localhost:5328"),
        ("aws", "https://public.ecr.aws"),
    ],
)
def test_docker_logs_in_to_all_public_registries_at_one_place(style: str, expected: str) -> None:
    served = addresses(style)
    served.serve_public_at("http://localhost:5328/")
    account, region = AccountId("123456789012"), Region("public")
    assert served.proxy_endpoint(account, region) == expected
    assert served.public_host == expected.partition("://")[2]
