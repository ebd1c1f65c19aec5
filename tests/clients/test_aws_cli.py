"""A walk over every operation of ECR that ecrmock has, with the AWS CLI."""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name

from ecrmock.operations.table import OPERATIONS
from tests.clients.image_files import CONFIG, MANIFEST, digest_of
from tests.clients.programs import Program
from tests.clients.running_server import DEFAULT_ACCOUNT, Repository, RunningServer
from tests.scanned_images import CVE, debian
from tests.world.inventory.layer_files import layer as archive

pytestmark = pytest.mark.clients

Ecr = Callable[..., Any]
OWN_ACCOUNT = "333344445555"  # for what a registry has only once
READER = "arn:aws:iam::111122223333:root"
ROLE = f"arn:aws:iam::{OWN_ACCOUNT}:role/scanner"
LAYER = "application/vnd.oci.image.layer.v1.tar"
SBOM = "application/vnd.example.sbom"
ABSENT = "sha256:" + 64 * "0"


def ecr_of(aws: Program) -> Ecr:
    """Make a function that runs `aws ecr` and reads what it prints."""

    def ecr(command: str, *arguments: str) -> Any:
        return json.loads(aws("ecr", command, *arguments) or "null")

    return ecr


@pytest.fixture
def ecr(aws: Program) -> Ecr:
    return ecr_of(aws)


@pytest.fixture
def own(aws: Program) -> Ecr:
    """`aws ecr` in a registry that no other module uses."""
    return ecr_of(aws.with_environment(AWS_ACCESS_KEY_ID=OWN_ACCOUNT))


@pytest.fixture
def name(repository: Repository) -> str:
    return repository.name


def statement(**members: Any) -> str:
    allowed = {"Sid": "one", "Effect": "Allow", "Principal": {"AWS": READER}, **members}
    return json.dumps({"Version": "2012-10-17", "Statement": [allowed]})


def test_the_walk_passes_by_every_operation() -> None:
    walked = set(re.findall(r'\b(?:ecr|own)\(\s*"([a-z-]+)"', Path(__file__).read_text()))
    operations = {xform_name(name, "-") for service, name in OPERATIONS if service == "ecr"}
    assert walked - {"wait"} == operations


# Repositories


def test_a_repository_is_created_described_and_deleted(ecr: Ecr) -> None:
    created = ecr("create-repository", "--repository-name", "cli/new")["repository"]
    described = ecr("describe-repositories", "--repository-names", "cli/new")["repositories"]
    deleted = ecr("delete-repository", "--repository-name", "cli/new")["repository"]
    assert created["repositoryArn"].endswith(f":{DEFAULT_ACCOUNT}:repository/cli/new")
    assert described == [created] == [deleted]


def test_force_deletes_a_repository_with_its_images(ecr: Ecr, repository: Repository) -> None:
    repository.put_image("1.0")
    ecr("delete-repository", "--repository-name", repository.name, "--force")
    names = [found["repositoryName"] for found in ecr("describe-repositories")["repositories"]]
    assert repository.name not in names


def test_a_repository_is_created_with_every_setting(ecr: Ecr) -> None:
    created = ecr(
        "create-repository",
        *("--repository-name", "cli/settings"),
        *("--image-scanning-configuration", "scanOnPush=true"),
        *("--encryption-configuration", "encryptionType=KMS"),
        *("--image-tag-mutability", "IMMUTABLE_WITH_EXCLUSION"),
        "--image-tag-mutability-exclusion-filters",
        *("filterType=WILDCARD,filter=latest", "filterType=WILDCARD,filter=dev-*"),
        *("--tags", "Key=team,Value=blue"),
    )["repository"]
    filters = [given["filter"] for given in created["imageTagMutabilityExclusionFilters"]]
    tags = ecr("list-tags-for-resource", "--resource-arn", created["repositoryArn"])["tags"]
    assert created["imageScanningConfiguration"] == {"scanOnPush": True}
    assert created["encryptionConfiguration"]["kmsKey"].startswith("arn:aws:kms:us-east-1:")
    assert filters == ["latest", "dev-*"]
    assert tags == [{"Key": "team", "Value": "blue"}]


