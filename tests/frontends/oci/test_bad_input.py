"""Whatever a client sends, the registry door answers it, and never as if it had a bug itself."""

import base64
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecrmock.frontends.http import BytesBody, HttpRequest, HttpResponse
from ecrmock.frontends.oci.door import OciDoor
from ecrmock.frontends.oci.modes import MODES
from tests.frontends.oci.conftest import HOST, Registry, content_of, digest_of, manifest_of

GOOD = "a good token"
REGISTRIES = {mode: Registry(registry_mode=mode).create() for mode in MODES}
(UPLOAD,) = {registry.start().rpartition("/")[2] for registry in REGISTRIES.values()}
for each in REGISTRIES.values():
    each.push(b"layer", "1.0")
DOORS = {mode: OciDoor(registry.backend) for mode, registry in REGISTRIES.items()}

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
    st.sampled_from(
        [
            *(digest_of(b"layer"), "sha256:", "sha512", "sha512:" + "0" * 128),
            *("0-0", "5-9", "bytes=1-2", "bytes=-0", "*", f'"{digest_of(b"layer")}"'),
        ]
    ),
)
PARAMETERS = ["n", "last", "digest", "digest-algorithm", "mount", "from", "tag", "artifactType"]
QUERIES = st.lists(
    st.tuples(st.sampled_from(PARAMETERS), VALUES).map("=".join),
    max_size=3,
).map("&".join)
BASIC = st.binary(max_size=40).map(lambda raw: f"Basic {base64.b64encode(b'AWS:' + raw).decode()}")
AUTHORIZATIONS = st.one_of(st.just(GOOD), st.just(GOOD), BASIC, HEADER_TEXT)
HEADERS = st.fixed_dictionaries(
    {"authorization": AUTHORIZATIONS},
    optional={
        "host": st.one_of(st.just(HOST), HEADER_TEXT),
        "content-range": VALUES,
        "range": VALUES,
        "content-type": HEADER_TEXT,
        "if-none-match": VALUES,
        "accept": HEADER_TEXT,
    },
)
METHODS = st.one_of(
    st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
    st.text(string.ascii_uppercase, min_size=1, max_size=8),
)
BODIES = st.one_of(st.binary(max_size=64), st.sampled_from([manifest_of(b"layer"), b"{}", b"["]))
REQUESTS = st.builds(
    HttpRequest,
    method=METHODS,
    path=PATHS,
    query=QUERIES,
    headers=HEADERS,
    body=BODIES.map(BytesBody),
)


def answer(mode: str, request: HttpRequest) -> HttpResponse:
    if request.headers["authorization"] == GOOD:
        request.headers = {**request.headers, "authorization": REGISTRIES[mode].authorization}
    response = DOORS[mode].handle(request, "request")
    content_of(response)
    return response


@pytest.mark.parametrize("mode", MODES)
@settings(deadline=None)
@given(request=REQUESTS)
def test_every_request_has_an_answer_that_is_no_server_error(
    mode: str, request: HttpRequest
) -> None:
    assert 200 <= answer(mode, request).status < 500


@pytest.mark.parametrize("mode", MODES)
@settings(deadline=None)
@given(request=REQUESTS)
def test_no_header_of_an_answer_can_end_its_line(mode: str, request: HttpRequest) -> None:
    assert not {"\r", "\n"} & set("".join(answer(mode, request).headers.values()))
