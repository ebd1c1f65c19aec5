import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.rules.manifests import check_layer_count, image_size, missing
from ecrmock.values.manifests import (
    DOCKER_MANIFEST,
    DOCKER_SCHEMA_1,
    OCI_INDEX,
    OCI_MANIFEST,
    Descriptor,
    InvalidManifestError,
    Manifest,
    parse_manifest,
)
from ecrmock.values.names import sha256_of

# The manifests of two examples of the AWS CLI ("batch-get-image" and "put-image"): config, layers.
CLUSTER_AUTOSCALER = [
    (2777, "6171c7451a50945f8ddd72f7732cc04d7a0d1f48138a426b2e64387fdeb834ed"),
    (17743696, "39fafc05754f195f134ca11ecdb1c9a691ab0848c697fffeb5a85f900caaf6e1"),
    (2565026, "8c8a779d3a537b767ae1091fe6e00c2590afd16767aa6096d1b318d75494819f"),
    (28005981, "c44ba47496991c9982ee493b47fd25c252caabf2b4ae7dd679c9a27b6a3c8fb7"),
    (775, "e2c388b44226544363ca007be7b896bcce1baebea04da23cbd165eac30be650f"),
]
HELLO_WORLD = [
    (5695, "cea5fe7701b7db3dd1c372f3cea6f43cdda444fcc488f530829145e426d8b980"),
    (39096921, "d8868e50ac4c7104d2200d42f432b661b2da8c1e417ccfae217e6a1e04bb9295"),
    (57938, "83251ac64627fc331584f6c498b3aba5badc01574e2c70b2499af3af16630eed"),
    (423, "589bba2f1b36ae56f0152c246e2541c5aa604b058febfcf2be32e9a304fec610"),
    (680, "d62ecaceda3964b735cdd2af613d6bb136a52c1da0838b2ff4b4dab4212bcb1c"),
    (162, "6d93b41cfc6bf0d2522b7cf61588de4cd045065b36c52bd3aec2ba0622b2b22b"),
    (28268840, "6986b4d4c07932c680b3587f2eac8b0e013568c003cc23b04044628a5c5e599f"),
    (35369152, "8c5ec60f10102dc8da0649d866c7c2f706e459d0bdc25c83ad2de86f4996c276"),
    (155, "cde50b1c594539c5f67cbede9aef95c9ae321ccfb857f7b251b45b84198adc85"),
    (28737, "2e102807ab72a73fc9abf53e8c50e421bdc337a0a8afcb242176edeec65977e4"),
    (190, "fc379bbd5ed37808772bef016553a297356c59b8f134659e6ee4ecb563c2f5a7"),
    (28748, "021db240dfccf5a1aff19507d17c0177e5888e518acf295b52204b1825e8b7ee"),
]
CONFIG_TYPE = "application/vnd.docker.container.image.v1+json"
LAYER_TYPE = "application/vnd.docker.image.rootfs.diff.tar.gzip"
descriptors = st.builds(
    Descriptor, digest=st.sampled_from("abcdef"), size=st.integers(0, 9), has_urls=st.booleans()
)


def official(parts: list[tuple[int, str]], indent: int) -> str:
    """Return the manifest of an official example, to the byte."""
    config, *layers = (
        {"mediaType": LAYER_TYPE, "size": size, "digest": f"sha256:{digest}"}
        for size, digest in parts
    )
    document: dict[str, Any] = {"schemaVersion": 2, "mediaType": DOCKER_MANIFEST}
    document |= {"config": {**config, "mediaType": CONFIG_TYPE}, "layers": layers}
    return json.dumps(document, indent=indent)


def unknown(digest: str) -> int:
    raise AssertionError(f"the size of {digest} stands in the manifest")


@pytest.mark.parametrize(
    ("manifest", "digest"),
    [
        (
            official(CLUSTER_AUTOSCALER, indent=3),
            "4a1c6567c38904384ebc64e35b7eeddd8451110c299e3368d2210066487d97e5",
        ),
        (
            official(HELLO_WORLD, indent=2) + "\n",
            "8ece96b74f87652876199d83bd107d0435a196133af383ac54cb82b6cc5283ae",
        ),
    ],
    ids=["batch-get-image", "put-image"],
)
def test_official_examples_have_the_digest_that_aws_shows(manifest: str, digest: str) -> None:
    """Blanks and the final newline count. Source: reference api.md §5.1, §23."""
    assert sha256_of(manifest.encode()) == f"sha256:{digest}"


def test_an_official_example_has_the_size_that_aws_shows() -> None:
    """Config and layers, without the manifest. Source: reference api.md §5.2, §23."""
    manifest = parse_manifest(official(CLUSTER_AUTOSCALER, indent=3))
    assert image_size(manifest, unknown) == 48_318_255


def test_500_layers_are_accepted() -> None:
    check_layer_count(Manifest(media_type=OCI_MANIFEST, layer_count=500), 500)


def test_layer_501_is_too_much() -> None:
    """Source: reference api.md §5.1."""
    with pytest.raises(InvalidManifestError) as caught:
        check_layer_count(Manifest(media_type=OCI_MANIFEST, layer_count=501), 500)
    assert caught.value.message == (
        "Invalid parameter at 'ImageManifest' failed to satisfy constraint: "
        "'Limit on number of layers per image exceeded'"
    )


@given(st.lists(descriptors), st.sets(st.sampled_from("abcdef")))
def test_what_is_missing_is_neither_present_nor_elsewhere(
    needed: list[Descriptor], present: set[str]
) -> None:
    expected = {item.digest for item in needed if not item.has_urls} - present
    assert set(missing(needed, present)) == expected


def test_what_is_missing_is_named_once_and_in_order() -> None:
    """Source: reference api.md §5.1, the texts list digests."""
    needed = [Descriptor(digest=digest, size=1) for digest in "cabac"]
    assert missing(needed, {"b"}) == ("c", "a")


def test_a_layer_with_urls_need_not_be_there() -> None:
    """Source: reference api.md §5.1."""
    assert missing([Descriptor(digest="a", size=1, has_urls=True)], ()) == ()


def test_a_layer_listed_twice_weighs_twice() -> None:
    """The size is the sum of what the manifest says. Source: reference api.md §5.2."""
    layer = Descriptor(digest="a", size=7)
    assert image_size(Manifest(media_type=OCI_MANIFEST, blobs=(layer, layer)), unknown) == 14


def test_a_size_that_the_manifest_leaves_out_is_looked_up() -> None:
    blobs = (Descriptor(digest="a", size=None), Descriptor(digest="b", size=None))
    manifest = Manifest(media_type=DOCKER_SCHEMA_1, blobs=blobs)
    assert image_size(manifest, {"a": 3, "b": 4}.__getitem__) == 7


def test_an_index_weighs_as_much_as_its_heaviest_image() -> None:
    """Not their sum, and not what the index itself says. Source: reference api.md §5.2."""
    children = (Descriptor(digest="a", size=900), Descriptor(digest="b", size=900))
    manifest = Manifest(media_type=OCI_INDEX, manifests=children)
    assert image_size(manifest, {"a": 3, "b": 4}.__getitem__) == 4


def test_an_index_without_manifests_weighs_nothing() -> None:
    assert image_size(Manifest(media_type=OCI_INDEX), unknown) == 0
