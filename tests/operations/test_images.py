"""PutImage, BatchGetImage, BatchDeleteImage. Source: reference api.md §5."""

import json
from datetime import timedelta

import pytest

from ecrmock.operations.image_deletions import batch_delete_image
from ecrmock.operations.images import batch_get_image, put_image
from ecrmock.operations.repositories import delete_repository
from ecrmock.values.errors import InvalidParameterError, LimitExceededError
from ecrmock.values.events import ImageDeleted, ImagePushed
from ecrmock.values.images import (
    ImageAlreadyExistsError,
    ImageDigestDoesNotMatchError,
    ImageTagAlreadyExistsError,
    LayersNotFoundError,
    ReferencedImagesNotFoundError,
)
from ecrmock.values.manifests import MEDIA_TYPES, InvalidManifestError
from ecrmock.values.repositories import ImageTagMutabilityExclusionFilter, RepositoryNotFoundError
from ecrmock.values.settings import Quotas
from tests.operations.conftest import (
    OCI_INDEX,
    OCI_LAYER,
    OCI_MANIFEST,
    START,
    by,
    descriptor,
    detail,
    details,
    digest_of,
    listed,
)

INVALID_MANIFEST = (
    "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'"
)
DAY = timedelta(days=1)
OCI_EMPTY = "application/vnd.oci.empty.v1+json"
UNKNOWN = digest_of("nobody pushed this")
SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+json"
SCHEMA_1_SIGNED = "application/vnd.docker.distribution.manifest.v1+prettyjws"


def immutable(app, mutability="IMMUTABLE", *wildcards):
    filters = tuple(
        ImageTagMutabilityExclusionFilter(filter_type="WILDCARD", filter=text) for text in wildcards
    )
    return app.create(
        "fixed",
        image_tag_mutability=mutability,
        image_tag_mutability_exclusion_filters=filters or None,
    )


def get(app, *image_ids, **more):
    return app(batch_get_image, repository_name="app", image_ids=image_ids, **more)


def delete(app, *image_ids):
    return app(batch_delete_image, repository_name="app", image_ids=image_ids)


def found(answer):
    return [(image.image_id.image_digest, image.image_id.image_tag) for image in answer.images]


def deleted(answer):
    return [(image_id.image_digest, image_id.image_tag) for image_id in answer.image_ids]


def failures(answer):
    return [(each.failure_code, each.failure_reason) for each in answer.failures]


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        (put_image, {"image_manifest": "not read any more"}),
        (batch_get_image, {"image_ids": (by(tag="a"),)}),
        (batch_delete_image, {"image_ids": (by(tag="a"),)}),
    ],
)
def test_every_operation_on_images_needs_the_repository(registry, operation, parameters):
    with pytest.raises(RepositoryNotFoundError) as caught:
        registry(operation, repository_name="no", **parameters)
    assert caught.value.message == (
        "The repository with name 'no' does not exist in the registry with id '123456789012'"
    )


# PutImage: what it keeps


def test_an_image_is_known_by_the_digest_of_its_text(app):
    """Blanks and a newline at the end count (reference api.md §5.1)."""
    manifest = app.manifest(b"layer") + " \n"
    assert app.put(manifest).image_id.image_digest == digest_of(manifest)


def test_the_answer_has_the_manifest_as_it_was_sent(app):
    manifest = app.manifest(b"layer").replace(",", " ,\t")
    assert app.put(manifest).image_manifest == manifest


def test_the_answer_has_the_tag_that_was_given(app):
    assert app.put(app.manifest(b"layer"), "1.0").image_id.image_tag == "1.0"


def test_the_answer_has_no_tag_when_none_was_given(app):
    assert app.put(app.manifest(b"layer")).image_id.image_tag is None


def test_the_answer_names_registry_and_repository(app):
    image = app.put(app.manifest(b"layer"))
    assert (image.registry_id, image.repository_name) == ("123456789012", "app")


