"""Images of public registries by the API, and as an upstream. Source: reference public.md §3, §4.2, §9."""

from datetime import timedelta
from typing import Any

import pytest

from tests.documents import digest_of
from tests.doors.conftest import (
    ACCOUNT,
    OTHER_ACCOUNT,
    START,
    Door,
    alias_of,
    index_of,
    manifest_of,
    push,
    refused,
    start_upload,
    upload,
)

APP = {"repositoryName": "app"}
MISSING = f"The repository with name 'app' does not exist in the registry with id '{ACCOUNT}'"


# Images and layers


def test_an_image_is_pushed_by_account_or_by_alias(door: Door, app: Any) -> None:
    """Source: reference public.md §3: the push calls take either."""
    alias, manifest = alias_of(app), manifest_of(b"layer")
    other = door.client("ecr-public", OTHER_ACCOUNT)
    for blob, named in ((b"{}", alias), (b"layer", ACCOUNT)):
        where = {**APP, "registryId": named}
        started = other.initiate_layer_upload(**where)
        part = {**where, "uploadId": started["uploadId"], "layerPartBlob": blob}
        other.upload_layer_part(**part, partFirstByte=0, partLastByte=len(blob) - 1)
        done = {**where, "uploadId": started["uploadId"], "layerDigests": [digest_of(blob)]}
        assert other.complete_layer_upload(**done)["registryId"] == ACCOUNT
    image = other.put_image(**APP, registryId=alias, imageManifest=manifest, imageTag="1.0")[
        "image"
    ]
    assert (image["registryId"], image["imageId"]["imageDigest"]) == (ACCOUNT, digest_of(manifest))
    (layer,) = other.batch_check_layer_availability(
        **APP, registryId=alias, layerDigests=[digest_of(b"layer")]
    )["layers"]
    assert (layer["layerAvailability"], layer["layerSize"]) == ("AVAILABLE", 5)
    deleted = other.batch_delete_image(**APP, registryId=alias, imageIds=[{"imageTag": "1.0"}])[
        "imageIds"
    ]
    assert deleted == [{"imageDigest": digest_of(manifest), "imageTag": "1.0"}]


PUSHES = [
    ("batch_check_layer_availability", {"layerDigests": [digest_of(b"")]}),
    ("complete_layer_upload", {"uploadId": "0" * 36, "layerDigests": [digest_of(b"")]}),
    ("initiate_layer_upload", {}),
    ("put_image", {"imageManifest": manifest_of(b"layer")}),
    (
        "upload_layer_part",
        {"uploadId": "0" * 36, "partFirstByte": 0, "partLastByte": 0, "layerPartBlob": b"a"},
    ),
]


@pytest.mark.parametrize(("operation", "more"), PUSHES, ids=lambda value: str(value)[:20])
def test_an_alias_that_nobody_has_is_named(app: Any, operation: str, more: dict[str, Any]) -> None:
    """Source: reference public.md §7, §9."""
    upload_id = {"uploadId": start_upload(app)["uploadId"]} if "uploadId" in more else {}
    parameters = {**APP, **more, **upload_id, "registryId": "nobody"}
    said = refused(getattr(app, operation), "RegistryNotFoundException", **parameters)
    assert said == "The registry with id 'nobody' does not exist"


def test_a_deletion_knows_no_missing_registry(app: Any) -> None:
    """RegistryNotFoundException is not declared for it. Source: reference public.md §9."""
    where = {**APP, "registryId": "nobody", "imageIds": [{"imageTag": "1.0"}]}
    said = refused(app.batch_delete_image, "RepositoryNotFoundException", **where)
    assert said == MISSING.replace(ACCOUNT, "nobody")


def test_an_image_is_described_without_the_members_of_private_ecr(app: Any) -> None:
    """Source: reference public.md §4.2."""
    digest = push(app, b"layer", "1.0", "latest")
    (detail,) = app.describe_images(**APP)["imageDetails"]
    assert detail.pop("imagePushedAt") == START
    assert detail == {
        "registryId": ACCOUNT,
        "repositoryName": "app",
        "imageDigest": digest,
        "imageTags": ["1.0", "latest"],
        "imageSizeInBytes": 7,
        "imageManifestMediaType": "application/vnd.oci.image.manifest.v1+json",
        "artifactMediaType": "application/vnd.oci.image.config.v1+json",
    }


def test_images_are_described_by_identifier_or_by_page(app: Any) -> None:
    for number in range(3):
        push(app, b"layer %d" % number, f"{number}.0")
    pages = app.get_paginator("describe_images").paginate(**APP, PaginationConfig={"PageSize": 2})
    assert [len(page["imageDetails"]) for page in pages] == [2, 1]
    (found,) = app.describe_images(**APP, imageIds=[{"imageTag": "1.0"}])["imageDetails"]
    assert found["imageTags"] == ["1.0"]
    both = {"imageIds": [{"imageTag": "1.0"}], "maxResults": 1}
    refused(app.describe_images, "InvalidParameterException", **APP, **both)
    said = refused(
        app.describe_images, "ImageNotFoundException", **APP, imageIds=[{"imageTag": "2"}]
    )
    assert said == (
        "The image with imageId {imageDigest:'null', imageTag:'2'} does not exist within the "
        f"repository with name 'app' in the registry with id '{ACCOUNT}'"
    )


