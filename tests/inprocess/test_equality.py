"""What a client gets in this process is what botocore's parser makes of our bytes on the wire.

Two backends with the same clock and seed go through the same calls, one by the hook and one by the AWS
door, and are compared after each. Source: DESIGN.md section 4.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import boto3
import botocore.session
import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.handlers import json_decode_policies
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecrmock.backend import Backend
from ecrmock.frontends.aws.routing import AwsDoor
from ecrmock.frontends.http import BytesBody, HttpRequest
from ecrmock.inprocess import active, botocore_hook
from ecrmock.operations.table import OPERATIONS
from ecrmock.values.settings import Settings
from ecrmock.world.clock import Clock
from ecrmock.world.ids import Ids
from tests.documents import digest_of, png
from tests.inprocess.conftest import REGION
from tests.world.inventory.layer_files import layer

START = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
SESSION = botocore.session.Session()
NO_CHECKS = Config(parameter_validation=False)
CLIENTS = {
    service: boto3.client(service, region_name=REGION, config=NO_CHECKS)
    for service in ("ecr", "ecr-public", "sts", "iam", "signer")
}
Parameters = dict[str, Any]


def backend() -> Backend:
    return Backend(Settings(), clock=Clock(START), ids=Ids(seed=1))


class Both:
    """Makes each call twice, and returns what came out in process and over the wire."""

    def __init__(self) -> None:
        self.here, self.there = backend(), backend()
        self.door = AwsDoor(self.there)

    def __call__(self, operation: str, service: str = "ecr", **parameters: Any) -> Parameters:
        in_process = self.in_process(service, operation, parameters)
        over_wire = self.over_wire(service, operation, parameters)
        assert in_process == over_wire
        return in_process

    def in_process(self, service: str, operation: str, parameters: Parameters) -> Parameters:
        activation = active.push(self.here, {}, botocore_hook.install)
        try:
            answer = getattr(CLIENTS[service], xform_name(operation))(**parameters)
        except ClientError as error:
            answer = error.response
        finally:
            active.pop(activation, botocore_hook.remove)
        return without_metadata(answer)

    def over_wire(self, service: str, operation: str, parameters: Parameters) -> Parameters:
        model = SESSION.get_service_model(service).operation_model(operation)
        protocol = model.service_model.resolved_protocol
        raw = create_serializer(protocol, False).serialize_to_request(parameters, model)
        request = request_of(raw, model.service_model.signing_name)
        response = self.door.handle(request, self.there.world.ids.uuid())
        headers = {name.lower(): value for name, value in response.headers.items()}
        answer = {"status_code": response.status, "headers": headers, "body": response.body}
        parser = create_parser(protocol)
        output = parser.parse(answer, model.output_shape)
        if response.status >= 400:  # botocore's client adds the members of the error's shape
            shape = model.service_model.shape_for_error_code(output["Error"]["Code"])
            output |= {} if shape is None else parser.parse(answer, shape)
        json_decode_policies(output, model)  # as botocore's client does after a call
        return without_metadata(output)


def request_of(raw: Parameters, service: str) -> HttpRequest:
    """Return the request as a client of a service sends it, and signs it where only that tells whose it is."""
    body = raw["body"]
    content = urlencode(body).encode() if isinstance(body, dict) else body
    headers = {name.lower(): value for name, value in raw["headers"].items()}
    if service == "signer":
        scope = f"none/20260102/{REGION}/{service}/aws4_request"
        headers["authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}"
    query = raw["query_string"]
    return HttpRequest(
        method=raw["method"],
        path=raw["url_path"],
        query=query if isinstance(query, str) else urlencode(query, doseq=True),
        headers=headers,
        body=BytesBody(content),
    )


def without_metadata(answer: Parameters) -> Parameters:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


@pytest.fixture
def both() -> Both:
    return Both()


APP = {"repositoryName": "app"}
NO = {"repositoryName": "no"}
CONFIG = {"mediaType": "application/x", "digest": digest_of(b"{}"), "size": 2}
MANIFEST = json.dumps(
    {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": CONFIG,
        "layers": [],
        "annotations": {"letters": "ü 你"},
    },
    ensure_ascii=False,
)
IMAGE = {**APP, "imageManifest": MANIFEST}
OCI = "application/vnd.oci.image"
OLD_ZLIB = (
    b"Package: zlib1g\nStatus: install ok installed\nSource: zlib\nVersion: 1:1.2.11.dfsg-2\n\n"
)
ARN = {"resourceArn": f"arn:aws:ecr:{REGION}:123456789012:repository/app"}
ROLE = "arn:aws:iam::123456789012:role"
STATEMENT = {"Effect": "Allow", "Principal": "*", "Action": "ecr:*", "Sid": "ü"}
POLICY = json.dumps({"Statement": STATEMENT})
COUNTED = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 1}
LIFECYCLE_RULE = {"rulePriority": 1, "selection": COUNTED, "action": {"type": "expire"}}
LIFECYCLE_POLICY = json.dumps({"rules": [{"description": "ü", **LIFECYCLE_RULE}]}, indent=1)
REGISTRY_POLICY = json.dumps({"Statement": {**STATEMENT, "Resource": "*"}})
IDS = [{"imageTag": "latest"}, {"imageDigest": digest_of(MANIFEST)}, {"imageTag": "no"}, {}]


def upload(
    both: Both, content: bytes = b"{}", service: str = "ecr", where: Parameters = APP
) -> Iterator[tuple[str, Parameters]]:
    """Yield the calls of an upload; the id is known when the first one has been made."""
    upload_id = both("InitiateLayerUpload", service, **where)["uploadId"]
    span = {"partFirstByte": 0, "partLastByte": len(content) - 1}
    part = {**where, "uploadId": upload_id, **span, "layerPartBlob": content}
    yield "UploadLayerPart", part
    yield "UploadLayerPart", part
    complete = {**where, "uploadId": upload_id, "layerDigests": [digest_of(content)]}
    yield "CompleteLayerUpload", {**complete, "layerDigests": [digest_of("other")]}
    yield "CompleteLayerUpload", complete
    yield "CompleteLayerUpload", complete


def policy_calls() -> Iterator[tuple[str, Parameters]]:
    for operation in ("GetRepositoryPolicy", "DeleteRepositoryPolicy"):
        yield operation, APP
    yield "SetRepositoryPolicy", {**APP, "policyText": POLICY}
    yield "SetRepositoryPolicy", {**APP, "policyText": "{}"}
    for operation in ("GetRepositoryPolicy", "DeleteRepositoryPolicy"):
        yield operation, APP
    for operation in ("GetRegistryPolicy", "DeleteRegistryPolicy"):
        yield operation, {}
    yield "PutRegistryPolicy", {"policyText": REGISTRY_POLICY}
    yield "PutRegistryPolicy", {"policyText": POLICY}
    for operation in ("GetRegistryPolicy", "DeleteRegistryPolicy"):
        yield operation, {}


def lifecycle_calls() -> Iterator[tuple[str, Parameters]]:
    for operation in ("GetLifecyclePolicy", "DeleteLifecyclePolicy", "GetLifecyclePolicyPreview"):
        yield operation, APP
    yield "StartLifecyclePolicyPreview", APP
    yield "PutLifecyclePolicy", {**APP, "lifecyclePolicyText": LIFECYCLE_POLICY}
    yield "PutLifecyclePolicy", {**APP, "lifecyclePolicyText": LIFECYCLE_POLICY + "}"}
    yield "PutLifecyclePolicy", {**APP, "lifecyclePolicyText": "{}"}
    yield "GetLifecyclePolicy", APP
    for text in ({}, {"lifecyclePolicyText": LIFECYCLE_POLICY}):
        yield "StartLifecyclePolicyPreview", {**APP, **text}
        yield "GetLifecyclePolicyPreview", APP
    yield "GetLifecyclePolicyPreview", {**APP, "imageIds": IDS[:2]}
    yield "GetLifecyclePolicyPreview", {**APP, "filter": {"tagStatus": "UNTAGGED"}}
    yield "DeleteLifecyclePolicy", APP


def resource_tag_calls() -> Iterator[tuple[str, Parameters]]:
    yield "TagResource", {**ARN, "tags": [{"Key": "ü", "Value": ""}]}
    yield "TagResource", {**ARN, "tags": [{"Key": "", "Value": ""}]}
    yield "ListTagsForResource", ARN
    yield "ListTagsForResource", {"resourceArn": "no"}
    yield "UntagResource", {**ARN, "tagKeys": ["ü", "no"]}
    yield "UntagResource", {**ARN, "tagKeys": [None]}


def settings_calls() -> Iterator[tuple[str, Parameters]]:
    scan_on_push = {"imageScanningConfiguration": {"scanOnPush": True}}
    yield "DescribeRegistry", {}
    yield "PutAccountSetting", {"name": "BLOB_MOUNTING", "value": "ENABLED"}
    yield "PutAccountSetting", {"name": "BLOB_MOUNTING", "value": "no"}
    yield "GetAccountSetting", {"name": "BLOB_MOUNTING"}
    yield "GetAccountSetting", {"name": "no"}
    for name in ("one", "two", "two", "no role"):
        yield "RegisterPullTimeUpdateExclusion", {"principalArn": f"{ROLE}/{name}"}
    yield "ListPullTimeUpdateExclusions", {"maxResults": 1}
    yield "ListPullTimeUpdateExclusions", {"nextToken": "no"}
    for name in ("one", "one"):
        yield "DeregisterPullTimeUpdateExclusion", {"principalArn": f"{ROLE}/{name}"}
    yield "PutImageScanningConfiguration", {**APP, **scan_on_push}
    yield "PutImageScanningConfiguration", {**NO, **scan_on_push}
    wildcard = {"filter": "app*", "filterType": "WILDCARD"}
    rule = {"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": [wildcard]}
    yield "PutRegistryScanningConfiguration", {"scanType": "BASIC", "rules": [rule]}
    yield "PutRegistryScanningConfiguration", {"rules": [rule, rule]}
    yield "GetRegistryScanningConfiguration", {}
    yield "BatchGetRepositoryScanningConfiguration", {"repositoryNames": ["app", "none"]}
    yield "BatchGetRepositoryScanningConfiguration", {"repositoryNames": ["UPPER"]}


def scan_calls(both: Both) -> Iterator[tuple[str, Parameters]]:
    """Yield the calls about an image that has something to be found, of both types of scanning."""
    where, tagged = {"repositoryName": "scanned"}, {"imageId": {"imageTag": "1"}}
    files = {"etc/os-release": b"ID=debian\nVERSION_ID=11\n", "var/lib/dpkg/status": OLD_ZLIB}
    content = layer(files)
    yield "CreateRepository", where
    for blob in (b"{}", content):
        yield from upload(both, blob, where=where)
    described = {
        "digest": digest_of(content),
        "size": len(content),
        "mediaType": f"{OCI}.layer.v1.tar",
    }
    config = {**CONFIG, "mediaType": f"{OCI}.config.v1+json"}
    manifest = json.dumps(json.loads(MANIFEST) | {"config": config, "layers": [described]})
    yield "PutImage", {**where, "imageManifest": manifest, "imageTag": "1"}
    yield "DescribeImageScanFindings", {**where, **tagged}
    for image_id in (tagged, tagged, {"imageId": {"imageTag": "no"}}, {"imageId": {}}):
        yield "StartImageScan", {**where, **image_id}
    yield "DescribeImageScanFindings", {**where, **tagged, "maxResults": 1}
    yield "DescribeImageScanFindings", {**where, **tagged, "nextToken": "no"}
    wildcard = {"filter": "*", "filterType": "WILDCARD"}
    rule = {"scanFrequency": "CONTINUOUS_SCAN", "repositoryFilters": [wildcard]}
    yield "PutRegistryScanningConfiguration", {"scanType": "ENHANCED", "rules": [rule]}
    yield "StartImageScan", {**where, **tagged}
    yield "DescribeImageScanFindings", {**where, **tagged}
    yield "DescribeImages", where
    yield "PutRegistryScanningConfiguration", {}


def archive_and_referrer_calls() -> Iterator[tuple[str, Parameters]]:
    subject = {"imageDigest": digest_of(MANIFEST)}
    about = {"subject": {**CONFIG, "digest": digest_of(MANIFEST)}}
    yield "PutImage", {**IMAGE, "imageManifest": json.dumps(json.loads(MANIFEST) | about)}
    yield "ListImageReferrers", {**APP, "subjectId": subject, "maxResults": 1}
    yield "ListImageReferrers", {**NO, "subjectId": subject}
    for storage_class in ("ARCHIVE", "ARCHIVE", "STANDARD"):
        change = {"imageId": subject, "targetStorageClass": storage_class}
        yield "UpdateImageStorageClass", {**APP, **change}
        yield "DescribeImages", {**APP, "filter": {"imageStatus": "ANY"}}
        yield "BatchGetImage", {**APP, "imageIds": [subject]}


def calls(both: Both) -> Iterator[tuple[str, Parameters]]:
    """Yield calls that reach every implemented operation, with successes and errors of each."""
    yield "DescribeRepositories", {}
    yield "CreateRepository", {**APP, "tags": [{"Key": "a", "Value": "b"}]}
    yield "CreateRepository", APP
    yield "CreateRepository", {"repositoryName": "A"}
    yield "CreateRepository", {**NO, "encryptionConfiguration": {"encryptionType": "KMS"}}
    yield "DeleteRepository", NO
    yield "DeleteRepository", NO
    yield "DescribeRepositories", {"maxResults": 1}
    yield "DescribeRepositories", {"repositoryNames": ["no"]}
    yield "GetAuthorizationToken", {}
    yield "GetAuthorizationToken", {"registryIds": ["1"]}
    yield "InitiateLayerUpload", NO
    yield from upload(both)
    yield from upload(both)
    yield "BatchCheckLayerAvailability", {**APP, "layerDigests": [digest_of(b"{}"), "no", ""]}
    yield "PutImage", {**IMAGE, "imageManifest": "{}"}
    yield "PutImage", {**IMAGE, "imageTag": "latest"}
    yield "PutImage", {**IMAGE, "imageTag": "latest"}
    yield "PutImage", {**IMAGE, "imageTag": "another"}
    yield "ListImages", APP
    yield "ListImages", {**APP, "maxResults": 1, "filter": {"tagStatus": "TAGGED"}}
    yield "ListImages", {**APP, "nextToken": "no"}
    yield "DescribeImages", APP
    yield "DescribeImages", {**APP, "imageIds": IDS[2:3]}
    yield "BatchGetImage", {**APP, "imageIds": IDS}
    yield "BatchGetImage", {**NO, "imageIds": IDS}
    yield "DescribeImages", APP
    yield "GetDownloadUrlForLayer", {**APP, "layerDigest": digest_of(b"{}")}
    yield "GetDownloadUrlForLayer", {**APP, "layerDigest": digest_of("no")}
    yield "PutImageTagMutability", {**APP, "imageTagMutability": "IMMUTABLE"}
    yield "PutImageTagMutability", {**APP, "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION"}
    yield from policy_calls()
    yield from lifecycle_calls()
    yield from resource_tag_calls()
    yield from settings_calls()
    yield from scan_calls(both)
    yield from archive_and_referrer_calls()
    yield from template_and_replication_calls()
    yield from signing_calls()
    yield from cache_rule_calls()
    yield "DeleteRepository", APP
    yield "BatchDeleteImage", {**APP, "imageIds": IDS}
    yield "BatchDeleteImage", {**NO, "imageIds": IDS}
    yield "BatchCheckLayerAvailability", {**NO, "layerDigests": [digest_of("no")]}
    yield "DeleteRepository", {**APP, "force": True}


def template_and_replication_calls() -> Iterator[tuple[str, Parameters]]:
    template = {"prefix": "ROOT", "appliedFor": ["CREATE_ON_PUSH"]}
    yield "CreateRepositoryCreationTemplate", {**template, "lifecyclePolicy": LIFECYCLE_POLICY}
    yield "CreateRepositoryCreationTemplate", template
    yield "DescribeRepositoryCreationTemplates", {}
    yield "DescribeRepositoryCreationTemplates", {"prefixes": ["ROOT"], "maxResults": 1}
    yield "UpdateRepositoryCreationTemplate", {**template, "description": "ü"}
    yield "UpdateRepositoryCreationTemplate", {"prefix": "none"}
    yield "DeleteRepositoryCreationTemplate", {"prefix": "ROOT"}
    yield "DeleteRepositoryCreationTemplate", {"prefix": "ROOT"}
    for region in ("eu-west-1", REGION):
        destinations = [{"region": region, "registryId": "123456789012"}]
        rules = {"rules": [{"destinations": destinations}]}
        yield "PutReplicationConfiguration", {"replicationConfiguration": rules}
    for image_id in ({"imageTag": "latest"}, {"imageTag": "no"}):
        yield "DescribeImageReplicationStatus", {**APP, "imageId": image_id}


def signing_calls() -> Iterator[tuple[str, Parameters]]:
    arn = "arn:aws:signer:us-east-1:123456789012:/signing-profiles/prod"
    filters = [{"filter": "a*", "filterType": "WILDCARD_MATCH"}]
    yield "GetSigningConfiguration", {}
    for rules in (
        [{"signingProfileArn": arn.replace("east", "west")}],
        [],
        [{"signingProfileArn": arn, "repositoryFilters": filters}, {"signingProfileArn": arn}],
    ):
        yield "PutSigningConfiguration", {"signingConfiguration": {"rules": rules}}
        yield "GetSigningConfiguration", {}
    yield "PutImage", {**APP, "imageManifest": MANIFEST, "imageTag": "signed"}
    for image_id in ({"imageTag": "signed"}, {"imageTag": "no"}):
        yield "DescribeImageSigningStatus", {**APP, "imageId": image_id}
    yield "DeleteSigningConfiguration", {}
    yield "DeleteSigningConfiguration", {}


def cache_rule_calls() -> Iterator[tuple[str, Parameters]]:
    prefix = {"ecrRepositoryPrefix": "west"}
    west = {**prefix, "upstreamRegistryUrl": "123456789012.dkr.ecr.us-west-2.amazonaws.com"}
    role = {"customRoleArn": "arn:aws:iam::123456789012:role/cache"}
    yield "CreatePullThroughCacheRule", west
    yield "CreatePullThroughCacheRule", {**west, **role}
    yield "DescribePullThroughCacheRules", {}
    yield "DescribePullThroughCacheRules", {"ecrRepositoryPrefixes": ["none"]}
    yield "UpdatePullThroughCacheRule", {**prefix, **role}
    yield "UpdatePullThroughCacheRule", {"ecrRepositoryPrefix": "none", **role}
    yield "ValidatePullThroughCacheRule", prefix
    yield "ValidatePullThroughCacheRule", {"ecrRepositoryPrefix": "none"}
    subject = {"imageDigest": digest_of("subject")}
    for name in ("west/app", "app"):
        yield "BatchGetImage", {"repositoryName": name, "imageIds": [{"imageTag": "nowhere"}]}
        yield "ListImageReferrers", {"repositoryName": name, "subjectId": subject}
    yield "DeletePullThroughCacheRule", prefix
    yield "DeletePullThroughCacheRule", prefix


PUBLIC_ARN = {"resourceArn": "arn:aws:ecr-public::123456789012:repository/app"}
PUBLIC_POLICY = POLICY.replace("ecr:*", "ecr-public:*")
SAID = {"description": "ü", "architectures": ["ARM 64"], "logoImageBlob": png(60, 60)}


def public_calls(both: Both) -> Iterator[tuple[str, Parameters]]:
    """Yield calls that reach every operation of ECR Public, with successes and errors of each."""
    yield "DescribeRegistries", {}
    yield "CreateRepository", {**APP, "catalogData": SAID, "tags": [{"Key": "a", "Value": "b"}]}
    yield "CreateRepository", APP
    yield "CreateRepository", {**NO, "catalogData": {"logoImageBlob": b"GIF89a"}}
    yield "DescribeRegistries", {"maxResults": 1}
    yield "DescribeRegistries", {"nextToken": "no"}
    yield "DescribeRepositories", {}
    yield "DescribeRepositories", {"repositoryNames": ["no"]}
    yield "DescribeRepositories", {"repositoryNames": ["app"], "registryId": "111122223333"}
    yield "GetAuthorizationToken", {}
    yield "InitiateLayerUpload", NO
    yield "InitiateLayerUpload", {**APP, "registryId": "nobody"}
    yield from upload(both, service="ecr-public")
    yield from upload(both, service="ecr-public")
    yield "BatchCheckLayerAvailability", {**APP, "layerDigests": [digest_of(b"{}"), "no", ""]}
    yield "BatchCheckLayerAvailability", {**NO, "layerDigests": [digest_of("no")]}
    yield "PutImage", {**IMAGE, "imageManifest": "{}"}
    yield "PutImage", {**IMAGE, "imageTag": "latest"}
    yield "PutImage", {**IMAGE, "imageTag": "latest"}
    yield "DescribeImages", APP
    yield "DescribeImages", {**APP, "imageIds": IDS[2:3]}
    yield "DescribeImageTags", APP
    yield "DescribeImageTags", NO
    yield from gallery_calls()
    yield "DeleteRepository", APP
    yield "BatchDeleteImage", {**APP, "imageIds": IDS}
    yield "BatchDeleteImage", {**APP, "imageIds": IDS, "registryId": "nobody"}
    yield "DeleteRepository", {**APP, "force": True}


def gallery_calls() -> Iterator[tuple[str, Parameters]]:
    yield "GetRepositoryPolicy", APP
    yield "SetRepositoryPolicy", {**APP, "policyText": PUBLIC_POLICY}
    yield "SetRepositoryPolicy", {**APP, "policyText": POLICY}
    yield "GetRepositoryPolicy", APP
    yield "DeleteRepositoryPolicy", APP
    yield "DeleteRepositoryPolicy", APP
    yield "TagResource", {**PUBLIC_ARN, "tags": [{"Key": "c"}]}
    yield "TagResource", {**PUBLIC_ARN, "tags": [{"Value": "c"}]}
    yield "ListTagsForResource", PUBLIC_ARN
    yield "ListTagsForResource", ARN
    yield "UntagResource", {**PUBLIC_ARN, "tagKeys": ["c"]}
    yield "UntagResource", {**ARN, "tagKeys": ["c"]}
    yield "GetRepositoryCatalogData", APP
    yield "PutRepositoryCatalogData", {**APP, "catalogData": {"aboutText": "ü"}}
    yield "PutRepositoryCatalogData", {**NO, "catalogData": {}}
    yield "GetRepositoryCatalogData", NO
    yield "GetRegistryCatalogData", {}
    yield "PutRegistryCatalogData", {"displayName": "ü"}
    yield "PutRegistryCatalogData", {"displayName": "a" * 101}
    yield "GetRegistryCatalogData", {}


HISTORIES: dict[str, Callable[[Both], Iterator[tuple[str, Parameters]]]] = {
    "ecr": calls,
    "ecr-public": public_calls,
}
NEVER_REFUSED = {  # they have no input (reference api.md §25; public.md §9)
    ("ecr", "DescribeRegistry"),
    ("ecr", "GetRegistryScanningConfiguration"),
    ("ecr-public", "GetAuthorizationToken"),
    ("ecr-public", "GetRegistryCatalogData"),
}
IMPLEMENTED = sorted(key for key in OPERATIONS if key[0] in HISTORIES)


def make_history(both: Both, service: str) -> Iterator[tuple[str, str, Parameters]]:
    """Make the calls of a service, and yield each."""
    for operation, parameters in HISTORIES[service](both):
        both(operation, service, **parameters)
        yield service, operation, parameters


@pytest.mark.parametrize("service", HISTORIES)
def test_every_operation_answers_the_same_in_process_and_over_the_wire(both, service):
    assert list(make_history(both, service))
    assert both.here.state() == both.there.state()


@pytest.mark.parametrize(
    ("key", "is_error"),
    [
        *((key, False) for key in IMPLEMENTED),
        *((key, True) for key in IMPLEMENTED if key not in NEVER_REFUSED),
    ],
)
def test_the_calls_reach_each_operation_with_success_and_error(both, key, is_error):
    assert list(make_history(both, key[0]))
    records = [call for call in both.here.calls() if (call.service, call.operation) == key]
    assert is_error in {call.error is not None for call in records}


@pytest.mark.parametrize(
    "parameters",
    [{}, {"repositoryName": 5}, {"repositoryName": None}, {**APP, "imageTagMutability": True}],
)
def test_bad_parameters_are_refused_alike(both, parameters):
    assert "Error" in both("CreateRepository", **parameters)


def test_the_identity_is_the_same(both):
    assert both("GetCallerIdentity", "sts")["Account"] == "123456789012"


def test_an_operation_of_sts_that_ecrmock_lacks_is_refused_alike(both):
    error = both("DecodeAuthorizationMessage", "sts", EncodedMessage="a")["Error"]
    assert error["Code"] == "NotImplementedException"


def test_times_have_the_same_zone(both):
    created = both("CreateRepository", **APP)["repository"]["createdAt"]
    over_wire = both.over_wire("ecr", "DescribeRepositories", {})["repositories"][0]["createdAt"]
    assert created.tzinfo == over_wire.tzinfo


def push(both: Both, name: str, tag: str) -> None:
    """Upload a config as far as that goes, and put an image of its own for each tag."""
    where = {"repositoryName": name}
    content = tag.encode()
    started = both("InitiateLayerUpload", **where)
    part = {**where, "uploadId": started.get("uploadId", "none"), "layerPartBlob": content}
    both("UploadLayerPart", **part, partFirstByte=0, partLastByte=len(content) - 1)
    done = {**where, "uploadId": part["uploadId"], "layerDigests": [digest_of(content)]}
    both("CompleteLayerUpload", **done)
    manifest = MANIFEST.replace(digest_of(b"{}"), digest_of(content))
    both("PutImage", **where, imageManifest=manifest, imageTag=tag)


STEPS: dict[str, Callable[[Both, str, str], Any]] = {
    "create": lambda both, name, tag: both("CreateRepository", repositoryName=name),
    "delete": lambda both, name, tag: both("DeleteRepository", repositoryName=name, force=True),
    "describe": lambda both, name, tag: both("DescribeRepositories", maxResults=1),
    "start": lambda both, name, tag: both("InitiateLayerUpload", repositoryName=name),
    "push": push,
    "untag": lambda both, name, tag: both(
        "BatchDeleteImage", repositoryName=name, imageIds=[{"imageTag": tag}]
    ),
    "get": lambda both, name, tag: both(
        "BatchGetImage", repositoryName=name, imageIds=[{"imageTag": tag}]
    ),
    "list": lambda both, name, tag: both("ListImages", repositoryName=name),
    "details": lambda both, name, tag: both("DescribeImages", repositoryName=name),
}


def recorded() -> list[tuple[str, str, Parameters]]:
    """Return the calls that reach every operation, as one history made them."""
    both = Both()
    return [call for service in HISTORIES for call in make_history(both, service)]


RECORDED = recorded()
IN_ORDER = st.tuples(
    st.sampled_from(sorted(STEPS)),
    st.sampled_from(["aa", "bb", "A"]),
    st.sampled_from(["1", "2", "no tag"]),
)
OUT_OF_ORDER = st.sampled_from(range(len(RECORDED)))


def test_the_recorded_calls_are_all_that_the_table_has_of_ecr():
    assert {(service, operation) for service, operation, _ in RECORDED} == set(IMPLEMENTED)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(IN_ORDER, OUT_OF_ORDER), max_size=15))
def test_any_history_reads_the_same_in_process_and_over_the_wire(steps):
    both = Both()
    for step in steps:
        if isinstance(step, int):
            service, operation, parameters = RECORDED[step]
            both(operation, service, **parameters)
        else:
            STEPS[step[0]](both, *step[1:])
    assert both.here.state() == both.there.state()
