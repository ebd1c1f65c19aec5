"""JSON 1.1: wire forms of answers and errors. Source: reference api.md §2."""

import json

import pytest

from ecrmock.frontends.http import BytesBody, HttpRequest
from tests.documents import digest_of
from tests.frontends.aws.conftest import REQUEST_ID

MISSING = "The repository with name 'no' does not exist in the registry with id '123456789012'"


# Answers: §2.2, §2.3


def test_an_answer_is_200_with_type_and_request_id(door):
    response = door.respond("DescribeRepositories")
    assert response.status == 200
    assert response.headers == {
        "Content-Type": "application/x-amz-json-1.1",
        "x-amzn-RequestId": REQUEST_ID,
    }


def test_an_empty_list_is_the_whole_answer(door):
    """19 bytes, without blanks and without nextToken (reference api.md §2.2)."""
    assert door.respond("DescribeRepositories").body == b'{"repositories":[]}'


def test_both_lists_of_a_batch_are_there_when_empty(app):
    members = {"repositoryName": "app", "imageIds": [{"imageTag": "no"}]}
    assert app.document("BatchGetImage", **members)["images"] == []
    app.push("latest")
    members["imageIds"] = [{"imageTag": "latest"}]
    assert app.document("BatchGetImage", **members)["failures"] == []


def test_an_answer_is_compact_json(app):
    body = app.respond("DescribeRepositories").body
    assert body == json.dumps(json.loads(body), separators=(",", ":")).encode()


def test_a_page_with_a_successor_has_a_token(app):
    app.create("second")
    answer = app.document("DescribeRepositories", maxResults=1)
    assert isinstance(answer["nextToken"], str)


def test_the_members_of_a_repository_are_those_that_ecr_sends(app):
    """Source: reference api.md §4.1, in the observed order."""
    (repository,) = app.document("DescribeRepositories")["repositories"]
    assert " ".join(repository) == (
        "repositoryArn registryId repositoryName repositoryUri createdAt imageTagMutability "
        "imageScanningConfiguration encryptionConfiguration"
    )


def test_the_defaults_of_a_repository_are_sent(app):
    (repository,) = app.document("DescribeRepositories")["repositories"]
    assert repository["imageScanningConfiguration"] == {"scanOnPush": False}
    assert repository["encryptionConfiguration"] == {"encryptionType": "AES256"}
    assert repository["imageTagMutability"] == "MUTABLE"


def test_the_filters_of_a_repository_are_sent_when_it_has_some(door):
    filters = [{"filterType": "WILDCARD", "filter": "dev-*"}]
    repository = door.document(
        "CreateRepository",
        repositoryName="app",
        imageTagMutability="MUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters=filters,
    )["repository"]
    assert repository["imageTagMutabilityExclusionFilters"] == filters


def test_a_time_is_a_number_with_milliseconds(app):
    (repository,) = app.document("DescribeRepositories")["repositories"]
    assert repository["createdAt"] == 1767323045.678


def test_an_untagged_image_has_no_member_for_its_tags(app):
    """The exception to "an empty list is returned" (reference api.md §2.2)."""
    app.push()
    (detail,) = app.document("DescribeImages", repositoryName="app")["imageDetails"]
    assert "imageTags" not in detail


def test_an_untagged_image_is_listed_by_its_digest_alone(app):
    digest = digest_of(app.push())
    answer = app.document("ListImages", repositoryName="app")
    assert answer == {"imageIds": [{"imageDigest": digest}]}


def test_an_image_that_was_never_pulled_has_no_time_of_a_pull(app):
    app.push()
    (detail,) = app.document("DescribeImages", repositoryName="app")["imageDetails"]
    assert "lastRecordedPullTime" not in detail


def test_a_started_upload_has_two_members(app):
    """Source: reference api.md §6.2."""
    answer = app.document("InitiateLayerUpload", repositoryName="app")
    assert set(answer) == {"uploadId", "partSize"}


def test_a_download_has_two_members(app):
    """Source: reference api.md §6.6."""
    app.push()
    members = {"repositoryName": "app", "layerDigest": digest_of(b"{}")}
    answer = app.document("GetDownloadUrlForLayer", **members)
    assert set(answer) == {"downloadUrl", "layerDigest"}


def test_an_unavailable_layer_has_two_members(app):
    members = {"repositoryName": "app", "layerDigests": [digest_of("no")]}
    (layer,) = app.document("BatchCheckLayerAvailability", **members)["layers"]
    assert set(layer) == {"layerDigest", "layerAvailability"}


@pytest.mark.parametrize(
    "image_id", [{"imageTag": "no"}, {"imageDigest": digest_of("no")}, {}], ids=str
)
def test_a_failure_echoes_the_members_that_were_sent(app, image_id):
    """Source: reference api.md §5.4."""
    members = {"repositoryName": "app", "imageIds": [image_id]}
    (failure,) = app.document("BatchGetImage", **members)["failures"]
    assert failure["imageId"] == image_id