def test_image_tag_mutability_takes_exclusion_filters(
    ecr: Ecr, aws: Program, repository: Repository
) -> None:
    set_to = ecr(
        "put-image-tag-mutability",
        *("--repository-name", repository.name),
        *("--image-tag-mutability", "MUTABLE_WITH_EXCLUSION"),
        *("--image-tag-mutability-exclusion-filters", "filterType=WILDCARD,filter=v*"),
    )
    repository.put_image("v1")
    repository.put_image("latest")
    moved = ("put-image", "--repository-name", repository.name, "--image-manifest")
    said = aws.fails("ecr", *moved, repository.manifest("latest"), "--image-tag", "v1")
    assert set_to["imageTagMutability"] == "MUTABLE_WITH_EXCLUSION"
    assert "(ImageTagAlreadyExistsException) when calling the PutImage operation" in said


def test_scanning_on_push_is_switched_on(ecr: Ecr, name: str) -> None:
    wanted = ("--image-scanning-configuration", "scanOnPush=true")
    set_to = ecr("put-image-scanning-configuration", "--repository-name", name, *wanted)
    (shown,) = ecr("describe-repositories", "--repository-names", name)["repositories"]
    assert set_to["imageScanningConfiguration"] == {"scanOnPush": True}
    assert shown["imageScanningConfiguration"] == {"scanOnPush": True}


def test_the_paginator_lists_all_repositories_page_by_page(own: Ecr) -> None:
    names = ["page/1", "page/2", "page/3"]
    for name in names:
        own("create-repository", "--repository-name", name)
    query = ("--query", "repositories[?starts_with(repositoryName, `page/`)].repositoryName")
    assert own("describe-repositories", "--page-size", "1", *query) == names


# Images


def test_an_image_goes_up_layer_by_layer_and_comes_down(
    ecr: Ecr, name: str, tmp_path: Path
) -> None:
    config = {"mediaType": CONFIG, **push(ecr, name, tmp_path, b"{}")}
    layer = {"mediaType": "application/vnd.oci.image.layer.v1.tar"}
    layer |= push(ecr, name, tmp_path, b"a layer")
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]}
    (tmp_path / "manifest").write_text(json.dumps(manifest))
    put = ("--image-tag", "1.0", "--image-manifest", f"file://{tmp_path / 'manifest'}")
    image = ecr("put-image", "--repository-name", name, *put)["image"]
    got = ecr("batch-get-image", "--repository-name", name, "--image-ids", "imageTag=1.0")
    assert got == {"images": [image], "failures": []}
    assert image["imageManifest"] == json.dumps(manifest)
    assert image["imageId"]["imageDigest"] == digest_of(json.dumps(manifest).encode())


def push(ecr: Ecr, name: str, folder: Path, content: bytes) -> dict[str, Any]:
    """Upload a layer; return the start of its descriptor."""
    digest, file = digest_of(content), folder / "layer"
    file.write_bytes(content)
    upload = ecr("initiate-layer-upload", "--repository-name", name)["uploadId"]
    this = ("--repository-name", name, "--upload-id", upload)
    last = str(len(content) - 1)
    part = ("--part-first-byte", "0", "--part-last-byte", last)
    received = ecr("upload-layer-part", *this, *part, "--layer-part-blob", f"fileb://{file}")
    assert received["lastByteReceived"] == len(content) - 1
    done = ecr("complete-layer-upload", *this, "--layer-digests", digest)
    assert done["layerDigest"] == digest
    return {"digest": digest, "size": len(content)}


def test_a_layer_is_available_and_has_a_url(ecr: Ecr, repository: Repository) -> None:
    repository.put_image("1.0")
    config = json.loads(repository.manifest("1.0"))["config"]
    this = ("--repository-name", repository.name)
    asked = ("--layer-digests", config["digest"], ABSENT)
    layers = ecr("batch-check-layer-availability", *this, *asked)["layers"]
    url = ecr("get-download-url-for-layer", *this, "--layer-digest", config["digest"])
    assert [layer["layerAvailability"] for layer in layers] == ["AVAILABLE", "UNAVAILABLE"]
    assert layers[0]["layerSize"] == config["size"]
    assert config["digest"] in url["downloadUrl"]


def test_images_are_listed_by_filter(ecr: Ecr, repository: Repository) -> None:
    untagged, tagged = repository.put_image("1.0"), repository.put_image("1.0")
    list_images = ("list-images", "--repository-name", repository.name, "--filter")
    without_tag = {"imageDigest": untagged}
    with_tag = {"imageDigest": tagged, "imageTag": "1.0"}
    assert ecr(*list_images, "tagStatus=UNTAGGED")["imageIds"] == [without_tag]
    assert ecr(*list_images, "tagStatus=TAGGED")["imageIds"] == [with_tag]
    everything = ecr("list-images", "--repository-name", repository.name)["imageIds"]
    assert sorted(everything, key=len) == [without_tag, with_tag]


