"""HTTP/1.1 of a running server, byte by byte. Source: RFC 9112."""

import json
import time

import pytest

from ecrmock import Ecr
from ecrmock.serving.gateway import PAUSE_SECONDS
from tests.documents import digest_of
from tests.serving.conftest import EMPTY, Connection, Peer

HEALTH = "GET /_ecrmock/health HTTP/1.1"
LAYER = b"\0\1\2\3" * (768 * 1024)  # three mebibytes


@pytest.fixture
def connection(peer: Peer) -> Connection:
    """A connection to the server."""
    return peer.connect()


@pytest.fixture
def large(peer: Peer) -> str:
    """The path of a layer of three mebibytes."""
    Ecr(peer.server.backend).push_image("large", tag="1.0", layers=[LAYER])
    return f"/v2/large/blobs/{digest_of(LAYER)}"


def test_a_connection_takes_one_request_after_another(connection: Connection) -> None:
    answers = [connection.send(HEALTH).answer().status for _ in range(3)]
    assert answers == [200, 200, 200]


def test_requests_may_be_sent_before_the_answers_are_read(connection: Connection) -> None:
    for path in ("/v2/", "/_ecrmock/health", "/nothing"):
        connection.send(f"GET {path} HTTP/1.1")
    assert [connection.answer().status for _ in range(3)] == [200, 200, 404]


def test_a_connection_takes_a_request_after_a_pause(connection: Connection) -> None:
    first = connection.send(HEALTH).answer().status
    time.sleep(10 * PAUSE_SECONDS)
    assert (first, connection.send(HEALTH).answer().status) == (200, 200)


def test_clients_without_pauses_keep_nobody_out(peer: Peer) -> None:
    """There are more of them than threads at the start, and each sends one request upon the other."""
    connections = [peer.connect() for _ in range(40)]
    for _ in range(5):
        answers = [each.send(HEALTH).answer().status for each in connections]
        assert answers == [200] * len(connections)


def test_a_request_may_follow_a_body_at_once(peer: Peer, connection: Connection) -> None:
    path = peer.start_upload()
    following = b"GET /v2/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
    head = f"PATCH {path} HTTP/1.1"
    connection.send(head, "Content-Length: 5", body=b"layer" + following)
    assert [connection.answer().status for _ in range(2)] == [201, 200]


def test_a_request_may_follow_a_chunked_body_at_once(peer: Peer, connection: Connection) -> None:
    path = peer.start_upload()
    following = b"GET /v2/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
    body = b"5\r\nlayer\r\n0\r\n\r\n" + following
    connection.send(f"PATCH {path} HTTP/1.1", "Transfer-Encoding: chunked", body=body)
    assert [connection.answer().status for _ in range(2)] == [201, 200]


def test_a_connection_is_closed_when_the_client_asks_for_it(connection: Connection) -> None:
    answer = connection.send(HEALTH, "Connection: close").answer()
    assert (answer.headers["Connection"], connection.is_closed()) == ("close", True)


def test_http_1_0_is_answered_and_closed(connection: Connection) -> None:
    answer = connection.send("GET /_ecrmock/health HTTP/1.0").answer()
    assert (answer.status, connection.is_closed()) == (200, True)


def test_http_1_0_is_kept_open_when_it_asks_for_it(connection: Connection) -> None:
    head = ("GET /_ecrmock/health HTTP/1.0", "Connection: Keep-Alive")
    first = connection.send(*head).answer()
    second = connection.send(*head).answer()
    assert (first.headers["Connection"], second.status) == ("Keep-Alive", 200)


def test_a_client_that_waits_is_told_to_go_on(peer: Peer, connection: Connection) -> None:
    """Source: RFC 9110 section 10.1.1."""
    head = f"PATCH {peer.start_upload()} HTTP/1.1"
    connection.send(head, "Content-Length: 5", "Expect: 100-continue")
    interim = [connection.line(), connection.line()]
    connection.socket.sendall(b"layer")
    expected = ([b"HTTP/1.1 100 Continue\r\n", b"\r\n"], 201)
    assert (interim, connection.answer().status) == expected


