"""Whatever a client sends, the registry door answers it, and never as if it had a bug itself."""

import base64
import string

from hypothesis import given, settings
from hypothesis import strategies as st

from ecrmock.frontends.http import BytesBody, HttpRequest
from ecrmock.frontends.oci.door import OciDoor
from tests.frontends.oci.conftest import HOST, Registry, content_of, digest_of, manifest_of

REGISTRY = Registry().create()
UPLOAD = REGISTRY.start().rpartition("/")[2]
REGISTRY.push(b"layer", "1.0")
DOOR = OciDoor(REGISTRY.backend)

# What can stand in a head: cheroot gives it out as latin-1, without line ends.
HEADER_TEXT = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=40)
SEGMENTS = st.one_of(
    st.sampled_from(
        [
            *("v2", "app", "team", "blobs", "uploads", "manifests", "tags", "list", "_catalog"),
            *("..", ".", "", "%2f", "%2e%2e", "%00", "%", "%zz", "%ff", "1.0", UPLOAD),
            *(digest_of(b"layer"), digest_of(b"{}"), "sha256:0", "sha256%3A0", "111122223333.a-1"),
        ]
    ),
    HEADER_TEXT.map(lambda text: text.replace("/", "").replace("?", "").replace(" ", "")),
)
ENDS = st.sampled_from(
    [
        "app/manifests/1.0",
        f"app/blobs/{digest_of(b'layer')}",
        f"app/blobs/uploads/{UPLOAD}",
        "app/blobs/uploads/",
        "app/tags/list",
        "_catalog",
    ]
)
PATHS = st.one_of(ENDS, st.lists(SEGMENTS, max_size=7).map("/".join)).map("/v2/".__add__)
VALUES = st.one_of(
    HEADER_TEXT,
    st.integers().map(str),
    st.sampled_from([digest_of(b"layer"), "sha256:", "0-0", "5-9", "bytes=1-2", "bytes=-0"]),
)
QUERIES = st.lists(
    st.tuples(st.sampled_from(["n", "last", "digest", "mount", "from", "tag"]), VALUES).map(
        "=".join
    ),
    max_size=3,
).map("&".join)
BASIC = st.binary(max_size=40).map(lambda raw: f"Basic {base64.b64encode(b'AWS:' + raw).decode()}")
AUTHORIZATIONS = st.one_of(
    st.just(REGISTRY.authorization), st.just(REGISTRY.authorization), BASIC, HEADER_TEXT
)
HEADERS = st.fixed_dictionaries(
    {"authorization": AUTHORIZATIONS},
    optional={
        "host": st.one_of(st.just(HOST), HEADER_TEXT),
        "content-range": VALUES,
        "range": VALUES,
        "content-type": HEADER_TEXT,
        "accept": HEADER_TEXT,
    },
)
METHODS = st.one_of(
    st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
    st.text(string.ascii_uppercase, min_size=1, max_size=8),
)
BODIES = st.one_of(st.binary(max_size=64), st.sampled_from([manifest_of(b"layer"), b"{}", b"["]))


@settings(deadline=None)
@given(method=METHODS, path=PATHS, query=QUERIES, headers=HEADERS, body=BODIES)
def test_every_request_has_an_answer_that_is_no_server_error(
    method: str, path: str, query: str, headers: dict[str, str], body: bytes
) -> None:
    request = HttpRequest(
        method=method, path=path, query=query, headers=headers, body=BytesBody(body)
    )
    response = DOOR.handle(request, "request")
    content_of(response)
    assert 200 <= response.status < 500


@settings(deadline=None)
@given(method=METHODS, path=PATHS, query=QUERIES, headers=HEADERS, body=BODIES)
def test_no_header_of_an_answer_can_end_its_line(
    method: str, path: str, query: str, headers: dict[str, str], body: bytes
) -> None:
    request = HttpRequest(
        method=method, path=path, query=query, headers=headers, body=BytesBody(body)
    )
    response = DOOR.handle(request, "request")
    content_of(response)
    assert not {"\r", "\n"} & set("".join(response.headers.values()))