def test_the_media_type_is_that_of_the_manifest(app):
    assert app.put(app.manifest(b"layer")).image_manifest_media_type == OCI_MANIFEST


def test_the_media_type_may_be_a_parameter_instead(app):
    document = json.loads(app.manifest(b"layer"))
    del document["mediaType"]
    image = app.put(json.dumps(document), image_manifest_media_type=OCI_MANIFEST)
    assert image.image_manifest_media_type == OCI_MANIFEST


def test_a_right_digest_is_accepted(app):
    manifest = app.manifest(b"layer")
    image = app.put(manifest, image_digest=digest_of(manifest))
    assert image.image_id.image_digest == digest_of(manifest)


def test_another_tag_is_added_to_an_image_that_is_there(app):
    digest = app.push(b"layer", "1.0", "latest")
    assert detail(app, digest).image_tags == ("1.0", "latest")


def test_an_image_keeps_the_time_of_its_first_push(app):
    """Inferred: reference api.md §5.1."""
    manifest = app.manifest(b"layer")
    app.put(manifest, "1.0")
    app.clock.advance(DAY)
    app.put(manifest, "latest")
    assert detail(app, digest_of(manifest)).image_pushed_at == START


def test_a_tag_that_moves_is_taken_from_the_old_image(app):
    old, new = app.push(b"old", "latest"), app.push(b"new", "latest")
    assert detail(app, old).image_tags is None
    assert detail(app, new).image_tags == ("latest",)


def test_an_untagged_image_gets_a_tag_by_another_push(app):
    digest = app.push(b"layer")
    app.push(b"layer", "latest")
    assert listed(app) == [(digest, "latest")]


def test_an_image_without_layers_is_accepted(app):
    assert app.put(app.manifest()).image_id.image_digest


def test_blobs_that_lie_elsewhere_need_not_exist(app):
    """Inferred: reference api.md §5.1, foreign layers have ``urls``."""
    foreign = descriptor(OCI_LAYER, b"elsewhere") | {"urls": ["https://example.com/layer"]}
    manifest = app.manifest(layers=[foreign])
    assert app.put(manifest).image_id.image_digest == digest_of(manifest)


def test_an_index_names_images_of_the_repository(app):
    child = app.manifest(b"layer")
    app.put(child)
    image = app.put(app.index(child), "multi")
    assert image.image_manifest_media_type == OCI_INDEX


def test_an_index_may_name_an_index(app):
    """Inferred: reference api.md §5.1."""
    child = app.manifest(b"layer")
    app.put(child)
    inner = app.index(child)
    app.put(inner)
    assert app.put(app.index(inner)).image_id.image_digest


def test_an_empty_index_is_accepted(app):
    assert app.put(app.index()).image_id.image_digest


def test_a_subject_need_not_exist(app):
    """Source: OCI distribution spec 1.1, "pushing manifests with subject"."""
    subject = descriptor(OCI_MANIFEST, "later")
    digest = app.push(b"signature", subject=subject)
    assert detail(app, digest).subject_manifest_digest == subject["digest"]


@pytest.mark.parametrize("media_type", [SCHEMA_1, SCHEMA_1_SIGNED])
def test_a_manifest_of_schema_1_is_accepted(app, media_type):
    layer = {"blobSum": app.upload(b"layer")}
    manifest = json.dumps({"schemaVersion": 1, "fsLayers": [layer, layer]})
    image = app.put(manifest, image_manifest_media_type=media_type)
    assert image.image_manifest_media_type == media_type


def test_manifests_without_their_layers_are_accepted_on_request(registry_with):
    """Tests that were written for moto do that; DESIGN.md section 4."""
    app = registry_with(require_layers=False)
    manifest = registry_with().manifest(b"layer")
    assert app.put(manifest).image_id.image_digest == digest_of(manifest)


def test_a_push_is_announced(app):
    digest = app.push(b"layer", "latest")
    (event,) = app.events
    assert isinstance(event, ImagePushed)
    assert (event.image_digest, event.image_tag, event.time) == (digest, "latest", START)


