import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.manifests import (
    DOCKER_LIST,
    DOCKER_MANIFEST,
    DOCKER_SCHEMA_1,
    DOCKER_SCHEMA_1_SIGNED,
    MEDIA_TYPES,
    OCI_ARTIFACT,
    OCI_CONFIG,
    OCI_EMPTY,
    OCI_INDEX,
    OCI_MANIFEST,
    ORAS_ARTIFACT,
    Descriptor,
    InvalidManifestError,
    parse_manifest,
    parse_referrers,
)

CONFIG, LAYER, CHILD, SUBJECT = (f"sha256:{letter * 64}" for letter in "abcd")
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
IMAGE_FORMS = [DOCKER_MANIFEST, OCI_MANIFEST]
INDEX_FORMS = [DOCKER_LIST, OCI_INDEX]
ARTIFACT_FORMS = [ORAS_ARTIFACT, OCI_ARTIFACT]
SCHEMA_1_FORMS = [DOCKER_SCHEMA_1, DOCKER_SCHEMA_1_SIGNED]
MISSING = object()

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
near_descriptors = st.fixed_dictionaries(
    {},
    optional={
        "digest": st.just(LAYER) | json_values,
        "size": st.integers(-1, 9) | json_values,
        "mediaType": st.just(OCI_CONFIG) | json_values,
        "urls": json_values,
        "blobSum": st.just(LAYER) | json_values,
    },
)
near_lists = st.lists(near_descriptors, max_size=3) | json_values
near_manifests = st.fixed_dictionaries(
    {},
    optional={
        "schemaVersion": st.sampled_from([1, 2]) | json_values,
        "mediaType": st.sampled_from(sorted(MEDIA_TYPES)) | json_values,
        "artifactType": st.text() | json_values,
        "config": near_descriptors | json_values,
        "layers": near_lists,
        "manifests": near_lists,
        "blobs": near_lists,
        "fsLayers": near_lists,
        "subject": near_descriptors | json_values,
    },
)


def descriptor(digest: str, size: int = 1, media_type: str = DOCKER_LAYER) -> dict[str, Any]:
    return {"digest": digest, "size": size, "mediaType": media_type}


def image(media_type: str = OCI_MANIFEST, **members: Any) -> dict[str, Any]:
    return {
        "schemaVersion": 2,
        "mediaType": media_type,
        "config": descriptor(CONFIG, 10, DOCKER_CONFIG),
        "layers": [descriptor(LAYER, 20)],
        **members,
    }


def index(media_type: str = OCI_INDEX, **members: Any) -> dict[str, Any]:
    manifests = [descriptor(CHILD, 30, OCI_MANIFEST)]
    return {"schemaVersion": 2, "mediaType": media_type, "manifests": manifests, **members}


def artifact(media_type: str = ORAS_ARTIFACT, **members: Any) -> dict[str, Any]:
    return {
        "mediaType": media_type,
        "artifactType": "example/sbom",
        "blobs": [descriptor(LAYER, 20)],
        **members,
    }


def schema_1(media_type: str = DOCKER_SCHEMA_1, **members: Any) -> dict[str, Any]:
    layers = [{"blobSum": LAYER}]
    return {"schemaVersion": 1, "mediaType": media_type, "fsLayers": layers, **members}


def parse(document: dict[str, Any], media_type: str | None = None) -> Any:
    kept = {key: value for key, value in document.items() if value is not MISSING}
    return parse_manifest(json.dumps(kept), media_type)


@pytest.mark.parametrize("media_type", IMAGE_FORMS)
def test_an_image_names_its_config_and_then_its_layers(media_type: str) -> None:
    """Source: OCI image specification, "manifest"."""
    assert parse(image(media_type)).blobs == (
        Descriptor(digest=CONFIG, size=10, media_type=DOCKER_CONFIG),
        Descriptor(digest=LAYER, size=20, media_type=DOCKER_LAYER),
    )


