"""Tags in the order of their names. Source: OCI distribution spec, "listing tags"."""

import pytest

from ecrmock.operations.image_deletions import remove_image_tag
from ecrmock.operations.storage_classes import update_image_storage_class
from ecrmock.operations.tags import list_tags
from ecrmock.values.events import ImageDeleted
from ecrmock.values.repositories import RepositoryNotFoundError
from tests.operations.conftest import by


def page(app, last="", max_results=10):
    found = app(list_tags, repository_name="app", last=last, max_results=max_results)
    return list(found.tags), found.has_more


@pytest.fixture
def app(app):
    """A registry whose repository ``app`` has the tags a, b and c."""
    app.push(b"layer", "c", "a", "b")
    return app


@pytest.mark.parametrize(
    ("last", "size", "expected"),
    [
        ("", 10, (["a", "b", "c"], False)),
        ("", 3, (["a", "b", "c"], False)),
        ("", 2, (["a", "b"], True)),
        ("a", 10, (["b", "c"], False)),
        ("aa", 1, (["b"], True)),
        ("c", 10, ([], False)),
        ("", 0, ([], False)),
    ],
)
def test_a_page_has_the_next_tags_by_name(app, last, size, expected):
    assert page(app, last, size) == expected


def test_tags_of_archived_images_are_not_listed(app):
    change = {"image_id": by(tag="a"), "target_storage_class": "ARCHIVE"}
    app(update_image_storage_class, repository_name="app", **change)
    assert page(app) == ([], False)


def test_tags_of_no_repository_are_an_error(registry):
    with pytest.raises(RepositoryNotFoundError):
        registry(list_tags, repository_name="app", last="", max_results=10)


def test_a_tag_is_removed_and_the_image_stays(app):
    for tag in ("a", "b", "c"):
        app(remove_image_tag, repository_name="app", image_tag=tag)
    (image,) = app.state().images.values()
    assert (page(app)[0], image.untagged_sequence is not None) == ([], True)


def test_a_removed_tag_is_an_event(app):
    app(remove_image_tag, repository_name="app", image_tag="a")
    (event,) = app.events
    assert (type(event), event.image_tag) == (ImageDeleted, "a")


@pytest.mark.parametrize(("tag", "code"), [("gone", "ImageNotFound"), ("", "InvalidImageTag")])
def test_a_tag_that_is_not_there_is_a_failure(app, tag, code):
    (failure,) = app(remove_image_tag, repository_name="app", image_tag=tag).failures
    assert failure.failure_code == code