def test_the_push_of_a_referrer_is_announced_as_such(app):
    app.push(b"signature", subject=descriptor(OCI_MANIFEST, "subject"))
    (event,) = app.events
    assert event.is_referrer


# PutImage: what it refuses


def changed(**members):
    """Return a change of a good manifest; a member that is None is left out."""

    def change(document):
        merged = document | members
        return json.dumps({name: value for name, value in merged.items() if value is not None})

    return change


@pytest.mark.parametrize(
    "change",
    [
        changed(mediaType=None),
        changed(mediaType="text/plain"),
        changed(mediaType=["text/plain"]),
        changed(mediaType={}),
        changed(mediaType=7),
        changed(schemaVersion=1),
        changed(schemaVersion=None),
        changed(config=None),
        changed(config="sha256:abc"),
        changed(layers=None),
        changed(layers={}),
        changed(layers=["sha256:abc"]),
        changed(layers=[{"digest": "none", "size": 1, "mediaType": OCI_LAYER}]),
        changed(layers=[descriptor(OCI_LAYER, b"x") | {"size": -1}]),
        changed(layers=[descriptor(OCI_LAYER, b"x") | {"size": "1"}]),
        changed(layers=[descriptor(OCI_LAYER, b"x") | {"size": 10**20}]),
        changed(layers=[{"digest": UNKNOWN, "mediaType": OCI_LAYER}]),
        changed(subject="sha256:abc"),
        lambda document: "[]",
        lambda document: "null",
        lambda document: "manifest",
        lambda document: json.dumps(document)[:-1],
        lambda document: json.dumps(document)[:-1] + ', "schemaVersion": 2}',
        lambda document: "[" * 100_000,
    ],
)
def test_a_text_that_is_no_manifest_is_refused(app, change):
    """Sizes have 64 bits in the OCI image spec, "descriptor"."""
    manifest = change(json.loads(app.manifest(b"layer")))
    with pytest.raises(InvalidManifestError) as caught:
        app.put(manifest)
    assert caught.value.message == INVALID_MANIFEST


def test_a_manifest_that_cannot_be_sent_as_utf_8_is_refused(app):
    """A lone surrogate reaches us as a JSON escape, and has no UTF-8 bytes to hash."""
    manifest = app.manifest(b"layer", annotations={"a": "lone"}).replace("lone", "\ud800")
    with pytest.raises(InvalidManifestError):
        app.put(manifest)


def test_the_media_type_must_not_contradict_the_manifest(app):
    with pytest.raises(InvalidManifestError):
        app.put(app.manifest(b"layer"), image_manifest_media_type=OCI_INDEX)


def test_an_unknown_media_type_is_refused(app):
    with pytest.raises(InvalidManifestError) as caught:
        app.put(app.manifest(b"layer", mediaType=None), image_manifest_media_type="text/plain")
    assert caught.value.message == INVALID_MANIFEST


@pytest.mark.parametrize("media_type", sorted(MEDIA_TYPES))
def test_an_empty_object_is_no_manifest_of_any_type(app, media_type):
    with pytest.raises(InvalidManifestError):
        app.put("{}", image_manifest_media_type=media_type)


def test_an_image_has_at_most_500_layers(app):
    """The config does not count. Source: reference api.md §5.1, measured."""
    app.upload(b"layer")
    layer = descriptor(OCI_LAYER, b"layer")
    app.put(app.manifest(layers=[layer] * 500))
    with pytest.raises(InvalidParameterError) as caught:
        app.put(app.manifest(layers=[layer] * 501))
    assert caught.value.message == (
        "Invalid parameter at 'ImageManifest' failed to satisfy constraint: "
        "'Limit on number of layers per image exceeded'"
    )


def test_a_wrong_digest_is_refused(app):
    with pytest.raises(ImageDigestDoesNotMatchError) as caught:
        app.put(app.manifest(b"layer"), image_digest=UNKNOWN)
    assert caught.value.message == (
        f"The image with digest '{UNKNOWN}' in repository 'app' and registry ID '123456789012' "
        "does not match the image digest that Amazon ECR has calculated."
    )


