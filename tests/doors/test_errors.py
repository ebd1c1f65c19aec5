"""Every error code that the operations know, as a client's own exception, with ECR's text.

Where ECR's text is not known (reference api.md §24), only the code is checked.
"""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.doors.conftest import (
    ACCOUNT,
    Door,
    digest_of,
    index_of,
    manifest_of,
    push,
    start_upload,
    upload,
)

UNKNOWN = digest_of(b"nothing")
NO_UPLOAD = "00000000-0000-4000-8000-000000000000"
NAME_PATTERN = r"'[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*'"
NAME_RULE = f"must satisfy regular expression {NAME_PATTERN}"
APP = {"repositoryName": "app"}


def failed(code: str, call: Any, **parameters: Any) -> dict[str, Any]:
    """Return the error response of a call that raises the client's own exception for ``code``."""
    with pytest.raises(getattr(call.__self__.exceptions, code)) as caught:
        call(**parameters)
    return caught.value.response


def text_of(code: str, call: Any, **parameters: Any) -> str:
    return failed(code, call, **parameters)["Error"]["Message"]


def invalid(field: str, constraint: str) -> str:
    """Return the text of a violated constraint. Source: reference api.md §3.1."""
    return f"Invalid parameter at '{field}' failed to satisfy constraint: '{constraint}'"


def test_an_error_has_the_status_400_and_a_request_id(ecr: Any) -> None:
    """There is no 404 and no 409 in this API. Source: reference api.md §2.4."""
    response = failed("RepositoryNotFoundException", ecr.list_images, repositoryName="gone")
    metadata = response["ResponseMetadata"]
    assert (metadata["HTTPStatusCode"], len(metadata["RequestId"])) == (400, 36)


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("describe_repositories", {"repositoryNames": ["gone"]}),
        ("delete_repository", {}),
        ("put_image_tag_mutability", {"imageTagMutability": "MUTABLE"}),
        ("put_image", {"imageManifest": manifest_of()}),
        ("batch_get_image", {"imageIds": [{"imageTag": "1"}]}),
        ("batch_delete_image", {"imageIds": [{"imageTag": "1"}]}),
        ("list_images", {}),
        ("describe_images", {}),
        ("batch_check_layer_availability", {"layerDigests": [UNKNOWN]}),
        ("initiate_layer_upload", {}),
        (
            "upload_layer_part",
            {
                "uploadId": NO_UPLOAD,
                "partFirstByte": 0,
                "partLastByte": 0,
                "layerPartBlob": b"x",
            },
        ),
        ("complete_layer_upload", {"uploadId": NO_UPLOAD, "layerDigests": [UNKNOWN]}),
        ("get_download_url_for_layer", {"layerDigest": UNKNOWN}),
    ],
)
def test_every_operation_says_which_repository_is_missing(
    ecr: Any, operation: str, parameters: dict[str, Any]
) -> None:
    """Source: reference api.md §4.5."""
    name = {} if "repositoryNames" in parameters else {"repositoryName": "gone"}
    text = text_of("RepositoryNotFoundException", getattr(ecr, operation), **name, **parameters)
    assert text == (
        f"The repository with name 'gone' does not exist in the registry with id '{ACCOUNT}'"
    )


def test_a_name_is_taken_once(ecr: Any) -> None:
    """Source: reference api.md §4.2."""
    assert text_of("RepositoryAlreadyExistsException", ecr.create_repository, **APP) == (
        f"The repository with name 'app' already exists in the registry with id '{ACCOUNT}'"
    )


def test_a_repository_with_images_is_not_deleted_without_force(ecr: Any) -> None:
    """It is "in registry" here, not "in the registry". Source: reference api.md §4.5."""
    push(ecr, b"layer", "1.0")
    assert text_of("RepositoryNotEmptyException", ecr.delete_repository, **APP) == (
        f"The repository with name 'app' in registry with id '{ACCOUNT}' "
        "cannot be deleted because it still contains images"
    )


