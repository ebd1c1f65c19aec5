"""ListImages and DescribeImages. Source: reference api.md §5.2, §5.3."""

import pytest

from ecrmock.operations.image_listings import describe_images, list_images
from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.images import ImageNotFoundError, ListImagesFilter
from ecrmock.values.repositories import RepositoryNotFoundError
from tests.operations.conftest import OCI_CONFIG, START, by, detail, details, digest_of, listed

OCI_EMPTY = "application/vnd.oci.empty.v1+json"
UNKNOWN = digest_of("nobody pushed this")


@pytest.mark.parametrize("operation", [list_images, describe_images])
def test_a_listing_needs_the_repository(registry, operation):
    with pytest.raises(RepositoryNotFoundError):
        registry(operation, repository_name="app")


# DescribeImages


def test_the_size_of_an_image_is_that_of_config_and_layers(app):
    """As written in the manifest; its own bytes do not count (reference api.md §5.2)."""
    app.put(app.manifest(b"12345", b"123", config=b"{ }"))
    assert details(app)[0].image_size_in_bytes == 11


def test_the_size_of_an_index_is_that_of_its_largest_image(app):
    small, large = app.manifest(b"1"), app.manifest(b"123456")
    app.put(small)
    app.put(large)
    index = app.put(app.index(small, large)).image_id.image_digest
    assert detail(app, index).image_size_in_bytes == 8


def test_the_artifact_type_of_an_image_is_the_type_of_its_config(app):
    assert detail(app, app.push()).artifact_media_type == OCI_CONFIG


def test_an_index_has_no_artifact_type(app):
    digest = app.put(app.index()).image_id.image_digest
    assert detail(app, digest).artifact_media_type is None


def test_the_artifact_type_with_an_empty_config_is_that_of_the_manifest(app):
    """Inferred: reference api.md §5.2."""
    manifest = app.manifest(b"layer", artifactType="application/x.y")
    digest = app.put(manifest.replace(OCI_CONFIG, OCI_EMPTY)).image_id.image_digest
    assert detail(app, digest).artifact_media_type == "application/x.y"


def test_the_artifact_type_with_a_real_config_is_that_of_the_config(app):
    digest = app.push(artifactType="application/x.y")
    assert detail(app, digest).artifact_media_type == OCI_CONFIG


def test_a_new_image_is_active_and_was_never_pulled(app):
    shown = detail(app, app.push())
    assert (shown.image_status, shown.last_recorded_pull_time) == ("ACTIVE", None)


def test_an_image_was_pushed_at_the_time_of_the_call(app):
    assert detail(app, app.push()).image_pushed_at == START


def test_an_untagged_image_shows_no_tags(app):
    assert detail(app, app.push()).image_tags is None


def test_images_are_described_once_each_in_the_order_of_their_push(app):
    first, second = app.push(b"1", "a", "b"), app.push(b"2")
    assert [each.image_digest for each in details(app)] == [first, second]


def test_asking_by_one_tag_shows_all_tags(app):
    app.push(b"layer", "a", "b")
    (shown,) = details(app, image_ids=(by(tag="b"),))
    assert shown.image_tags == ("a", "b")


def test_identifiers_of_the_same_image_give_one_entry(app):
    digest = app.push(b"layer", "a", "b")
    image_ids = (by(tag="a"), by(digest), by(digest, "b"))
    assert len(details(app, image_ids=image_ids)) == 1


@pytest.mark.parametrize(
    ("image_id", "shown"),
    [
        (by(tag="no"), "{imageDigest:'null', imageTag:'no'}"),
        (by(UNKNOWN), f"{{imageDigest:'{UNKNOWN}', imageTag:'null'}}"),
        (by(UNKNOWN, "latest"), f"{{imageDigest:'{UNKNOWN}', imageTag:'latest'}}"),
    ],
)
def test_one_missing_image_fails_the_whole_call(app, image_id, shown):
    """Source: reference api.md §5.5; an entry with digest and tag must match both."""
    app.push(b"layer", "latest")
    with pytest.raises(ImageNotFoundError) as caught:
        details(app, image_ids=(by(tag="latest"), image_id))
    assert caught.value.message == (
        f"The image with imageId {shown} does not exist within the repository "
        "with name 'app' in the registry with id '123456789012'"
    )


@pytest.mark.parametrize("image_id", [by(), by("no digest"), by(tag="no tag")])
def test_an_identifier_that_cannot_mean_an_image_is_a_bad_parameter(app, image_id):
    """Inferred: reference api.md §3.5."""
    with pytest.raises(InvalidParameterError):
        details(app, image_ids=(image_id,))


