"""``ecrmock iam explain``: what it prints, and how it ends. Source: DESIGN.md section 4.

What policies in a folder decide is in ``test_iam_folder``.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ecrmock import Ecr
from ecrmock.cli import main
from ecrmock.server import Server, make_server
from ecrmock.values.settings import Settings
from tests.rules.access import PULL, allow, deny, text

APP = "arn:aws:ecr:us-east-1:123456789012:repository/app"
USER = "arn:aws:iam::123456789012:user/ci"
NOBODY = "http://localhost:1"
OFFICE = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
MAY_PULL = text(allow(PULL, APP, Sid="Pull", Condition=OFFICE))
AT_WORK = ("--context", "aws:SourceIp=10.0.0.1")
DENIED = (
    "DENIED\n"
    f"User: {USER} is not authorized to perform: ecr:PutImage on resource: {APP} "
    "because no identity-based policy allows the ecr:PutImage action\n"
)
Explain = Callable[..., Result]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that does not enforce policies, with the user ``ci``, who may pull from the office."""
    with make_server(Settings(), port=0) as server:
        Ecr(server.backend).create_user("ci", policy=MAY_PULL)
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that says the same as the server."""
    (tmp_path / "identity.json").write_text(MAY_PULL)
    return tmp_path


@pytest.fixture(params=["server", "folder"])
def explain(request: pytest.FixtureRequest) -> Explain:
    """Ask about the user ``ci`` and the repository ``app``, at a server or in a folder."""
    source = request.getfixturevalue(request.param)
    where = ("--url", source.url) if isinstance(source, Server) else ("--policies", str(source))

    def explain(*options: str, action: str = PULL, principal: str = USER) -> Result:
        question = ["--principal", principal, "--action", action, "--resource", APP]
        return CliRunner().invoke(main, ["iam", "explain", *question, *where, *options])

    return explain


def test_an_allow_is_exit_code_0_and_names_the_statement(explain: Explain) -> None:
    result = explain(*AT_WORK)
    first, _, policy, statement = result.output.splitlines()
    assert (result.exit_code, first) == (0, "ALLOWED")
    assert policy in ("policy: identity.json", "policy: inline policy inline-policy-1 of user/ci")
    assert json.loads(statement.removeprefix("statement: "))["sid"] == "Pull"


def test_a_denial_is_exit_code_1_and_has_the_words_of_aws(explain: Explain) -> None:
    """Source: reference iam.md §7."""
    result = explain(action="ecr:PutImage")
    assert (result.exit_code, result.output) == (1, DENIED)


def test_json_is_printed_for_machines_with_the_same_exit_code(explain: Explain) -> None:
    allowed, denied = explain("--json", *AT_WORK), explain("--json")
    assert (allowed.exit_code, denied.exit_code) == (0, 1)
    document = json.loads(denied.output)
    assert (document["allowed"], document["statement"]) == (False, None)
    assert json.loads(allowed.output)["statement"]["sid"] == "Pull"


@pytest.mark.parametrize(
    ("context", "exit_code"),
    [
        ((), 1),
        (("aws:SourceIp=10.1.2.3",), 0),
        (("AWS:SOURCEIP=10.1.2.3",), 0),
        (("aws:SourceIp=192.0.2.1",), 1),
        (("aws:SourceIp=10.1.2.3", "aws:UserAgent=a=b"), 0),
    ],
)
def test_condition_keys_are_given_one_by_one(
    explain: Explain, context: tuple[str, ...], exit_code: int
) -> None:
    options = [option for each in context for option in ("--context", each)]
    assert explain(*options).exit_code == exit_code


def test_a_principal_that_cannot_be_one_is_refused(explain: Explain) -> None:
    """A folder knows that it is bad usage (2); a server only answers (1)."""
    result = explain(principal="ci")
    assert result.exit_code in (1, 2)
    assert "'ci' is no ARN of a user, a role or a session of a role" in result.stderr


def in_folder(folder: Path, *options: str) -> Result:
    question = ["--principal", USER, "--action", "ecr:TagResource", "--policies", str(folder)]
    return CliRunner().invoke(main, ["iam", "explain", *question, *options])


@pytest.mark.parametrize(("keys", "exit_code"), [(("a", "b"), 0), (("a", "c"), 1)])
def test_a_key_that_is_given_twice_has_two_values(
    tmp_path: Path, keys: tuple[str, ...], exit_code: int
) -> None:
    condition = {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}
    (tmp_path / "identity.json").write_text(text(allow(Condition=condition)))
    options = [option for key in keys for option in ("--context", f"aws:TagKeys={key}")]
    assert in_folder(tmp_path, *options).exit_code == exit_code


@pytest.mark.parametrize("value", ["aws:SourceIp", "=10.0.0.1", ""])
def test_a_condition_key_without_a_value_is_bad_usage(folder: Path, value: str) -> None:
    result = in_folder(folder, "--context", value)
    assert (result.exit_code, "aws:SourceIp=10.0.0.1" in result.stderr) == (2, True)


@pytest.mark.parametrize("option", ["--principal", "--action"])
def test_who_wants_what_must_be_said(folder: Path, option: str) -> None:
    given = {"--principal": USER, "--action": PULL, "--policies": str(folder)}
    words = [word for name, value in given.items() if name != option for word in (name, value)]
    result = CliRunner().invoke(main, ["iam", "explain", *words])
    assert (result.exit_code, option in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("action", "hint"),
    [
        ("ecr:PutImagee", "; did you mean ecr:PutImage?"),
        ("ecr:Xyzzyx", "ECR has no action 'ecr:Xyzzyx'\n"),
        ("PutImage", "one is ecr:PutImage"),
        ("ecr:", "one is ecr:PutImage"),
    ],
)
def test_an_action_that_ecr_does_not_have_is_bad_usage(
    explain: Explain, action: str, hint: str
) -> None:
    """It would be denied, and nobody would see why."""
    result = explain(action=action)
    assert (result.exit_code, hint in result.stderr) == (2, True)


@pytest.mark.parametrize("action", ["ECR:putimage", "ecr-public:PutImage", "s3:GetObject"])
def test_an_action_may_be_in_any_case_and_of_another_service(folder: Path, action: str) -> None:
    question = ["--principal", USER, "--action", action, "--policies", str(folder)]
    assert CliRunner().invoke(main, ["iam", "explain", *question]).exit_code == 1


def test_without_a_resource_everything_is_meant(folder: Path) -> None:
    (folder / "identity.json").write_text(text(allow("ecr:TagResource")))
    assert in_folder(folder).exit_code == 0
    (folder / "identity.json").write_text(text(allow("ecr:TagResource", APP)))
    assert "on resource: * because" in in_folder(folder).output


def test_a_folder_goes_before_a_server(folder: Path) -> None:
    assert in_folder(folder, "--url", NOBODY).exit_code == 1
    assert "DENIED" in in_folder(folder, "--url", NOBODY).output


@pytest.mark.parametrize("folder", ["absent", "identity.json"])
def test_what_is_no_folder_is_bad_usage(tmp_path: Path, folder: str) -> None:
    (tmp_path / "identity.json").write_text(MAY_PULL)
    result = in_folder(tmp_path / folder)
    assert (result.exit_code, folder in result.stderr) == (2, True)


def test_the_address_of_the_server_may_be_in_the_environment(server: Server) -> None:
    question = ["iam", "explain", "--principal", USER, "--action", PULL, "--resource", APP]
    environment = {"ECRMOCK_URL": server.url}
    result = CliRunner().invoke(main, [*question, *AT_WORK], env=environment)
    assert (result.exit_code, result.output.startswith("ALLOWED\n")) == (0, True)


def test_a_server_that_is_not_there_is_a_failure_with_a_way_out() -> None:
    question = ["iam", "explain", "--principal", USER, "--action", PULL, "--url", NOBODY]
    result = CliRunner().invoke(main, question)
    assert (result.exit_code, "ecrmock serve" in result.stderr) == (1, True)


def test_a_user_who_is_not_there_is_a_failure_in_the_servers_words(server: Server) -> None:
    question = ["--principal", f"{USER}2", "--action", PULL, "--url", server.url]
    result = CliRunner().invoke(main, ["iam", "explain", *question])
    assert (result.exit_code, result.stderr) == (1, f"Error: there is no {USER}2\n")


def test_an_explicit_deny_names_its_statement(folder: Path) -> None:
    (folder / "identity-2.json").write_text(text(deny("ecr:Tag*", Sid="Never")))
    result = in_folder(folder)
    assert result.exit_code == 1
    assert "policy: identity-2.json\n" in result.output
    assert '"sid": "Never"' in result.output


def test_help_says_what_the_exit_codes_are() -> None:
    shown = CliRunner().invoke(main, ["iam", "explain", "--help"]).output
    assert "Exit code 0: it may; 1: it may not." in shown
    assert "http://localhost:5327" in shown
