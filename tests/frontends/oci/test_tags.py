"""Lists of tags and of repositories, with their pages. Source: reference registry.md §9, §10, §19."""

import json
import re
from typing import Any

import pytest

from tests.frontends.oci.conftest import (
    HOST,
    Registry,
    content_of,
    digest_of,
    error_of,
    manifest_of,
    message_of,
)

TAGS = ["b", "a", "10", "9", "c"]
LISTS = ["/v2/app/tags/list", "/v2/_catalog"]
LINK = re.compile(r'<http://localhost:5327(/v2/[^>]*)>; rel="next"')


@pytest.fixture
def filled(registry: Registry) -> Registry:
    """A registry with five tags in ``app``, and five more repositories."""
    registry.push(b"layer", *TAGS)
    for tag in TAGS:
        registry.create(f"team/{tag}-app")
    return registry


def document_of(registry: Registry, path: str) -> dict[str, Any]:
    return json.loads(content_of(registry("GET", path)))


def pages(registry: Registry, path: str | None) -> list[list[str]]:
    """Return the entries of each page, from one ``Link`` to the next."""
    found = []
    while path is not None:
        response = registry("GET", path)
        document = json.loads(content_of(response))
        found.append(document.get("tags", document.get("repositories")))
        link = response.headers.get("Link")
        path = LINK.fullmatch(link)[1] if link else None
    return found


def test_tags_are_listed_with_the_name_in_the_order_of_their_first_push(filled: Registry) -> None:
    """They are not sorted. Source: reference registry.md §9, §19."""
    assert document_of(filled, "/v2/app/tags/list") == {"name": "app", "tags": TAGS}


def test_a_list_is_json(filled: Registry) -> None:
    headers = filled("GET", "/v2/app/tags/list").headers
    assert headers["Content-Type"] == "application/json"


def test_a_repository_without_tags_has_an_empty_list(registry: Registry) -> None:
    registry.push(b"untagged")
    assert document_of(registry, "/v2/app/tags/list") == {"name": "app", "tags": []}


def test_repositories_are_listed_by_name(registry: Registry) -> None:
    registry.create("team/app")
    assert document_of(registry, "/v2/_catalog") == {"repositories": ["app", "team/app"]}


def test_another_registry_has_its_own_catalog(registry: Registry) -> None:
    registry.create("other", account="111122223333", region="eu-west-1")
    path = "/v2/111122223333.eu-west-1/_catalog"
    assert document_of(registry, path) == {"repositories": ["other"]}


@pytest.mark.parametrize(
    ("size", "expected"),
    [(2, [TAGS[:2], TAGS[2:4], TAGS[4:]]), (5, [TAGS]), (1000, [TAGS])],
)
def test_tags_come_once_in_pages(filled: Registry, size: int, expected: list[list[str]]) -> None:
    assert pages(filled, f"/v2/app/tags/list?n={size}") == expected


def test_repositories_come_once_in_pages(filled: Registry) -> None:
    names = ["app", *(f"team/{tag}-app" for tag in TAGS)]
    assert pages(filled, "/v2/_catalog?n=4") == [names[:4], names[4:]]


def test_pages_of_another_registry_stay_in_it(registry: Registry) -> None:
    for name in ("one", "two"):
        registry.create(name, account="111122223333", region="eu-west-1")
    path = "/v2/111122223333.eu-west-1/_catalog?n=1"
    assert pages(registry, path) == [["one"], ["two"]]


def test_tags_of_another_registry_come_in_pages(registry: Registry) -> None:
    registry.create(account="111122223333", region="eu-west-1")
    registry.push(b"layer", "1", "2", name="111122223333.eu-west-1/app")
    path = "/v2/111122223333.eu-west-1/app/tags/list?n=1"
    assert pages(registry, path) == [["1"], ["2"]]


def test_a_link_is_absolute_and_keeps_the_size_of_the_page(filled: Registry) -> None:
    link = filled("GET", "/v2/app/tags/list?n=2").headers["Link"]
    form = rf'<http://{HOST}/v2/app/tags/list\?last=[A-Za-z0-9%]+&n=2>; rel="next"'
    assert re.fullmatch(form, link)


def test_a_page_has_a_hundred_tags_unless_asked_for_more(registry: Registry) -> None:
    """Source: reference registry.md §9."""
    registry.push(b"layer", *map(str, range(101)))
    assert [len(page) for page in pages(registry, "/v2/app/tags/list")] == [100, 1]


@pytest.mark.parametrize("path", LISTS)
def test_a_page_has_at_most_a_thousand_entries(registry: Registry, path: str) -> None:
    """Source: reference registry.md §9, §10."""
    response = registry("GET", f"{path}?n=1001")
    text = (
        "Invalid parameter at 'maxResults' failed to satisfy constraint: "
        "'Member must have value less than or equal to 1000'"
    )
    assert (error_of(response), message_of(response)) == ((405, "UNSUPPORTED"), text)


@pytest.mark.parametrize("size", ["0", "-1", "", "two", "1.5", "%D9%A3", "9" * 5000])
@pytest.mark.parametrize("path", LISTS)
def test_a_size_is_a_number_from_one_up(registry: Registry, path: str, size: str) -> None:
    assert error_of(registry("GET", f"{path}?n={size}")) == (405, "UNSUPPORTED")


@pytest.mark.parametrize("last", ["a", "", "%00", "ZWNybW9jaw==", "9" * 5000])
@pytest.mark.parametrize("path", LISTS)
def test_a_forged_last_is_refused(filled: Registry, path: str, last: str) -> None:
    """Also a tag: ``last`` is what a ``Link`` said. Source: reference registry.md §3.3, §9."""
    response = filled("GET", f"{path}?last={last}")
    text = (
        "Invalid parameter at 'NextToken' failed to satisfy constraint: "
        "'Invalid next token provided'"
    )
    assert (error_of(response), message_of(response)) == ((405, "UNSUPPORTED"), text)


def test_the_last_of_another_list_is_refused(filled: Registry) -> None:
    link = filled("GET", "/v2/_catalog?n=1").headers["Link"]
    path = LINK.fullmatch(link)[1].replace("_catalog", "app/tags/list")
    assert error_of(filled("GET", path)) == (405, "UNSUPPORTED")


def test_a_tag_that_moves_is_listed_once(filled: Registry) -> None:
    filled.upload(b"other")
    filled.put(manifest_of(b"other"), "a")
    assert sorted(document_of(filled, "/v2/app/tags/list")["tags"]) == sorted(TAGS)


def test_the_tags_of_a_deleted_image_are_not_listed(filled: Registry) -> None:
    filled("DELETE", f"/v2/app/manifests/{digest_of(manifest_of(b'layer'))}")
    assert document_of(filled, "/v2/app/tags/list")["tags"] == []
