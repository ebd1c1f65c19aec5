"""Authorization tokens and who one is."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from tests.doors.conftest import ACCOUNT, OTHER_ACCOUNT, START, Door, content_of, decoded


def issued(ecr: Any, **parameters: Any) -> list[dict[str, Any]]:
    return ecr.get_authorization_token(**parameters)["authorizationData"]


def test_a_token_is_for_the_registry_of_the_caller_for_twelve_hours(door: Door, ecr: Any) -> None:
    """Source: reference api.md §19."""
    (entry,) = issued(ecr)
    assert entry == {
        "authorizationToken": entry["authorizationToken"],
        "expiresAt": START + timedelta(hours=12),
        "proxyEndpoint": f"{door.scheme}://{door.registry()}",
    }


def test_a_token_is_a_user_name_and_a_password(ecr: Any) -> None:
    """Source: reference registry.md §2.2."""
    user, _, password = decoded(issued(ecr)[0]["authorizationToken"]).partition(":")
    assert (user, password[:16]) == ("AWS", "eyJwYXlsb2FkIjoi")


def test_a_password_is_a_document_with_five_keys_in_their_order(ecr: Any) -> None:
    """Source: reference registry.md §2.2."""
    password = decoded(issued(ecr)[0]["authorizationToken"]).removeprefix("AWS:")
    document = json.loads(base64.b64decode(password))
    assert list(document) == ["payload", "datakey", "version", "type", "expiration"]


def test_a_password_says_when_it_expires(ecr: Any) -> None:
    """Source: reference registry.md §2.2."""
    password = decoded(issued(ecr)[0]["authorizationToken"]).removeprefix("AWS:")
    document = json.loads(base64.b64decode(password))
    expiration = int((START + timedelta(hours=12)).timestamp())
    expected = ("2", "DATA_KEY", expiration)
    assert (document["version"], document["type"], document["expiration"]) == expected


def test_each_call_gives_another_token(ecr: Any) -> None:
    """Inferred: reference registry.md §2.2."""
    first, second = issued(ecr), issued(ecr)
    assert first[0]["authorizationToken"] != second[0]["authorizationToken"]


def test_each_registry_that_is_asked_for_has_an_entry(door: Door, ecr: Any) -> None:
    """Source: reference api.md §19."""
    entries = issued(ecr, registryIds=[ACCOUNT, OTHER_ACCOUNT])
    endpoints = [entry["proxyEndpoint"].partition("//")[2] for entry in entries]
    assert endpoints == [door.registry(), door.registry(OTHER_ACCOUNT)]


def test_a_malformed_registry_id_is_refused(ecr: Any) -> None:
    """Source: reference api.md §3.2."""
    with pytest.raises(ecr.exceptions.InvalidParameterException) as caught:
        issued(ecr, registryIds=["12"])
    constraint = "[Member must satisfy regular expression pattern: [0-9]{12}]"
    assert caught.value.response["Error"]["Message"] == (
        "Invalid parameter at 'registryIds' failed to satisfy constraint: "
        f"'Member must satisfy constraint: {constraint}'"
    )


def test_the_caller_is_the_root_of_its_account(door: Door) -> None:
    """Source: reference iam.md §1.1."""
    identity = door.client("sts", account=OTHER_ACCOUNT).get_caller_identity()
    assert content_of(identity) == {
        "UserId": OTHER_ACCOUNT,
        "Account": OTHER_ACCOUNT,
        "Arn": f"arn:aws:iam::{OTHER_ACCOUNT}:root",
    }


def test_calls_are_remembered_with_who_made_them(door: Door, ecr: Any) -> None:
    issued(ecr)
    last = door.ecr.calls[-1]
    assert (last.operation, last.caller.account) == ("GetAuthorizationToken", ACCOUNT)
