"""Web pages drive no emulator: by host name, and by what a browser says.

Source: docs/decisions/0015-web-pages.md.
"""

import json
from collections.abc import Callable
from typing import Any

import botocore.session
import pytest

from ecrmock.backend import Backend
from ecrmock.frontends.http import BytesBody, HttpRequest, HttpResponse
from ecrmock.frontends.mount import Doors
from ecrmock.values.settings import Settings

HEALTH, RESET, V2 = "/_ecrmock/health", "/_ecrmock/reset", "/v2/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EVIL = "http://evil.com"
Send = Callable[..., HttpResponse]


@pytest.fixture
def send() -> Send:
    """Send a request to new doors; header names are given with underscores."""

    def send(
        method: str = "GET",
        path: str = HEALTH,
        body: bytes = b"",
        settings: Any = None,
        **headers: str,
    ) -> HttpResponse:
        doors = Doors(Backend(Settings(**(settings or {}))))
        path, _, query = path.partition("?")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"host": "localhost:5327", **named}
        request = HttpRequest(
            method=method, path=path, query=query, headers=sent, body=BytesBody(body)
        )
        return doors.handle(request)

    return send


# By host name


@pytest.mark.parametrize(
    "host",
    [
        "",
        "localhost",
        "localhost:5327",
        "LOCALHOST:80",
        "localhost.",
        "127.0.0.1:5327",
        "[::1]:5327",
        "[fe80::1]",
        "192.168.1.7:8080",
        "0.0.0.0",
        "ecrmock:5327",
        "group-project-ecrmock",
        "ecrmock.localhost:5327",
        "123456789012.dkr.ecr.us-east-1.localhost:5327",
        "ecr.test",
        "host.docker.internal:5327",
        "ecrmock.default.svc.cluster.local",
        "nas.home.arpa",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com",
        "123456789012.dkr.ecr-fips.us-east-1.amazonaws.com",
        "123456789012.dkr-ecr.us-east-1.on.aws",
        "api.ecr.eu-central-1.amazonaws.com:443",
        "ecr.eu-west-1.api.aws",
        "ecr-public.us-east-1.api.aws",
        "public.ecr.aws",
        "ecr-public.aws.com",
        "sts.amazonaws.com",
        "iam.us-gov.amazonaws.com",
    ],
)
def test_names_that_no_stranger_can_own_are_the_servers(send: Send, host: str) -> None:
    assert send(host=host).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.com",
        "evil.com:5327",
        "localhost.evil.com",
        "127.0.0.1.evil.com",
        "ecrmock.evil.com",
        "eviltest.com",
        "ecr.us-east-1.amazonaws.com.evil.com",
        "ecr.s3.amazonaws.com",
        "sts.s3-website-us-east-1.amazonaws.com",
        "ec2-192-0-2-1.compute-1.amazonaws.com",
        "evil-1.elb.us-east-1.amazonaws.com",
        "evil.ecr.us-east-1.amazonaws.com",
        "999.999.999.999",
        "1.2.3.4.5",
    ],
)
@pytest.mark.parametrize(("method", "path"), [("GET", HEALTH), ("POST", RESET), ("GET", "/")])
def test_any_other_name_may_be_a_pages_and_is_refused(
    send: Send, method: str, path: str, host: str
) -> None:
    response = send(method, path, host=host)
    text = json.loads(response.body)["message"]
    assert response.status == 403
    assert all(hint in text for hint in ("--allowed-host", "--public-url", "localhost"))


def endpoints() -> set[str]:
    """Return the hosts of ecr and sts in every region that botocore knows."""
    data = botocore.session.Session().get_data("endpoints")
    found = set()
    for partition in data["partitions"]:
        pattern = partition["defaults"]["hostname"]
        for region in partition["regions"]:
            names = {"region": region, "dnsSuffix": partition["dnsSuffix"]}
            for service in ("api.ecr", "ecr", "ecr-fips", "sts", "123456789012.dkr.ecr"):
                found.add(pattern.format(service=service, **names))
    return found


def test_every_endpoint_of_aws_that_is_emulated_is_known(send: Send) -> None:
    found = endpoints()
    assert len(found) > 60
    assert [host for host in sorted(found) if send(host=host).status != 200] == []


@pytest.mark.parametrize(
    "settings",
    [
        {"allowed_host": ("ecr.corp.com",)},
        {"allowed_host": ("other.com", "ECR.corp.com")},
        {"allowed_host": ("corp.com",)},
        {"allowed_host": ("*",)},
        {"public_url": "https://ecr.corp.com"},
        {"public_url": "http://ecr.corp.com:8080"},
    ],
)
def test_a_name_that_the_server_was_told_is_its_own(send: Send, settings: dict[str, Any]) -> None:
    assert send(host="ecr.corp.com:5327", settings=settings).status == 200


@pytest.mark.parametrize("host", ["evilcorp.com", "corp.com.evil.com", "com"])
def test_a_name_stands_for_those_below_it_only(send: Send, host: str) -> None:
    status = send(host=host, settings={"allowed_host": ("corp.com",)}).status
    assert status == (403 if "." in host else 200)


