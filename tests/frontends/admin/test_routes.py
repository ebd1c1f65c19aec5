"""Paths with parameters."""

import pytest

from ecrmock.frontends.admin.routes import find_path

KNOWN = ("/a/{id}", "/a/b", "/a/{id}/c/{name}")


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/a/b", ("/a/b", {})),
        ("/a/1", ("/a/{id}", {"id": "1"})),
        ("/a/1%2F2", ("/a/{id}", {"id": "1/2"})),
        ("/a/1/c/x", ("/a/{id}/c/{name}", {"id": "1", "name": "x"})),
        ("/a/{id}", ("/a/{id}", {})),
    ],
)
def test_a_path_is_found_with_its_parameters(path: str, found: tuple[str, dict[str, str]]) -> None:
    assert find_path(path, KNOWN) == found


@pytest.mark.parametrize("path", ["/a", "/a/", "/a/1/", "/b/1", "/a/1/d/x", "/a/1/c/", ""])
def test_any_other_path_is_not(path: str) -> None:
    assert find_path(path, KNOWN) is None
