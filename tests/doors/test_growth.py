"""Calls about one image, and pages, look at no more rows when a repository grows.

Nothing is timed: the bytecodes that ecrmock's own code runs are counted, which sees every loop over rows in
Python, and the memory that a call takes at its peak, which sees every copy of rows in C.
"""

import sys
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

import ecrmock
from ecrmock import mock_ecr
from ecrmock.operations.table import OPERATIONS
from tests.doors.conftest import (
    ACCOUNT,
    REGION,
    SESSION,
    Door,
    closing_clients,
    digest_of,
    index_of,
    manifest_of,
    start_upload,
    upload,
)

pytestmark = pytest.mark.slow

SMALL, LARGE = 100, 5_000
GROWTH = 1.1
SLACK = 4_096  # bytes: a dict or a list of the interpreter may just have to be made larger
OURS = ecrmock.__file__.removesuffix("__init__.py")
Call = Callable[[Any], Any]


def manifest(number: int) -> str:
    return manifest_of(b"layer", annotations={"number": f"{number:09}"})


def fill(client: Any, images: int) -> None:
    """Make ``app`` with images: three of four have a tag."""
    client.create_repository(repositoryName="app")
    for blob in (b"{}", b"layer"):
        upload(client, blob)
    for number in range(images):
        named = {"imageTag": f"{number:09}"} if number % 4 else {}
        client.put_image(repositoryName="app", imageManifest=manifest(number), **named)
    client.put_image(repositoryName="app", imageManifest=index_of(manifest(5)), imageTag="index")


@contextmanager
def filled(images: int, repositories: int) -> Iterator[Any]:
    with mock_ecr(region=REGION) as ecr, closing_clients(Door(ecr, "", "https")) as door:
        client = door.client()
        fill(client, images)
        for number in range(repositories):
            client.create_repository(repositoryName=f"other-{number:09}")
        yield client


@pytest.fixture(scope="module", params=["images", "repositories"])
def costs(request: pytest.FixtureRequest) -> Mapping[str, list[tuple[int, int]]]:
    """Bytecodes and peak bytes of each call: in a small registry, and in a large one."""
    found: dict[str, list[tuple[int, int]]] = {name: [] for name in CALLS}
    for size in (SMALL, LARGE):
        sizes = (size, SMALL) if request.param == "images" else (SMALL, size)
        with filled(*sizes) as client:
            for name, call in CALLS.items():
                call(client)  # what is compiled and cached once is no cost of the call
                found[name].append((bytecodes(client, call), peak_bytes(client, call)))
    return found


