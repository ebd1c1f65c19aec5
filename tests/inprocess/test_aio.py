"""aiobotocore's and aioboto3's clients are answered as boto3's are. Source: DESIGN.md section 4."""

import asyncio
import socket

import pytest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from ecrmock import mock_ecr
from tests.inprocess.conftest import REGION

aiobotocore_client = pytest.importorskip("aiobotocore.client")
aiobotocore_session = pytest.importorskip("aiobotocore.session")


SESSION = aiobotocore_session.get_session()  # it keeps the service models that it has read


def of_aiobotocore(service="ecr", **options):
    return SESSION.create_client(service, **{"region_name": REGION, **options})


def of_aioboto3(service="ecr", **options):
    """Make a client as aioboto3's versions have it: of the module at first, of a session later."""
    aioboto3 = pytest.importorskip("aioboto3")
    make = aioboto3.client if hasattr(aioboto3, "client") else aioboto3.Session().client
    return make(service, **{"region_name": REGION, **options})


of_each_library = pytest.mark.parametrize("make", [of_aiobotocore, of_aioboto3])


async def names(client):
    found = (await client.describe_repositories())["repositories"]
    return [each["repositoryName"] for each in found]


def run(make, do, **options):
    """Do something with a client that is made for it."""

    async def with_client():
        async with make(**options) as client:
            return await do(client)

    return asyncio.run(with_client())


@of_each_library
def test_a_client_made_inside_is_answered(handle, make):
    assert run(make, names) == []
    assert [call.operation for call in handle.calls] == ["DescribeRepositories"]


@of_each_library
def test_a_client_made_before_entering_is_answered(make):
    async def test(client):
        async with mock_ecr() as handle:
            await client.create_repository(repositoryName="app")
        return [call.operation for call in handle.calls]

    assert run(make, test) == ["CreateRepository"]


IMPORTED_INSIDE = """
import asyncio, sys
from ecrmock import mock_ecr
async def test():
    with mock_ecr() as ecr:
        assert 'aiobotocore' not in sys.modules
        import {module}
        from aiobotocore.session import get_session
        async with get_session().create_client('ecr') as client:
            await client.create_repository(repositoryName='app')
    print(*(call.operation for call in ecr.calls))
asyncio.run(test())
"""


@pytest.mark.parametrize("module", ["aiobotocore.session", "aioboto3"])
def test_a_library_that_is_imported_inside_is_patched(python, module):
    pytest.importorskip(module)
    assert python(IMPORTED_INSIDE.format(module=module)) == "CreateRepository"


def test_a_library_that_was_imported_inside_is_unpatched_at_the_end(python):
    printed = python(
        "from ecrmock import mock_ecr",
        "with mock_ecr():",
        "    from aiobotocore.client import AioBaseClient",
        "    inside = AioBaseClient._make_request.__module__",
        "print(inside, AioBaseClient._make_request.__module__)",
    )
    assert printed == "ecrmock.inprocess.botocore_hook aiobotocore.client"


def test_the_patch_goes_with_the_last_context():
    kinds = (BaseClient, aiobotocore_client.AioBaseClient)
    before = [kind._make_request for kind in kinds]
    with mock_ecr(), mock_ecr():
        inside = [kind._make_request for kind in kinds]
    assert [kind._make_request for kind in kinds] == before
    assert not set(inside) & set(before)


def test_nothing_is_left_on_the_class_of_clients():
    before = set(vars(BaseClient))
    with mock_ecr():
        pass
    assert set(vars(BaseClient)) == before


def test_no_socket_is_made(handle, monkeypatch):
    """Of the network, asyncio itself takes a pair of sockets that lead nowhere."""
    monkeypatch.setattr(socket.socket, "connect", None)
    monkeypatch.setattr(socket, "getaddrinfo", None)
    assert run(of_aiobotocore, names) == []


@of_each_library
def test_an_error_is_the_exception_of_its_client(handle, make):
    async def test(client):
        with pytest.raises(client.exceptions.RepositoryNotFoundException) as caught:
            await client.list_images(repositoryName="no")
        return caught.value.response["Error"]["Code"]

    assert run(make, test) == "RepositoryNotFoundException"


@of_each_library
def test_a_paginator_gets_every_page(handle, make):
    async def test(client):
        pages = client.get_paginator("list_images").paginate(
            repositoryName="app", PaginationConfig={"PageSize": 2}
        )
        return [len(page["imageIds"]) async for page in pages]

    for tag in ("1", "2", "3"):
        handle.push_image("app", tag=tag, layers=[tag.encode()])
    assert run(make, test) == [2, 1]


def test_what_a_paginator_gets_can_be_built_into_one_answer(handle):
    async def test(client):
        pages = client.get_paginator("describe_images").paginate(repositoryName="app")
        return (await pages.build_full_result())["imageDetails"]

    handle.push_image("app", tag="1")
    assert [detail["imageTags"] for detail in run(of_aiobotocore, test)] == [["1"]]


def test_a_layer_is_pushed_as_by_boto3(handle):
    async def test(client):
        where = {"repositoryName": "app"}
        await client.create_repository(**where)
        upload = (await client.initiate_layer_upload(**where))["uploadId"]
        part = {"partFirstByte": 0, "partLastByte": 3, "layerPartBlob": b"\x00\xff\n\r"}
        return await client.upload_layer_part(**where, uploadId=upload, **part)

    assert run(of_aiobotocore, test)["lastByteReceived"] == 3


def test_sts_is_answered_too(handle):
    async def test(client):
        return (await client.get_caller_identity())["Account"]

    assert run(of_aiobotocore, test, service="sts") == "123456789012"


def test_calls_at_once_are_all_answered(handle):
    async def test(client):
        made = (client.create_repository(repositoryName=f"app{number}") for number in range(20))
        await asyncio.gather(*made)
        return await names(client)

    assert len(run(of_aiobotocore, test)) == 20


def test_the_metadata_is_that_of_a_response(handle):
    async def test(client):
        return (await client.describe_repositories())["ResponseMetadata"]

    metadata = run(of_aiobotocore, test)
    assert (metadata["HTTPStatusCode"], metadata["RetryAttempts"]) == (200, 0)
    assert metadata["RequestId"] == handle.calls[0].request_id


def test_a_stubber_inside_wins(handle):
    async def test(client):
        with Stubber(client) as stubber:
            stubber.add_response("describe_repositories", {"repositories": []})
            await client.describe_repositories()

    aiobotocore_stub = pytest.importorskip("aiobotocore.stub")
    assert issubclass(aiobotocore_stub.AioStubber, Stubber)
    run(of_aiobotocore, test)
    assert handle.calls == ()


@pytest.fixture
def nobody_listens():
    """The URL of a port of this machine on which nobody listens, and nobody else can."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_an_explicit_endpoint_on_this_machine_is_not_intercepted(handle, nobody_listens):
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    config = Config(retries={"max_attempts": 0})
    with pytest.raises(EndpointConnectionError):
        run(of_aiobotocore, names, endpoint_url=nobody_listens, config=config, **keys)
    assert handle.calls == ()


@mock_ecr(account="111122223333")
async def make_repository():
    async with of_aiobotocore() as client:
        made = await client.create_repository(repositoryName="app")
        await asyncio.sleep(0)
        return made["repository"]["registryId"]


def test_a_decorated_coroutine_runs_in_a_context():
    assert asyncio.run(make_repository()) == "111122223333"


def test_boto3_and_aiobotocore_see_the_same(handle):
    handle.push_image("app", tag="1")
    assert run(of_aiobotocore, names) == ["app"]