def test_missing_layers_are_refused(app):
    layers = [descriptor(OCI_LAYER, b"one"), descriptor(OCI_LAYER, b"two")]
    with pytest.raises(LayersNotFoundError):
        app.put(app.manifest(layers=layers))


def test_a_missing_config_is_refused(app):
    with pytest.raises(LayersNotFoundError):
        app.put(app.manifest(b"layer", config=b"{}").replace(digest_of(b"{}"), UNKNOWN))


def test_the_error_about_layers_names_each_missing_one_once(app):
    one, two = descriptor(OCI_LAYER, b"one"), descriptor(OCI_LAYER, b"two")
    with pytest.raises(LayersNotFoundError) as caught:
        app.put(app.manifest(layers=[one, two, one]))
    assert f"'[{one['digest']}, {two['digest']}]'" in caught.value.message


def test_the_error_about_layers_names_the_option_that_does_without(app):
    """Source: DESIGN.md section 4, moving over from other tools."""
    with pytest.raises(LayersNotFoundError, match=r"mock_ecr\(require_layers=False\)"):
        app.put(app.manifest(layers=[descriptor(OCI_LAYER, b"one")]))


def test_a_layer_of_another_repository_does_not_count(app):
    app.create("other").upload(b"layer", name="other")
    with pytest.raises(LayersNotFoundError):
        app.put(app.manifest(layers=[descriptor(OCI_LAYER, b"layer")]))


def test_an_index_of_missing_images_is_refused(app):
    with pytest.raises(ReferencedImagesNotFoundError) as caught:
        app.put(app.index("one", "two"))
    assert caught.value.message == (
        f"Images with digests '[{digest_of('one')}, {digest_of('two')}]' required for pushing image "
        "into repository with name 'app' in the registry with id '123456789012' do not exist"
    )


def test_an_index_needs_its_images_also_where_layers_are_not_required(registry_with):
    app = registry_with(require_layers=False)
    with pytest.raises(ReferencedImagesNotFoundError):
        app.put(app.index("one"))


@pytest.mark.parametrize("tag", ["a b", "ä", "a/b", "a:b", "x" * 301, "a\n"])
def test_a_tag_that_no_image_can_have_is_refused(app, tag):
    with pytest.raises(InvalidParameterError) as caught:
        app.put(app.manifest(b"layer"), tag)
    assert caught.value.message == (
        "Invalid parameter at 'imageTag' failed to satisfy constraint: "
        "'must satisfy regular expression '[a-zA-Z0-9-_.]+''"
    )


def test_the_same_tag_again_is_refused(app):
    digest = app.push(b"layer", "latest")
    with pytest.raises(ImageAlreadyExistsError) as caught:
        app.push(b"layer", "latest")
    assert caught.value.message == (
        f"Image with digest '{digest}' and tag 'latest' already exists in the repository "
        "with name 'app' in registry with id '123456789012'"
    )


@pytest.mark.parametrize("tags", [(), ("latest",)])
def test_the_same_image_again_without_a_tag_is_refused(app, tags):
    """Inferred: reference api.md §5.1."""
    app.push(b"layer", *tags)
    with pytest.raises(ImageAlreadyExistsError):
        app.push(b"layer")


def test_an_immutable_tag_stays_where_it_is(app):
    immutable(app).push(b"old", "1.0", name="fixed")
    with pytest.raises(ImageTagAlreadyExistsError) as caught:
        app.push(b"new", "1.0", name="fixed")
    assert caught.value.message == (
        "The image tag '1.0' already exists in the 'fixed' repository "
        "and cannot be overwritten because the tag is immutable."
    )


def test_the_same_image_and_immutable_tag_again_is_an_image_that_exists(app):
    """Inferred: reference api.md §5.1."""
    immutable(app).push(b"layer", "1.0", name="fixed")
    with pytest.raises(ImageAlreadyExistsError):
        app.push(b"layer", "1.0", name="fixed")


