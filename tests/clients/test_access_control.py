"""Who may what, as the AWS CLI sees it: keys, profiles that assume roles, refusals.

Source: reference iam.md §2.3, §7, §12.2.
"""

import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.clients.enforcing import Office, assuming, denied, repository_arn
from tests.clients.programs import Program
from tests.clients.running_server import (
    DEFAULT_ACCOUNT,
    ROOT,
    Repository,
    new_repository,
    running_server,
)

pytestmark = pytest.mark.clients

LISTING = ("ecr", "list-images", "--repository-name")
WRONG_SECRET = "The request signature we calculated does not match the signature you provided."
NO_SUCH_KEY = "The security token included in the request is invalid."
EXPIRED = "The security token included in the request is expired"


@pytest.fixture
def mine(office: Office) -> Repository:
    """A repository of the server that asks policies."""
    return new_repository(office.root("ecr"))


@pytest.fixture
def profiles(aws: Program, tmp_path: Path) -> Callable[[Office, str], Program]:
    """Make an AWS CLI that has its settings from a text, and its cache from nobody."""

    def profiles(office: Office, settings: str) -> Program:
        (tmp_path / "config").write_text(settings)
        home = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "HOME": str(tmp_path)}
        return office.acting(aws).with_environment(**home)

    return profiles


# Keys


def test_a_user_may_what_its_policy_says(aws: Program, office: Office, mine: Repository) -> None:
    user = office.user("ecr:ListImages")
    signed = office.acting(aws, user)
    assert json.loads(signed(*LISTING, mine.name)) == {"imageIds": []}
    told = user.denied("ecr:DescribeRepositories", repository_arn("*"))
    said = signed.fails("ecr", "describe-repositories")
    assert (
        f"(AccessDeniedException) when calling the DescribeRepositories operation: {told}" in said
    )


def test_a_user_sees_who_it_is_without_any_policy(aws: Program, office: Office) -> None:
    user = office.user()
    seen = json.loads(office.acting(aws, user)("sts", "get-caller-identity"))
    assert (seen["Arn"], seen["Account"]) == (user.arn, DEFAULT_ACCOUNT)


