"""Callers by an ARN or an account id. Source: reference iam.md §1.1."""

import pytest

from ecrmock.rules.callers import read_caller

ACCOUNT = "123456789012"
IAM, STS = f"arn:aws:iam::{ACCOUNT}", f"arn:aws:sts::{ACCOUNT}"


@pytest.mark.parametrize(
    ("text", "kind", "name", "principal_arn", "session"),
    [
        (f"{IAM}:root", "root", "", f"{IAM}:root", None),
        (f"{IAM}:user/ci", "user", "ci", f"{IAM}:user/ci", None),
        (f"{IAM}:user/team/a/ci", "user", "ci", f"{IAM}:user/team/a/ci", None),
        (f"{IAM}:role/x/deploy", "role", "deploy", f"{IAM}:role/x/deploy", None),
        (f"{STS}:assumed-role/deploy/one", "role", "deploy", f"{IAM}:role/deploy", "one"),
    ],
)
def test_an_arn_says_who_is_behind_a_caller(text, kind, name, principal_arn, session):
    """The ARN of a session does not have the path of its role."""
    found = read_caller(text)
    assert (found.partition, found.account) == ("aws", ACCOUNT)
    assert (found.kind, found.name, found.session) == (kind, name, session)
    assert found.principal_arn == principal_arn


@pytest.mark.parametrize(
    ("text", "arn", "user_id"),
    [
        (f"{IAM}:root", f"{IAM}:root", ACCOUNT),
        (f"{IAM}:user/team/ci", f"{IAM}:user/team/ci", "ID"),
        (f"{IAM}:role/x/deploy", f"{STS}:assumed-role/deploy/session", "ID:session"),
        (f"{STS}:assumed-role/deploy/one", f"{STS}:assumed-role/deploy/one", "ID:one"),
    ],
)
def test_a_role_calls_by_a_session(text, arn, user_id):
    caller = read_caller(text).caller("ID")
    assert (caller.account, caller.arn, caller.user_id) == (ACCOUNT, arn, user_id)


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_an_account_means_its_root_in_the_partition_that_is_asked(partition):
    found = read_caller(ACCOUNT, partition)
    assert (found.kind, found.partition) == ("root", partition)
    assert found.principal_arn == f"arn:{partition}:iam::{ACCOUNT}:root"


def test_an_arn_says_its_partition_itself():
    session = read_caller(f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/deploy/one", "aws")
    assert session.principal_arn == f"arn:aws-cn:iam::{ACCOUNT}:role/deploy"
    assert session.caller().arn == f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/deploy/one"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ci",
        "12345678901",
        "1234567890123",
        f"{IAM}:group/devs",
        f"{IAM}:policy/pull",
        f"{IAM}:user/",
        f"{IAM}:user",
        f"{IAM}:root/x",
        f"{STS}:assumed-role/deploy",
        f"{STS}:federated-user/guest",
        "arn:aws:iam::123:user/ci",
        f"{IAM}:user/ci\n",
    ],
)
def test_any_other_text_is_refused_in_a_sentence(text):
    with pytest.raises(ValueError, match="is no ARN of a user, a role or a session of a role"):
        read_caller(text)
