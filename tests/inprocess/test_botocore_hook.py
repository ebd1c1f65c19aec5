"""The hook: which calls of boto3 are answered here, and how. Source: DESIGN.md section 4."""

import socket
import threading
from datetime import UTC, datetime
from functools import wraps

import boto3
import botocore.session
import pytest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError, ParamValidationError
from botocore.stub import Stubber

from ecrmock import mock_ecr
from tests.inprocess.conftest import REGION

MISSING = "The repository with name 'no' does not exist in the registry with id '123456789012'"


def names(client) -> list[str]:
    return [each["repositoryName"] for each in client.describe_repositories()["repositories"]]


# Clients


def test_a_client_made_before_entering_is_answered(client, handle):
    client.create_repository(repositoryName="app")
    assert [call.operation for call in handle.calls] == ["CreateRepository"]


def test_a_client_made_inside_is_answered(handle):
    boto3.client("ecr").create_repository(repositoryName="app")
    assert [call.operation for call in handle.calls] == ["CreateRepository"]


def test_a_client_of_botocore_alone_is_answered(handle):
    session = botocore.session.Session()
    session.create_client("ecr", region_name=REGION).create_repository(repositoryName="app")
    assert [call.operation for call in handle.calls] == ["CreateRepository"]


def test_a_client_made_before_the_import_is_answered(python):
    printed = python(
        "import boto3",
        "client = boto3.client('ecr', region_name='eu-west-1')",
        "from ecrmock import mock_ecr",
        "with mock_ecr() as ecr:",
        "    client.create_repository(repositoryName='app')",
        "print(*(call.operation for call in ecr.calls))",
    )
    assert printed == "CreateRepository"


def test_nothing_needs_to_be_configured(python):
    """No credentials, no region, no files, and nobody searches the network for them."""
    printed = python(
        "from ecrmock import mock_ecr",
        "import boto3",
        "with mock_ecr():",
        "    made = boto3.client('ecr').create_repository(repositoryName='app')",
        "    print(made['repository']['registryId'])",
        "    print(boto3.client('sts').get_caller_identity()['Account'])",
    )
    assert printed.split() == ["123456789012", "123456789012"]


def test_a_call_goes_to_the_region_of_its_client(handle):
    made = boto3.client("ecr", region_name="eu-west-1").create_repository(repositoryName="app")
    assert made["repository"]["repositoryArn"].split(":")[3] == "eu-west-1"


def test_a_key_of_twelve_digits_is_its_own_account(handle):
    keys = {"aws_access_key_id": "111122223333", "aws_secret_access_key": "any"}
    made = boto3.client("ecr", **keys).create_repository(repositoryName="app")
    assert made["repository"]["registryId"] == "111122223333"


def test_parameters_are_still_validated_by_botocore(client, handle):
    with pytest.raises(ParamValidationError):
        client.create_repository()


# Answers


def test_an_answer_has_the_metadata_of_a_response(client, handle):
    metadata = client.describe_repositories()["ResponseMetadata"]
    assert metadata["RequestId"] == handle.calls[0].request_id
    assert (metadata["HTTPStatusCode"], metadata["RetryAttempts"]) == (200, 0)
    assert metadata["HTTPHeaders"]["x-amzn-requestid"] == metadata["RequestId"]


def test_an_error_is_the_exception_of_its_client(client, handle):
    with pytest.raises(client.exceptions.RepositoryNotFoundException) as caught:
        client.delete_repository(repositoryName="no")
    assert caught.value.response["Error"] == {
        "Code": "RepositoryNotFoundException",
        "Message": MISSING,
    }


def test_an_error_reads_as_every_client_error(client, handle):
    with pytest.raises(ClientError) as caught:
        client.delete_repository(repositoryName="no")
    assert str(caught.value) == (
        "An error occurred (RepositoryNotFoundException) when calling the DeleteRepository "
        f"operation: {MISSING}"
    )


def test_an_error_has_the_status_and_request_id_of_its_response(client, handle):
    with pytest.raises(ClientError) as caught:
        client.delete_repository(repositoryName="no")
    metadata = caught.value.response["ResponseMetadata"]
    assert metadata["HTTPStatusCode"] == 400
    assert metadata["RequestId"] == handle.calls[0].request_id


