"""boto3 meets faults behind both doors: it retries what it retries at AWS, and gives up as it does there."""

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, HTTPClientError

from tests.doors.conftest import (
    OTHER_ACCOUNT,
    SESSION,
    Door,
    RegistryClient,
    content_of,
    manifest_of,
    push,
)


def persistent(door: Door, retries: int = 2):
    """A client that tries again so often."""
    client = SESSION.client(
        "ecr",
        region_name="us-east-1",
        endpoint_url=door.endpoint_url,
        aws_access_key_id="123456789012",
        aws_secret_access_key="any",
        config=Config(retries={"mode": "standard", "total_max_attempts": 1 + retries}),
    )
    door.clients.append(client)
    return client


@pytest.mark.parametrize(
    "fault",
    [{"throttle": 2}, {"drop": 2}, {"error": "ServerException", "count": 2}],
    ids=str,
)
def test_retries_get_through_what_passes(door: Door, fault):
    with door.ecr.fault("DescribeRepositories", **fault) as struck:
        answer = persistent(door).describe_repositories()
    assert answer["repositories"] == []
    assert answer["ResponseMetadata"]["RetryAttempts"] == struck.times == 2


def test_retries_end_and_say_so(door: Door):
    with (
        door.ecr.fault("CreateRepository", throttle=True) as struck,
        pytest.raises(ClientError, match=r"ThrottlingException.*max retries: 1.*: Rate exceeded"),
    ):
        persistent(door, 1).create_repository(repositoryName="app")
    assert struck.times == 2
    assert door.client().describe_repositories()["repositories"] == []


def test_a_connection_that_breaks_is_botocores_own_error(door: Door):
    with (
        door.ecr.fault("DescribeRepositories", drop=True),
        pytest.raises(ConnectionClosedError, match="Connection was closed before"),
    ):
        door.client().describe_repositories()


@pytest.mark.parametrize("length", [0, 9])
def test_a_cut_answer_is_of_a_call_that_was_made(door: Door, length):
    """botocore takes what there is of it: it does not look at the length, and reads no JSON as no members."""
    client = persistent(door, 1)
    with door.ecr.fault("CreateRepository", truncate=length) as struck:
        answer = client.create_repository(repositoryName="app")
    assert (content_of(answer), struck.times) == ({}, 1)
    with pytest.raises(client.exceptions.RepositoryAlreadyExistsException):
        client.create_repository(repositoryName="app")


def test_a_cut_beyond_the_end_cuts_nothing(door: Door):
    with door.ecr.fault("DescribeRepositories", truncate=100_000) as struck:
        assert door.client().describe_repositories()["repositories"] == []
    assert struck.times == 1


def test_an_error_of_the_model_is_that_of_its_client(door: Door, ecr):
    with (
        door.ecr.fault("PutImage", error="LimitExceededException", message="enough"),
        pytest.raises(ecr.exceptions.LimitExceededException, match="enough"),
    ):
        ecr.put_image(repositoryName="app", imageManifest=manifest_of(b"layer"))
    assert door.ecr.calls[-1].error == "LimitExceededException"


def test_an_error_of_iam_has_its_status_and_form(door: Door):
    client = door.client("iam")
    with (
        door.ecr.fault("CreateUser", error="ServiceFailure"),
        pytest.raises(client.exceptions.ServiceFailureException) as caught,
    ):
        client.create_user(UserName="ci")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500


def test_sts_is_throttled_by_its_own_code(door: Door):
    with (
        door.ecr.fault("GetCallerIdentity", throttle=1),
        pytest.raises(ClientError, match=r"\(Throttling\)"),
    ):
        door.client("sts").get_caller_identity()


def test_another_account_is_spared(door: Door, ecr):
    with door.ecr.fault(account=OTHER_ACCOUNT, throttle=True):
        assert ecr.describe_repositories()["repositories"]
        with pytest.raises(ClientError, match="Rate exceeded"):
            door.client(account=OTHER_ACCOUNT).describe_repositories()


def test_a_push_that_fails_in_the_middle_leaves_no_image_and_can_be_repeated(door: Door, ecr):
    with door.ecr.fault("PutImage", drop=1), pytest.raises(HTTPClientError):
        push(ecr, b"layer", "1.0")
    assert ecr.list_images(repositoryName="app")["imageIds"] == []
    assert (
        push(ecr, b"layer", "1.0")
        == ecr.list_images(repositoryName="app")["imageIds"][0]["imageDigest"]
    )
    ecr.delete_repository(repositoryName="app", force=True)
    assert door.ecr._backend.usage()["blobs"] == 0


def test_rates_are_ecrs_and_go_by_the_clock(door: Door, ecr):
    """Source: reference api.md §21."""
    with door.ecr.fault(rates=True) as struck:
        for number in range(10):
            push_manifest(ecr, number)
        with pytest.raises(ClientError, match="Rate exceeded"):
            push_manifest(ecr, 10)
        door.ecr.clock.advance(seconds=0.1)
        push_manifest(ecr, 10)
    assert struck.times == 1


def push_manifest(client, number: int) -> None:
    try:
        client.put_image(repositoryName="app", imageManifest=manifest_of(b"%d" % number))
    except client.exceptions.LayersNotFoundException:
        return  # nobody uploaded any; it counts


def test_docker_and_the_api_share_a_rate(http_door: Door):
    client = http_door.client()
    client.create_repository(repositoryName="app")
    registry = RegistryClient(http_door, client)
    with http_door.ecr.fault(rates=True):
        for number in range(10):
            push_manifest(client, number)
        answer = registry("PUT", "/v2/app/manifests/1.0", manifest_of(b"10").encode())
    assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
    assert b'"code":"TOOMANYREQUESTS","message":"Rate exceeded"' in answer.body
