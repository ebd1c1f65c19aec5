"""Faults in this process take botocore's whole way, so that its own retries are seen. Source: DESIGN.md §4."""

import asyncio

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from ecrmock import mock_ecr
from ecrmock.inprocess import transport
from tests.inprocess.conftest import REGION

TWICE = Config(retries={"mode": "standard", "total_max_attempts": 2})


def test_a_client_without_credentials_retries_too(handle, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    client = boto3.session.Session().client("ecr", region_name=REGION, config=TWICE)
    with handle.fault("DescribeRepositories", drop=1):
        answer = client.describe_repositories()
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1


def test_after_a_fault_calls_go_the_short_way_again(client, handle):
    seen = []
    with handle.fault("DescribeRepositories", throttle=1) as struck:
        assert client.describe_repositories()["ResponseMetadata"]["RetryAttempts"] == 1
    sent = client._endpoint.http_session.send
    client._endpoint.http_session.send = lambda request: seen.append(request) or sent(request)
    client.describe_repositories()
    assert (seen, struck.times) == ([], 1)


def test_each_attempt_is_a_call_that_is_recorded(client, handle):
    with handle.fault("DescribeRepositories", throttle=1):
        client.describe_repositories()
    assert [call.error for call in handle.calls] == ["ThrottlingException", None]


def test_a_broken_connection_is_said_to_be_one(handle):
    client = boto3.client(
        "ecr", region_name=REGION, config=Config(retries={"total_max_attempts": 1})
    )
    with handle.fault("DescribeRepositories", drop=True), pytest.raises(ConnectionClosedError):
        client.describe_repositories()


def test_calls_are_throttled_at_ecrs_rates_if_that_is_asked_for():
    config = Config(retries={"total_max_attempts": 1})
    with mock_ecr(region=REGION, throttle=True) as ecr:
        ecr.clock.freeze()
        client = boto3.client("ecr", region_name=REGION, config=config)
        put = {"repositoryName": "no", "imageManifest": "{}"}
        codes = []
        for _ in range(12):
            with pytest.raises(ClientError) as caught:
                client.put_image(**put)
            codes.append(caught.value.response["Error"]["Code"])
    assert codes.count("ThrottlingException") == 2


def test_without_it_nothing_is_throttled(client, handle):
    for _ in range(12):
        with pytest.raises(client.exceptions.RepositoryNotFoundException):
            client.put_image(repositoryName="no", imageManifest="{}")


@pytest.mark.parametrize("broken", [{"drop": 1}, {"truncate": 3, "count": 1}], ids=str)
def test_an_asynchronous_client_retries_and_other_tasks_go_on_meanwhile(handle, broken):
    aiobotocore = pytest.importorskip("aiobotocore.session")

    async def describe():
        make = aiobotocore.get_session().create_client
        async with make("ecr", region_name=REGION, config=TWICE) as client:
            waiting = asyncio.create_task(client.describe_repositories())
            with handle.fault("DescribeRepositories", latency=3600) as late:
                while not late.times:
                    await asyncio.sleep(0)
                assert not waiting.done()
            with handle.fault("DescribeRepositories", **broken):
                answer = await client.describe_repositories()
            return answer, await waiting

    retried, late = asyncio.run(describe())
    assert retried["ResponseMetadata"]["RetryAttempts"] == 1
    assert late["repositories"] == []


def test_the_way_is_known_to_be_needed_by_faults_alone(client, handle):
    operation = client.meta.service_model.operation_model("DescribeRepositories")
    assert not transport.is_needed(client, operation)
