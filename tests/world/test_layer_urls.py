"""URLs of layers, presigned as S3 does. Source: reference api.md §6.6; AWS CLI example."""

import re
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from ecrmock.values.authorization import LayerUrlError
from ecrmock.values.names import sha256_of
from ecrmock.values.settings import Settings
from ecrmock.world.addresses import Addresses
from ecrmock.world.layer_urls import LIFETIME, LayerUrls

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DIGEST = sha256_of(b"layer")
SERVER = "http://localhost:5327"


def layer_urls(server: str = "", secret: bytes = b"secret") -> LayerUrls:
    return LayerUrls(secret, Addresses(Settings(public_url=server)))


def url_of(urls: LayerUrls, region: str = "us-east-1") -> str:
    return urls.issue("123456789012", region, DIGEST, NOW)


in_process_and_served = pytest.mark.parametrize("server", ["", SERVER])


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", "prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com"),
        ("eu-west-1", "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com"),
        ("cn-north-1", "prod-cn-north-1-starport-layer-bucket.s3.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_in_process_a_url_leads_to_awss_bucket(region: str, host: str) -> None:
    parts = urlsplit(url_of(layer_urls(), region))
    assert (parts.scheme, parts.netloc) == ("https", host)


def test_on_a_server_a_url_leads_to_the_server() -> None:
    assert url_of(layer_urls(SERVER)).startswith(f"{SERVER}/_ecrmock/layers/")


@in_process_and_served
def test_a_url_has_the_query_of_a_presigned_one(server: str) -> None:
    query = parse_qs(urlsplit(url_of(layer_urls(server))).query, strict_parsing=True)
    signature = query.pop("X-Amz-Signature")[0]
    assert query == {
        "X-Amz-Algorithm": ["AWS4-HMAC-SHA256"],
        "X-Amz-Date": ["20260102T030405Z"],
        "X-Amz-SignedHeaders": ["host"],
        "X-Amz-Expires": ["3600"],
        "X-Amz-Credential": ["123456789012/20260102/us-east-1/s3/aws4_request"],
    }
    assert re.fullmatch("[0-9a-f]{64}", signature)


@in_process_and_served
@pytest.mark.parametrize("region", ["us-east-1", "us-gov-west-1", "cn-north-1"])
def test_a_url_is_read_as_its_digest(server: str, region: str) -> None:
    urls = layer_urls(server)
    assert urls.read(url_of(urls, region), NOW) == DIGEST


def test_the_path_and_the_query_of_a_url_are_enough() -> None:
    """That is what a server gets."""
    urls = layer_urls(SERVER)
    assert urls.read(url_of(urls).removeprefix(SERVER), NOW) == DIGEST


@pytest.mark.parametrize("age", [timedelta(0), LIFETIME - timedelta(seconds=1)])
def test_a_url_is_good_for_an_hour(age: timedelta) -> None:
    urls = layer_urls()
    assert urls.read(url_of(urls), NOW + age) == DIGEST


@pytest.mark.parametrize("age", [LIFETIME, timedelta(days=365)])
def test_a_url_is_not_good_after_its_hour(age: timedelta) -> None:
    urls = layer_urls()
    with pytest.raises(LayerUrlError, match="Request has expired"):
        urls.read(url_of(urls), NOW + age)


@pytest.mark.parametrize(
    ("pattern", "forged"),
    [
        (DIGEST, sha256_of(b"other")),
        ("/123456789012-", "/111122223333-"),
        ("-us-east-1/sha256", "-us-east-2/sha256"),
        ("20260102T030405Z", "20260102T030406Z"),
        ("X-Amz-Expires=3600", "X-Amz-Expires=9999999"),
        ("Signature=.", "Signature=x"),
        ("Signature=[0-9a-f]{64}", "Signature=" + "0" * 64),
        ("Signature=[0-9a-f]{64}", ""),
        ("X-Amz-Date=.*?&", ""),
        ("X-Amz-Expires=3600&", ""),
        ("$", "0"),
        ("$", "\n"),
        (".*", ""),
        (".*", "https://example.com/"),
        (r"\?.*", ""),
    ],
)
def test_a_url_that_was_forged_is_refused(pattern: str, forged: str) -> None:
    urls = layer_urls()
    changed = re.sub(pattern, forged, url_of(urls), count=1)
    with pytest.raises(LayerUrlError, match="Access Denied"):
        urls.read(changed, NOW)


def test_a_url_of_another_backend_is_refused() -> None:
    with pytest.raises(LayerUrlError, match="Access Denied"):
        layer_urls(secret=b"one").read(url_of(layer_urls(secret=b"another")), NOW)


def test_a_forged_url_that_is_over_is_not_told_so() -> None:
    """Who has no good signature learns nothing."""
    changed = url_of(layer_urls())[:-1] + "x"
    with pytest.raises(LayerUrlError, match="Access Denied"):
        layer_urls().read(changed, NOW + timedelta(days=1))


def test_the_urls_of_two_layers_differ_in_their_signatures() -> None:
    urls = layer_urls()
    other = urls.issue("123456789012", "us-east-1", sha256_of(b"other"), NOW)
    assert other.rpartition("=")[2] != url_of(urls).rpartition("=")[2]


def test_a_long_url_is_refused_at_once() -> None:
    """Anybody could stop a server for a minute with the 64 KiB that a request may have in its head."""
    dates, lifetimes = "X-Amz-Date=20260102T030405Z&" * 1_000, "X-Amz-Expires=1&" * 1_000
    path = url_of(layer_urls()).partition("?")[0]
    started = time.process_time()
    for url in (f"{path}?{dates}{lifetimes}", f"{'/123456789012-a' * 4_000}?"):
        with pytest.raises(LayerUrlError, match="Access Denied"):
            layer_urls().read(url, NOW)
    assert time.process_time() - started < 1
