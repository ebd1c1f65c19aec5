"""The way through the whole of botocore, which user handlers on it make ours take. Source: DESIGN.md §4."""

import asyncio
import socket

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError, ProxyConnectionError
from moto import mock_aws

from ecrmock import mock_ecr
from tests.inprocess.conftest import REGION

EVENTS = [
    "before-sign",
    "before-sign.ecr",
    "before-sign.*.DescribeRepositories",
    "before-send",
    "before-send.ecr",
    "before-send.ecr.DescribeRepositories",
    "request-created",
    "request-created.ecr",
    "request-created.ecr.DescribeRepositories",
]
KEYS = {"aws_access_key_id": "111122223333", "aws_secret_access_key": "any"}
on_each_event = pytest.mark.parametrize("event", EVENTS)


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """A session that keeps the service models that it has read, and finds no credentials."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "PROFILE"):
            patch.delenv(f"AWS_{name}", raising=False)
        for name in ("SHARED_CREDENTIALS_FILE", "CONFIG_FILE"):
            patch.setenv(f"AWS_{name}", str(tmp_path_factory.getbasetemp() / "none"))
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield boto3.session.Session()


@pytest.fixture(params=[KEYS, {}], ids=["with keys", "without keys"])
def client(request, session):
    """A client in another region than the default one."""
    return session.client("ecr", region_name="eu-west-1", **request.param)


class Watcher:
    """A handler that says nothing, and remembers what it was called with."""

    def __init__(self):
        self.seen = []

    def __call__(self, **arguments):
        self.seen.append(arguments)


@pytest.fixture
def watcher():
    return Watcher()


def watch(client, watcher, event="before-send"):
    client.meta.events.register(event, watcher)
    return client


def names(client):
    return [each["repositoryName"] for each in client.describe_repositories()["repositories"]]


@on_each_event
def test_a_handler_on_the_way_is_called(client, handle, watcher, event):
    assert names(watch(client, watcher, event)) == []
    assert len(watcher.seen) == 1


@on_each_event
def test_a_call_that_is_watched_is_answered_here_once(client, handle, watcher, event):
    names(watch(client, watcher, event))
    assert [call.operation for call in handle.calls] == ["DescribeRepositories"]


def test_a_call_that_is_watched_goes_to_the_account_and_region_of_its_client(client, handle):
    direct = client.create_repository(repositoryName="direct")["repository"]
    watched = watch(client, Watcher()).create_repository(repositoryName="direct2")["repository"]
    assert watched["repositoryArn"] == direct["repositoryArn"] + "2"


def test_a_handler_sees_the_request_that_would_be_sent(client, handle, watcher):
    names(watch(client, watcher))
    request = watcher.seen[0]["request"]
    assert request.headers["X-Amz-Target"].endswith(b".DescribeRepositories")
    assert request.url == "https://api.ecr.eu-west-1.amazonaws.com/"


def test_a_request_is_signed_with_the_keys_that_there_are(handle, watcher):
    client = boto3.client("ecr", region_name=REGION, **KEYS)
    names(watch(client, watcher))
    assert b"Credential=111122223333/" in watcher.seen[0]["request"].headers["Authorization"]


def test_a_header_that_a_handler_adds_is_on_the_request(client, handle, watcher):
    def add(request, **_):
        request.headers["X-Test"] = "added"

    client.meta.events.register("before-sign", add)
    names(watch(client, watcher))
    assert "X-Test" in watcher.seen[0]["request"].headers


@pytest.mark.parametrize("keys", [KEYS, {}], ids=["with keys", "without keys"])
def test_a_client_of_signer_goes_the_whole_way_to_its_own_protocol(session, handle, keys, watcher):
    """Who has no keys signs nothing, and is told apart all the same."""
    client = session.client("signer", region_name="eu-west-1", **keys)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        watch(client, watcher).get_signing_profile(profileName="none")
    assert [(call.service, call.region) for call in handle.calls] == [("signer", "eu-west-1")]
    assert len(watcher.seen) == 1


def test_an_error_is_that_of_its_client_on_the_whole_way_too(client, handle, watcher):
    with pytest.raises(client.exceptions.RepositoryNotFoundException) as caught:
        watch(client, watcher).delete_repository(repositoryName="no")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


class Raw:
    """The body of a response of the user's."""

    def stream(self):
        return [b'{"repositories": [{"repositoryName": "theirs"}]}']


def theirs(request, **_):
    return AWSResponse(request.url, 200, {}, Raw())


@pytest.mark.parametrize("event", [event for event in EVENTS if "send" in event])
@pytest.mark.parametrize("register", ["register_first", "register", "register_last"])
def test_a_handler_that_answers_wins(client, handle, event, register):
    getattr(client.meta.events, register)(event, theirs)
    assert names(client) == ["theirs"]
    assert handle.calls == ()


def test_a_handler_that_answers_wins_though_it_comes_later(client, handle, watcher):
    names(watch(client, watcher))
    client.meta.events.register("before-send", theirs)
    assert names(client) == ["theirs"]


def test_a_handler_of_another_operation_is_not_called(client, handle, watcher):
    names(watch(client, watcher, "before-send.ecr.ListImages"))
    assert watcher.seen == []


@on_each_event
def test_after_unregistering_the_handler_is_not_called(client, handle, watcher, event):
    names(watch(client, watcher, event))
    client.meta.events.unregister(event, watcher)
    assert names(client) == []
    assert len(watcher.seen) == 1


