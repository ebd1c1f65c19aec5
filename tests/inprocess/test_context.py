"""What entering and leaving do to the process, and what mock_ecr can be told."""

import json
import os

import boto3
import pytest
from botocore.exceptions import ClientError

from ecrmock import mock_ecr
from tests.world.inventory.layer_files import OS_RELEASE, STATUS, layer

VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_EC2_METADATA_DISABLED")


@pytest.fixture(autouse=True)
def no_region(monkeypatch):
    """Begin each test without what the environment of the developer says."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def region_of_new_client() -> str:
    return boto3.session.Session().client("ecr").meta.region_name


ENVIRONMENTS = [
    {},
    {"AWS_REGION": "eu-west-1"},
    {"AWS_DEFAULT_REGION": "eu-west-1"},
    {"AWS_REGION": "", "AWS_DEFAULT_REGION": ""},
    {"AWS_EC2_METADATA_DISABLED": "false"},
]
in_each_environment = pytest.mark.parametrize("variables", ENVIRONMENTS, ids=str)


def prepared(monkeypatch, variables) -> dict[str, str]:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return dict(os.environ)


@in_each_environment
def test_leaving_restores_the_environment(monkeypatch, variables):
    before = prepared(monkeypatch, variables)
    with mock_ecr():
        pass
    assert dict(os.environ) == before


@in_each_environment
def test_leaving_restores_the_environment_when_contexts_are_nested(monkeypatch, variables):
    before = prepared(monkeypatch, variables)
    with mock_ecr(region="us-west-2"), mock_ecr(region="us-west-1"):
        pass
    assert dict(os.environ) == before


@in_each_environment
@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (0, 2, 1), (1, 2, 0), (2, 0, 1)], ids=str)
def test_leaving_in_any_order_restores_the_environment(monkeypatch, variables, order):
    before = prepared(monkeypatch, variables)
    mocks = [mock_ecr(region=f"us-west-{number}") for number in (1, 2, 3)]
    for mock in mocks:
        mock.__enter__()
    for number in order:
        mocks[number].__exit__(None, None, None)
    assert dict(os.environ) == before


def test_leaving_restores_the_environment_when_a_test_fails():
    before = dict(os.environ)
    with pytest.raises(ZeroDivisionError), mock_ecr():
        raise ZeroDivisionError
    assert dict(os.environ) == before


def test_nobody_searches_the_network_for_credentials_inside():
    with mock_ecr():
        assert os.environ["AWS_EC2_METADATA_DISABLED"] == "true"


# The region


def test_without_more_the_region_is_us_east_1():
    with mock_ecr() as handle:
        assert (handle.region, region_of_new_client()) == ("us-east-1", "us-east-1")


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_the_region_is_that_of_the_environment(monkeypatch, name):
    monkeypatch.setenv(name, "eu-west-1")
    with mock_ecr() as handle:
        assert (handle.region, region_of_new_client()) == ("eu-west-1", "eu-west-1")


def test_a_region_that_is_asked_for_holds_for_new_clients(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_ecr(region="ap-south-1") as handle:
        assert (handle.region, region_of_new_client()) == ("ap-south-1", "ap-south-1")


# The default session


def test_the_default_session_of_boto3_is_kept(monkeypatch):
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    boto3.setup_default_session()
    before = boto3.DEFAULT_SESSION
    with mock_ecr():
        boto3.client("ecr")
        assert boto3.DEFAULT_SESSION is before
    assert boto3.DEFAULT_SESSION is before


# Options


def test_the_account_can_be_chosen():
    with mock_ecr(account="111122223333") as handle:
        made = boto3.client("ecr").create_repository(repositoryName="app")
    assert handle.account == "111122223333"
    assert made["repository"]["registryId"] == "111122223333"


def manifest_without_layers() -> str:
    blob = {"mediaType": "application/x", "digest": "sha256:" + "0" * 64, "size": 7}
    document = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": blob,
        "layers": [blob],
    }
    return json.dumps(document)


def test_layers_are_required_as_ecr_does():
    with mock_ecr():
        client = boto3.client("ecr")
        client.create_repository(repositoryName="app")
        with pytest.raises(client.exceptions.LayersNotFoundException):
            client.put_image(repositoryName="app", imageManifest=manifest_without_layers())


def test_layers_are_not_required_on_request():
    with mock_ecr(require_layers=False):
        client = boto3.client("ecr")
        client.create_repository(repositoryName="app")
        client.put_image(repositoryName="app", imageManifest=manifest_without_layers())
        (detail,) = client.describe_images(repositoryName="app")["imageDetails"]
    assert detail["imageSizeInBytes"] == 14


@pytest.fixture
def an_old_upload():
    """Start an upload in an entered context, let a day pass, and tell whether it is still there."""

    def an_old_upload(handle):
        client = boto3.client("ecr")
        name = client.create_repository(repositoryName="app")["repository"]["repositoryName"]
        upload = client.initiate_layer_upload(repositoryName=name)["uploadId"]
        handle.clock.advance(days=1)
        part = {"partFirstByte": 0, "partLastByte": 0, "layerPartBlob": b"x"}
        return lambda: client.upload_layer_part(repositoryName=name, uploadId=upload, **part)

    return an_old_upload


def test_what_falls_due_is_done_at_once(an_old_upload):
    with mock_ecr() as handle:
        go_on = an_old_upload(handle)
        with pytest.raises(ClientError, match="UploadNotFoundException"):
            go_on()


@pytest.mark.parametrize("account", ["1", "12345678901a", "1234567890123", ""])
def test_an_account_has_twelve_digits(account):
    with pytest.raises(ValueError, match="twelve digits"):
        mock_ecr(account=account).__enter__()


def test_an_option_that_is_not_there_is_refused():
    with pytest.raises(TypeError, match="acount"):
        mock_ecr(acount="123456789012")


# Each entry is a backend of its own


def test_each_entry_begins_empty():
    mock = mock_ecr()
    for _ in range(2):
        with mock:
            boto3.client("ecr").create_repository(repositoryName="app")


def test_one_mock_may_be_entered_while_it_is_entered():
    mock = mock_ecr()
    with mock as outer, mock as inner:
        boto3.client("ecr").create_repository(repositoryName="app")
    assert (len(inner.calls), len(outer.calls)) == (1, 0)


def test_the_handle_of_an_ended_context_still_tells_its_calls():
    with mock_ecr() as handle:
        boto3.client("ecr").describe_repositories()
    assert [call.operation for call in handle.calls] == ["DescribeRepositories"]


def test_what_was_pushed_through_the_handle_is_seen_by_boto3():
    with mock_ecr() as handle:
        handle.push_image("team/app", tag="1.0")
        listed = boto3.client("ecr").list_images(repositoryName="team/app")["imageIds"]
    assert [entry["imageTag"] for entry in listed] == ["1.0"]


def test_the_clock_of_the_handle_is_that_of_boto3s_answers():
    with mock_ecr() as handle:
        handle.clock.freeze()
        made = boto3.client("ecr").create_repository(repositoryName="app")
        assert made["repository"]["createdAt"] == handle.clock.now()


def test_the_bytes_of_an_ended_context_are_freed():
    with mock_ecr() as handle:
        handle.push_image("team/app", layers=[b"x" * 2**21])
    with pytest.raises(ClientError), mock_ecr():
        boto3.client("ecr").list_images(repositoryName="team/app")


# In turn and at once


def count(client) -> int:
    return len(client.describe_repositories()["repositories"])


@pytest.mark.parametrize("ends_first", [0, 1])
def test_what_is_left_of_contexts_that_overlap_answers(ends_first):
    client = boto3.client("ecr", region_name="us-east-1")
    mocks = [mock_ecr(account=account) for account in ("111111111111", "222222222222")]
    handles = [mock.__enter__() for mock in mocks]
    mocks[ends_first].__exit__(None, None, None)
    client.describe_repositories()
    mocks[1 - ends_first].__exit__(None, None, None)
    assert [len(handle.calls) for handle in handles] == [ends_first, 1 - ends_first]


def test_contexts_in_turn_never_mix():
    client = boto3.client("ecr", region_name="us-east-1")
    for _ in range(20):
        with mock_ecr():
            client.create_repository(repositoryName="app")
            assert count(client) == 1


def test_advisories_and_a_scanner_have_to_be_there(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    for options, text in [
        ({"advisories": tmp_path / "none"}, "there are no advisories at"),
        ({"scanner": "trivy"}, "trivy is not on this machine's PATH"),
    ]:
        with pytest.raises(ValueError, match=text), mock_ecr(**options):
            pass


def test_a_scan_finds_what_the_advisories_say(tmp_path):
    package = {"ecosystem": "Debian:12", "name": "glibc"}
    events = [{"introduced": "0"}, {"fixed": "2.37-1"}]
    affected = [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}]}]
    record = {"id": "TEST-1", "modified": "2026-01-01T00:00:00Z", "affected": affected}
    (tmp_path / "one.json").write_text(json.dumps(record))
    debian = layer({"etc/os-release": OS_RELEASE, "var/lib/dpkg/status": STATUS})
    with mock_ecr(advisories=tmp_path) as ecr:
        ecr.push_image("app", tag="1", layers=[debian])
        image, client = {"repositoryName": "app", "imageId": {"imageTag": "1"}}, boto3.client("ecr")
        client.start_image_scan(**image)
        findings = client.describe_image_scan_findings(**image)["imageScanFindings"]["findings"]
    assert [each["name"] for each in findings] == ["TEST-1"]
    assert {"key": "package_version", "value": "2.36-9"} in findings[0]["attributes"]