def test_the_style_host_works_below_the_public_url(send: Send) -> None:
    settings = {"public_url": "http://ecr.corp.com", "uri_style": "host"}
    host = "123456789012.dkr.ecr.us-east-1.ecr.corp.com"
    assert send(host=host, settings=settings).status == 200


# By what a browser says


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": EVIL},
        {"origin": "null"},
        {"origin": "http://localhost:3000"},
        {"origin": "http://localhost"},
        {"origin": ""},
        {"origin": "http://evil.com@localhost:5327"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors", "sec_fetch_dest": "image"},
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "iframe"},
    ],
)
@pytest.mark.parametrize(("method", "path"), [("GET", HEALTH), ("POST", RESET), ("POST", "/")])
def test_a_page_of_another_site_is_refused(
    send: Send, method: str, path: str, headers: dict[str, str]
) -> None:
    response = send(method, path, **headers)
    assert response.status == 403
    assert b"curl" in response.body


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"user_agent": "curl/8.14.1"},
        {"user_agent": FIREFOX},
        {"origin": "http://localhost:5327"},
        {"origin": "https://localhost:5327"},
        {"origin": "http://LOCALHOST:5327", "sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "none", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"},
    ],
)
@pytest.mark.parametrize(("method", "path"), [("GET", HEALTH), ("POST", RESET)])
def test_programs_persons_and_own_pages_are_answered(
    send: Send, method: str, path: str, headers: dict[str, str]
) -> None:
    assert send(method, path, **headers).status == 200


def test_behind_a_proxy_the_public_url_is_an_own_site(send: Send) -> None:
    settings = {"public_url": "https://ecr.corp.com"}
    headers = {"host": "ecrmock:5327", "origin": "https://ecr.corp.com"}
    assert send("POST", RESET, settings=settings, **headers).status == 200


def test_an_allowed_host_lets_no_other_site_in(send: Send) -> None:
    settings = {"allowed_host": ("*", "evil.com")}
    assert send("POST", RESET, settings=settings, origin=EVIL).status == 403


LINK = {
    "sec_fetch_site": "cross-site",
    "sec_fetch_mode": "navigate",
    "sec_fetch_dest": "document",
}


def test_a_link_to_what_changes_nothing_may_be_followed(send: Send) -> None:
    assert send("GET", HEALTH, **LINK).status == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", RESET), ("GET", "/?Action=CreateUser&UserName=evil&Version=2010-05-08")],
)
def test_a_link_changes_nothing(send: Send, method: str, path: str) -> None:
    assert send(method, path, **LINK).status == 403


# AWS


ACTION = "/?Action=GetCallerIdentity&Version=2011-06-15"
SIGNED = (
    "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA/20260101/us-east-1/sts/aws4_request"
)


@pytest.mark.parametrize("path", [ACTION, ACTION + SIGNED])
def test_a_browser_that_does_not_say_who_asks_changes_nothing(send: Send, path: str) -> None:
    """A page of a plain HTTP server elsewhere: the browser says nothing for an image, but its own name."""
    assert send("GET", path, user_agent=FIREFOX, host="192.168.1.7").status == 403


def test_a_program_may_get_an_action(send: Send) -> None:
    assert send("GET", ACTION, user_agent="Boto3/1.43").status == 200


def test_aws_refuses_in_its_own_form(send: Send) -> None:
    target = "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories"
    response = send("POST", "/", b"{}", host="evil.com", x_amz_target=target)
    document = json.loads(response.body)
    assert (response.status, document["__type"]) == (403, "AccessDeniedException")
    assert "--allowed-host evil.com" in document["message"]


def test_a_query_is_refused_in_its_own_form(send: Send) -> None:
    response = send("GET", ACTION, host="evil.com")
    assert (response.status, b"<Code>AccessDenied</Code>" in response.body) == (403, True)


# The registry


@pytest.mark.parametrize("headers", [{"host": "registry.corp.com"}, {"origin": EVIL}])
def test_a_registry_with_logins_asks_for_one_and_for_nothing_else(
    send: Send, headers: dict[str, str]
) -> None:
    assert send("GET", V2, **headers).status == 401


@pytest.mark.parametrize("headers", [{"host": "registry.corp.com"}, {"origin": EVIL}])
def test_a_registry_without_logins_refuses_pages(send: Send, headers: dict[str, str]) -> None:
    response = send("GET", V2, settings={"anonymous": True}, **headers)
    (error,) = json.loads(response.body)["errors"]
    assert (response.status, error["code"]) == (403, "DENIED")


def test_docker_needs_no_more_than_before(send: Send) -> None:
    agent = "docker/28.0.4 go/go1.23.7 git-commit/6430e49 kernel/6.8 os/linux arch/amd64"
    settings = {"anonymous": True}
    assert send("GET", V2, settings=settings, user_agent=agent).status == 200


def test_a_presigned_url_is_a_credential_of_its_own(send: Send) -> None:
    """What it says instead is that this one is none."""
    response = send("GET", "/_ecrmock/layers/x", host="evil.com")
    assert b"--allowed-host" not in response.body
