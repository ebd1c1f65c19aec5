"""What requests to public registries take while policies are asked. Source: reference public.md §6.4."""

import json
from typing import Any

import pytest

from ecrmock import Ecr
from ecrmock.dispatch.call import Call
from ecrmock.values.authorization import AccessKey
from ecrmock.values.names import PUBLIC_HOME
from tests.documents import digest_of
from tests.frontends.oci.conftest import error_of, manifest_of, message_of
from tests.frontends.oci.public_door import NOBODY, PublicRegistry
from tests.frontends.oci.test_access import Signed

ARN = "arn:aws:ecr-public::123456789012:repository/app"
USER = "arn:aws:iam::123456789012:user/ci"
UPLOAD = "blobs/uploads/12345678-1234-1234-1234-123456789012"
LAYER = f"blobs/{digest_of(b'layer')}"
READS = [
    ("GET", "manifests/1.0"),
    ("HEAD", "manifests/1.0"),
    ("GET", LAYER),
    ("GET", "tags/list"),
    ("GET", f"referrers/{digest_of(b'x')}"),
]
ACTIONS = [
    ("POST", "blobs/uploads/", "InitiateLayerUpload"),
    ("PATCH", UPLOAD, "UploadLayerPart"),
    ("DELETE", UPLOAD, "UploadLayerPart"),
    ("PUT", f"{UPLOAD}?digest={digest_of(b'layer')}", "CompleteLayerUpload"),
    ("PUT", "manifests/2.0", "PutImage"),
    ("DELETE", "manifests/1.0", "BatchDeleteImage"),
]


class Guarded(PublicRegistry):
    """Public registries while policies are asked; requests have the bearer of a user with some actions."""

    def __init__(self, *actions: str) -> None:
        super().__init__()
        self.push("1.0")
        allowed = [*actions, "ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken"]
        statement = {"Effect": "Allow", "Action": allowed, "Resource": "*"}
        policy = {"Version": "2012-10-17", "Statement": statement}
        self.key = Ecr(self.backend).create_user("ci", policy=policy).access_key_id
        self.backend.dispatcher.enforces_iam = True
        self.login = self.as_user("GetAuthorizationToken").authorization_data.authorization_token
        self.bearer = self.token(Authorization=f"Basic {self.login}")

    def as_user(self, operation: str, **parameters: Any) -> Any:
        return self.backend.dispatcher.dispatch(
            Call(
                service="ecr-public",
                operation=operation,
                parameters=parameters,
                credentials=AccessKey(self.key, Signed()),
                region=PUBLIC_HOME,
                request_id="request",
            )
        )


def body_of(rest: str) -> bytes:
    return manifest_of(b"layer") if rest.startswith("manifests") else b""


@pytest.mark.parametrize("bearer", [NOBODY, None], ids=["nobody", "a user"])
@pytest.mark.parametrize(("method", "rest"), READS)
def test_reading_takes_no_right(method: str, rest: str, bearer: str | None) -> None:
    guarded = Guarded()
    assert guarded(method, guarded.path(rest), bearer=bearer).status == 200


@pytest.mark.parametrize(("method", "rest", "action"), ACTIONS)
def test_writing_takes_its_action(method: str, rest: str, action: str) -> None:
    guarded = Guarded()
    answer = guarded(method, guarded.path(rest), body_of(rest))
    assert (error_of(answer), message_of(answer)) == (
        (403, "DENIED"),
        f"User: {USER} is not authorized to perform: ecr-public:{action} on resource: {ARN} "
        f"because no identity-based policy allows the ecr-public:{action} action",
    )


@pytest.mark.parametrize(("method", "rest", "action"), ACTIONS)
def test_nobody_is_challenged_for_it(method: str, rest: str, action: str) -> None:
    guarded = Guarded()
    answer = guarded(method, guarded.path(rest), body_of(rest), bearer=NOBODY)
    assert (answer.status, json.loads(answer.body)["errors"][0]["message"]) == (
        401,
        "Not Authorized",
    )


def test_a_user_who_looks_for_a_layer_needs_the_right_that_a_push_takes() -> None:
    guarded = Guarded()
    assert guarded("HEAD", guarded.path(LAYER)).status == 403
    assert guarded("HEAD", guarded.path(LAYER), bearer=NOBODY).status == 200


def test_who_may_push_pushes() -> None:
    Guarded("ecr-public:*").push("2.0")


def test_actions_of_private_registries_do_not_count() -> None:
    guarded = Guarded("ecr:*")
    assert error_of(guarded("POST", guarded.path("blobs/uploads/"))) == (403, "DENIED")


def test_a_bearer_of_a_deleted_key_is_invalid() -> None:
    guarded = Guarded("ecr-public:*")
    guarded.backend.dispatcher.enforces_iam = False
    named = {"service": "iam", "user_name": "ci", "access_key_id": guarded.key}
    Ecr(guarded.backend)._call("DeleteAccessKey", **named)
    assert guarded("GET", "/v2/").status == 400


@pytest.mark.parametrize("expiring", [NOBODY, None], ids=["nobody", "a user"])
def test_a_fault_makes_a_bearer_expire(expiring: str | None) -> None:
    """Source: docs/faults.md: any token of a registry."""
    public = PublicRegistry()
    public.push("1.0")
    Ecr(public.backend).fault("BatchGetImage", expire_token=True)
    token = public.token() if expiring == NOBODY else public.bearer
    response = public("GET", public.path("manifests/1.0"), bearer=token)
    assert error_of(response) == (403, "DENIED")
