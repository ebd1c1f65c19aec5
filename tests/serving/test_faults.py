"""Connections that break because a fault asks for it, byte by byte."""

import pytest

from ecrmock import Ecr
from tests.documents import digest_of
from tests.serving.conftest import Peer

PING = "GET /v2/ HTTP/1.1"
LAYER = b"\0\1\2\3" * (768 * 1024)  # three mebibytes


@pytest.fixture
def ecr(peer: Peer) -> Ecr:
    return Ecr(peer.server.backend)


def test_a_dropped_connection_has_no_answer(peer: Peer, ecr: Ecr) -> None:
    with ecr.fault(route="GET root", drop=1):
        assert peer.connect().send(PING).is_closed()
        assert peer.connect().send(PING).answer().status == 200


def test_a_body_that_nobody_read_does_not_keep_a_connection_open(peer: Peer, ecr: Ecr) -> None:
    path = peer.start_upload()
    connection = peer.connect()
    with ecr.fault(route="PATCH upload", drop=1):
        connection.send(f"PATCH {path} HTTP/1.1", "Content-Length: 4000000", body=LAYER[:1000])
        with pytest.raises((ConnectionError, AssertionError)):
            assert not connection.is_closed()
    assert peer.progress(path) == "0-0"


@pytest.mark.parametrize("layer", [LAYER, b"layer"], ids=["large", "small"])
def test_a_cut_body_ends_with_its_connection(peer: Peer, ecr: Ecr, layer: bytes) -> None:
    ecr.push_image("app", tag="2", layers=[layer])
    path = f"/v2/app/blobs/{digest_of(layer)}"
    with ecr.fault(route="GET blob", truncate=4):
        connection = peer.connect().send(f"GET {path} HTTP/1.1")
        answer = connection.answer()
        assert (answer.status, answer.headers["Content-Length"]) == (200, str(len(layer)))
        assert (answer.body, connection.is_closed()) == (layer[:4], True)


def test_a_range_is_cut_from_its_start(peer: Peer, ecr: Ecr) -> None:
    ecr.push_image("app", tag="2", layers=[b"0123456789"])
    path = f"/v2/app/blobs/{digest_of(b'0123456789')}"
    with ecr.fault(route="GET blob", truncate=2):
        connection = peer.connect().send(f"GET {path} HTTP/1.1", "Range: bytes=4-8")
        assert connection.answer().body == b"45"


def test_an_answer_without_a_body_and_one_that_is_short_enough_stay_whole(
    peer: Peer, ecr: Ecr
) -> None:
    with ecr.fault(route="* root", truncate=2):
        connection = peer.connect()
        assert connection.send(PING).answer().body == b"{}"
        assert connection.send("HEAD /v2/ HTTP/1.1").answer("HEAD").status == 200
        assert connection.send(PING).answer().status == 200


def test_cut_layers_are_let_go_of(peer: Peer, ecr: Ecr) -> None:
    ecr.push_image("app", tag="2", layers=[LAYER])
    before = peer.server.backend.usage()["descriptors"]
    with ecr.fault(route="GET blob", truncate=10):
        for _ in range(5):
            peer.connect().send(f"GET /v2/app/blobs/{digest_of(LAYER)} HTTP/1.1").answer()
    assert peer.server.backend.usage()["descriptors"] == before
