"""AWS Signer by the AWS CLI, and its signing profiles by Terraform. Source: service model of signer."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.clients.programs import Program
from tests.clients.running_server import RunningServer
from tests.clients.terraform_folders import SECONDS

NOTATION = "Notation-OCI-SHA384-ECDSA"
PROFILES = "arn:aws:signer:us-east-1:444455556666:/signing-profiles"
CONFIGURATION = Path(__file__).parent / "terraform" / "signing" / "signing.tf"


@pytest.fixture
def signer(aws: Program) -> Program:
    """`aws signer` in an account that no other module uses."""
    own = replace(aws, command=(*aws.command, "signer"))
    return own.with_environment(
        AWS_ACCESS_KEY_ID="444455556666", AWS_DISABLE_HOST_PREFIX_INJECTION="true"
    )


@pytest.fixture
def profile(signer: Program, request: pytest.FixtureRequest) -> str:
    """The name of a new profile."""
    name: str = request.node.name[:64]
    signer("put-signing-profile", "--profile-name", name, "--platform-id", NOTATION)
    return name


def said(program: Program, *arguments: str) -> Any:
    """Run a command to success, and read what it prints."""
    return json.loads(program(*arguments))


@pytest.mark.clients
def test_a_profile_is_put_got_listed_and_canceled(signer: Program) -> None:
    name = ("--profile-name", "release")
    period = ("--signature-validity-period", "value=2,type=YEARS", "--tags", "team=a")
    made = said(signer, "put-signing-profile", *name, "--platform-id", NOTATION, *period)
    got = said(signer, "get-signing-profile", *name)
    assert made["profileVersionArn"] == f"{PROFILES}/release/{made['profileVersion']}"
    assert got["signatureValidityPeriod"] == {"value": 2, "type": "YEARS"}
    assert got in said(signer, "list-signing-profiles")["profiles"]
    signer("cancel-signing-profile", *name)
    assert got["arn"] not in [
        each["arn"] for each in said(signer, "list-signing-profiles")["profiles"]
    ]
    canceled = said(signer, "list-signing-profiles", "--statuses", "Canceled")["profiles"]
    assert got["arn"] in [each["arn"] for each in canceled]


@pytest.mark.clients
def test_a_revoked_profile_is_told_to_who_verifies(signer: Program, profile: str) -> None:
    made = said(signer, "get-signing-profile", "--profile-name", profile)
    question = [
        *("--signature-timestamp", "2026-01-02T03:04:05Z", "--platform-id", NOTATION),
        *("--profile-version-arn", made["profileVersionArn"]),
        *("--job-arn", "arn:aws:signer:us-east-1:444455556666:/signing-jobs/none"),
        *("--certificate-hashes", "ab", "cd"),
    ]
    assert said(signer, "get-revocation-status", *question)["revokedEntities"] == []
    why = ("--reason", "key lost", "--effective-time", "2026-01-01T00:00:00Z")
    version = ("--profile-version", made["profileVersion"])
    signer("revoke-signing-profile", "--profile-name", profile, *version, *why)
    revoked = said(signer, "get-revocation-status", *question)["revokedEntities"]
    assert revoked == [made["profileVersionArn"]]


@pytest.mark.clients
def test_resource_tags_come_and_go(signer: Program, profile: str) -> None:
    arn = ("--resource-arn", f"{PROFILES}/{profile}")
    signer("tag-resource", *arn, "--tags", "team=a,stage=b")
    signer("untag-resource", *arn, "--tag-keys", "stage", "none")
    assert said(signer, "list-tags-for-resource", *arn) == {"tags": {"team": "a"}}


@pytest.mark.clients
def test_errors_have_the_names_that_the_command_line_prints(signer: Program, profile: str) -> None:
    job = ("--job-id", "00000000-0000-4000-8000-000000000000")
    refusals = {
        ("get-signing-profile", "--profile-name", "none"): "ResourceNotFoundException",
        ("describe-signing-job", *job): "ResourceNotFoundException",
        ("revoke-signature", *job, "--reason", "lost"): "ResourceNotFoundException",
        ("get-signing-platform", "--platform-id", "none"): "ResourceNotFoundException",
        (
            *("put-signing-profile", "--profile-name", profile),
            *("--platform-id", NOTATION),
        ): "ValidationException",
        ("list-tags-for-resource", "--resource-arn", "none"): "BadRequestException",
    }
    for command, code in refusals.items():
        assert f"({code})" in signer.fails(*command)


@pytest.mark.clients
def test_what_there_is_can_be_listed(signer: Program) -> None:
    assert said(signer, "list-signing-jobs") == {"jobs": []}
    platforms = said(signer, "list-signing-platforms")["platforms"]
    assert NOTATION in [each["platformId"] for each in platforms]


@pytest.fixture(scope="module")
def applied(folder: Callable[..., Program], server: RunningServer) -> Program:
    """Signing profiles that Terraform has made."""
    program = folder("signing", CONFIGURATION, TF_VAR_ecrmock=server.url)
    program("apply", "-auto-approve", timeout=SECONDS)
    return program


@pytest.mark.clients_extra
def test_terraform_finds_nothing_to_change_in_its_profiles(applied: Program) -> None:
    applied("plan", "-detailed-exitcode", timeout=SECONDS)


@pytest.mark.clients_extra
def test_terraform_reads_what_it_has_made(applied: Program) -> None:
    outputs = {name: each["value"] for name, each in json.loads(applied("output", "-json")).items()}
    arn = "arn:aws:signer:us-east-1:123456789012:/signing-profiles/plain"
    assert outputs["arn"] == arn
    assert outputs["version_arn"].startswith(f"{arn}/")
    assert outputs["platform"] == "Notation for container registries"


@pytest.mark.clients_extra
def test_terraform_changes_resource_tags_in_place_and_cancels_at_the_end(applied: Program) -> None:
    changed = applied.with_environment(TF_VAR_team="b")
    said = changed("apply", "-auto-approve", timeout=SECONDS)
    assert "0 added, 1 changed, 0 destroyed" in said
    changed("plan", "-detailed-exitcode", timeout=SECONDS)
    changed("destroy", "-auto-approve", timeout=SECONDS)