@pytest.mark.parametrize("media_type", INDEX_FORMS)
def test_an_index_names_manifests_and_no_blobs(media_type: str) -> None:
    """Source: OCI image specification, "index"."""
    manifest = parse(index(media_type))
    assert (manifest.blobs, [child.digest for child in manifest.manifests]) == ((), [CHILD])


@pytest.mark.parametrize("media_type", INDEX_FORMS)
def test_an_index_has_no_artifact_media_type(media_type: str) -> None:
    """Source: reference api.md §5.2."""
    assert parse(index(media_type)).artifact_media_type is None


@pytest.mark.parametrize("media_type", ARTIFACT_FORMS)
def test_an_artifact_manifest_names_blobs_and_has_no_config(media_type: str) -> None:
    assert [blob.digest for blob in parse(artifact(media_type)).blobs] == [LAYER]


def test_an_artifact_manifest_may_be_without_blobs() -> None:
    assert parse(artifact(blobs=MISSING)).blobs == ()


@pytest.mark.parametrize("media_type", ARTIFACT_FORMS)
def test_the_artifact_media_type_of_an_artifact_manifest_is_its_artifact_type(
    media_type: str,
) -> None:
    assert parse(artifact(media_type)).artifact_media_type == "example/sbom"


@pytest.mark.parametrize("media_type", SCHEMA_1_FORMS)
def test_schema_1_names_blobs_without_their_sizes(media_type: str) -> None:
    assert parse(schema_1(media_type)).blobs == (Descriptor(digest=LAYER, size=None),)


def test_a_blob_that_schema_1_names_twice_counts_as_two_layers() -> None:
    manifest = parse(schema_1(fsLayers=[{"blobSum": LAYER}, {"blobSum": LAYER}]))
    assert (len(manifest.blobs), manifest.layer_count) == (1, 2)


@pytest.mark.parametrize(
    ("document", "expected"),
    [(image(), False), (index(), True), (index(DOCKER_LIST), True), (artifact(), False)],
)
def test_indexes_and_docker_lists_are_indexes(document: dict[str, Any], expected: bool) -> None:
    assert parse(document).is_index is expected


def test_the_config_is_not_counted_among_the_layers() -> None:
    """Source: reference api.md §5.1."""
    assert parse(image()).layer_count == 1


def test_an_image_without_layers_is_fine() -> None:
    assert parse(image(layers=[])).layer_count == 0


def test_the_artifact_media_type_of_an_image_is_that_of_its_config() -> None:
    """Source: reference api.md §5.2."""
    assert parse(image()).artifact_media_type == DOCKER_CONFIG


def test_the_artifact_type_holds_where_the_config_is_empty() -> None:
    """Source: reference api.md §5.2."""
    empty = descriptor(CONFIG, 2, OCI_EMPTY)
    manifest = parse(image(config=empty, artifactType="example/sbom"))
    assert manifest.artifact_media_type == "example/sbom"


def test_the_config_holds_beside_an_artifact_type_where_it_is_not_empty() -> None:
    """Source: reference api.md §5.2."""
    assert parse(image(artifactType="example/sbom")).artifact_media_type == DOCKER_CONFIG


def test_an_empty_config_without_artifact_type_gives_its_own_media_type() -> None:
    assert parse(image(config=descriptor(CONFIG, 2, OCI_EMPTY))).artifact_media_type == OCI_EMPTY


@pytest.mark.parametrize(
    ("make", "named", "expected"),
    [
        (image, "example/sbom", "example/sbom"),
        (image, None, DOCKER_CONFIG),
        (image, "", DOCKER_CONFIG),
        (image, 1, DOCKER_CONFIG),
        (index, "example/sbom", "example/sbom"),
        (index, None, None),
    ],
)
def test_a_descriptor_of_a_manifest_names_its_type_or_that_of_its_config(
    make: Any, named: Any, expected: str | None
) -> None:
    """Source: OCI distribution spec, "listing referrers"."""
    assert parse(make(artifactType=named)).artifact_type == expected


