"""What the policies in a folder decide, without a server. Source: reference iam.md §1.1, §6."""

from pathlib import Path
from typing import Any

import click
import pytest

from ecrmock.backend import Backend
from ecrmock.cli.iam_folder import decide_by_folder
from ecrmock.handle import Ecr
from ecrmock.values.authorization import Decision
from ecrmock.values.settings import Settings
from tests.rules.access import (
    ACCOUNT,
    FOREIGN_REPOSITORY,
    OTHER,
    PULL,
    REPOSITORY,
    ROLE_ARN,
    ROOT_ARN,
    SESSION_ARN,
    USER_ARN,
    allow,
    allow_to,
    deny,
    deny_to,
    text,
)


@pytest.fixture
def decide(tmp_path: Path) -> Any:
    """Write files, whose names have no ending here, and decide about a pull by the user ``ci``."""

    def decide(
        files: dict[str, Any],
        *,
        principal: str = USER_ARN,
        action: str = PULL,
        on: str = REPOSITORY,
        **keys: Any,
    ) -> Decision:
        for name, content in files.items():
            sent = content if isinstance(content, bytes) else text(content).encode()
            (tmp_path / f"{name}.json").write_bytes(sent)
        named = {name.replace("__", ":"): (value,) for name, value in keys.items()}
        return decide_by_folder(tmp_path, principal, action, on, named)

    return decide


@pytest.mark.parametrize(
    ("files", "policy"),
    [
        ({"identity": allow()}, "identity.json"),
        ({"identity-a": deny("s3:*"), "identity-b": allow()}, "identity-b.json"),
        ({"repository": allow_to({"AWS": USER_ARN})}, "repository.json"),
        ({"registry": allow_to({"AWS": USER_ARN}, Resource="*")}, "registry.json"),
        ({"identity": allow(), "boundary": allow(), "session": allow()}, "identity.json"),
        ({"identity": allow(), "session1": deny("s3:*"), "session2": allow()}, "identity.json"),
    ],
)
def test_the_file_that_allows_is_named(decide: Any, files: dict[str, Any], policy: str) -> None:
    found = decide(files)
    assert (found.allowed, found.policy) == (True, policy)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"identity": allow("ecr:PutImage")}, "because no identity-based policy allows"),
        (
            {"identity": allow(), "boundary": allow("s3:*")},
            "because no permissions boundary allows",
        ),
        ({"identity": allow(), "session": allow("s3:*")}, "because no session policy allows"),
        ({"identity": allow(), "identity2": deny()}, "explicit deny in an identity-based policy"),
        ({"identity": allow(), "boundary": deny()}, "explicit deny in a permissions boundary"),
        ({"identity": allow(), "session-a": deny()}, "explicit deny in a session policy"),
        ({"identity": allow(), "repository": deny_to("*")}, "deny in a resource-based policy"),
        (
            {"identity": allow(), "registry": deny_to("*", Resource="*")},
            "deny in a resource-based policy",
        ),
    ],
)
def test_each_file_is_a_policy_of_its_kind(decide: Any, files: dict[str, Any], reason: str) -> None:
    found = decide(files)
    assert not found.allowed
    assert reason in found.reason


def test_a_repository_of_another_account_needs_both_sides(decide: Any) -> None:
    """Source: reference iam.md §6.2."""
    assert "no resource-based policy" in decide({"identity": allow()}, on=FOREIGN_REPOSITORY).reason
    found = decide({"repository": allow_to({"AWS": ACCOUNT})}, on=FOREIGN_REPOSITORY)
    assert found.allowed


def test_what_has_no_repository_is_not_allowed_by_the_policy_of_one(decide: Any) -> None:
    """Source: reference iam.md §17.2, case 1."""
    token = {"action": "ecr:GetAuthorizationToken", "on": "*"}
    found = decide({"repository": allow_to({"AWS": USER_ARN})}, **token)
    assert "because no identity-based policy allows" in found.reason
    assert decide({"identity": allow()}, **token).allowed