@pytest.mark.parametrize(
    ("mutability", "tag", "moves"),
    [
        ("IMMUTABLE_WITH_EXCLUSION", "dev-1", True),
        ("IMMUTABLE_WITH_EXCLUSION", "1.0", False),
        ("MUTABLE_WITH_EXCLUSION", "dev-1", False),
        ("MUTABLE_WITH_EXCLUSION", "1.0", True),
    ],
)
def test_filters_turn_the_mutability_of_their_tags_around(app, mutability, tag, moves):
    """Source: reference api.md §4.3."""
    immutable(app, mutability, "dev-*").push(b"old", tag, name="fixed")
    if moves:
        app.push(b"new", tag, name="fixed")
        return
    with pytest.raises(ImageTagAlreadyExistsError):
        app.push(b"new", tag, name="fixed")


def test_an_image_has_at_most_as_many_tags_as_its_quota(registry_with):
    app = registry_with(quotas=Quotas(tags_per_image=2))
    with pytest.raises(LimitExceededError) as caught:
        app.push(b"layer", "1", "2", "3")
    assert caught.value.message == (
        "Adding tag '3' to an image in the repository with name 'app' in registry with id "
        "'123456789012' exceeds the maximum allowed number of tags per image which is '2'"
    )


def test_a_repository_has_at_most_as_many_images_as_its_quota(registry_with):
    app = registry_with(quotas=Quotas(images_per_repository=1))
    app.push(b"one")
    with pytest.raises(LimitExceededError) as caught:
        app.push(b"two")
    assert caught.value.message == (
        "The repository with name 'app' in registry with id '123456789012' already has the maximum "
        "allowed number of images which is '1'"
    )


def test_a_full_repository_still_takes_a_tag_of_an_image_that_is_there(registry_with):
    app = registry_with(quotas=Quotas(images_per_repository=1))
    app.push(b"one", "1", "2")
    assert len(details(app)) == 1


# BatchGetImage


def test_an_image_comes_back_as_it_was_pushed(app):
    manifest = app.manifest(b"layer") + "\n"
    app.put(manifest, "latest")
    (image,) = get(app, by(tag="latest")).images
    assert image.image_manifest == manifest


def test_a_found_image_names_registry_repository_and_media_type(app):
    (image,) = get(app, by(app.push())).images
    assert (image.registry_id, image.repository_name) == ("123456789012", "app")
    assert image.image_manifest_media_type == OCI_MANIFEST


def test_by_tag_there_is_one_entry_with_that_tag(app):
    digest = app.push(b"layer", "a", "b")
    assert found(get(app, by(tag="b"))) == [(digest, "b")]


def test_by_digest_there_is_one_entry_for_each_tag(app):
    """Source: reference api.md §5.6."""
    digest = app.push(b"layer", "a", "b")
    assert found(get(app, by(digest))) == [(digest, "a"), (digest, "b")]


def test_an_untagged_image_is_found_by_digest(app):
    digest = app.push()
    assert found(get(app, by(digest))) == [(digest, None)]


def test_by_digest_and_tag_there_is_one_entry(app):
    digest = app.push(b"layer", "a", "b")
    assert found(get(app, by(digest, "a"))) == [(digest, "a")]


def test_accepted_media_types_translate_nothing(app):
    """Inferred: reference api.md §5.6, the stored manifest is returned."""
    app.push(b"layer", "a")
    (image,) = get(app, by(tag="a"), accepted_media_types=(SCHEMA_1,)).images
    assert image.image_manifest_media_type == OCI_MANIFEST


FAILURES = [
    (by(tag="no"), "ImageNotFound", "Requested image not found"),
    (by(UNKNOWN), "ImageNotFound", "Requested image not found"),
    (by(digest_of("sha512").replace("256", "512")), "ImageNotFound", "Requested image not found"),
    (
        by(UNKNOWN, "latest"),
        "ImageTagDoesNotMatchDigest",
        "Invalid request parameters: given tag does not map to the given digest",
    ),
    (
        by("no digest"),
        "InvalidImageDigest",
        "Invalid request parameters: image digest should satisfy the regex "
        "'[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'",
    ),
    (
        by(),
        "MissingDigestAndTag",
        "Invalid request parameters: both tag and digest cannot be null",
    ),
]


