"""A server that asks policies about everything, and the users and roles that tests make on it."""

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3

from tests.clients.programs import Program
from tests.clients.running_server import DEFAULT_ACCOUNT, RunningServer
from tests.documents import identity_policy

PUSH = (
    "ecr:GetAuthorizationToken",
    "ecr:BatchCheckLayerAvailability",
    "ecr:InitiateLayerUpload",
    "ecr:UploadLayerPart",
    "ecr:CompleteLayerUpload",
    "ecr:PutImage",
)
"""What a push takes at least. Source: reference registry.md §14."""
PULL = ("ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
"""What a pull takes at least. Source: reference registry.md §14."""
_numbers = itertools.count(1)


@dataclass(frozen=True)
class User:
    """A user with an access key."""

    arn: str
    access_key_id: str
    secret_access_key: str

    @property
    def name(self) -> str:
        """The user's name, which no other test has."""
        return self.arn.rpartition("/")[2]

    @property
    def variables(self) -> dict[str, str]:
        """The environment by which AWS clients sign as the user."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
        }

    def denied(self, action: str, resource: str) -> str:
        """Return what the user is told when no policy allows an action."""
        return denied(self.arn, action, resource)


def denied(arn: str, action: str, resource: str) -> str:
    """Return what ECR tells somebody when no policy allows an action."""
    return (
        f"User: {arn} is not authorized to perform: {action} on resource: {resource} "
        f"because no identity-based policy allows the {action} action"
    )


def repository_arn(name: str, account: str = DEFAULT_ACCOUNT, region: str = "us-east-1") -> str:
    """Return what a denial calls a repository."""
    return f"arn:aws:ecr:{region}:{account}:repository/{name}"


@dataclass(frozen=True)
class Office:
    """The server, and what the root of an account does there before a test."""

    server: RunningServer

    @cache  # noqa: B019  # one office for each session
    def root(self, service: str = "iam", account: str = DEFAULT_ACCOUNT) -> Any:
        """Make a boto3 client that acts as the root of an account."""
        return boto3.client(
            service,
            endpoint_url=self.server.url,
            region_name="us-east-1",
            aws_access_key_id=account,
            aws_secret_access_key="test",
        )

    def user(self, *actions: str) -> User:
        """Make a user who may do some things to everything."""
        iam, name = self.root(), f"user-{next(_numbers)}"
        arn = iam.create_user(UserName=name)["User"]["Arn"]
        if actions:
            document = identity_policy(*actions)
            iam.put_user_policy(UserName=name, PolicyName="may", PolicyDocument=document)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return User(arn, key["AccessKeyId"], key["SecretAccessKey"])

    def role(self, trusted: str, *actions: str, external_id: str = "agreed") -> str:
        """Make a role that somebody may assume who gives the external id; return its ARN."""
        iam, name = self.root(), f"role-{next(_numbers)}"
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": trusted},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
        }
        trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        document = identity_policy(*actions)
        iam.put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=document)
        return str(arn)

    def delete_key(self, user: User) -> None:
        """Take a user's key away."""
        self.root().delete_access_key(UserName=user.name, AccessKeyId=user.access_key_id)

    def acting(self, program: Program, user: User | None = None) -> Program:
        """Lead an AWS client to the server, as a user or with nobody's keys."""
        led = {**program.environment, "AWS_ENDPOINT_URL": self.server.url}
        who = user.variables if user is not None else {}
        kept = {name: value for name, value in led.items() if name not in _WHO}
        return Program(program.command, {**kept, **who})

    def password(self, aws: Program, user: User) -> str:
        """Have the AWS CLI fetch a user's password for the registry."""
        return self.acting(aws, user)("ecr", "get-login-password").strip()


_WHO = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE")


def assuming(user: User, role: str, **more: str) -> str:
    """Return a file of settings with the profiles ``user`` and ``deploy``, which assumes a role as the user."""
    deploy: Mapping[str, str] = {
        "role_arn": role,
        "source_profile": "user",
        "role_session_name": "nightly",
        "external_id": "agreed",
        **more,
    }
    keys = {name.lower(): value for name, value in user.variables.items()}
    profiles = {"user": {**keys, "region": "us-east-1"}, "deploy": deploy}
    lines = []
    for name, settings in profiles.items():
        lines += [f"[profile {name}]", *(f"{key} = {value}" for key, value in settings.items())]
    return "\n".join([*lines, ""])