@pytest.mark.parametrize(
    ("annotations", "expected"),
    [
        ({"a": "1", "b": ""}, (("a", "1"), ("b", ""))),
        ({"a": 1, "b": "2"}, (("b", "2"),)),
        (["a"], ()),
        (None, ()),
    ],
)
def test_annotations_that_are_texts_are_read(annotations: Any, expected: Any) -> None:
    assert parse(image(annotations=annotations)).annotations == expected


@pytest.mark.parametrize("make", [image, index, artifact])
def test_the_subject_is_read(make: Any) -> None:
    """Source: OCI image specification, "manifest" and "index"."""
    assert parse(make(subject=descriptor(SUBJECT))).subject == SUBJECT


@pytest.mark.parametrize("make", [image, index, artifact])
def test_a_manifest_need_not_have_a_subject(make: Any) -> None:
    assert parse(make()).subject is None


@pytest.mark.parametrize(
    ("urls", "expected"),
    [(MISSING, False), (None, False), ([], False), (["https://example.com/layer"], True)],
)
def test_a_layer_with_urls_may_lie_elsewhere(urls: Any, expected: bool) -> None:
    """Source: OCI image specification, "non-distributable layers"."""
    layer = descriptor(LAYER) if urls is MISSING else {**descriptor(LAYER), "urls": urls}
    assert parse(image(layers=[layer])).blobs[1].has_urls is expected


@pytest.mark.parametrize("make", [image, index, artifact, schema_1])
def test_the_media_type_of_the_push_holds_where_the_manifest_has_none(make: Any) -> None:
    """Source: reference api.md §5.1."""
    document = make()
    assert parse({**document, "mediaType": MISSING}, document["mediaType"]) == parse(document)


def test_a_manifest_without_any_media_type_is_refused() -> None:
    """Source: reference api.md §5.1; without a media type the registry says the same."""
    with pytest.raises(InvalidManifestError):
        parse(image(mediaType=MISSING))


def test_a_media_type_that_contradicts_the_push_is_refused() -> None:
    with pytest.raises(InvalidManifestError):
        parse(image(OCI_MANIFEST), DOCKER_MANIFEST)