def test_images_are_described_by_filter_and_by_identifier(ecr: Ecr, repository: Repository) -> None:
    repository.put_image("1.0")
    digest = repository.put_image("2.0")
    this = ("--repository-name", repository.name)
    tagged = ecr("describe-images", *this, "--filter", "tagStatus=TAGGED")["imageDetails"]
    (one,) = ecr("describe-images", *this, "--image-ids", "imageTag=2.0")["imageDetails"]
    assert [image["imageTags"] for image in tagged] == [["1.0"], ["2.0"]]
    assert (one["imageDigest"], one["imageStatus"]) == (digest, "ACTIVE")


def test_the_paginator_goes_on_where_it_stopped(ecr: Ecr, repository: Repository) -> None:
    digests = [repository.put_image(tag) for tag in ("1", "2", "3")]
    this = ("--repository-name", repository.name, "--max-items", "2")
    first = ecr("describe-images", *this)
    rest = ecr("describe-images", *this, "--starting-token", first["NextToken"])
    assert "NextToken" not in rest
    images = [*first["imageDetails"], *rest["imageDetails"]]
    assert [image["imageDigest"] for image in images] == digests


def test_what_is_not_there_to_be_deleted_is_a_failure(ecr: Ecr, repository: Repository) -> None:
    digest = repository.put_image("1.0")
    asked = ("--image-ids", "imageTag=1.0", "imageTag=absent")
    answer = ecr("batch-delete-image", "--repository-name", repository.name, *asked)
    (failure,) = answer["failures"]
    assert answer["imageIds"] == [{"imageDigest": digest, "imageTag": "1.0"}]
    assert failure["imageId"] == {"imageTag": "absent"}
    assert failure["failureCode"] == "ImageNotFound"


def test_referrers_are_listed_by_artifact_type(ecr: Ecr, repository: Repository) -> None:
    subject = repository.put_image("1.0")
    described = {
        "mediaType": MANIFEST,
        "digest": subject,
        "size": len(repository.manifest("1.0")),
    }
    sbom = repository.put_image("sbom", subject=described, artifactType=SBOM)
    this = ("--repository-name", repository.name, "--subject-id", f"imageDigest={subject}")
    (found,) = ecr("list-image-referrers", *this, "--filter", f"artifactTypes={SBOM}")["referrers"]
    others = ecr("list-image-referrers", *this, "--filter", "artifactTypes=text/plain")
    assert (found["digest"], found["artifactType"]) == (sbom, SBOM)
    assert others["referrers"] == []


def test_an_image_is_archived_and_a_restore_begun(ecr: Ecr, repository: Repository) -> None:
    repository.put_image("1.0")
    this = ("--repository-name", repository.name)
    target = (*this, "--image-id", "imageTag=1.0", "--target-storage-class")
    archived = ecr("update-image-storage-class", *target, "ARCHIVE")
    shown = ecr("describe-images", *this)["imageDetails"]
    hidden = ecr("describe-images", *this, "--filter", "imageStatus=ARCHIVED")["imageDetails"]
    restored = ecr("update-image-storage-class", *target, "STANDARD")
    assert [archived["imageStatus"], restored["imageStatus"]] == ["ARCHIVED", "ACTIVATING"]
    assert (shown, [image["imageTags"] for image in hidden]) == ([], [["1.0"]])


# Resource tags and policies


def test_resource_tags_come_and_go(ecr: Ecr, name: str) -> None:
    arn = f"arn:aws:ecr:us-east-1:{DEFAULT_ACCOUNT}:repository/{name}"
    this = ("--resource-arn", arn)
    added = ecr("tag-resource", *this, "--tags", "Key=team,Value=blue", "Key=stage,Value=")
    removed = ecr("untag-resource", *this, "--tag-keys", "team")
    assert (added, removed) == (None, None)  # nothing is printed
    assert ecr("list-tags-for-resource", *this)["tags"] == [{"Key": "stage", "Value": ""}]