@pytest.mark.parametrize(
    "name", ["Team", "a___b", "a_-b", "a..b", "-a", "a-", "a//b", "/a", "a/", "a b", "a:b"]
)
def test_a_malformed_name_is_refused_with_its_pattern(door: Door, name: str) -> None:
    """Source: reference api.md §3.2, §3.3."""
    create = door.client().create_repository
    text = text_of("InvalidParameterException", create, repositoryName=name)
    assert text == invalid("repositoryName", NAME_RULE)


def test_a_name_has_at_most_256_characters(door: Door) -> None:
    create = door.client().create_repository
    text = text_of("InvalidParameterException", create, repositoryName="a" * 257)
    assert text == invalid("repositoryName", "must have length less than or equal to 256")


@pytest.mark.parametrize("mutability", ["MUTABLE", "IMMUTABLE"])
def test_filters_without_exclusion_are_refused(ecr: Any, mutability: str) -> None:
    """Source: reference api.md §4.2."""
    text = text_of(
        "InvalidParameterException",
        ecr.put_image_tag_mutability,
        **APP,
        imageTagMutability=mutability,
        imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "v*"}],
    )
    rule = "are not allowed when imageTagMutability is set as"
    constraint = f"ImageTagMutabilityExclusionFilters {rule} {mutability}"
    assert text == invalid("imageTagMutabilityExclusionFilters", constraint)


def test_exclusion_without_filters_is_refused(ecr: Any) -> None:
    """Source: reference api.md §4.2."""
    mutability = "IMMUTABLE_WITH_EXCLUSION"
    put = ecr.put_image_tag_mutability
    text = text_of("InvalidParameterException", put, **APP, imageTagMutability=mutability)
    rule = "can't be null when imageTagMutability is set as"
    constraint = f"ImageTagMutabilityExclusionFilters {rule} {mutability}"
    assert text == invalid("imageTagMutabilityExclusionFilters", constraint)


def test_the_values_of_mutability_are_listed_in_the_order_of_ecr(ecr: Any) -> None:
    """Which is not the model's. Source: reference api.md §3.2."""
    put = ecr.put_image_tag_mutability
    text = text_of("InvalidParameterException", put, **APP, imageTagMutability="ANY")
    values = "IMMUTABLE, MUTABLE, MUTABLE_WITH_EXCLUSION, IMMUTABLE_WITH_EXCLUSION"
    expected = f"Member must satisfy enum value set: [{values}]"
    assert text == invalid("imageTagMutability", expected)


def test_a_key_without_kms_is_refused(door: Door) -> None:
    """Source: reference api.md §4.2."""
    text = text_of(
        "InvalidParameterException",
        door.client().create_repository,
        **APP,
        encryptionConfiguration={"encryptionType": "AES256", "kmsKey": "alias/key"},
    )
    rule = "Encryption key should not be set for AES256 encryption."
    constraint = f"Invalid encryption configuration: {rule}"
    assert text == invalid("encryptionConfiguration", constraint)


@pytest.mark.parametrize("keys", [[""], ["a", "a"], ["aws:a"]])
def test_bad_resource_tags_are_refused(door: Door, keys: list[str]) -> None:
    """Source: reference api.md §4.2."""
    tags = [{"Key": key, "Value": "value"} for key in keys]
    create = door.client().create_repository
    text = text_of("InvalidTagParameterException", create, **APP, tags=tags)
    assert text == "Tag parameters are invalid"


def test_a_repository_has_at_most_50_resource_tags(door: Door) -> None:
    tags = [{"Key": str(number), "Value": ""} for number in range(51)]
    create = door.client().create_repository
    assert failed("TooManyTagsException", create, **APP, tags=tags)


def test_nothing_is_made_when_a_resource_tag_is_bad(door: Door) -> None:
    """Inferred: reference api.md §4.2."""
    ecr = door.client()
    tags = [{"Key": "aws:a", "Value": ""}]
    failed("InvalidTagParameterException", ecr.create_repository, **APP, tags=tags)
    assert ecr.describe_repositories()["repositories"] == []