@pytest.mark.parametrize("framing", ["Content-Length: 5", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("PATCH /v2/app/blobs/uploads/unknown HTTP/1.1", 404),
        ("PUT /v2/gone/manifests/1.0 HTTP/1.1", 404),
        ("GET /v2/ HTTP/1.1", 200),
    ],
)
def test_a_client_waits_in_vain_with_a_body_that_nobody_wants(
    connection: Connection, request_line: str, status: int, framing: str
) -> None:
    """It need not send it then, so that what comes next could be either: the connection ends."""
    answer = connection.send(request_line, framing, "Expect: 100-continue").answer()
    ends = (answer.headers["Connection"], connection.end().is_closed())
    assert (answer.status, *ends) == (status, "close", True)


@pytest.mark.parametrize("path", ["/v2/", "/v2/app/manifests/1.0", "/_ecrmock/health", "/nothing"])
def test_head_has_the_length_of_get_and_no_body(
    peer: Peer, connection: Connection, path: str
) -> None:
    told = connection.send(f"HEAD {path} HTTP/1.1").answer("HEAD")
    next_status = connection.send(HEALTH).answer().status
    length = str(len(peer.ask("GET", path).body))
    assert (told.headers["Content-Length"], next_status) == (length, 200)


@pytest.mark.parametrize(
    ("path", "header"),
    [
        ("/_ecrmock/layers/a/b", "Accept: */*"),
        ("/", "X-Amz-Target: a.b"),
        ("/?Action=GetCallerIdentity&Version=2011-06-15", "Accept: */*"),
        ("/_ecrmock/health", "Origin: http://elsewhere.example"),
    ],
    ids=["layer URL", "JSON", "query", "web page"],
)
def test_no_door_sends_a_body_to_head(connection: Connection, path: str, header: str) -> None:
    """What is not read would be taken for the next answer. Source: RFC 9110 section 9.3.2."""
    connection.send(f"HEAD {path} HTTP/1.1", header).answer("HEAD")
    assert connection.send(HEALTH).line() == b"HTTP/1.1 200 OK\r\n"


def test_an_answer_says_when_it_was_made(connection: Connection) -> None:
    assert connection.send(HEALTH).answer().headers["Date"].endswith(" GMT")


def test_an_answer_without_content_has_no_length(peer: Peer) -> None:
    """Source: RFC 9110 section 8.6."""
    answer = peer.ask("GET", peer.start_upload())
    assert (answer.status, answer.headers["Content-Length"]) == (204, None)


@pytest.mark.parametrize(
    "length", ["", "garbage", "-1", "+5", "0x5", "1_0", "5 5", "5, 5", "1.0", "\u00b2", "9" * 30]
)
def test_a_length_that_is_no_number_is_400(connection: Connection, length: str) -> None:
    connection.send("POST /_ecrmock/settle HTTP/1.1", f"Content-Length: {length}")
    assert (connection.answer().status, connection.is_closed()) == (400, True)


def test_an_encoding_that_nobody_knows_is_501(connection: Connection) -> None:
    connection.send("POST /_ecrmock/settle HTTP/1.1", "Transfer-Encoding: gzip, chunked")
    assert connection.answer().status == 501


