"""A walk over every operation of ECR Public, with the AWS CLI. Source: reference public.md §4."""

import json
import re
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name

from ecrmock.operations.table import OPERATIONS
from tests.clients.image_files import CONFIG, MANIFEST, digest_of
from tests.clients.programs import Program
from tests.clients.running_server import DEFAULT_ACCOUNT

pytestmark = pytest.mark.clients

Public = Callable[..., Any]
READER = "arn:aws:iam::111122223333:root"


@pytest.fixture
def public(aws: Program) -> Public:
    """Run `aws ecr-public`, and read what it prints."""

    def public(command: str, *arguments: str) -> Any:
        return json.loads(aws("ecr-public", command, *arguments) or "null")

    return public


@pytest.fixture
def name(public: Public, request: pytest.FixtureRequest) -> str:
    """A new public repository."""
    name = f"cli/{request.node.name.replace('_', '-')[5:]}"
    public("create-repository", "--repository-name", name)
    return name


def test_the_walk_passes_by_every_operation() -> None:
    walked = set(re.findall(r'\bpublic\(\s*"([a-z-]+)"', Path(__file__).read_text()))
    operations = {xform_name(name, "-") for service, name in OPERATIONS if service == "ecr-public"}
    assert walked == operations


def test_a_repository_is_created_described_and_deleted(public: Public) -> None:
    created = public("create-repository", "--repository-name", "cli/new")
    described = public("describe-repositories", "--repository-names", "cli/new")["repositories"]
    deleted = public("delete-repository", "--repository-name", "cli/new", "--force")["repository"]
    arn = f"arn:aws:ecr-public::{DEFAULT_ACCOUNT}:repository/cli/new"
    assert (created["repository"]["repositoryArn"], created["catalogData"]) == (arn, {})
    assert described == [created["repository"]] == [deleted]


def test_the_registry_has_an_alias_and_a_name(public: Public, name: str) -> None:
    (registry,) = public("describe-registries")["registries"]
    (alias,) = [each["name"] for each in registry["aliases"] if each["primaryRegistryAlias"]]
    shown = public("put-registry-catalog-data", "--display-name", "Example Inc.")
    assert registry["registryUri"].endswith(f"/{alias}")
    assert public("get-registry-catalog-data") == shown
    assert shown == {"registryCatalogData": {"displayName": "Example Inc."}}


def test_catalog_data_are_put_and_shown(public: Public, name: str, tmp_path: Path) -> None:
    named = ("--repository-name", name)
    said = {"description": "A tool.", "architectures": ["ARM 64"], "operatingSystems": ["Linux"]}
    document = tmp_path / "catalog.json"
    document.write_text(json.dumps(said))
    put = public("put-repository-catalog-data", *named, "--catalog-data", f"file://{document}")
    assert public("get-repository-catalog-data", *named) == put == {"catalogData": said}


def test_a_policy_is_set_shown_and_deleted(public: Public, name: str) -> None:
    named = ("--repository-name", name)
    allowed = {"Effect": "Allow", "Principal": {"AWS": READER}, "Action": "ecr-public:PutImage"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    put = public("set-repository-policy", *named, "--policy-text", text)
    assert public("get-repository-policy", *named) == put
    assert public("delete-repository-policy", *named) == put


def test_resource_tags_are_put_and_taken_away(public: Public, name: str) -> None:
    arn = ("--resource-arn", f"arn:aws:ecr-public::{DEFAULT_ACCOUNT}:repository/{name}")
    public("tag-resource", *arn, "--tags", "Key=team,Value=a", "Key=stage,Value=b")
    public("untag-resource", *arn, "--tag-keys", "stage")
    assert public("list-tags-for-resource", *arn)["tags"] == [{"Key": "team", "Value": "a"}]


def test_an_image_goes_up_and_is_described(public: Public, name: str, tmp_path: Path) -> None:
    named = ("--repository-name", name)
    config = {"mediaType": CONFIG, **push(public, name, tmp_path, b"{}")}
    document = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": []}
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(document))
    put = ("--image-manifest", f"file://{manifest}", "--image-tag", "1.0")
    image = public("put-image", *named, *put)["image"]
    (detail,) = public("describe-images", *named)["imageDetails"]
    (tag,) = public("describe-image-tags", *named)["imageTagDetails"]
    deleted = public("batch-delete-image", *named, "--image-ids", "imageTag=1.0")["imageIds"]
    digest = image["imageId"]["imageDigest"]
    assert (detail["imageDigest"], tag["imageDetail"]["imageDigest"]) == (digest, digest)
    assert deleted == [{"imageDigest": digest, "imageTag": "1.0"}]


def push(public: Public, name: str, folder: Path, content: bytes) -> dict[str, Any]:
    """Push a blob with the layer operations, and return its digest and size."""
    named, file = ("--repository-name", name), folder / "blob"
    file.write_bytes(content)
    upload_id = public("initiate-layer-upload", *named)["uploadId"]
    part = ("--part-first-byte", "0", "--part-last-byte", str(len(content) - 1))
    upload = (*named, "--upload-id", upload_id)
    blob = ("--layer-part-blob", f"fileb://{file}")
    public("upload-layer-part", *upload, *part, *blob)
    digest = digest_of(content)
    public("complete-layer-upload", *upload, "--layer-digests", digest)
    checked = public("batch-check-layer-availability", *named, "--layer-digests", digest)
    assert checked["layers"][0]["layerAvailability"] == "AVAILABLE"
    return {"digest": digest, "size": len(content)}


def test_a_login_password_is_what_the_token_has(public: Public, aws: Program) -> None:
    data = public("get-authorization-token")["authorizationData"]
    password = aws("ecr-public", "get-login-password").strip()
    user, _, other = b64decode(data["authorizationToken"]).decode().partition(":")
    given, told = (json.loads(b64decode(text)) for text in (password, other))
    assert user == "AWS"
    assert (given["type"], set(given)) == ("DATA_KEY", set(told))


def test_another_region_is_refused(aws: Program) -> None:
    """Source: reference public.md §1.1."""
    said = aws.fails("ecr-public", "describe-registries", "--region", "us-west-2")
    assert "DescribeRegistries command is only supported in us-east-1." in said