@pytest.mark.parametrize("paging", [{"max_results": 5}, {"next_token": "x"}])
def test_identifiers_do_not_go_with_paging(app, paging):
    """Inferred text: reference api.md §3.7."""
    app.push(b"layer", "latest")
    with pytest.raises(InvalidParameterError):
        details(app, image_ids=(by(tag="latest"),), **paging)


@pytest.mark.parametrize(
    ("tag_status", "numbers"),
    [("TAGGED", [0]), ("UNTAGGED", [1]), ("ANY", [0, 1]), (None, [0, 1])],
)
@pytest.mark.parametrize("ask", ["all", "by identifier"])
def test_images_are_described_by_their_tag_status(app, tag_status, numbers, ask):
    """With identifiers too: the filter is applied to them (inferred: reference api.md §5.3)."""
    pushed = [app.push(b"tagged", "latest"), app.push(b"untagged")]
    image_ids = {"image_ids": tuple(map(by, pushed))} if ask == "by identifier" else {}
    shown = details(app, filter=ListImagesFilter(tag_status=tag_status), **image_ids)
    assert [each.image_digest for each in shown] == [pushed[number] for number in numbers]


@pytest.mark.parametrize(
    ("status", "number"), [("ACTIVE", 1), ("ANY", 1), (None, 1), ("ARCHIVED", 0), ("ACTIVATING", 0)]
)
def test_images_are_described_by_their_status(app, status, number):
    app.push(b"layer", "latest")
    wanted = ListImagesFilter(image_status=status)
    assert len(details(app, filter=wanted)) == number
    assert len(listed(app, filter=wanted)) == number


def test_pages_of_images_follow_each_other(app):
    pushed = [app.push(bytes([number])) for number in range(3)]
    first = app(describe_images, repository_name="app", max_results=2)
    rest = details(app, max_results=2, next_token=first.next_token)
    assert [each.image_digest for each in (*first.image_details, *rest)] == pushed


@pytest.mark.parametrize("operation", [describe_images, list_images])
def test_the_last_page_of_images_has_no_token(app, operation):
    app.push(b"layer", "latest")
    assert app(operation, repository_name="app", max_results=1).next_token is None


@pytest.mark.parametrize(
    ("operation", "member"), [(describe_images, "image_details"), (list_images, "image_ids")]
)
def test_a_page_of_images_has_100_entries_unless_asked_otherwise(app, operation, member):
    for number in range(101):
        app.push(bytes([number]), f"t{number}")
    page = app(operation, repository_name="app")
    assert len(getattr(page, member)) == 100


@pytest.mark.parametrize("operation", [describe_images, list_images])
def test_a_foreign_token_is_refused(app, operation):
    with pytest.raises(InvalidParameterError) as caught:
        app(operation, repository_name="app", next_token="nonsense")
    assert caught.value.message == (
        "Invalid parameter at 'NextToken' failed to satisfy constraint: "
        "'Invalid next token provided'"
    )


# ListImages


def test_a_list_has_an_entry_for_each_tag(app):
    digest = app.push(b"layer", "a", "b")
    assert listed(app) == [(digest, "a"), (digest, "b")]


def test_a_list_has_an_entry_for_each_untagged_image(app):
    digest = app.push()
    assert listed(app) == [(digest, None)]


def test_an_image_that_lost_its_tag_is_listed_as_untagged(app):
    old, new = app.push(b"old", "latest"), app.push(b"new", "latest")
    assert sorted(listed(app), key=str) == sorted([(old, None), (new, "latest")], key=str)


@pytest.mark.parametrize(
    ("tag_status", "numbers"),
    [("TAGGED", [0, 1]), ("UNTAGGED", [2]), ("ANY", [0, 1, 2]), (None, [0, 1, 2])],
)
def test_images_are_listed_by_their_tag_status(app, tag_status, numbers):
    tagged, untagged = app.push(b"tagged", "a", "b"), app.push(b"untagged")
    entries = [(tagged, "a"), (tagged, "b"), (untagged, None)]
    shown = listed(app, filter=ListImagesFilter(tag_status=tag_status))
    assert shown == [entries[number] for number in numbers]


def test_pages_of_a_list_go_through_tags_and_untagged_images(app):
    tagged, untagged = app.push(b"1", "a"), app.push(b"2")
    app.push(b"1", "b")
    first = app(list_images, repository_name="app", max_results=2)
    rest = listed(app, next_token=first.next_token)
    assert [entry.image_digest for entry in first.image_ids] == [tagged, untagged]
    assert rest == [(tagged, "b")]


def test_a_token_goes_with_its_filter(app):
    """Inferred: reference api.md §3.7; a token of another list is a foreign one."""
    app.push(b"layer", "a", "b")
    token = app(list_images, repository_name="app", max_results=1).next_token
    with pytest.raises(InvalidParameterError):
        listed(app, filter=ListImagesFilter(tag_status="TAGGED"), next_token=token)