def test_a_page_has_at_most_a_thousand_entries(ecr: Any) -> None:
    """Source: reference api.md §3.2."""
    list_images = ecr.list_images
    text = text_of("InvalidParameterException", list_images, **APP, maxResults=1001)
    assert text == invalid("maxResults", "Member must have value less than or equal to 1000")


@pytest.mark.parametrize("operation", ["list_images", "describe_images"])
def test_a_forged_token_is_refused(ecr: Any, operation: str) -> None:
    """The member has a capital letter in this text. Source: reference api.md §3.7."""
    call = getattr(ecr, operation)
    text = text_of("InvalidParameterException", call, **APP, nextToken="forged")
    assert text == invalid("NextToken", "Invalid next token provided")


def test_names_and_pages_do_not_go_together(ecr: Any) -> None:
    """Source: reference api.md §3.7; the text is not known."""
    describe = ecr.describe_repositories
    assert failed("InvalidParameterException", describe, repositoryNames=["app"], maxResults=1)


@pytest.mark.parametrize("operation", ["batch_get_image", "batch_delete_image"])
def test_a_batch_has_at_most_a_hundred_images(ecr: Any, operation: str) -> None:
    """Source: reference api.md §5.4."""
    image_ids = [{"imageTag": str(number)} for number in range(101)]
    call = getattr(ecr, operation)
    text = text_of("InvalidParameterException", call, **APP, imageIds=image_ids)
    assert text == invalid("imageIds", "Member must have length less than or equal to 100")


@pytest.mark.parametrize("manifest", ["no JSON", "[]", "{}", '{"schemaVersion":2}'])
def test_what_is_no_manifest_is_refused(ecr: Any, manifest: str) -> None:
    """Source: reference api.md §5.1."""
    text = text_of("InvalidParameterException", ecr.put_image, **APP, imageManifest=manifest)
    assert text == invalid("ImageManifest", "Invalid JSON syntax")


def test_an_image_has_at_most_500_layers(ecr: Any) -> None:
    """Measured, not documented. Source: reference api.md §5.1."""
    manifest = manifest_of(*[b"layer"] * 501)
    text = text_of("InvalidParameterException", ecr.put_image, **APP, imageManifest=manifest)
    assert text == invalid("ImageManifest", "Limit on number of layers per image exceeded")


def test_a_malformed_tag_is_refused_with_its_pattern(ecr: Any) -> None:
    """Source: reference api.md §3.2."""
    put = {"imageManifest": manifest_of(), "imageTag": "a/b"}
    text = text_of("InvalidParameterException", ecr.put_image, **APP, **put)
    assert text == invalid("imageTag", "must satisfy regular expression '[a-zA-Z0-9-_.]+'")


def test_a_manifest_must_have_the_digest_that_came_with_it(ecr: Any) -> None:
    """Source: reference api.md §5.1."""
    put = {"imageManifest": manifest_of(), "imageDigest": UNKNOWN}
    assert text_of("ImageDigestDoesNotMatchException", ecr.put_image, **APP, **put) == (
        f"The image with digest '{UNKNOWN}' in repository 'app' and registry ID '{ACCOUNT}' "
        "does not match the image digest that Amazon ECR has calculated."
    )


def test_a_manifest_needs_its_layers(ecr: Any) -> None:
    assert failed("LayersNotFoundException", ecr.put_image, **APP, imageManifest=manifest_of())


def test_an_index_needs_its_images(ecr: Any) -> None:
    """The digests are listed as Java prints a list. Source: reference api.md §5.1."""
    children = [manifest_of(b"1"), manifest_of(b"2")]
    put = {"imageManifest": index_of(*children)}
    listed = ", ".join(map(digest_of, children))
    assert text_of("ReferencedImagesNotFoundException", ecr.put_image, **APP, **put) == (
        f"Images with digests '[{listed}]' required for pushing image into repository with name "
        f"'app' in the registry with id '{ACCOUNT}' do not exist"
    )


