"""Events as a stream. Source: HTML standard, section 9.2, server-sent events."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from ecrmock import Ecr
from ecrmock.frontends.admin.stream import EventStream
from ecrmock.frontends.http import HttpRequest, HttpResponse, Stream, StreamBody
from tests.frontends.admin.conftest import Admin, document_of

PATH = "/_ecrmock/events"


def ask(admin: Admin, query: str = "", method: str = "GET", **headers: str) -> HttpResponse:
    """Ask for the events; header names are given with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return admin.doors.handle(HttpRequest(method=method, path=PATH, query=query, headers=named))


def stream_of(response: HttpResponse) -> Stream:
    assert isinstance(response.body, StreamBody)
    return response.body.stream


def push(admin: Admin, *tags: str) -> None:
    for tag in tags:
        Ecr(admin.backend).push_image("app", tag=tag, layers=[tag.encode()])


def messages(chunk: bytes) -> list[tuple[str, Any]]:
    """Return the ids and documents of what a chunk holds."""
    found = []
    for message in chunk.decode().removesuffix("\n\n").split("\n\n"):
        number, data = message.split("\n")
        found.append((number.removeprefix("id: "), json.loads(data.removeprefix("data: "))))
    return found


def tags(chunk: bytes) -> list[str]:
    return [document["detail"]["image-tag"] for _, document in messages(chunk)]


@pytest.fixture
def following(admin: Admin) -> Iterator[Stream]:
    """A stream of what happens from now on."""
    stream = stream_of(ask(admin, accept="text/event-stream"))
    yield stream
    stream.close()


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        ("stream", ""),
        ("stream=1", "*/*"),
        ("", "text/event-stream"),
        ("", "Text/Event-Stream, */*"),
    ],
)
def test_a_stream_is_asked_for_by_query_or_accept(admin: Admin, query: str, accept: str) -> None:
    response = ask(admin, query, accept=accept)
    stream_of(response).close()
    assert (response.status, response.headers["Content-Type"]) == (200, "text/event-stream")


@pytest.mark.parametrize("accept", ["", "*/*", "application/json"])
def test_otherwise_the_events_are_a_list(admin: Admin, accept: str) -> None:
    assert document_of(ask(admin, accept=accept)) == {"events": []}


def test_head_is_answered_as_for_the_list(admin: Admin) -> None:
    """A stream would have no end that HEAD could wait for."""
    assert ask(admin, "stream", method="HEAD").headers == ask(admin).headers


def test_the_stream_has_what_happens_after_it_began(admin: Admin) -> None:
    push(admin, "before")
    stream = stream_of(ask(admin, "stream"))
    push(admin, "1", "2")
    assert tags(next(iter(stream.chunks()))) == ["1", "2"]


def test_a_message_has_the_envelope_that_the_list_has(admin: Admin, following: Stream) -> None:
    push(admin, "1")
    ((_, document),) = messages(next(iter(following.chunks())))
    assert [document] == admin.get(PATH)["events"]


def test_ids_grow(admin: Admin, following: Stream) -> None:
    push(admin, "1", "2")
    first, second = (int(number) for number, _ in messages(next(iter(following.chunks()))))
    assert first < second


def test_a_client_that_comes_back_gets_what_it_missed(admin: Admin, following: Stream) -> None:
    push(admin, "1", "2", "3")
    number = messages(next(iter(following.chunks())))[0][0]
    again = stream_of(ask(admin, "stream", last_event_id=number))
    push(admin, "4")
    assert tags(next(iter(again.chunks()))) == ["2", "3", "4"]


def test_with_0_as_its_last_id_a_client_gets_all_that_is_kept(admin: Admin) -> None:
    push(admin, "1", "2")
    stream = stream_of(ask(admin, "stream", last_event_id="0"))
    assert tags(next(iter(stream.chunks()))) == ["1", "2"]


@pytest.mark.parametrize("number", ["first", "-1", "1.5", "٣", "9" * 19])
def test_an_id_that_is_none_is_refused(admin: Admin, number: str) -> None:
    response = ask(admin, "stream", last_event_id=number)
    assert (response.status, "Last-Event-ID" in document_of(response)["message"]) == (400, True)


def test_every_stream_has_all_of_it(admin: Admin, following: Stream) -> None:
    other = stream_of(ask(admin, "stream"))
    push(admin, "1")
    assert next(iter(following.chunks())) == next(iter(other.chunks()))


def test_a_reset_does_not_end_a_stream(admin: Admin, following: Stream) -> None:
    admin("POST", "/_ecrmock/reset")
    Ecr(admin.backend).push_image("app", tag="1")
    assert tags(next(iter(following.chunks()))) == ["1"]


def test_a_closed_stream_hears_no_more(admin: Admin, following: Stream) -> None:
    following.close()
    push(admin, "1")
    assert list(following.chunks()) == []


# The stream by itself


def test_while_nothing_comes_there_are_comments() -> None:
    chunks = iter(EventStream(heartbeat=0.001).chunks())
    assert [next(chunks)[:1], next(chunks)[-2:]] == [b":", b"\n\n"]


def test_a_message_is_an_id_and_one_line_of_data() -> None:
    stream = EventStream()
    stream.put(7, {"text": "two\nlines, ü"})
    expected = b'id: 7\ndata: {"text": "two\\nlines, \\u00fc"}\n\n'
    assert next(iter(stream.chunks())) == expected


def test_closing_ends_what_waits() -> None:
    stream = EventStream(heartbeat=1000)
    stream.put(1, {})
    chunks = iter(stream.chunks())
    next(chunks)
    stream.close()
    assert list(chunks) == []


def test_closing_drops_what_is_queued() -> None:
    stream = EventStream()
    stream.put(1, {})
    stream.close()
    assert list(stream.chunks()) == []


def test_a_reader_that_is_too_slow_is_cut_off_without_a_gap() -> None:
    """It comes back with the last id that it got."""
    stream = EventStream(limit=2)
    for number in range(1, 6):
        stream.put(number, number)
    assert [messages(chunk) for chunk in stream.chunks()] == [[("1", 1), ("2", 2)]]
