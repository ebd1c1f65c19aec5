"""Accounts of a store: counted, and one of them forgotten."""

import pytest

from ecrmock import Ecr
from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call
from ecrmock.values.authorization import AccountRoot
from ecrmock.values.names import AccountId, Region, sha256_of
from ecrmock.values.settings import Settings

MINE, THEIRS = AccountId("123456789012"), AccountId("111122223333")


@pytest.fixture
def backend() -> Backend:
    return Backend(Settings())


def call(backend: Backend, operation: str, account: AccountId = MINE, **parameters):
    call = Call(
        service=parameters.pop("service", "ecr"),
        operation=operation,
        parameters=parameters,
        credentials=AccountRoot(account),
        region=Region(parameters.pop("region", "us-east-1")),
        request_id="request",
    )
    return backend.dispatcher.dispatch(call)


def fill(backend: Backend, account: AccountId = MINE) -> None:
    """Give an account some of everything."""
    call(backend, "CreateRepository", account, repository_name="app")
    started = call(backend, "InitiateLayerUpload", account, repository_name="app")
    part = {"repository_name": "app", "upload_id": started.upload_id}
    call(backend, "UploadLayerPart", account, **part, layer_part_blob=b"left")
    call(backend, "PutRegistryPolicy", account, policy_text=registry_policy(account))
    for operation, parameters in (
        ("CreateUser", {"user_name": "ci"}),
        ("CreateGroup", {"group_name": "team"}),
        ("CreateAccessKey", {"user_name": "ci"}),
    ):
        call(backend, operation, account, service="iam", **parameters)
    call(backend, "GetSessionToken", account, service="sts")


def registry_policy(account: AccountId) -> str:
    return (
        '{"Version": "2012-10-17", "Statement": [{"Sid": "a", "Effect": "Allow", '
        f'"Principal": {{"AWS": "arn:aws:iam::{account}:root"}}, "Action": ["ecr:ReplicateImage"], '
        f'"Resource": ["arn:aws:ecr:us-east-1:{account}:repository/*"]}}]}}'
    )


def test_an_account_is_counted_by_what_it_holds(backend: Backend) -> None:
    fill(backend)
    assert backend.accounts() == {
        MINE: {
            "regions": {"us-east-1": {"repositories": 1, "images": 0, "uploads": 1}},
            "identities": {
                "users": 1,
                "groups": 1,
                "roles": 0,
                "policies": 0,
                "access_keys": 1,
                "sessions": 1,
            },
        }
    }


def test_images_are_counted(backend: Backend) -> None:
    handle = Ecr(backend)
    handle.push_image("app", tag="1", layers=[b"one"])
    handle.push_image("web", tag="1", layers=[b"two"])
    counted = backend.accounts()[MINE]["regions"]["us-east-1"]
    assert counted == {"repositories": 2, "images": 2, "uploads": 0}


def test_an_account_with_settings_alone_holds_something(backend: Backend) -> None:
    call(backend, "PutRegistryPolicy", policy_text=registry_policy(MINE))
    counted = backend.accounts()[MINE]["regions"]["us-east-1"]
    assert counted == {"repositories": 0, "images": 0, "uploads": 0}


def test_who_only_asks_holds_nothing(backend: Backend) -> None:
    call(backend, "DescribeRepositories")
    call(backend, "ListUsers", service="iam")
    assert backend.accounts() == {}


def test_a_cleared_account_is_as_if_it_had_never_been(backend: Backend) -> None:
    fill(backend)
    backend.clear_account(MINE)
    assert (backend.state(), backend.accounts()) == ({}, {})


def test_a_cleared_account_loses_its_public_registry(backend: Backend) -> None:
    public = {"service": "ecr-public", "repository_name": "app"}
    call(backend, "CreateRepository", **public)
    assert backend.accounts()[MINE]["regions"]["public"]["repositories"] == 1
    backend.clear_account(MINE)
    assert backend.state() == {}


def test_a_cleared_account_leaves_no_bytes(backend: Backend) -> None:
    fill(backend)
    Ecr(backend).push_image("web", tag="1", layers=[b"layer"])
    backend.clear_account(MINE)
    assert not any(backend.usage().values())


def test_other_accounts_stay_as_they_are(backend: Backend) -> None:
    fill(backend, THEIRS)
    before = backend.state()
    fill(backend, MINE)
    backend.clear_account(MINE)
    assert backend.state() == before


def test_what_another_account_holds_too_stays(backend: Backend) -> None:
    Ecr(backend).push_image("app", tag="1", layers=[b"shared"])
    call(backend, "CreateRepository", THEIRS, repository_name="app")
    started = call(backend, "InitiateLayerUpload", THEIRS, repository_name="app")
    part = {"repository_name": "app", "upload_id": started.upload_id}
    call(backend, "UploadLayerPart", THEIRS, **part, layer_part_blob=b"shared")
    digests = (sha256_of(b"shared"),)
    call(backend, "CompleteLayerUpload", THEIRS, **part, layer_digests=digests)
    backend.clear_account(MINE)
    assert backend.usage()["blobs"] == 1


def test_a_cleared_account_can_be_used_again(backend: Backend) -> None:
    fill(backend)
    backend.clear_account(MINE)
    fill(backend)
    assert len(backend.accounts()) == 1


def test_work_that_was_due_for_a_cleared_account_does_no_harm(backend: Backend) -> None:
    fill(backend)
    backend.clear_account(MINE)
    call(backend, "CreateRepository", repository_name="app")
    Ecr(backend).clock.advance(days=2)
    assert [
        each.repository_name for each in call(backend, "DescribeRepositories").repositories
    ] == ["app"]