@pytest.mark.parametrize(("named", "shown"), [({"imageTag": "1.0"}, "1.0"), ({}, "null")])
def test_the_same_push_again_is_an_error(ecr: Any, named: dict[str, str], shown: str) -> None:
    """Over ``/v2/`` it is a success. Source: reference api.md §5.1."""
    digest = push(ecr, b"layer", *named.values())
    put = {"imageManifest": manifest_of(b"layer"), **named}
    assert text_of("ImageAlreadyExistsException", ecr.put_image, **APP, **put) == (
        f"Image with digest '{digest}' and tag '{shown}' already exists in the repository "
        f"with name 'app' in registry with id '{ACCOUNT}'"
    )


def test_an_immutable_tag_does_not_move(ecr: Any) -> None:
    """Source: reference api.md §5.1."""
    ecr.put_image_tag_mutability(**APP, imageTagMutability="IMMUTABLE")
    push(ecr, b"old", "1.0"), push(ecr, b"new")
    put = {"imageManifest": manifest_of(b"new"), "imageTag": "1.0"}
    assert text_of("ImageTagAlreadyExistsException", ecr.put_image, **APP, **put) == (
        "The image tag '1.0' already exists in the 'app' repository "
        "and cannot be overwritten because the tag is immutable."
    )


@pytest.mark.slow
def test_an_image_has_at_most_a_thousand_tags(ecr: Any) -> None:
    """Source: reference api.md §5.1."""
    push(ecr, b"layer", *map(str, range(1000)))
    put = {"imageManifest": manifest_of(b"layer"), "imageTag": "more"}
    assert text_of("LimitExceededException", ecr.put_image, **APP, **put) == (
        "Adding tag 'more' to an image in the repository with name 'app' in registry with id "
        f"'{ACCOUNT}' exceeds the maximum allowed number of tags per image which is '1000'"
    )


@pytest.mark.parametrize(
    ("image_id", "digest", "tag"),
    [({"imageTag": "1.0"}, "null", "1.0"), ({"imageDigest": UNKNOWN}, UNKNOWN, "null")],
)
def test_a_missing_image_fails_a_description(
    ecr: Any, image_id: dict[str, str], digest: str, tag: str
) -> None:
    """What was not asked for is the word null. Source: reference api.md §5.5."""
    assert text_of("ImageNotFoundException", ecr.describe_images, **APP, imageIds=[image_id]) == (
        f"The image with imageId {{imageDigest:'{digest}', imageTag:'{tag}'}} does not exist "
        f"within the repository with name 'app' in the registry with id '{ACCOUNT}'"
    )


@pytest.mark.parametrize(("first", "last"), [(1, 5), (3, 7)])
def test_a_part_follows_the_last_one(ecr: Any, first: int, last: int) -> None:
    """Source: reference api.md §6.3."""
    part = {"partFirstByte": first, "partLastByte": last, "layerPartBlob": b"layer"}
    call = ecr.upload_layer_part
    text = text_of("InvalidLayerPartException", call, **start_upload(ecr), **part)
    assert text == f"First byte of the layer part is {first} instead of 0"


def test_a_refused_part_says_what_is_there(ecr: Any) -> None:
    """Source: reference api.md §2.4; before the first part it is -1, inferred in §6.3."""
    upload = start_upload(ecr)
    part = {"partFirstByte": 1, "partLastByte": 1, "layerPartBlob": b"x"}
    response = failed("InvalidLayerPartException", ecr.upload_layer_part, **upload, **part)
    members = {"registryId": ACCOUNT, **upload, "lastValidByteReceived": -1}
    assert {name: response[name] for name in members} == members