def signed_at_all(client):
    """Tell whether a call is signed; a signer sees what goes the whole way."""
    seen = []
    signer = client._request_signer
    own = type(signer).sign
    signer.sign = lambda *given, **named: (seen.append(1), own(signer, *given, **named))
    names(client)
    return bool(seen)


def test_without_a_handler_nothing_is_signed(client, handle):
    assert not signed_at_all(client)


@on_each_event
def test_after_unregistering_nothing_is_signed_again(client, handle, watcher, event):
    names(watch(client, watcher, event))
    client.meta.events.unregister(event, watcher)
    assert not signed_at_all(client)


def test_a_handler_that_is_registered_later_is_called(client, handle, watcher):
    names(client)
    names(watch(client, watcher))
    assert len(watcher.seen) == 1


def test_the_client_of_an_ended_context_asks_the_next_one(client, watcher):
    for _ in range(2):
        with mock_ecr() as handle:
            watch(client, watcher).create_repository(repositoryName="app")
        assert len(handle.calls) == 1


@pytest.fixture
def nobody_listens():
    """The URL of a port of this machine on which nobody listens, and nobody else can."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_after_the_last_context_a_watched_client_sends_again(watcher, nobody_listens):
    config = Config(retries={"max_attempts": 0}, proxies={"https": nobody_listens})
    client = boto3.client("ecr", region_name=REGION, config=config, **KEYS)
    with mock_ecr():
        names(watch(client, watcher))
    with pytest.raises(ProxyConnectionError):
        names(client)


@pytest.mark.parametrize("moto_first", [True, False])
def test_ecr_stays_ours_beside_moto(client, watcher, moto_first):
    first, second = (mock_aws, mock_ecr) if moto_first else (mock_ecr, mock_aws)
    with first() as one, second() as other:
        watch(client, watcher).create_repository(repositoryName="app")
        handle = other if moto_first else one
        assert [call.operation for call in handle.calls] == ["CreateRepository"]


def test_ecr_stays_ours_though_moto_comes_between_two_calls(client, handle, watcher):
    names(watch(client, watcher))
    with mock_aws():
        names(client)
    assert len(handle.calls) == 2


def test_ecr_is_motos_after_our_context(watcher):
    with mock_aws():
        client = watch(boto3.client("ecr", region_name=REGION), watcher)
        with mock_ecr() as handle:
            names(client)
        names(client)
    assert len(handle.calls) == 1


def test_sts_is_watched_too(handle, watcher):
    client = watch(boto3.client("sts", region_name=REGION, **KEYS), watcher, "before-send.sts")
    assert client.get_caller_identity()["Account"] == "111122223333"
    assert len(watcher.seen) == 1


def test_sts_is_motos_though_it_was_ours_and_watched_before(handle, session, watcher):
    client = watch(session.client("sts", region_name=REGION, **KEYS), watcher)
    client.get_caller_identity()
    with mock_aws():
        assert client.get_caller_identity()["Arn"].endswith("/moto")


def test_what_ecrmock_lacks_is_told_on_the_whole_way_too(handle, watcher):
    client = watch(boto3.client("sts", region_name=REGION, **KEYS), watcher)
    with pytest.raises(ClientError, match="NotImplementedException"):
        client.decode_authorization_message(EncodedMessage="text")


# aiobotocore


@pytest.fixture
def asynchronously():
    """Do something with a client of aiobotocore that is watched on an event."""
    session = pytest.importorskip("aiobotocore.session").get_session()

    def asynchronously(do, event, handler):
        async def run():
            async with session.create_client("ecr", region_name="eu-west-1", **KEYS) as client:
                client.meta.events.register(event, handler)
                return await do(client)

        return asyncio.run(run())

    return asynchronously


async def create(client):
    made = await client.create_repository(repositoryName="app")
    return made["repository"]["repositoryArn"]


ARN = "arn:aws:ecr:eu-west-1:111122223333:repository/app"


@pytest.mark.parametrize("event", [event for event in EVENTS if "Describe" not in event])
def test_a_handler_on_the_asynchronous_way_is_called(handle, asynchronously, watcher, event):
    assert asynchronously(create, event, watcher) == ARN
    assert (len(watcher.seen), len(handle.calls)) == (1, 1)


def test_an_asynchronous_handler_is_awaited(handle, asynchronously):
    seen = []

    async def handler(request, **_):
        await asyncio.sleep(0)
        seen.append(request.url)

    assert asynchronously(create, "before-send", handler) == ARN
    assert seen == ["https://api.ecr.eu-west-1.amazonaws.com/"]


def test_an_asynchronous_handler_that_answers_wins(handle, asynchronously):
    async def list_all(client):
        return (await client.describe_repositories())["repositories"]

    async def handler(request, **_):
        from aiobotocore.awsrequest import AioAWSResponse

        return AioAWSResponse(request.url, 200, {}, AsyncRaw())

    assert asynchronously(list_all, "before-send", handler) == [{"repositoryName": "theirs"}]
    assert handle.calls == ()


class AsyncRaw(Raw):
    """The body of a response of aiohttp's."""

    async def read(self):
        return self.stream()[0]


def test_an_asynchronous_handler_that_is_unregistered_is_not_called(
    handle, asynchronously, watcher
):
    async def twice(client):
        await client.describe_repositories()
        client.meta.events.unregister("before-send", watcher)
        await client.describe_repositories()

    asynchronously(twice, "before-send", watcher)
    assert (len(watcher.seen), len(handle.calls)) == (1, 2)


def test_asynchronously_too_ecr_stays_ours_beside_moto(handle, asynchronously, watcher):
    with mock_aws():
        assert asynchronously(create, "before-send", watcher) == ARN
    assert len(handle.calls) == 1
