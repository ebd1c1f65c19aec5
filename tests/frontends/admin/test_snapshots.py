"""Snapshots over HTTP."""

import pytest

from tests.frontends.admin.conftest import Admin, document_of


def take(admin: Admin) -> str:
    return document_of(admin("POST", "/_ecrmock/snapshot"))["snapshot"]


def restore(admin: Admin, snapshot: str) -> int:
    return admin("POST", "/_ecrmock/restore", {"snapshot": snapshot}).status


def names(admin: Admin) -> list[str]:
    return [each.repository_name for each in admin.call("DescribeRepositories").repositories]


def test_what_came_after_a_snapshot_goes(admin: Admin) -> None:
    snapshot = take(admin)
    admin.call("CreateRepository", repository_name="other")
    assert restore(admin, snapshot) == 200
    assert names(admin) == ["app"]


def test_a_snapshot_outlives_a_reset(admin: Admin) -> None:
    snapshot = take(admin)
    admin("POST", "/_ecrmock/reset")
    assert names(admin) == []
    restore(admin, snapshot)
    assert names(admin) == ["app"]


@pytest.mark.parametrize("body", [{}, {"snapshot": 1}, {"snapshot": "1", "more": 1}])
def test_the_id_has_to_be_given(admin: Admin, body: object) -> None:
    assert admin("POST", "/_ecrmock/restore", body).status == 400


def test_there_has_to_be_such_a_snapshot(admin: Admin) -> None:
    assert restore(admin, "1") == 404
    assert admin("DELETE", "/_ecrmock/snapshot/1").status == 404


def test_a_forgotten_snapshot_is_not_restored(admin: Admin) -> None:
    snapshot = take(admin)
    assert admin("DELETE", f"/_ecrmock/snapshot/{snapshot}").status == 200
    assert restore(admin, snapshot) == 404


def test_a_snapshot_that_was_left_behind_says_so(admin: Admin) -> None:
    first = take(admin)
    admin.call("CreateRepository", repository_name="other")
    second = take(admin)
    restore(admin, first)
    response = admin("POST", "/_ecrmock/restore", {"snapshot": second})
    assert response.status == 400
    assert "an earlier snapshot was restored" in document_of(response)["message"]