def test_what_is_refused_is_refused_in_the_words_of_ecr() -> None:
    """Also for what is good JSON but no manifest. Source: reference api.md §5.1."""
    with pytest.raises(InvalidParameterError) as caught:
        parse_manifest("{}")
    assert caught.value.message == (
        "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        "7",
        '"text"',
        "{}{}",
        "[" * 100_000,
        "9" * 10_000,
        '{"mediaType": "text/plain"}',
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_json_object_of_a_known_type_is_refused(text: str) -> None:
    with pytest.raises(InvalidManifestError):
        parse_manifest(text)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_json_does_not_have_are_refused(text: str) -> None:
    """Source: RFC 8259, section 6; reference api.md §5.1, "not JSON"."""
    manifest = json.dumps(image(annotations="here")).replace('"here"', text)
    with pytest.raises(InvalidManifestError):
        parse_manifest(manifest)


def test_a_text_without_utf_8_bytes_is_refused() -> None:
    """There is nothing that its digest could be that of. Source: reference api.md §5.1."""
    with pytest.raises(InvalidManifestError):
        parse_manifest(json.dumps(index(annotations="\ud800"), ensure_ascii=False))


@pytest.mark.parametrize(
    "text",
    [
        '{"schemaVersion": 2, "manifests": [], "manifests": []}',
        '{"schemaVersion": 2, "manifests": [], "annotations": {"a": "1", "a": "2"}}',
    ],
)
def test_a_key_given_twice_is_refused(text: str) -> None:
    with pytest.raises(InvalidManifestError):
        parse_manifest(text, OCI_INDEX)


@pytest.mark.parametrize("media_type", [[], {}, 1, True, [OCI_MANIFEST]])
@pytest.mark.parametrize("pushed_as", [None, OCI_MANIFEST])
def test_a_media_type_that_is_no_text_is_refused(media_type: Any, pushed_as: str | None) -> None:
    with pytest.raises(InvalidManifestError):
        parse(image(mediaType=media_type), pushed_as)


WRONG_MEMBERS: list[tuple[Any, str, Any]] = [
    (image, "schemaVersion", MISSING),
    (image, "schemaVersion", 1),
    (image, "schemaVersion", "2"),
    (image, "config", MISSING),
    (image, "config", None),
    (image, "config", []),
    (image, "layers", MISSING),
    (image, "layers", {}),
    (image, "layers", [1]),
    (image, "layers", "text"),
    (image, "subject", "text"),
    (image, "subject", {}),
    (index, "schemaVersion", 1),
    (index, "manifests", MISSING),
    (index, "manifests", [descriptor("text")]),
    (index, "subject", {"digest": 1}),
    (artifact, "artifactType", MISSING),
    (artifact, "artifactType", 1),
    (artifact, "blobs", "text"),
    (schema_1, "schemaVersion", 2),
    (schema_1, "schemaVersion", True),
    (schema_1, "fsLayers", MISSING),
    (schema_1, "fsLayers", [LAYER]),
    (schema_1, "fsLayers", [{"blobSum": "text"}]),
]


@pytest.mark.parametrize(("make", "member", "value"), WRONG_MEMBERS)
def test_a_missing_or_wrong_member_is_refused(make: Any, member: str, value: Any) -> None:
    with pytest.raises(InvalidManifestError):
        parse(make(**{member: value}))


def test_an_artifact_type_that_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidManifestError):
        parse(image(config=descriptor(CONFIG, 2, OCI_EMPTY), artifactType=1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"digest": None},
        {"digest": "sha256"},
        {"size": None},
        {"size": -1},
        {"size": 1.0},
        {"size": True},
        {"size": "1"},
        {"mediaType": None},
    ],
)
def test_a_wrong_descriptor_is_refused(wrong: dict[str, Any]) -> None:
    """Source: OCI image specification, "descriptor": all three members are required."""
    with pytest.raises(InvalidManifestError):
        parse(image(layers=[{**descriptor(LAYER), **wrong}]))


@given(st.text(), st.none() | st.text() | st.sampled_from(sorted(MEDIA_TYPES)))
def test_no_text_makes_the_parser_fail_otherwise(text: str, media_type: str | None) -> None:
    with suppress(InvalidManifestError):
        parse_manifest(text, media_type)


@given(json_values, st.none() | st.sampled_from(sorted(MEDIA_TYPES)))
def test_no_json_makes_the_parser_fail_otherwise(document: Any, media_type: str | None) -> None:
    with suppress(InvalidManifestError):
        parse_manifest(json.dumps(document), media_type)


@given(near_manifests, st.none() | st.sampled_from(sorted(MEDIA_TYPES)))
def test_nothing_like_a_manifest_makes_the_parser_fail_otherwise(
    document: Any, media_type: str | None
) -> None:
    with suppress(InvalidManifestError):
        parse_manifest(json.dumps(document), media_type)


@given(json_values)
def test_no_json_makes_a_list_of_referrers_fail_otherwise(document: Any) -> None:
    for listed in (document, {"manifests": document}, {"manifests": [document]}):
        with suppress(InvalidManifestError):
            parse_referrers(json.dumps(listed))


def test_a_listed_referrer_has_the_members_of_its_descriptor() -> None:
    """Source: OCI distribution spec, "listing referrers"."""
    more = {"artifactType": "application/x.sbom", "annotations": {"made.by": "ci", "odd": 1}}
    listed = {"manifests": [{**descriptor(LAYER), **more}]}
    (found,) = parse_referrers(json.dumps(listed))
    assert (found.artifact_type, found.annotations) == ("application/x.sbom", {"made.by": "ci"})
    assert (found.digest, found.artifact_status) == (descriptor(LAYER)["digest"], "ACTIVE")
