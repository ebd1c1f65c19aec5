"""Users and roles for tests of access control, with sessions of boto3 that act as them."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from ecrmock.handle.door import Door

if TYPE_CHECKING:
    import boto3

Policy = str | Mapping[str, Any]  # an ARN of a managed policy, or a document
_INLINE = "inline-policy-{number}"
_SESSION_NAME = "ecrmock"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessCredentials:
    """What a user or a role signs with. ``session_token`` is a role's."""

    arn: str
    access_key_id: str
    secret_access_key: str
    session_token: str | None = None
    region: str

    def session(self) -> "boto3.Session":
        """Return a session of boto3 that signs with them."""
        import boto3  # noqa: PLC0415 - loaded when needed

        return boto3.Session(
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self.secret_access_key,
            aws_session_token=self.session_token,
            region_name=self.region,
        )

    def client(self, service: str = "ecr", **options: Any) -> Any:
        """Return a client of boto3 that signs with them; ``options`` are those of ``Session.client``."""
        return self.session().client(service, **options)

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables by which SDKs and the AWS CLI sign with them."""
        given = {
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_SESSION_TOKEN": self.session_token,
            "AWS_DEFAULT_REGION": self.region,
        }
        return {name: value for name, value in given.items() if value is not None}


class Identities(Door):
    """The users and roles of the handle's account, and whether policies are asked."""

    def create_user(
        self, name: str, *, policy: Policy | Sequence[Policy] = (), account: str | None = None
    ) -> AccessCredentials:
        """Make a user with an access key, in the handle's account or another one.

        ``policy``: documents, or ARNs of managed policies. Raises: EcrError, as IAM does.
        """
        made = partial(self._call, service="iam", account=account, user_name=name)
        user = made("CreateUser").user
        _give("User", made, policy)
        key = made("CreateAccessKey").access_key
        return AccessCredentials(
            arn=user.arn,
            access_key_id=key.access_key_id,
            secret_access_key=key.secret_access_key,
            region=self.region,
        )

    def create_role(
        self,
        name: str,
        *,
        policy: Policy | Sequence[Policy] = (),
        trusts: str | Sequence[str] | None = None,
        account: str | None = None,
    ) -> str:
        """Make a role, in the handle's account or another one, and return its ARN.

        ``trusts``: the ARNs or accounts that may assume it; without it the role's own account.
        Raises: EcrError, as IAM does.
        """
        made = partial(self._call, service="iam", account=account, role_name=name)
        trusted = (trusts,) if isinstance(trusts, str) else trusts
        trust = _trust(trusted or (account or self.account,))
        role = made("CreateRole", assume_role_policy_document=json.dumps(trust)).role
        _give("Role", made, policy)
        arn: str = role.arn
        return arn

    def assume_role(self, role: str, *, session_name: str = _SESSION_NAME) -> AccessCredentials:
        """Return an hour's credentials of a role, by its ARN or by its name in the handle's account.

        Raises: EcrError, as AssumeRole does.
        """
        arn = role
        if not role.startswith("arn:"):
            arn = self._call("GetRole", service="iam", role_name=role).role.arn
        owner = arn.split(":")[4]
        answer = self._call(
            "AssumeRole",
            service="sts",
            account=owner,
            role_arn=arn,
            role_session_name=session_name,
        )
        given = answer.credentials
        return AccessCredentials(
            arn=answer.assumed_role_user.arn,
            access_key_id=given.access_key_id,
            secret_access_key=given.secret_access_key,
            session_token=given.session_token,
            region=self.region,
        )

    @contextmanager
    def enforced(self) -> Iterator[None]:
        """Ask policies about every call while the block runs, as ``enforce_iam=True`` does all the time."""
        with self._backend.enforcing_iam():
            yield


def _trust(principals: Sequence[str]) -> Mapping[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": list(principals)},
        "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _give(kind: str, call: Callable[..., Any], policy: Policy | Sequence[Policy]) -> None:
    """Attach managed policies and put documents; ``call`` names the user or role."""
    policies = (policy,) if isinstance(policy, str | Mapping) else tuple(policy)
    for number, each in enumerate(policies, start=1):
        if isinstance(each, str) and each.startswith("arn:"):
            call(f"Attach{kind}Policy", policy_arn=each)
        else:
            text = each if isinstance(each, str) else json.dumps(each)
            name = _INLINE.format(number=number)
            call(f"Put{kind}Policy", policy_name=name, policy_document=text)
