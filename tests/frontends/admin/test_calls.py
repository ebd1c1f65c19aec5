"""The last calls of every door, chosen, and as a stream."""

from collections.abc import Callable
from typing import Any

import pytest

from ecrmock import Ecr
from ecrmock.dispatch.call import Call
from ecrmock.frontends.http import HttpRequest, HttpResponse
from ecrmock.values.authorization import AccountRoot
from ecrmock.values.names import AccountId, Region
from ecrmock.values.repositories import RepositoryNotFoundError
from tests.frontends.admin.conftest import START, Admin, document_of
from tests.frontends.admin.test_stream import messages, stream_of

PATH = "/_ecrmock/calls"


@pytest.fixture
def pushed(admin: Admin) -> Admin:
    """A backend with the image ``app:1.0``."""
    Ecr(admin.backend).push_image("app", tag="1.0", layers=[b"layer"])
    return admin


def test_a_call_is_shown_with_who_made_it_and_what_came_of_it(admin: Admin) -> None:
    assert admin.get("/_ecrmock/calls")["calls"][0] == {
        "time": START.isoformat(),
        "requestId": "request",
        "service": "ecr",
        "operation": "CreateRepository",
        "account": "123456789012",
        "region": "us-east-1",
        "principal": "arn:aws:iam::123456789012:root",
        "action": "ecr:CreateRepository",
        "decision": {
            "allowed": True,
            "reason": "IAM policies are not enforced",
            "resource": None,
            "policy": None,
            "statement": None,
        },
        "error": None,
    }


def test_a_call_of_nobody_is_shown_with_its_error(admin: Admin) -> None:
    admin("GET", "/v2/")
    call = admin.get("/_ecrmock/calls")["calls"][-1]
    expected = (None, "MissingAuthenticationTokenException")
    assert (call["principal"], call["error"]) == expected


def test_calls_come_in_their_order(pushed: Admin) -> None:
    calls = pushed.get("/_ecrmock/calls")["calls"]
    operations = [call["operation"] for call in calls]
    assert (operations[0], operations[-1]) == ("CreateRepository", "PutImage")


# Which calls


@pytest.fixture
def mixed(admin: Admin) -> Admin:
    """After ``CreateRepository`` a minute passes; then one call fails, and one is another account's."""
    admin("POST", "/_ecrmock/clock", {"advance": 60})
    with pytest.raises(RepositoryNotFoundError):
        admin.call("ListImages", repository_name="no")
    describe = Call(
        service="ecr",
        operation="DescribeRepositories",
        parameters={},
        credentials=AccountRoot(AccountId("111122223333")),
        region=Region("eu-west-1"),
        request_id="other",
    )
    admin.backend.dispatcher.dispatch(describe)
    return admin


CREATE, LIST, DESCRIBE = "CreateRepository", "ListImages", "DescribeRepositories"


@pytest.mark.parametrize(
    ("query", "operations"),
    [
        ("", [CREATE, LIST, DESCRIBE]),
        ("operation=ListImages", [LIST]),
        ("operation=listimages", []),
        ("account=111122223333", [DESCRIBE]),
        ("account=123456789012", [CREATE, LIST]),
        ("error=RepositoryNotFoundException", [LIST]),
        ("error=any", [LIST]),
        ("error=none", [CREATE, DESCRIBE]),
        ("since=2026-01-02T03:05:00Z", [LIST, DESCRIBE]),
        ("since=2026-01-02T03:04:05.678%2B00:00", [CREATE, LIST, DESCRIBE]),
        ("since=2026-01-02T05:05:00+02:00", [LIST, DESCRIBE]),
        ("since=2027-01-01T00:00:00Z", []),
        ("since=2026-01-02T03:05:00Z&error=none", [DESCRIBE]),
    ],
)
def test_calls_are_chosen(mixed: Admin, query: str, operations: list[str]) -> None:
    found = mixed.get(f"{PATH}?{query}")["calls"]
    assert [call["operation"] for call in found] == operations


@pytest.mark.parametrize(
    "query",
    [
        "operation=",
        "account=1",
        "error=",
        "since=yesterday",
        "since=2026-01-02T03:05:00",
        "who=me",
        "stream&since=1",
    ],
)
def test_a_choice_that_is_none_is_answered_with_what_there_is(admin: Admin, query: str) -> None:
    response = admin("GET", f"{PATH}?{query}")
    text = document_of(response)["message"]
    assert response.status == 400
    assert all(name in text for name in ("operation", "account", "error", "since"))


@pytest.mark.parametrize(
    ("call", "account"),
    [
        ({"account": AccountId("444455556666")}, "444455556666"),
        ({"parameters": {"registry_id": "777788889999"}}, "777788889999"),
        ({}, "111122223333"),
    ],
)
def test_the_account_is_that_of_the_registry(
    admin: Admin, call: dict[str, Any], account: str
) -> None:
    """The address says it, else the request, else it is that of who asks."""
    asked = {
        "service": "ecr",
        "operation": "DescribeRepositories",
        "parameters": {},
        "credentials": AccountRoot(AccountId("111122223333")),
        "region": Region("us-east-1"),
        "request_id": "request",
    }
    admin.backend.dispatcher.dispatch(Call(**(asked | call)))
    assert admin.get(PATH)["calls"][-1]["account"] == account


# The stream

Follow = Callable[..., Any]


@pytest.fixture
def follow(admin: Admin) -> Follow:
    """Follow the calls; return the iterator over what comes."""

    def follow(query: str = "", **headers: str) -> Any:
        response = ask(admin, query, **headers)
        return iter(stream_of(response).chunks())

    return follow


def ask(admin: Admin, query: str, **headers: str) -> HttpResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {"accept": "text/event-stream", **named}
    return admin.doors.handle(HttpRequest(method="GET", path=PATH, query=query, headers=sent))


def operations(chunk: bytes) -> list[str]:
    return [document["operation"] for _, document in messages(chunk)]


def test_the_stream_has_the_calls_that_come(admin: Admin, follow: Follow) -> None:
    chunks = follow()
    admin.call("DescribeRepositories")
    admin.call("ListImages", repository_name="app")
    assert operations(next(chunks)) == [DESCRIBE, LIST]


def test_a_message_has_the_document_that_the_list_has(admin: Admin, follow: Follow) -> None:
    chunks = follow()
    admin.call("DescribeRepositories")
    ((_, document),) = messages(next(chunks))
    assert document == admin.get(PATH)["calls"][-1]


def test_the_stream_has_only_the_calls_that_are_chosen(admin: Admin, follow: Follow) -> None:
    chunks = follow("operation=ListImages")
    admin.call("DescribeRepositories")
    admin.call("ListImages", repository_name="app")
    assert operations(next(chunks)) == [LIST]


def test_who_says_since_when_gets_what_is_kept_since_then(mixed: Admin, follow: Follow) -> None:
    assert operations(next(follow("since=2026-01-02T03:05:00Z"))) == [LIST, DESCRIBE]


def test_who_comes_back_gets_what_it_missed(mixed: Admin, follow: Follow) -> None:
    assert operations(next(follow(last_event_id="1"))) == [LIST, DESCRIBE]


def test_the_last_id_goes_before_the_time(mixed: Admin, follow: Follow) -> None:
    chunks = follow("since=2026-01-01T00:00:00Z", last_event_id="2")
    assert operations(next(chunks)) == [DESCRIBE]


def test_a_closed_stream_hears_no_more(admin: Admin) -> None:
    stream = stream_of(ask(admin, ""))
    stream.close()
    admin.call("DescribeRepositories")
    assert list(stream.chunks()) == []