def test_a_repository_policy_is_set_got_and_deleted(ecr: Ecr, name: str, tmp_path: Path) -> None:
    policy = tmp_path / "policy.json"
    policy.write_text(statement(Action="ecr:BatchGetImage"))
    this = ("--repository-name", name)
    stored = ecr("set-repository-policy", *this, "--policy-text", f"file://{policy}")
    got = ecr("get-repository-policy", *this)
    deleted = ecr("delete-repository-policy", *this)
    assert json.loads(stored["policyText"]) == json.loads(policy.read_text())
    assert stored == got == deleted


def test_a_registry_policy_is_put_got_and_deleted(own: Ecr) -> None:
    resource = f"arn:aws:ecr:us-east-1:{OWN_ACCOUNT}:repository/*"
    text = statement(Action=["ecr:ReplicateImage"], Resource=resource)
    stored = own("put-registry-policy", "--policy-text", text)
    got, deleted = own("get-registry-policy"), own("delete-registry-policy")
    assert stored["registryId"] == OWN_ACCOUNT
    assert json.loads(stored["policyText"])["Statement"][0]["Resource"] == resource
    assert stored == got == deleted


# The registry


def test_a_registry_describes_itself(own: Ecr) -> None:
    described = own("describe-registry")
    assert described["registryId"] == OWN_ACCOUNT
    assert described["replicationConfiguration"] == {"rules": []}


def test_a_rule_of_the_registry_scans_repositories(own: Ecr) -> None:
    filters = [{"filter": "scan/*", "filterType": "WILDCARD"}]
    rules = [{"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": filters}]
    own("create-repository", "--repository-name", "scan/app")
    own("put-registry-scanning-configuration", "--rules", json.dumps(rules))
    kept = own("get-registry-scanning-configuration")["scanningConfiguration"]
    names = ("--repository-names", "scan/app", "scan/absent")
    answer = own("batch-get-repository-scanning-configuration", *names)
    (found,), (failure,) = answer["scanningConfigurations"], answer["failures"]
    assert kept == {"scanType": "BASIC", "rules": rules}
    assert found["appliedScanFilters"] == filters
    assert failure["failureCode"] == "REPOSITORY_NOT_FOUND"


def test_an_image_is_scanned_and_waited_for(ecr: Ecr, name: str, tmp_path: Path) -> None:
    config = {"mediaType": CONFIG, **push(ecr, name, tmp_path, b"{}")}
    layer = {"mediaType": LAYER, **push(ecr, name, tmp_path, archive(debian()))}
    document = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]}
    this = ("--repository-name", name)
    ecr("put-image", *this, "--image-tag", "1.0", "--image-manifest", json.dumps(document))
    image = (*this, "--image-id", "imageTag=1.0")
    started = ecr("start-image-scan", *image)
    ecr("wait", "image-scan-complete", *image)
    found = ecr("describe-image-scan-findings", *image)["imageScanFindings"]
    assert started["imageScanStatus"] == {"status": "IN_PROGRESS"}
    assert found["findingSeverityCounts"] == {"CRITICAL": 1}
    assert [each["name"] for each in found["findings"]] == [CVE]


def test_an_image_is_replicated(own: Ecr, tmp_path: Path) -> None:
    destination = {"region": "eu-west-1", "registryId": OWN_ACCOUNT}
    rules = {"rules": [{"destinations": [destination]}]}
    own("create-repository", "--repository-name", "copied/app")
    kept = replicate(own, rules)
    config = {"mediaType": CONFIG, **push(own, "copied/app", tmp_path, b"{}")}
    text = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": []})
    this = ("--repository-name", "copied/app")
    own("put-image", *this, "--image-tag", "1.0", "--image-manifest", text)
    statuses = own("describe-image-replication-status", *this, "--image-id", "imageTag=1.0")
    (copy,) = own("list-images", *this, "--region", "eu-west-1")["imageIds"]
    assert kept == {"replicationConfiguration": rules}
    assert replicate(own, {"rules": []}) == {"replicationConfiguration": {"rules": []}}
    assert statuses["replicationStatuses"] == [
        {"region": "eu-west-1", "registryId": OWN_ACCOUNT, "status": "COMPLETE"}
    ]
    assert copy["imageTag"] == "1.0"


def replicate(ecr: Ecr, configuration: dict[str, Any]) -> Any:
    text = json.dumps(configuration)
    return ecr("put-replication-configuration", "--replication-configuration", text)


