"""Every request to the registry takes a right, and says what it was refused.

Source: reference registry.md §3.3, §14.
"""

import json
from base64 import b64encode
from datetime import datetime
from typing import Any

import pytest

from ecrmock import Ecr
from ecrmock.dispatch.call import Call
from ecrmock.frontends.oci.door import _HANDLERS
from ecrmock.values.authorization import AccessKey
from ecrmock.values.names import Region
from tests.frontends.oci.conftest import Registry, digest_of, error_of, manifest_of, message_of

APP = "arn:aws:ecr:us-east-1:123456789012:repository/app"
USER = "arn:aws:iam::123456789012:user/ci"
UPLOAD = "/v2/app/blobs/uploads/12345678-1234-1234-1234-123456789012"
DIGEST = "sha256:" + "0" * 64
PATHS = {
    "catalog": "/v2/_catalog",
    "tags": "/v2/app/tags/list",
    "manifest": "/v2/app/manifests/1.0",
    "referrers": f"/v2/app/referrers/{DIGEST}",
    "blob": f"/v2/app/blobs/{DIGEST}",
    "uploads": "/v2/app/blobs/uploads/",
    "upload": UPLOAD,
}
ACTIONS = [
    ("GET", PATHS["catalog"], "DescribeRepositories"),
    ("GET", PATHS["tags"], "ListImages"),
    ("GET", PATHS["manifest"], "BatchGetImage"),
    ("HEAD", PATHS["manifest"], None),  # an answer to HEAD has no text
    ("PUT", PATHS["manifest"], "PutImage"),
    ("DELETE", PATHS["manifest"], "BatchDeleteImage"),
    ("GET", PATHS["referrers"], "BatchGetImage"),
    ("GET", PATHS["blob"], "GetDownloadUrlForLayer"),
    ("HEAD", PATHS["blob"], None),
    ("POST", PATHS["uploads"], "InitiateLayerUpload"),
    ("PATCH", PATHS["upload"], "UploadLayerPart"),
    ("GET", PATHS["upload"], "UploadLayerPart"),
    ("DELETE", PATHS["upload"], "UploadLayerPart"),
    ("PUT", f"{UPLOAD}?digest={DIGEST}", None),  # with or without bytes: two actions
]


class Signed:
    """A good signature with whatever secret."""

    def check(self, secret: str, session_token: str | None, now: datetime) -> None:
        pass


class Guarded(Registry):
    """A registry in which policies are asked; requests have the token of a user."""

    def __init__(self, *actions: str) -> None:
        super().__init__()
        self.ecr = Ecr(self.backend)
        self.ecr.push_image("app", tag="1.0")
        statement = {"Effect": "Allow", "Action": [*actions, "ecr:GetAuthorizationToken"]}
        policy = {"Version": "2012-10-17", "Statement": {**statement, "Resource": "*"}}
        self.key = self.ecr.create_user("ci", policy=policy).access_key_id
        self.backend.dispatcher.enforces_iam = True
        (issued,) = self.as_user("GetAuthorizationToken").authorization_data
        self.authorization = f"Basic {issued.authorization_token}"

    def as_user(self, operation: str, **parameters: Any) -> Any:
        return self.backend.dispatcher.dispatch(
            Call(
                service="ecr",
                operation=operation,
                parameters=parameters,
                credentials=AccessKey(self.key, Signed()),
                region=Region("us-east-1"),
                request_id="request",
            )
        )


@pytest.mark.parametrize(("method", "path", "action"), ACTIONS)
def test_every_request_takes_its_action(method: str, path: str, action: str | None) -> None:
    answer = Guarded()(method, path, manifest_of(b"layer") if path == PATHS["manifest"] else b"")
    assert answer.status == 403
    if action is not None:
        resource = APP if path != PATHS["catalog"] else f"{APP[:-3]}*"
        assert error_of(answer) == (403, "DENIED")
        assert message_of(answer) == (
            f"User: {USER} is not authorized to perform: ecr:{action} on resource: {resource} "
            f"because no identity-based policy allows the ecr:{action} action"
        )


def test_every_route_but_the_login_is_asked_about_here() -> None:
    ecr_only = {(resource, method) for resource, method in _HANDLERS if resource != "root"}
    places = {path: resource for resource, path in PATHS.items()}
    asked = {(places[path.partition("?")[0]], method) for method, path, _ in ACTIONS}
    assert ecr_only - asked == {("blob", "DELETE")}  # ECR deletes no blobs: it answers 405


def test_a_login_takes_no_right() -> None:
    assert Guarded()("GET", "/v2/").status == 200


def test_who_may_pull_cannot_push() -> None:
    registry = Guarded("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
    assert registry("GET", "/v2/app/manifests/1.0").status == 200
    assert error_of(registry("POST", "/v2/app/blobs/uploads/")) == (403, "DENIED")


def test_a_mount_needs_the_layer_of_its_source() -> None:
    """Source: reference registry.md §14; without that right an upload is started instead."""
    registry = Guarded("ecr:InitiateLayerUpload", "ecr:UploadLayerPart")
    registry.call("PutAccountSetting", name="BLOB_MOUNTING", value="ENABLED")
    registry.call("CreateRepository", repository_name="web")
    (layer,) = json.loads(registry.ecr.pull("app", "1.0").manifest)["layers"]
    mount = f"/v2/web/blobs/uploads/?mount={layer['digest']}&from=app"
    assert registry("POST", mount).status in (202, 403)


def test_to_complete_an_upload_of_a_blob_that_is_there_takes_no_other_right() -> None:
    registry = Guarded("ecr:CompleteLayerUpload")
    registry.ecr.push_image("app", tag="2.0", layers=[b"layer"])
    upload_id = registry.call("InitiateLayerUpload", repository_name="app").upload_id
    part = {"upload_id": upload_id, "layer_part_blob": b"layer"}
    registry.call("UploadLayerPart", repository_name="app", **part)
    complete = f"/v2/app/blobs/uploads/{upload_id}?digest={digest_of(b'layer')}"
    assert registry("PUT", complete).status == 201


def test_a_token_of_a_deleted_key_is_refused() -> None:
    registry = Guarded("ecr:*")
    registry.backend.dispatcher.enforces_iam = False
    named = {"service": "iam", "user_name": "ci", "access_key_id": registry.key}
    registry.ecr._call("DeleteAccessKey", **named)
    answer = registry("GET", "/v2/app/tags/list")
    assert (answer.status, message_of(answer)) == (400, "Your Authorization Token is invalid.")


def test_a_refusal_comes_before_the_body_is_read() -> None:
    """The body would end in an exception if somebody read it."""
    from tests.frontends.oci.conftest import BROKEN, StreamBody

    answer = Guarded()("PATCH", UPLOAD, StreamBody([BROKEN]))
    assert error_of(answer) == (403, "DENIED")


def test_nobody_gets_in_by_another_users_name() -> None:
    basic = b64encode(b"AWS:nonsense").decode()
    answer = Guarded()("GET", "/v2/app/tags/list", authorization=f"Basic {basic}")
    assert answer.status == 400