@pytest.mark.parametrize(
    ("variables", "codes", "text"),
    [
        (
            {"AWS_SECRET_ACCESS_KEY": "wrong"},
            ("InvalidSignatureException", "SignatureDoesNotMatch"),
            WRONG_SECRET,
        ),
        (
            {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"},
            ("UnrecognizedClientException", "InvalidClientTokenId"),
            NO_SUCH_KEY,
        ),
    ],
    ids=["wrong secret", "unknown key"],
)
def test_a_key_that_is_not_good_is_refused_in_the_words_of_each_service(
    aws: Program, office: Office, variables: dict[str, str], codes: tuple[str, str], text: str
) -> None:
    signed = office.acting(aws, office.user("ecr:*")).with_environment(**variables)
    said = signed.fails("ecr", "describe-repositories")
    assert f"({codes[0]}) when calling the DescribeRepositories operation: {text}" in said
    said = signed.fails("sts", "get-caller-identity")
    assert f"({codes[1]}) when calling the GetCallerIdentity operation: {text}" in said


def test_a_key_that_was_deleted_is_refused(aws: Program, office: Office) -> None:
    user = office.user("ecr:*")
    signed = office.acting(aws, user)
    signed("ecr", "describe-repositories")
    office.delete_key(user)
    assert NO_SUCH_KEY in signed.fails("ecr", "describe-repositories")


def test_the_lines_of_ecrmock_env_lead_in(aws: Program, office: Office) -> None:
    """With a key that nobody has, as they lead in where nothing is enforced, one could not begin."""
    lines = f"{sys.executable} -m ecrmock env --url {office.server.url}"
    shell = Program(("bash", "-e", "-c"), office.acting(aws).environment)
    said = shell(f'cd {ROOT}; eval "$({lines})"; aws sts get-caller-identity')
    assert json.loads(said)["Arn"] == f"arn:aws:iam::{DEFAULT_ACCOUNT}:root"


def test_nobody_gets_in_without_a_signature_or_a_token(office: Office) -> None:
    connection = office.server.connection()
    headers = {
        "X-Amz-Target": "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories",
        "Content-Type": "application/x-amz-json-1.1",
    }
    connection.request("POST", "/", "{}", headers)
    answer = connection.getresponse()
    error = json.loads(answer.read())
    assert (answer.status, error["__type"]) == (400, "MissingAuthenticationTokenException")
    connection.request("GET", "/v2/_catalog")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (401, b"Not Authorized\n")
    connection.close()


# Profiles that assume a role


def test_a_profile_may_what_its_role_may(
    profiles: Callable[..., Program], office: Office, mine: Repository
) -> None:
    user = office.user("sts:AssumeRole")
    role = office.role(user.arn, "ecr:ListImages")
    cli = profiles(office, assuming(user, role)).with_environment(AWS_PROFILE="deploy")
    session = f"arn:aws:sts::{DEFAULT_ACCOUNT}:assumed-role/{role.rpartition('/')[2]}/nightly"
    assert json.loads(cli("sts", "get-caller-identity"))["Arn"] == session
    assert json.loads(cli(*LISTING, mine.name)) == {"imageIds": []}
    told = denied(session, "ecr:DescribeRepositories", repository_arn("*"))
    assert told in cli.fails("ecr", "describe-repositories")


def test_the_user_of_the_profile_may_not_what_the_role_may(
    profiles: Callable[..., Program], office: Office, mine: Repository
) -> None:
    user = office.user("sts:AssumeRole")
    role = office.role(user.arn, "ecr:ListImages")
    cli = profiles(office, assuming(user, role)).with_environment(AWS_PROFILE="user")
    told = user.denied("ecr:ListImages", repository_arn(mine.name))
    assert told in cli.fails(*LISTING, mine.name)


def test_who_does_not_give_the_id_that_was_agreed_is_not_trusted(
    profiles: Callable[..., Program], office: Office
) -> None:
    user = office.user("sts:AssumeRole")
    role = office.role(user.arn, "ecr:ListImages")
    cli = profiles(office, assuming(user, role, external_id="other"))
    said = cli.fails("ecr", "describe-repositories", "--profile", "deploy")
    told = f"User: {user.arn} is not authorized to perform: sts:AssumeRole on resource: {role}\n"
    assert f"(AccessDenied) when calling the AssumeRole operation: {told}" in said


@pytest.fixture
def elsewhen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A server whose clock a test may move."""
    with running_server(tmp_path_factory.mktemp("server"), "--enforce-iam") as server:
        yield Office(server)


def set_clock(office: Office, ahead: timedelta) -> None:
    """Set the server's clock so far ahead of this machine's."""
    connection = office.server.connection()
    body = json.dumps({"now": (datetime.now(UTC) + ahead).isoformat()})
    connection.request("POST", "/_ecrmock/clock", body, {"Content-Type": "application/json"})
    assert connection.getresponse().status == 200
    connection.close()


def assumed(folder: Path) -> list[dict[str, str]]:
    """Return the credentials that the AWS CLI has kept."""
    files = (folder / ".aws" / "cli" / "cache").glob("*.json")
    return [json.loads(file.read_text())["Credentials"] for file in files]


def test_an_expired_session_is_refused(
    profiles: Callable[..., Program], elsewhen: Office, tmp_path: Path
) -> None:
    """The CLI looks at its own clock, by which they are good still."""
    user = elsewhen.user("sts:AssumeRole")
    role = elsewhen.role(user.arn, "ecr:DescribeRepositories")
    cli = profiles(elsewhen, assuming(user, role)).with_environment(AWS_PROFILE="deploy")
    cli("ecr", "describe-repositories")
    set_clock(elsewhen, timedelta(hours=2))
    said = cli.fails("ecr", "describe-repositories")
    assert (
        f"(ExpiredTokenException) when calling the DescribeRepositories operation: {EXPIRED}"
        in said
    )
    assert f"(ExpiredToken) when calling the GetCallerIdentity operation: {EXPIRED}" in cli.fails(
        "sts", "get-caller-identity"
    )


def test_a_profile_gets_new_credentials_by_itself_when_the_old_ones_expire(
    profiles: Callable[..., Program], elsewhen: Office, tmp_path: Path
) -> None:
    """They are an hour's, given as if 50 minutes ago; the CLI renews what is good for 15 minutes only."""
    user = elsewhen.user("sts:AssumeRole")
    role = elsewhen.role(user.arn, "ecr:DescribeRepositories")
    cli = profiles(elsewhen, assuming(user, role)).with_environment(AWS_PROFILE="deploy")
    set_clock(elsewhen, -timedelta(minutes=50))
    cli("ecr", "describe-repositories")
    (old,) = assumed(tmp_path)
    set_clock(elsewhen, timedelta(minutes=15))
    cli("ecr", "describe-repositories")
    (new,) = assumed(tmp_path)
    assert new["AccessKeyId"] != old["AccessKeyId"]
    with_old = elsewhen.acting(cli).with_environment(
        AWS_ACCESS_KEY_ID=old["AccessKeyId"],
        AWS_SECRET_ACCESS_KEY=old["SecretAccessKey"],
        AWS_SESSION_TOKEN=old["SessionToken"],
    )
    assert EXPIRED in with_old.fails("ecr", "describe-repositories")