@pytest.mark.parametrize("hello", [b"\x16", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"])
def test_the_greeting_of_tls_is_refused_at_once(connection: Connection, hello: bytes) -> None:
    """The rest of it is not waited for. Source: reference registry.md §17.1."""
    connection.socket.sendall(hello)
    answer = connection.answer()
    assert (answer.status, answer.body) == (400, b"This port speaks plain HTTP, not TLS.")


def test_the_connection_ends_after_the_greeting_of_tls(connection: Connection) -> None:
    connection.socket.sendall(b"\x16")
    connection.answer()
    assert connection.is_closed()


@pytest.mark.parametrize(
    "line", ["GET", "GET /", "GET / HTTP/x", "get / HTTP/1.1", "GET nothing HTTP/1.1", "\0"]
)
def test_what_is_no_request_is_400(connection: Connection, line: str) -> None:
    assert connection.send(line).answer().status == 400


def test_a_body_that_breaks_off_is_400_for_who_still_listens(
    peer: Peer, connection: Connection
) -> None:
    path = peer.start_upload()
    connection.send(f"PATCH {path} HTTP/1.1", "Content-Length: 100", body=b"half").end()
    assert (connection.answer().status, connection.is_closed()) == (400, True)


@pytest.mark.parametrize(
    ("framing", "body"),
    [
        ("Content-Length: 10", b"layer"),
        ("Content-Length: 2000000", b"x" * 1_500_000),
        ("Transfer-Encoding: chunked", b"5\r\nlayer\r\n"),
        ("Transfer-Encoding: chunked", b"5\r\nlayer\r\nno size\r\n"),
        ("Transfer-Encoding: chunked", b"ffff\r\nlayer"),
    ],
    ids=["sized", "large", "chunked", "garbled", "within a chunk"],
)
def test_nothing_is_left_of_a_body_that_breaks_off(
    peer: Peer, connection: Connection, framing: str, body: bytes
) -> None:
    path, before = peer.start_upload(), peer.server.backend.usage()["memory_bytes"]
    peer.ask("PATCH", path, b"begun")
    connection.send(f"PATCH {path} HTTP/1.1", framing, body=body).end().answer()
    kept = peer.server.backend.usage()["memory_bytes"] - before
    assert (peer.progress(path), kept) == ("0-4", len(b"begun"))


def test_an_upload_can_be_finished_after_a_body_that_broke_off(
    peer: Peer, connection: Connection
) -> None:
    path = peer.start_upload()
    connection.send(f"PATCH {path} HTTP/1.1", "Content-Length: 10", body=b"la").end().answer()
    digest = digest_of(b"new layer")
    assert peer.ask("PUT", f"{path}?digest={digest}", b"new layer").status == 201


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_refused_upload_with_a_large_body_gets_its_answer(
    peer: Peer, connection: Connection, method: str
) -> None:
    """Its sender reads the answer only when everything is sent."""
    head = f"{method} /v2/app/blobs/uploads/unknown?digest={EMPTY} HTTP/1.1"
    connection.send(head, f"Content-Length: {len(LAYER)}", body=LAYER)
    assert b"BLOB_UPLOAD_UNKNOWN" in connection.answer().body


@pytest.mark.parametrize("framing", ["Content-Length: 1000000000", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("PATCH", "/v2/app/blobs/uploads/unknown", b"BLOB_UPLOAD_UNKNOWN"),
        ("PUT", f"/v2/app/blobs/uploads/unknown?digest={EMPTY}", b"BLOB_UPLOAD_UNKNOWN"),
        ("PUT", "/v2/app/blobs/uploads/unknown?digest=garbage", b"DIGEST_INVALID"),
        ("PATCH", "/v2/gone/blobs/uploads/unknown", b"NAME_UNKNOWN"),
        ("PUT", "/v2/gone/manifests/1.0", b"NAME_UNKNOWN"),
        ("PUT", "/v2/app/manifests/sha256:0", b"DIGEST_INVALID"),
        ("PUT", "/v2/Bad/manifests/1.0", b"NAME_INVALID"),
        ("POST", "/v2/app/manifests/1.0", b"UNSUPPORTED"),
    ],
)
def test_a_refusal_does_not_wait_for_a_body_that_never_comes(
    connection: Connection, method: str, path: str, code: bytes, framing: str
) -> None:
    """Neither does one of a repository or of a caller. Source: reference registry.md §7."""
    assert code in connection.send(f"{method} {path} HTTP/1.1", framing).answer().body


@pytest.mark.parametrize("authorization", ["Basic QVdTOmdhcmJhZ2U=", "Bearer x"])
@pytest.mark.parametrize("path", ["blobs/uploads/unknown", "manifests/1.0"])
def test_who_has_no_login_need_not_send_the_body(
    connection: Connection, path: str, authorization: str
) -> None:
    head = f"PUT /v2/app/{path}?digest={EMPTY} HTTP/1.1"
    connection.send(head, "Content-Length: 1000000000", f"Authorization: {authorization}")
    assert connection.answer().status in (400, 401)


def test_a_connection_ends_when_the_rest_of_a_refused_body_does_not_come(
    connection: Connection,
) -> None:
    head = "PATCH /v2/app/blobs/uploads/unknown HTTP/1.1"
    connection.send(head, "Content-Length: 1000", body=b"half").answer()
    assert connection.end().is_closed()


def test_a_connection_lives_on_after_a_refused_body(connection: Connection) -> None:
    head = "PATCH /v2/app/blobs/uploads/unknown HTTP/1.1"
    connection.send(head, "Content-Length: 1000", body=LAYER[:1000]).answer()
    assert connection.send(HEALTH).answer().status == 200


def test_a_large_refused_body_costs_its_sender_the_connection(connection: Connection) -> None:
    head = "PATCH /v2/app/blobs/uploads/unknown HTTP/1.1"
    answer = connection.send(head, f"Content-Length: {len(LAYER)}", body=LAYER).answer()
    assert answer.headers["connection"] == "close"


def test_a_refused_chunked_body_gets_its_answer(connection: Connection) -> None:
    body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(LAYER), LAYER)
    head = "PUT /v2/gone/manifests/1.0 HTTP/1.1"
    connection.send(head, "Transfer-Encoding: chunked", body=body)
    assert connection.answer().status in (404, 413)


def test_a_manifest_that_is_too_large_gets_its_answer(connection: Connection) -> None:
    body = b" " * (5 * 1024 * 1024)
    connection.send("PUT /v2/app/manifests/1.0 HTTP/1.1", f"Content-Length: {len(body)}", body=body)
    assert connection.answer().status == 413


def test_a_header_has_a_limit(connection: Connection) -> None:
    connection.send(HEALTH, f"X-Long: {'x' * 65_536}")
    assert connection.answer().status == 413


def test_a_request_line_has_a_limit(connection: Connection) -> None:
    connection.send(f"GET /{'x' * 65_536} HTTP/1.1")
    assert connection.answer().status == 414


def test_a_header_may_be_as_long_as_a_token(connection: Connection) -> None:
    """Allow at least 16 kB. Source: reference registry.md §2.2."""
    assert connection.send(HEALTH, f"X-Token: {'x' * 16_384}").answer().status == 200


def test_a_layer_comes_back_as_it_was(peer: Peer, large: str) -> None:
    assert peer.ask("GET", large).body == LAYER


def test_a_part_of_a_layer_comes_back(connection: Connection, large: str) -> None:
    connection.send(f"GET {large} HTTP/1.1", "Range: bytes=1048570-2097160")
    assert connection.answer().body == LAYER[1048570:2097161]


def test_a_connection_lives_on_after_a_layer(connection: Connection, large: str) -> None:
    connection.send(f"GET {large} HTTP/1.1").answer()
    assert connection.send(HEALTH).answer().status == 200


def test_a_layer_may_be_asked_for_twice_at_once(connection: Connection, large: str) -> None:
    connection.send(f"GET {large} HTTP/1.1").send(f"GET {large} HTTP/1.1")
    assert [len(connection.answer().body) for _ in range(2)] == [len(LAYER)] * 2


def test_a_client_that_hangs_up_on_a_layer_does_no_harm(
    peer: Peer, connection: Connection, large: str
) -> None:
    connection.send(f"GET {large} HTTP/1.1").line()
    connection.close()
    assert peer.ask("GET", large).body == LAYER


def test_a_large_layer_arrives_in_chunks(peer: Peer, connection: Connection) -> None:
    path = peer.start_upload()
    pieces = [LAYER[place : place + 70_001] for place in range(0, len(LAYER), 70_001)]
    body = b"".join(b"%X;n=1\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    head = (f"PUT {path}?digest={digest_of(LAYER)} HTTP/1.1", "Transfer-Encoding: chunked")
    connection.send(*head, body=body + b"0\r\nA: b\r\n\r\n")
    assert connection.answer().status == 201


def test_a_path_reaches_the_door_as_it_was_sent(peer: Peer) -> None:
    answer = peer.ask("GET", "/v2/team%2fapp/tags/list")
    assert json.loads(answer.body)["errors"][0]["code"] == "NAME_INVALID"


def test_a_name_of_the_query_reaches_the_door(peer: Peer) -> None:
    assert json.loads(peer.ask("GET", "/v2/app/tags/list?n=1").body)["tags"] == ["1.0"]


def test_addresses_in_answers_are_those_that_the_client_used(connection: Connection) -> None:
    connection.send("POST /v2/app/blobs/uploads/ HTTP/1.1", "Content-Length: 0")
    location = connection.answer().headers["Location"]
    assert location.startswith("http://localhost/v2/app/blobs/uploads/")