def bytecodes(client: Any, call: Call) -> int:
    """Count the bytecodes that ecrmock's code runs in a call."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call(client)
    finally:
        sys.settrace(before)
    return count


def peak_bytes(client: Any, call: Call) -> int:
    """Return the memory that a call takes at its peak."""
    with ExitStack() as stack:
        tracemalloc.start()
        stack.callback(tracemalloc.stop)
        call(client)
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        call(client)
        return tracemalloc.get_traced_memory()[1] - before


def one(number: int) -> dict[str, Any]:
    return {"repositoryName": "app", "imageIds": [{"imageDigest": digest_of(manifest(number))}]}


def push_and_delete(client: Any, **more: str) -> None:
    text = manifest(-1)
    client.put_image(repositoryName="app", imageManifest=text, **more)
    client.batch_delete_image(repositoryName="app", imageIds=[{"imageDigest": digest_of(text)}])


def move_tag(client: Any) -> None:
    for number in (6, 7):
        put = {"repositoryName": "app", "imageManifest": manifest(number)}
        client.put_image(**put, imageTag="moving")
    client.batch_delete_image(repositoryName="app", imageIds=[{"imageTag": "moving"}])


def refused(work: Callable[[], Any]) -> None:
    with pytest.raises(Exception, match="Exception"):
        work()


def second_page(client: Any, call: str, **more: Any) -> None:
    page = getattr(client, call)(maxResults=10, **more)
    getattr(client, call)(maxResults=10, nextToken=page["nextToken"], **more)


def upload_layer(client: Any) -> None:
    """Upload a layer that is there already, so that nothing is left."""
    upload_members = start_upload(client)
    client.upload_layer_part(
        **upload_members, partFirstByte=0, partLastByte=4, layerPartBlob=b"layer"
    )
    digests = [digest_of(b"layer")]
    refused(lambda: client.complete_layer_upload(**upload_members, layerDigests=digests))


def create_and_delete(client: Any) -> None:
    client.create_repository(repositoryName="passing")
    client.delete_repository(repositoryName="passing")


def tag_status(value: str) -> dict[str, Any]:
    return {"repositoryName": "app", "filter": {"tagStatus": value}}


APP = {"repositoryName": "app"}
CALLS: dict[str, Call] = {
    "an image is pushed and deleted": push_and_delete,
    "an image is pushed with a tag and deleted": lambda ecr: push_and_delete(ecr, imageTag="new"),
    "a tag moves": move_tag,
    "an image is refused": lambda ecr: refused(
        lambda: ecr.put_image(**APP, imageManifest=manifest(5))
    ),
    "an index's child is kept": lambda ecr: ecr.batch_delete_image(**one(5)),
    "an image is got by digest": lambda ecr: ecr.batch_get_image(**one(5)),
    "an image is got by tag": lambda ecr: ecr.batch_get_image(
        **APP, imageIds=[{"imageTag": "000000005"}]
    ),
    "an image is described": lambda ecr: ecr.describe_images(**one(5)),
    "an image is missing": lambda ecr: refused(lambda: ecr.describe_images(**one(-2))),
    "images are described page by page": lambda ecr: second_page(ecr, "describe_images", **APP),
    "tagged images are described page by page": lambda ecr: second_page(
        ecr, "describe_images", **tag_status("TAGGED")
    ),
    "untagged images are described page by page": lambda ecr: second_page(
        ecr, "describe_images", **tag_status("UNTAGGED")
    ),
    "images are listed page by page": lambda ecr: second_page(ecr, "list_images", **APP),
    "tagged images are listed page by page": lambda ecr: second_page(
        ecr, "list_images", **tag_status("TAGGED")
    ),
    "untagged images are listed page by page": lambda ecr: second_page(
        ecr, "list_images", **tag_status("UNTAGGED")
    ),
    "a layer is looked up": lambda ecr: ecr.batch_check_layer_availability(
        **APP, layerDigests=[digest_of(b"layer")]
    ),
    "a layer's URL is asked for": lambda ecr: ecr.get_download_url_for_layer(
        **APP, layerDigest=digest_of(b"layer")
    ),
    "a layer is uploaded": upload_layer,
    "the mutability changes": lambda ecr: ecr.put_image_tag_mutability(
        **APP, imageTagMutability="MUTABLE"
    ),
    "a repository is kept as it has images": lambda ecr: refused(
        lambda: ecr.delete_repository(**APP)
    ),
    "a repository is made and deleted": create_and_delete,
    "a repository is described": lambda ecr: ecr.describe_repositories(repositoryNames=["app"]),
    "repositories are described page by page": lambda ecr: second_page(
        ecr, "describe_repositories"
    ),
}


# Members of other operations than those above: whatever else is in the table is called once with these.
MEMBERS: Mapping[str, Any] = {
    "repositoryName": "app",
    "imageId": {"imageDigest": digest_of(manifest(5))},
    "imageIds": [{"imageDigest": digest_of(manifest(5))}],
    "imageManifest": manifest(5),
    "layerDigest": digest_of(b"layer"),
    "layerDigests": [digest_of(b"layer")],
    "layerPartBlob": b"layer",
    "uploadId": "00000000-0000-4000-8000-00000000000a",
    "partFirstByte": 0,
    "partLastByte": 4,
    "subjectId": {"imageDigest": digest_of(manifest(5))},
    "targetStorageClass": "STANDARD",
    "imageTagMutability": "MUTABLE",
    "imageScanningConfiguration": {"scanOnPush": False},
    "repositoryNames": ["app"],
    "resourceArn": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/app",
    "tags": [{"Key": "a", "Value": "b"}],
    "tagKeys": ["a"],
}


def with_members_of(operation: str) -> Call:
    """Return a call of an operation with what the model requires; an error is an answer too."""

    def call(client: Any) -> None:
        model = client.meta.service_model.operation_model(operation)
        members = {name: MEMBERS[name] for name in model.input_shape.required_members}
        with suppress(ClientError):
            getattr(client, xform_name(operation))(**members)

    return call


def takes_known_members(operation: str) -> bool:
    model = SESSION.client("ecr", region_name=REGION).meta.service_model
    required = model.operation_model(operation).input_shape.required_members
    return set(required) <= set(MEMBERS)


OPERATIONS_TRIED = sorted(
    name for service, name in OPERATIONS if service == "ecr" and takes_known_members(name)
)
CALLS |= {f"{name} is called": with_members_of(name) for name in OPERATIONS_TRIED}


@pytest.mark.parametrize("call", CALLS)
def test_a_call_looks_at_no_more_rows_when_there_are_more(
    costs: Mapping[str, list[tuple[int, int]]], call: str
) -> None:
    (few, _), (many, _) = costs[call]
    assert few > 0
    assert many <= few * GROWTH


@pytest.mark.parametrize("call", CALLS)
def test_a_call_takes_no_more_memory_when_there_are_more(
    costs: Mapping[str, list[tuple[int, int]]], call: str
) -> None:
    (_, few), (_, many) = costs[call]
    assert many <= few * GROWTH + SLACK


def test_a_loop_over_all_images_would_be_seen() -> None:
    """The same counters find that listing everything costs more the more there is."""
    found = []
    for size in (SMALL, 4 * SMALL):
        with filled(size, 0) as client:
            call: Call = lambda ecr: ecr.describe_images(**APP, maxResults=1000)  # noqa: E731
            call(client)
            found.append((bytecodes(client, call), peak_bytes(client, call)))
    (few, small), (many, large) = found
    assert many > 3 * few
    assert large > 3 * small


# Pages whose filter few images meet: ecrmock must not walk past all the others, under its lock.
SPARSE: Mapping[str, Call] = {
    f"{call} with {value}": lambda ecr, call=call, filter={name: value}: getattr(ecr, call)(
        **APP, filter=filter, maxResults=10
    )
    for call, name, value in (
        ("describe_images", "tagStatus", "UNTAGGED"),
        ("describe_images", "imageStatus", "ARCHIVED"),
        ("list_images", "imageStatus", "ARCHIVED"),
    )
}


def fill_with_tagged(client: Any, images: int) -> None:
    client.create_repository(repositoryName="app")
    for blob in (b"{}", b"layer"):
        upload(client, blob)
    for number in range(images):
        put = {"repositoryName": "app", "imageManifest": manifest(number)}
        client.put_image(**put, imageTag=f"{number:09}")


@pytest.fixture(scope="module")
def sparse_costs() -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = {name: [] for name in SPARSE}
    for size in (SMALL, 10 * SMALL):
        with mock_ecr(region=REGION) as ecr, closing_clients(Door(ecr, "", "https")) as door:
            client = door.client()
            fill_with_tagged(client, size)
            for name, call in SPARSE.items():
                call(client)
                found[name].append(bytecodes(client, call))
    return found


@pytest.mark.parametrize("call", SPARSE)
def test_a_page_of_few_among_many_looks_at_no_more_rows(
    sparse_costs: Mapping[str, list[int]], call: str
) -> None:
    few, many = sparse_costs[call]
    assert many <= few * GROWTH