def test_a_part_is_as_long_as_its_range(ecr: Any) -> None:
    part = {"partFirstByte": 0, "partLastByte": 9, "layerPartBlob": b"short"}
    call = ecr.upload_layer_part
    assert failed("InvalidLayerPartException", call, **start_upload(ecr), **part)


def test_an_unknown_upload_takes_no_part(ecr: Any) -> None:
    part = {"partFirstByte": 0, "partLastByte": 0, "layerPartBlob": b"x"}
    call = ecr.upload_layer_part
    assert failed("UploadNotFoundException", call, **APP, uploadId=NO_UPLOAD, **part)


def test_an_upload_is_unknown_in_another_repository(ecr: Any) -> None:
    """Source: reference api.md §6.2."""
    ecr.create_repository(repositoryName="other")
    upload = {**start_upload(ecr), "repositoryName": "other"}
    call = ecr.complete_layer_upload
    assert failed("UploadNotFoundException", call, **upload, layerDigests=[UNKNOWN])


def test_an_upload_id_has_the_form_of_one(ecr: Any) -> None:
    call = ecr.complete_layer_upload
    upload = {"uploadId": "upload", "layerDigests": [UNKNOWN]}
    assert failed("InvalidParameterException", call, **APP, **upload)


def test_an_upload_without_parts_is_not_completed(ecr: Any) -> None:
    """Source: reference api.md §6.4."""
    upload = start_upload(ecr)
    call = ecr.complete_layer_upload
    text = text_of("EmptyUploadException", call, **upload, layerDigests=[digest_of(b"")])
    assert text == (
        f"The upload with id '{upload['uploadId']}' in the repository with name 'app' in registry "
        f"with id '{ACCOUNT}' cannot be completed because it does not have any parts"
    )


def test_a_part_before_the_last_has_at_least_5_mib(ecr: Any) -> None:
    """It is seen on completion only. Source: reference api.md §6.4."""
    upload = start_upload(ecr)
    for byte in (0, 1):
        part = {"partFirstByte": byte, "partLastByte": byte, "layerPartBlob": b"x"}
        ecr.upload_layer_part(**upload, **part)
    call = ecr.complete_layer_upload
    text = text_of("LayerPartTooSmallException", call, **upload, layerDigests=[digest_of(b"xx")])
    assert text == "All layer parts except the last part should be at least 5MB"


def test_a_layer_has_the_digest_that_was_announced(ecr: Any) -> None:
    upload = start_upload(ecr)
    ecr.upload_layer_part(**upload, partFirstByte=0, partLastByte=0, layerPartBlob=b"x")
    call = ecr.complete_layer_upload
    assert failed("InvalidLayerException", call, **upload, layerDigests=[UNKNOWN])


def test_a_layer_that_is_there_is_not_uploaded_again(ecr: Any) -> None:
    digest = upload(ecr, b"x")
    again = start_upload(ecr)
    ecr.upload_layer_part(**again, partFirstByte=0, partLastByte=0, layerPartBlob=b"x")
    call = ecr.complete_layer_upload
    assert failed("LayerAlreadyExistsException", call, **again, layerDigests=[digest])


def test_an_unknown_layer_has_no_url(ecr: Any) -> None:
    call = ecr.get_download_url_for_layer
    assert failed("LayersNotFoundException", call, **APP, layerDigest=UNKNOWN)


def test_a_layer_without_an_image_has_no_url(ecr: Any) -> None:
    """Source: reference api.md §6.6."""
    digest = upload(ecr, b"layer")
    call = ecr.get_download_url_for_layer
    assert failed("LayerInaccessibleException", call, **APP, layerDigest=digest)


def test_an_operation_that_ecrmock_lacks_says_so(door: Door) -> None:
    """Never an empty success instead."""
    with pytest.raises(ClientError) as caught:
        door.client("sts").decode_authorization_message(EncodedMessage="message")
    error, metadata = caught.value.response["Error"], caught.value.response["ResponseMetadata"]
    assert (error["Code"], metadata["HTTPStatusCode"]) == ("NotImplementedException", 501)