def test_a_constraint_that_botocore_leaves_out_is_checked(client, handle):
    with pytest.raises(client.exceptions.InvalidParameterException):
        client.create_repository(repositoryName="AA")


def test_an_operation_that_ecrmock_lacks_is_named(handle):
    with pytest.raises(ClientError, match="sts:DecodeAuthorizationMessage"):
        boto3.client("sts").decode_authorization_message(EncodedMessage="text")


@pytest.mark.parametrize(
    ("service", "operation"),
    [("iam", "get_account_authorization_details"), ("iam", "get_account_summary")],
)
def test_a_service_that_ecrmock_lacks_does_not_go_to_aws(handle, service, operation):
    with pytest.raises(ClientError, match="NotImplementedException"):
        getattr(boto3.client(service), operation)()


@pytest.mark.parametrize(
    ("operation", "member"),
    [("describe_repositories", "repositories"), ("list_images", "imageIds")],
)
def test_a_paginator_gets_every_page(client, handle, operation, member):
    for name in ("aa", "bb", "cc"):
        client.create_repository(repositoryName=name)
        handle.push_image("aa", tag=name, layers=[name.encode()])
    name = {} if operation == "describe_repositories" else {"repositoryName": "aa"}
    pages = client.get_paginator(operation).paginate(**name, PaginationConfig={"PageSize": 2})
    assert [len(page[member]) for page in pages] == [2, 1]


def test_a_paginator_can_search_its_pages(client, handle):
    for name in ("1", "2", "3"):
        handle.push_image("app", tag=name, layers=[name.encode()])
    pages = client.get_paginator("describe_images").paginate(
        repositoryName="app", PaginationConfig={"PageSize": 1}
    )
    assert sorted(pages.search("imageDetails[].imageTags[]")) == ["1", "2", "3"]


def test_handlers_of_the_user_see_the_call(client, handle):
    seen = []
    client.meta.events.register("before-call.ecr", lambda **_: seen.append("before"))
    client.meta.events.register("after-call.ecr", lambda **_: seen.append("after"))
    client.describe_repositories()
    assert seen == ["before", "after"]


# Whose call it is


def test_a_stubber_inside_wins(client, handle):
    with Stubber(client) as stubber:
        stubber.add_response("describe_repositories", {"repositories": [{"registryId": "1"}]})
        assert client.describe_repositories()["repositories"] == [{"registryId": "1"}]
    assert handle.calls == ()


def test_after_a_stubber_the_client_is_answered_again(client, handle):
    with Stubber(client):
        pass
    assert names(client) == []