def test_an_image_is_signed(own: Ecr, aws: Program, tmp_path: Path) -> None:
    named = ("--profile-name", "walk", "--platform-id", "Notation-OCI-SHA384-ECDSA")
    signer = aws.with_environment(AWS_ACCESS_KEY_ID=OWN_ACCOUNT)
    profile = json.loads(signer("signer", "put-signing-profile", *named))["arn"]
    filters = [{"filter": "signed/*", "filterType": "WILDCARD_MATCH"}]
    rules = {"rules": [{"signingProfileArn": profile, "repositoryFilters": filters}]}
    kept = own("put-signing-configuration", "--signing-configuration", json.dumps(rules))
    own("create-repository", "--repository-name", "signed/app")
    config = {"mediaType": CONFIG, **push(own, "signed/app", tmp_path, b"{}")}
    text = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": []})
    this = ("--repository-name", "signed/app")
    own("put-image", *this, "--image-tag", "1.0", "--image-manifest", text)
    statuses = own("describe-image-signing-status", *this, "--image-id", "imageTag=1.0")
    assert kept == {"signingConfiguration": rules}
    assert statuses["signingStatuses"] == [{"signingProfileArn": profile, "status": "COMPLETE"}]
    whole = {"registryId": OWN_ACCOUNT, "signingConfiguration": rules}
    assert own("get-signing-configuration") == whole
    assert own("delete-signing-configuration") == whole


def test_a_creation_template_comes_changes_and_goes(own: Ecr) -> None:
    this = ("--prefix", "templated")
    applied = ("--applied-for", "CREATE_ON_PUSH", "--image-tag-mutability", "IMMUTABLE")
    made = own("create-repository-creation-template", *this, *applied)
    changed = own("update-repository-creation-template", *this, "--description", "for builds")
    listed = own("describe-repository-creation-templates", "--prefixes", "templated")
    deleted = own("delete-repository-creation-template", *this)
    template = changed["repositoryCreationTemplate"]
    assert made["repositoryCreationTemplate"]["imageTagMutability"] == "IMMUTABLE"
    assert (template["prefix"], template["description"]) == ("templated", "for builds")
    assert listed["repositoryCreationTemplates"] == [template]
    assert deleted["repositoryCreationTemplate"] == template


def test_a_pull_through_cache_rule_comes_changes_and_goes(own: Ecr) -> None:
    secrets = f"arn:aws:secretsmanager:us-east-1:{OWN_ACCOUNT}:secret:ecr-pullthroughcache"
    this = ("--ecr-repository-prefix", "hub")
    upstream = ("--upstream-registry-url", "registry-1.docker.io")
    made = own(
        "create-pull-through-cache-rule", *this, *upstream, "--credential-arn", f"{secrets}/a"
    )
    changed = own("update-pull-through-cache-rule", *this, "--credential-arn", f"{secrets}/b")
    (listed,) = own("describe-pull-through-cache-rules")["pullThroughCacheRules"]
    checked = own("validate-pull-through-cache-rule", *this)
    own("delete-pull-through-cache-rule", *this)
    assert made["credentialArn"] == f"{secrets}/a"
    assert changed["credentialArn"] == listed["credentialArn"] == f"{secrets}/b"
    assert (checked["isValid"], bool(checked["failure"])) == (False, True)  # no such secret
    assert own("describe-pull-through-cache-rules")["pullThroughCacheRules"] == []