def test_a_tag_is_described_with_its_image_and_the_time_it_was_put(door: Door, app: Any) -> None:
    """Source: reference public.md §4.2."""
    digest = push(app, b"layer", "1.0")
    door.ecr.clock.advance(hours=1)
    app.put_image(**APP, imageManifest=manifest_of(b"layer"), imageTag="latest")
    first, second = app.describe_image_tags(**APP)["imageTagDetails"]
    assert (first["imageTag"], first["createdAt"]) == ("1.0", START)
    assert (second["imageTag"], second["createdAt"]) == ("latest", START + timedelta(hours=1))
    assert second["imageDetail"]["imagePushedAt"] == START
    assert set(second["imageDetail"]) == {
        "imageDigest",
        "imageSizeInBytes",
        "imagePushedAt",
        "imageManifestMediaType",
        "artifactMediaType",
    }
    assert second["imageDetail"]["imageDigest"] == digest


def test_tags_come_page_by_page_and_untagged_images_do_not(app: Any) -> None:
    """Source: reference public.md §4.2."""
    push(app, b"untagged")
    push(app, b"layer", "1", "2", "3")
    pages = app.get_paginator("describe_image_tags").paginate(
        **APP, PaginationConfig={"PageSize": 2}
    )
    tags = [[each["imageTag"] for each in page["imageTagDetails"]] for page in pages]
    assert tags == [["1", "2"], ["3"]]


def test_a_tag_can_always_be_moved(app: Any) -> None:
    """Source: reference public.md §4.2."""
    push(app, b"one", "latest")
    moved = push(app, b"two", "latest")
    (tag,) = app.describe_image_tags(**APP)["imageTagDetails"]
    assert tag["imageDetail"]["imageDigest"] == moved


def test_the_last_tag_takes_its_image_along(app: Any) -> None:
    """Source: reference public.md §4.2."""
    digest = push(app, b"layer", "1.0", "latest")
    ids = [{"imageTag": "1.0"}, {"imageTag": "latest"}]
    deleted = app.batch_delete_image(**APP, imageIds=ids)["imageIds"]
    assert deleted == [{"imageDigest": digest, **image_id} for image_id in ids]
    assert app.describe_images(**APP)["imageDetails"] == []


def test_an_image_of_an_index_stays(app: Any) -> None:
    digest = push(app, b"layer")
    app.put_image(**APP, imageManifest=index_of(manifest_of(b"layer")), imageTag="1.0")
    ids = [{"imageDigest": digest}]
    (failure,) = app.batch_delete_image(**APP, imageIds=ids)["failures"]
    assert failure["failureCode"] == "ImageReferencedByManifestList"


def test_a_manifest_needs_its_layers_and_its_images(app: Any) -> None:
    """Source: reference public.md §4.2, §9."""
    image, listing = manifest_of(b"layer"), index_of(manifest_of(b"layer"))
    refused(app.put_image, "LayersNotFoundException", **APP, imageManifest=image)
    refused(app.put_image, "ReferencedImagesNotFoundException", **APP, imageManifest=listing)
    refused(app.put_image, "InvalidParameterException", **APP, imageManifest="no manifest")


def test_what_would_change_nothing_is_refused(app: Any) -> None:
    digest, again = push(app, b"layer", "1.0"), {**APP, "imageManifest": manifest_of(b"layer")}
    refused(app.put_image, "ImageAlreadyExistsException", **again, imageTag="1.0")
    refused(app.put_image, "ImageDigestDoesNotMatchException", **again, imageDigest=digest[:-1])
    refused(
        app.complete_layer_upload,
        "EmptyUploadException",
        **start_upload(app),
        layerDigests=[digest],
    )


def test_an_upload_goes_by_the_rules_of_private_ecr(app: Any) -> None:
    """Source: reference public.md §9, api.md §6.3, §6.4."""
    started = start_upload(app)
    part = {**started, "layerPartBlob": b"layer"}
    with pytest.raises(app.exceptions.InvalidLayerPartException) as caught:
        app.upload_layer_part(**part, partFirstByte=7, partLastByte=11)
    assert caught.value.response["lastValidByteReceived"] == -1
    app.upload_layer_part(**part, partFirstByte=0, partLastByte=4)
    wrong = {**started, "layerDigests": [digest_of(b"other")]}
    refused(app.complete_layer_upload, "InvalidLayerException", **wrong)
    app.complete_layer_upload(**started, layerDigests=[digest_of(b"layer")])
    refused(app.complete_layer_upload, "UploadNotFoundException", **wrong)


def test_no_event_tells_of_public_images(door: Door, app: Any) -> None:
    """Inferred: reference public.md §4.2."""
    push(app, b"layer", "1.0")
    app.batch_delete_image(**APP, imageIds=[{"imageTag": "1.0"}])
    assert door.ecr.events == ()