@pytest.fixture
def nobody_listens():
    """A port of this machine on which nobody listens, and nobody else can."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def client_at(service, url):
    """A client with an explicit endpoint, that gives up at once."""
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    config = Config(retries={"max_attempts": 0})
    return boto3.client(service, region_name=REGION, endpoint_url=url, config=config, **keys)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.1.2.3"])
@pytest.mark.parametrize("service", ["ecr", "sts"])
def test_an_explicit_endpoint_on_this_machine_is_not_intercepted(
    handle, nobody_listens, host, service
):
    client = client_at(service, f"http://{host}:{nobody_listens}")
    with pytest.raises(EndpointConnectionError):
        client.describe_repositories() if service == "ecr" else client.get_caller_identity()
    assert handle.calls == ()


@pytest.mark.parametrize(
    "url",
    [
        "https://vpce-1.api.ecr.us-east-1.vpce.amazonaws.com",
        "https://api.ecr-fips.us-east-1.amazonaws.com",
        "http://ecr.example.com:5327",
        "http://10.0.0.1:5327",
    ],
)
def test_any_other_explicit_endpoint_is_intercepted(handle, url):
    assert names(boto3.client("ecr", endpoint_url=url)) == []


def revocation_status(**how):
    """Ask what is revoked, at the host of the data plane: botocore puts ``data-`` before it."""
    job = "arn:aws:signer:us-east-1:123456789012:/signing-jobs/1"
    profile = "arn:aws:signer:us-east-1:123456789012:/signing-profiles/release/0123456789"
    return boto3.client("signer", **how).get_revocation_status(
        signatureTimestamp=datetime(2026, 1, 2, tzinfo=UTC),
        platformId="Notation-OCI-SHA384-ECDSA",
        profileVersionArn=profile,
        jobArn=job,
        certificateHashes=["ab", "cd"],
    )


@pytest.mark.parametrize("url", [None, "http://signer.example.com:5327"])
def test_the_data_plane_of_signer_is_intercepted(handle, url):
    assert revocation_status(endpoint_url=url)["revokedEntities"] == []
    assert [call.operation for call in handle.calls] == ["GetRevocationStatus"]


@pytest.mark.parametrize("is_prefixed", [True, False])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_loopback_endpoint_of_signer_is_left_alone_whatever_stands_before_it(
    handle, host, is_prefixed
):
    how = {"retries": {"total_max_attempts": 1}, "inject_host_prefix": is_prefixed}
    with pytest.raises(EndpointConnectionError):
        revocation_status(
            endpoint_url=f"http://{host}:9",
            config=Config(**how),
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )
    assert handle.calls == ()


def test_another_service_is_left_alone(handle):
    client = boto3.client("s3", aws_access_key_id="key", aws_secret_access_key="secret")
    with Stubber(client) as stubber:
        stubber.add_response("list_buckets", {})
        client.list_buckets()
    assert handle.calls == ()


def test_without_moto_sts_is_ours(handle):
    boto3.client("sts").get_caller_identity()
    assert [call.operation for call in handle.calls] == ["GetCallerIdentity"]


def test_the_innermost_context_answers(client, handle):
    with mock_ecr(account="111122223333"):
        made = client.create_repository(repositoryName="inner")
    assert made["repository"]["registryId"] == "111122223333"
    assert names(client) == []


def test_the_innermost_context_answers_all_threads(client, handle):
    found = []
    with mock_ecr() as inner:
        thread = threading.Thread(target=lambda: found.append(names(client)))
        thread.start()
        thread.join()
    assert (found, len(inner.calls), handle.calls) == ([[]], 1, ())


# The patch


def test_the_patch_is_there_while_any_context_is(client):
    with mock_ecr():
        patched = BaseClient._make_request
        with mock_ecr():
            assert BaseClient._make_request is patched
        assert BaseClient._make_request is patched


def test_the_patch_goes_with_the_last_context():
    before = BaseClient._make_request
    with mock_ecr(), mock_ecr():
        pass
    assert BaseClient._make_request is before


def test_the_patch_goes_when_a_test_fails():
    before = BaseClient._make_request
    with pytest.raises(ZeroDivisionError), mock_ecr():
        raise ZeroDivisionError
    assert BaseClient._make_request is before


def test_after_the_last_context_calls_go_to_the_network(nobody_listens):
    client = client_at("ecr", f"http://127.0.0.1:{nobody_listens}")
    with mock_ecr():
        pass
    with pytest.raises(EndpointConnectionError):
        client.describe_repositories()


@pytest.fixture
def unpatched():
    """Botocore's own method, which is put back after the test."""
    before = BaseClient._make_request
    yield before
    BaseClient._make_request = before


def traced(covered, seen):
    """Return what a tracing library puts over a method: it looks like the method that it covers."""

    @wraps(covered)
    def make_request(client, operation, *arguments):
        seen.append(operation.name)
        return covered(client, operation, *arguments)

    return make_request


def test_a_patch_that_somebody_puts_over_ours_stays(client, unpatched):
    """Tracing libraries patch botocore too; they are not to lose their patch when a test ends."""
    seen = []
    with mock_ecr():
        theirs = BaseClient._make_request = traced(BaseClient._make_request, seen)
        client.describe_repositories()
    assert seen == ["DescribeRepositories"]
    assert BaseClient._make_request is theirs


def test_a_patch_that_somebody_puts_over_ours_finds_botocore_when_we_have_gone(client, unpatched):
    seen = []
    with mock_ecr():
        BaseClient._make_request = traced(BaseClient._make_request, seen)
    with mock_ecr() as handle:
        client.describe_repositories()
    assert len(handle.calls) == 1


def test_a_patch_that_somebody_put_under_ours_stays(client, unpatched):
    theirs = BaseClient._make_request = traced(unpatched, [])
    with mock_ecr():
        client.describe_repositories()
    assert BaseClient._make_request is theirs