@pytest.mark.parametrize("ask", [get, delete])
@pytest.mark.parametrize(("image_id", "code", "reason"), FAILURES)
def test_an_image_that_is_not_found_is_a_failure_entry(app, ask, image_id, code, reason):
    """Source: reference api.md §5.4; the identifier is echoed as it was asked."""
    app.push(b"layer", "latest")
    (failure,) = ask(app, image_id).failures
    assert (failure.failure_code, failure.failure_reason) == (code, reason)
    assert failure.image_id == image_id


@pytest.mark.parametrize("ask", [get, delete])
def test_a_malformed_tag_is_a_failure_entry(app, ask):
    """Inferred text: reference api.md §5.4."""
    (failure,) = ask(app, by(tag="no tag")).failures
    assert failure.failure_code == "InvalidImageTag"


@pytest.mark.parametrize("ask", [get, delete])
def test_an_unknown_tag_with_a_known_digest_is_not_found(app, ask):
    """Source: reference api.md §5.4, the mixed case."""
    (failure,) = ask(app, by(app.push(), "no")).failures
    assert failure.failure_code == "ImageNotFound"


def test_what_is_found_comes_beside_the_failures(app):
    digest = app.push(b"layer", "a")
    answer = get(app, by(tag="no"), by(tag="a"))
    assert found(answer) == [(digest, "a")]
    assert [code for code, _ in failures(answer)] == ["ImageNotFound"]


def test_a_pull_is_recorded_with_its_time(app):
    """Inferred: reference api.md §5.6."""
    digest = app.push()
    app.clock.advance(DAY)
    get(app, by(digest))
    assert detail(app, digest).last_recorded_pull_time == START + DAY


def test_a_head_request_is_no_pull(app):
    digest = app.push()
    get(app, by(digest), record_pull=False)
    assert detail(app, digest).last_recorded_pull_time is None


def test_getting_images_publishes_nothing(app):
    get(app, by(app.push()))
    assert app.events == ()


# BatchDeleteImage


def test_by_tag_the_last_tag_takes_the_image_along(app):
    digest = app.push(b"layer", "a")
    assert deleted(delete(app, by(tag="a"))) == [(digest, "a")]
    assert listed(app) == []


def test_by_tag_another_tag_keeps_the_image(app):
    digest = app.push(b"layer", "a", "b")
    assert deleted(delete(app, by(tag="a"))) == [(digest, "a")]
    assert listed(app) == [(digest, "b")]


def test_by_digest_an_image_goes_with_all_its_tags(app):
    digest = app.push(b"layer", "a", "b")
    assert deleted(delete(app, by(digest))) == [(digest, "a"), (digest, "b")]
    assert listed(app) == []


def test_an_untagged_image_is_deleted_by_digest(app):
    digest = app.push()
    assert deleted(delete(app, by(digest))) == [(digest, None)]


def test_by_digest_and_tag_only_the_tag_is_removed(app):
    """Source: reference api.md §5.7, following what LocalStack found."""
    digest = app.push(b"layer", "a", "b")
    assert deleted(delete(app, by(digest, "a"))) == [(digest, "a")]
    assert listed(app) == [(digest, "b")]


@pytest.mark.parametrize("again", ["tag", "digest", "both"])
def test_what_the_call_has_deleted_already_is_no_failure(app, again):
    """Source: reference api.md §5.7."""
    digest = app.push(b"layer", "a")
    second = {"tag": by(tag="a"), "digest": by(digest), "both": by(digest, "a")}[again]
    answer = delete(app, by(digest), second)
    assert (deleted(answer), answer.failures) == ([(digest, "a")], ())