def test_a_manifest_comes_back_byte_for_byte(app):
    """Letters beyond ASCII too: the digest is that of the UTF-8 bytes."""
    manifest = app.push().replace("{", '{ "annotations": {"ü": "\\u00fc 你"},\n', 1)
    app("PutImage", repositoryName="app", imageManifest=manifest, imageTag="letters")
    ids = [{"imageTag": "letters"}]
    (image,) = app("BatchGetImage", repositoryName="app", imageIds=ids)["images"]
    assert image["imageManifest"] == manifest
    assert image["imageId"]["imageDigest"] == digest_of(manifest)


# Errors: §2.4, §2.5


def test_an_error_is_400_with_type_and_message_alone(door):
    """Also not found, and already exists (reference api.md §2.4)."""
    response = door.respond("DeleteRepository", repositoryName="no")
    assert response.status == 400
    assert json.loads(response.body) == {
        "__type": "RepositoryNotFoundException",
        "message": MISSING,
    }


def test_an_error_has_type_and_request_id_in_its_headers(door):
    response = door.respond("DeleteRepository", repositoryName="no")
    assert response.headers == {
        "Content-Type": "application/x-amz-json-1.1",
        "x-amzn-RequestId": REQUEST_ID,
    }


def test_botocore_reads_an_error(door):
    answer = door("DeleteRepository", repositoryName="no")
    assert answer["Error"]["Code"] == "RepositoryNotFoundException"
    assert answer["Error"]["Message"] == MISSING


def test_the_error_about_a_part_has_the_members_of_its_shape(app):
    upload_id = app("InitiateLayerUpload", repositoryName="app")["uploadId"]
    part = {"repositoryName": "app", "uploadId": upload_id, "layerPartBlob": "YQ=="}
    document = app.document("UploadLayerPart", **part, partFirstByte=5, partLastByte=5)
    assert document["__type"] == "InvalidLayerPartException"
    assert {name: document[name] for name in document if name not in ("__type", "message")} == {
        "registryId": "123456789012",
        "repositoryName": "app",
        "uploadId": upload_id,
        "lastValidByteReceived": -1,
    }


@pytest.mark.parametrize(
    "body",
    [b"{", b"nonsense", b"\xff", b"[" * 100_000, b'{"a":}', b"\x00", b'{"repositoryName": "\x01"}'],
)
def test_a_body_that_is_no_json_is_a_serialization_error(door, body):
    response = door.post("CreateRepository", body)
    assert (response.status, json.loads(response.body)["__type"]) == (400, "SerializationException")


@pytest.mark.parametrize("body", [b"null", b"[]", b"5", b'"text"', b"true", b"NaN"])
def test_a_body_that_is_no_object_is_a_serialization_error(door, body):
    document = json.loads(door.post("CreateRepository", body).body)
    assert document["__type"] == "SerializationException"


def test_an_absent_body_is_an_empty_object(door):
    assert json.loads(door.post("DescribeRepositories", b"").body) == {"repositories": []}


@pytest.mark.parametrize(
    "target",
    [
        "AmazonEC2ContainerRegistry_V20150921.DescribeThings",
        "AmazonEC2ContainerRegistry_V20150921.",
        "AmazonEC2ContainerRegistry_V20150921",
        "AmazonEC2ContainerRegistry_V20150921.GetCallerIdentity",
        "DynamoDB_20120810.ListTables",
        "DynamoDB_20120810.CreateRepository",
        "",
    ],
)
def test_an_unknown_operation_is_told_without_a_message(door, target):
    """Source: reference api.md §2.5; the member is absent."""
    headers = {"x-amz-target": target}
    request = HttpRequest(method="POST", path="/", headers=headers, body=BytesBody(b"{}"))
    response = door.send(request)
    assert response.status == 400
    assert json.loads(response.body) == {"__type": "UnknownOperationException"}


@pytest.mark.parametrize(
    ("operation", "member"),
    [("CreateRepository", "repositoryName"), ("DescribeRepositories", "nextToken")],
)
def test_a_lone_surrogate_in_a_request_is_answered_in_utf_8(door, operation, member):
    body = door.post(operation, f'{{"{member}": "\\ud800"}}').body
    assert json.loads(body.decode("utf-8"))["__type"] == "InvalidParameterException"


def test_a_lone_surrogate_that_is_echoed_is_answered_in_utf_8(app):
    body = '{"repositoryName": "app", "layerDigests": ["\\ud800"]}'
    answer = app.post("BatchCheckLayerAvailability", body).body
    assert json.loads(answer.decode("utf-8"))["failures"]


def test_a_manifest_with_a_lone_surrogate_is_a_bad_parameter(app):
    manifest = app.push().replace("application/x", "\ud800")
    document = app.document("PutImage", repositoryName="app", imageManifest=manifest)
    assert document["__type"] == "InvalidParameterException"


def test_sizes_beyond_all_bounds_are_a_bad_parameter(app):
    """Python refuses to print the sum of such sizes."""
    manifest = app.push().replace('"size": 2', '"size": ' + "9" * 4300)
    document = app.document("PutImage", repositoryName="app", imageManifest=manifest)
    assert document["__type"] == "InvalidParameterException"


def test_a_body_beyond_the_limit_is_refused_unread(door):
    response = door.post("PutImage", b" " * (32 * 1024 * 1024 + 1))
    assert (response.status, response.close) == (413, True)
    assert json.loads(response.body)["__type"] == "SerializationException"