def test_an_upload_that_nobody_completes_expires(door: Door, app: Any) -> None:
    started = start_upload(app)
    door.ecr.clock.advance(days=2)
    done = {**started, "layerDigests": [digest_of(b"layer")]}
    refused(app.complete_layer_upload, "UploadNotFoundException", **done)


def test_a_fault_strikes_the_calls_of_ecr_public_alone(door: Door, app: Any) -> None:
    private = door.client()
    private.create_repository(**APP)
    with door.ecr.fault("DescribeImages", service="ecr-public", error="ServerException"):
        with pytest.raises(app.exceptions.ServerException):
            app.describe_images(**APP)
        assert private.describe_images(**APP)["imageDetails"] == []


def test_calls_come_no_faster_than_ecr_public_documents(door: Door, app: Any) -> None:
    """Source: reference public.md §2."""
    with door.ecr.fault(rates=True) as throttled:
        for _ in range(10):
            start_upload(app)
        with pytest.raises(app.exceptions.ClientError, match="Rate exceeded"):
            start_upload(app)
    assert throttled.times == 1


def test_a_restored_snapshot_has_images_and_aliases_of_then(door: Door, app: Any) -> None:
    digest, alias = push(app, b"layer", "1.0"), alias_of(app)
    snapshot = door.ecr.snapshot()
    door.ecr.public.put_alias("acme")
    app.delete_repository(**APP, force=True)
    door.ecr.restore(snapshot)
    (image,) = app.describe_images(**APP)["imageDetails"]
    assert (image["imageDigest"], alias_of(app)) == (digest, alias)


def test_a_reset_leaves_nothing(door: Door, app: Any) -> None:
    alias = alias_of(app)
    door.ecr.reset()
    app.create_repository(**APP)
    assert alias_of(app) != alias


def test_a_call_is_told_with_its_account_and_action(door: Door, app: Any) -> None:
    app.initiate_layer_upload(**APP, registryId=alias_of(app))
    call = door.ecr.calls[-1]
    assert (call.service, call.operation, call.region) == (
        "ecr-public",
        "InitiateLayerUpload",
        "us-east-1",
    )
    assert (call.account, call.action) == (ACCOUNT, "ecr-public:InitiateLayerUpload")


# As an upstream


def test_a_cache_rule_reads_the_public_registry_of_this_emulator(door: Door, app: Any) -> None:
    """Source: reference features.md §4; DESIGN.md section 2: without any network."""
    digest, alias = push(app, b"layer", "1.0"), alias_of(app)
    cache = door.client(account=OTHER_ACCOUNT, region="eu-west-1")
    cache.create_pull_through_cache_rule(
        ecrRepositoryPrefix="pub", upstreamRegistryUrl="public.ecr.aws"
    )
    assert cache.validate_pull_through_cache_rule(ecrRepositoryPrefix="pub")["isValid"]
    name = f"pub/{alias}/app"
    (image,) = cache.batch_get_image(repositoryName=name, imageIds=[{"imageTag": "1.0"}])["images"]
    assert image["imageId"]["imageDigest"] == digest
    url = cache.get_download_url_for_layer(repositoryName=name, layerDigest=digest_of(b"layer"))
    assert door.ecr.fetch(url["downloadUrl"]) == b"layer"


def test_referrers_are_listed_from_the_public_registry_too(door: Door, app: Any) -> None:
    """Source: reference features.md §4; api.md §18."""
    digest, alias = push(app, b"layer", "1.0"), alias_of(app)
    about = door.ecr.public.push_artifact("app", "application/spdx+json", subject="1.0")
    cache = door.client()
    cache.create_pull_through_cache_rule(
        ecrRepositoryPrefix="pub", upstreamRegistryUrl="public.ecr.aws"
    )
    name = {"repositoryName": f"pub/{alias}/app"}
    cache.batch_get_image(**name, imageIds=[{"imageTag": "1.0"}])
    (referrer,) = cache.list_image_referrers(**name, subjectId={"imageDigest": digest})["referrers"]
    assert referrer["digest"] == about.image_digest


def test_what_the_public_registry_lacks_is_not_found(door: Door, app: Any) -> None:
    cache = door.client()
    cache.create_pull_through_cache_rule(
        ecrRepositoryPrefix="pub", upstreamRegistryUrl="public.ecr.aws"
    )
    missing = {"repositoryName": f"pub/{alias_of(app)}/app", "imageIds": [{"imageTag": "1.0"}]}
    with pytest.raises(cache.exceptions.RepositoryNotFoundException):
        cache.batch_get_image(**missing)


def test_an_alias_that_nobody_has_here_is_asked_for_outside(door: Door, app: Any) -> None:
    """The emulator is offline here, and says so."""
    assert upload(app, b"layer")
    cache = door.client()
    cache.create_pull_through_cache_rule(
        ecrRepositoryPrefix="pub", upstreamRegistryUrl="public.ecr.aws"
    )
    elsewhere = {"repositoryName": "pub/docker/library/alpine", "imageIds": [{"imageTag": "1"}]}
    with pytest.raises(cache.exceptions.UnableToGetUpstreamImageException, match="offline"):
        cache.batch_get_image(**elsewhere)