def test_deleting_again_in_another_call_is_a_failure(app):
    digest = app.push(b"layer", "a")
    delete(app, by(digest))
    assert failures(delete(app, by(digest))) == [("ImageNotFound", "Requested image not found")]


def test_an_immutable_tag_can_be_deleted(app):
    """Inferred: reference api.md §4.3, immutability forbids moving only."""
    digest = immutable(app).push(b"layer", "1.0", name="fixed")
    answer = app(batch_delete_image, repository_name="fixed", image_ids=(by(tag="1.0"),))
    assert deleted(answer) == [(digest, "1.0")]


@pytest.fixture
def indexed(app):
    """The repository ``app`` with an image under the tags child and more, and its index."""
    app.push(b"layer", "child")
    child = app.manifest(b"layer")
    app.put(app.index(child), "index")
    return app


@pytest.mark.parametrize("image_id", [by(tag="child"), by(digest_of("child"))])
def test_an_image_that_an_index_needs_is_not_deleted(indexed, image_id):
    """Its only tag neither: that would delete the image (reference api.md §5.7)."""
    child, index = (each.image_digest for each in details(indexed))
    image_id = image_id if image_id.image_tag else by(child)
    assert failures(delete(indexed, image_id)) == [
        ("ImageReferencedByManifestList", f"Requested image referenced by manifest list: [{index}]")
    ]


def test_all_indexes_that_need_an_image_are_named(indexed):
    child, index = (each.image_digest for each in details(indexed))
    second = indexed.put(indexed.index(indexed.manifest(b"layer"), annotations={})).image_id
    ((_, reason),) = failures(delete(indexed, by(child)))
    assert reason.endswith(f": [{index}, {second.image_digest}]")


def test_one_of_several_tags_of_an_indexed_image_can_be_removed(indexed):
    """Inferred: reference api.md §5.7."""
    indexed.push(b"layer", "more")
    assert failures(delete(indexed, by(tag="more"))) == []


def test_the_images_of_a_deleted_index_stay(indexed):
    child, index = (each.image_digest for each in details(indexed))
    delete(indexed, by(index))
    assert listed(indexed) == [(child, "child")]


def test_an_index_and_its_images_go_in_one_call_index_first(indexed):
    """Inferred: reference api.md §5.7, entries are taken in their order."""
    child, index = (each.image_digest for each in details(indexed))
    assert failures(delete(indexed, by(index), by(child))) == []
    assert listed(indexed) == []


def test_images_before_their_index_are_refused_in_one_call(indexed):
    child, index = (each.image_digest for each in details(indexed))
    answer = delete(indexed, by(child), by(index))
    assert [code for code, _ in failures(answer)] == ["ImageReferencedByManifestList"]
    assert deleted(answer) == [(index, "index")]


def test_the_layers_of_a_deleted_image_can_not_be_used_any_more(app):
    manifest = app.manifest(b"layer")
    app.put(manifest)
    delete(app, by(digest_of(manifest)))
    with pytest.raises(LayersNotFoundError):
        app.put(manifest)


def test_layers_that_another_image_needs_stay(app):
    first, second = app.push(b"layer"), app.push(b"layer", config=b"{ }")
    delete(app, by(first))
    assert detail(app, second).image_size_in_bytes == 8
    assert digest_of(b"layer") in app.state().blobs


def test_each_removed_tag_is_announced(app):
    digest = app.push(b"layer", "a", "b")
    delete(app, by(digest))
    assert [(type(event), event.image_tag) for event in app.events] == [
        (ImageDeleted, "a"),
        (ImageDeleted, "b"),
    ]


def test_a_deleted_untagged_image_is_announced_without_a_tag(app):
    delete(app, by(app.push()))
    assert [event.image_tag for event in app.events] == [None]


def test_a_failed_deletion_is_not_announced(app):
    delete(app, by(tag="no"))
    assert app.events == ()


def test_a_repository_whose_images_are_deleted_is_empty(app):
    delete(app, by(app.push()))
    assert app(delete_repository, repository_name="app").repository.repository_name == "app"