@pytest.mark.parametrize(
    ("principal", "names"),
    [
        (USER_ARN, [USER_ARN]),
        (ROLE_ARN, [ROLE_ARN]),
        (SESSION_ARN, [SESSION_ARN, f"arn:aws:iam::{ACCOUNT}:role/deploy"]),
        (ROOT_ARN, [ROOT_ARN, ACCOUNT]),
        (ACCOUNT, [ROOT_ARN, ACCOUNT]),
    ],
)
def test_a_principal_is_denied_by_each_of_its_names(
    decide: Any, principal: str, names: list[str]
) -> None:
    for name in names:
        found = decide({"repository": deny_to({"AWS": name})}, principal=principal)
        assert found.reason.endswith("with an explicit deny in a resource-based policy")
    assert decide(
        {"identity": allow(), "repository": allow_to({"AWS": OTHER})}, principal=principal
    ).allowed


KNOWN = [
    ("aws:PrincipalAccount", ACCOUNT),
    ("aws:PrincipalArn", USER_ARN),
    ("aws:PrincipalType", "User"),
    ("aws:PrincipalIsAWSService", "false"),
    ("aws:username", "ci"),
    ("aws:ResourceAccount", ACCOUNT),
    ("aws:RequestedRegion", "us-east-1"),
    ("aws:SecureTransport", "true"),
    ("aws:SourceIp", "127.0.0.1"),
    ("aws:PrincipalTag/team", None),
    ("ecr:ResourceTag/team", None),
]


@pytest.mark.parametrize(("key", "value"), KNOWN)
def test_a_condition_can_ask_what_it_can_ask_at_a_server(
    decide: Any, key: str, value: str | None
) -> None:
    """But for tags and ids, which a folder does not know."""
    known = {"Null": {key: "true"}} if value is None else {"StringEquals": {key: value}}
    statement = allow(Condition=known)
    backend = Backend(Settings())
    Ecr(backend)._call("CreateUser", service="iam", user_name="ci", path="/team/")
    document = {"policy_name": "p", "policy_document": text(statement)}
    Ecr(backend)._call("PutUserPolicy", service="iam", user_name="ci", **document)
    assert decide({"identity": statement}).allowed
    assert backend.explain_access(USER_ARN, PULL, REPOSITORY).allowed


def test_a_key_of_the_request_goes_before_what_is_known(decide: Any) -> None:
    files = {"identity": allow(Condition={"StringEquals": {"aws:PrincipalTag/team": "a"}})}
    assert not decide(files).allowed
    assert decide(files, **{"aws:principaltag/team": "a"}).allowed
    by_address = {"identity": allow(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})}
    assert decide(by_address, aws__sourceip="10.1.2.3").allowed


def test_a_policy_may_begin_with_a_byte_order_mark(decide: Any) -> None:
    """As editors on Windows write it."""
    assert decide({"identity": b"\xef\xbb\xbf" + text(allow()).encode()}).allowed


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("identity", b"{", "is no identity-based policy: "),
        ("identity-2", allow_to("*", Resource="*"), "is no identity-based policy: Policy document"),
        ("boundary", b"[]", "is no permissions boundary: a policy must be an object"),
        ("session-a", allow("PutImage"), "is no session policy: Actions/Conditions must be"),
        (
            "repository",
            allow(),
            "is no resource-based policy: a statement must not have 'Resource'",
        ),
        (
            "registry",
            allow_to("*"),
            "is no resource-based policy: a statement must have one of Res",
        ),
        ("identity", b"\xff", "cannot be read: "),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(
    decide: Any, tmp_path: Path, name: str, content: Any, message: str
) -> None:
    with pytest.raises(click.ClickException) as caught:
        decide({name: content})
    assert caught.value.message.startswith(f"{tmp_path / name}.json {message}")
    assert caught.value.exit_code == 1


def test_a_folder_in_place_of_a_file_is_named(decide: Any, tmp_path: Path) -> None:
    (tmp_path / "boundary.json").mkdir()
    with pytest.raises(click.ClickException, match=r"boundary\.json cannot be read"):
        decide({"identity": allow()})


@pytest.mark.parametrize("name", ["policy", "repositories"])
def test_a_folder_without_policies_is_bad_usage(decide: Any, name: str) -> None:
    """It would deny everything, and nobody would see that the names are wrong."""
    with pytest.raises(click.UsageError) as caught:
        decide({name: allow()})
    assert caught.value.message.endswith(
        "has none of identity*.json, boundary.json, session*.json, repository.json, registry.json"
    )
    assert caught.value.exit_code == 2


def test_a_principal_that_cannot_be_one_is_bad_usage(decide: Any) -> None:
    with pytest.raises(click.UsageError, match="is no ARN of a user"):
        decide({"identity": allow()}, principal="ci")