def lifecycle_policy(count: int) -> str:
    selection = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": count}
    rule = {"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}
    return json.dumps({"rules": [rule]}, indent=2)


def test_a_lifecycle_policy_is_put_got_and_deleted(ecr: Ecr, name: str) -> None:
    this = ("--repository-name", name)
    put = ecr("put-lifecycle-policy", *this, "--lifecycle-policy-text", lifecycle_policy(1))
    got = ecr("get-lifecycle-policy", *this)
    deleted = ecr("delete-lifecycle-policy", *this)
    assert json.loads(put["lifecyclePolicyText"]) == json.loads(lifecycle_policy(1))
    assert got["lifecyclePolicyText"] == put["lifecyclePolicyText"]
    assert deleted == got


def test_a_lifecycle_policy_is_previewed(ecr: Ecr, repository: Repository) -> None:
    this, text = ("--repository-name", repository.name), lifecycle_policy(7)
    repository.put_image("1.0")
    started = ecr("start-lifecycle-policy-preview", *this, "--lifecycle-policy-text", text)
    ecr("wait", "lifecycle-policy-preview-complete", *this)
    got = ecr("get-lifecycle-policy-preview", *this)
    assert (started["status"], started["lifecyclePolicyText"]) == ("IN_PROGRESS", text)
    assert (got["previewResults"], got["summary"]) == ([], {"expiringImageTotalCount": 0})


def test_an_account_setting_is_kept(own: Ecr) -> None:
    setting = {"name": "BLOB_MOUNTING", "value": "ENABLED"}
    assert own("put-account-setting", "--name", "BLOB_MOUNTING", "--value", "ENABLED") == setting
    assert own("get-account-setting", "--name", "BLOB_MOUNTING") == setting


def test_a_principal_is_excluded_from_pull_times_and_let_in_again(own: Ecr) -> None:
    this = ("--principal-arn", ROLE)
    registered = own("register-pull-time-update-exclusion", *this)
    listed = own("list-pull-time-update-exclusions")
    deregistered = own("deregister-pull-time-update-exclusion", *this)
    assert registered["principalArn"] == deregistered["principalArn"] == ROLE
    assert listed["pullTimeUpdateExclusions"] == [ROLE]


def test_a_token_is_the_password_of_the_user_aws(ecr: Ecr, server: RunningServer) -> None:
    (data,) = ecr("get-authorization-token")["authorizationData"]
    user, _, password = b64decode(data["authorizationToken"]).decode().partition(":")
    assert data["proxyEndpoint"].partition("://")[2] == server.registry
    assert (user, bool(password)) == ("AWS", True)


def test_the_login_password_is_good_at_the_registry(aws: Program, server: RunningServer) -> None:
    password = aws("ecr", "get-login-password").strip()
    connection = server.connection()
    login = b64encode(f"AWS:{password}".encode()).decode()
    connection.request("GET", "/v2/", headers={"Authorization": f"Basic {login}"})
    assert connection.getresponse().status == 200
    connection.close()


@pytest.mark.parametrize(
    ("key", "account"), [("test", DEFAULT_ACCOUNT), (OWN_ACCOUNT, OWN_ACCOUNT)]
)
def test_sts_tells_the_account_of_a_key(aws: Program, key: str, account: str) -> None:
    caller = aws.with_environment(AWS_ACCESS_KEY_ID=key)
    assert json.loads(caller("sts", "get-caller-identity"))["Account"] == account


# Errors

ERRORS = {
    "create-repository --repository-name {name}": "RepositoryAlreadyExistsException",
    "create-repository --repository-name Upper": "InvalidParameterException",
    "delete-repository --repository-name {name}": "RepositoryNotEmptyException",
    "describe-repositories --repository-names cli/absent": "RepositoryNotFoundException",
    "describe-images --repository-name {name} --image-ids imageTag=2": "ImageNotFoundException",
    "put-image --repository-name {name} --image-manifest {{": "InvalidParameterException",
    "get-repository-policy --repository-name {name}": "RepositoryPolicyNotFoundException",
    "get-registry-policy": "RegistryPolicyNotFoundException",
    "list-tags-for-resource --resource-arn {name}": "InvalidParameterException",
    "get-account-setting --name UNKNOWN": "InvalidParameterException",
    f"deregister-pull-time-update-exclusion --principal-arn {ROLE}": "ExclusionNotFoundException",
    "get-download-url-for-layer --repository-name {name} --layer-digest "
    f"{ABSENT}": "LayersNotFoundException",
    "complete-layer-upload --repository-name {name} --layer-digests "
    f"{ABSENT} --upload-id 11111111-2222-3333-4444-555555555555": "UploadNotFoundException",
}


@pytest.mark.parametrize(("line", "code"), ERRORS.items(), ids=ERRORS.values())
def test_an_error_is_printed_with_its_code_and_operation(
    line: str, code: str, aws: Program, repository: Repository
) -> None:
    repository.put_image("1.0")
    command = line.format(name=repository.name).split()
    operation = "".join(word.title() for word in command[0].split("-"))
    said = aws.fails("ecr", *command)
    assert f"An error occurred ({code}) when calling the {operation} operation: " in said


def test_the_text_of_an_error_is_what_aws_says(aws: Program) -> None:
    said = aws.fails("ecr", "list-images", "--repository-name", "cli/absent")
    expected = (
        "The repository with name 'cli/absent' does not exist "
        f"in the registry with id '{DEFAULT_ACCOUNT}'"
    )
    assert expected in said
