"""Images from what ``aws ecr describe-images`` prints, and all that is wrong with them. Source: api.md §5.2."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ecrmock.rules.lifecycle_listing import IncompleteListingError, Listing, read_listing

TIME = "2026-01-01T00:00:00Z"


def an_image(name: str = "a", **members: Any) -> dict[str, Any]:
    made = {"imageDigest": "sha256:" + name * 64, "imagePushedAt": TIME}
    return {name: value for name, value in {**made, **members}.items() if value is not ...}


def read(*images: Any, **options: Any) -> Listing:
    return read_listing(json.dumps({"imageDetails": list(images)}), **options)


def faults(*images: Any) -> tuple[str, ...]:
    with pytest.raises(IncompleteListingError) as caught:
        read(*images)
    return caught.value.faults


def test_an_image_is_read() -> None:
    times = {"lastRecordedPullTime": 1767312000.5, "lastArchivedAt": "2026-01-03T00:00:00+01:00"}
    (found,) = read(an_image(imageTags=["v1", "v2"], imageStatus="ARCHIVED", **times)).candidates
    assert (found.image_tags, found.storage_class) == (("v1", "v2"), "archive")
    assert found.pulled_at == datetime(2026, 1, 2, 0, 0, 0, 500_000, UTC)
    assert found.archived_at == datetime(2026, 1, 2, 23, tzinfo=UTC)


def test_a_referrer_knows_its_subject_while_that_is_there() -> None:
    about = an_image("b", subjectManifestDigest="sha256:" + "a" * 64)
    assert [each.subject for each in read(an_image(), about).candidates] == [
        None,
        "sha256:" + "a" * 64,
    ]
    assert [each.subject for each in read(about).candidates] == [None]


@pytest.mark.parametrize(
    ("image", "fault"),
    [
        (an_image(imagePushedAt=...), "image 1 (sha256:aaaaaaaaaaaa) has no imagePushedAt"),
        (an_image(imagePushedAt=None), "image 1 (sha256:aaaaaaaaaaaa) has no imagePushedAt"),
        (an_image(imageDigest=...), "image 1 has no imageDigest"),
        (
            an_image(imageDigest="", imagePushedAt=...),
            "image 1 has no imageDigest, has no imagePushedAt",
        ),
        (
            an_image(imageStatus="ARCHIVED"),
            "image 1 (sha256:aaaaaaaaaaaa) is ARCHIVED and has no lastArchivedAt",
        ),
        (
            an_image(imageStatus="GONE", imageTags="v1", imagePushedAt="x"),
            "image 1 (sha256:aaaaaaaaaaaa) has an imageStatus that is none of ACTIVE, ARCHIVED, "
            "ACTIVATING, has no time as imagePushedAt: 'x', has imageTags that are no list of texts",
        ),
    ],
    ids=range(6),
)
def test_all_that_an_image_lacks_is_told(image: Any, fault: str) -> None:
    assert faults(image) == (fault,)


def test_every_incomplete_image_is_told_and_counted() -> None:
    incomplete = [an_image("b", imagePushedAt=...), an_image(imageDigest=...)]
    with pytest.raises(IncompleteListingError, match=r"^2 of 3 images cannot be read$") as caught:
        read(an_image(), *incomplete)
    assert [fault[:7] for fault in caught.value.faults] == ["image 2", "image 3"]


def test_incomplete_images_are_left_out_when_that_is_asked_for() -> None:
    found = read(an_image(imagePushedAt=...), an_image("b"), skip_incomplete=True)
    assert [each.image_digest[-1] for each in found.candidates] == ["b"]
    assert found.left_out == ("image 1 (sha256:aaaaaaaaaaaa) has no imagePushedAt",)


def test_an_image_is_there_once() -> None:
    assert faults(an_image(), an_image()) == ("image 2 (sha256:aaaaaaaaaaaa) is image 1 again",)


@pytest.mark.parametrize("name", ["nextToken", "NextToken"])
def test_a_list_that_was_cut_off_is_none(name: str) -> None:
    """The AWS CLI says nextToken with --no-paginate, and NextToken with --max-items."""
    text = json.dumps({"imageDetails": [an_image()], name: "abc"})
    with pytest.raises(ValueError, match="not the whole list"):
        read_listing(text, skip_incomplete=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[\n{]", r"it is not JSON \(line 2, column 2\)"),
        ("[" * 100_000, "it is not JSON"),
        ("{}", 'it has no "imageDetails"'),
        ("[1]", 'it has no "imageDetails"'),
        ('[{"repositoryName": "a"}, {"repositoryName": "b"}]', "several repositories"),
    ],
    ids=range(5),
)
def test_what_is_no_list_of_images_is_refused_in_any_case(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_listing(text, skip_incomplete=True)
