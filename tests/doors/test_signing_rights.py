"""Who pushes needs the right to sign with the profile. Source: reference features.md §6, iam.md §7."""

from collections.abc import Callable
from typing import Any

import pytest

from ecrmock.values.signer import NOTATION
from tests.documents import identity_policy
from tests.doors.conftest import (
    ACCOUNT,
    ONE_ATTEMPT,
    OTHER_ACCOUNT,
    REGION,
    SESSION,
    Door,
    RegistryClient,
    push,
)

APP = {"repositoryName": "app"}
USER = f"arn:aws:iam::{ACCOUNT}:user/ci"
FULL_ACCESS = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryFullAccess"
PROFILE = f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/prod"
THEIRS = f"arn:aws:signer:{REGION}:{OTHER_ACCOUNT}:/signing-profiles/prod"
MAY_SIGN = identity_policy("signer:SignPayload", resource=PROFILE)


def configure(door: Door, arn: str = PROFILE) -> None:
    """Have everything signed, before policies are asked."""
    signer = door.client("signer", account=arn.split(":")[4])
    signer.put_signing_profile(profileName="prod", platformId=NOTATION)
    ecr = door.client()
    ecr.create_repository(**APP)
    rules = [{"signingProfileArn": arn}]
    ecr.put_signing_configuration(signingConfiguration={"rules": rules})


@pytest.fixture
def acting(door: Door) -> Callable[..., Any]:
    """Make a client of the user ``ci``, who has some policies besides the right to push."""

    def acting(*policies: Any) -> Any:
        who = door.ecr.create_user("ci", policy=(FULL_ACCESS, *policies))
        client = SESSION.client(
            "ecr",
            region_name=REGION,
            endpoint_url=door.endpoint_url,
            aws_access_key_id=who.access_key_id,
            aws_secret_access_key=who.secret_access_key,
            config=ONE_ATTEMPT,
        )
        door.clients.append(client)
        return client

    return acting


def outcome(door: Door, tag: str = "1") -> dict[str, str]:
    image = {**APP, "imageId": {"imageTag": tag}}
    (found,) = door.client().describe_image_signing_status(**image)["signingStatuses"]
    return found


def refused(arn: str = PROFILE) -> dict[str, str]:
    """Return the status where no policy gives the right."""
    return {
        "signingProfileArn": arn,
        "status": "FAILED",
        "failureCode": "AccessDeniedException",
        "failureReason": (
            f"User: {USER} is not authorized to perform: signer:SignPayload on resource: {arn} "
            "because no identity-based policy allows the signer:SignPayload action"
        ),
    }


def test_who_may_push_and_sign_has_the_image_signed(door: Door, acting: Callable[..., Any]) -> None:
    configure(door)
    with door.ecr.enforced():
        push(acting(MAY_SIGN), b"layer", "1")
    assert outcome(door) == {"signingProfileArn": PROFILE, "status": "COMPLETE"}


def test_who_may_only_push_has_an_image_without_a_signature(
    door: Door, acting: Callable[..., Any]
) -> None:
    """The push itself succeeds."""
    configure(door)
    with door.ecr.enforced():
        push(acting(), b"layer", "1")
    assert outcome(door) == refused()


def test_while_policies_are_not_asked_everybody_signs(
    door: Door, acting: Callable[..., Any]
) -> None:
    configure(door)
    push(acting(), b"layer", "1")
    assert outcome(door)["status"] == "COMPLETE"


def test_the_token_of_docker_login_says_who_signs(http_door: Door) -> None:
    configure(http_door)
    who = http_door.ecr.create_user("ci", policy=(FULL_ACCESS,))
    client = SESSION.client(
        "ecr",
        region_name=REGION,
        endpoint_url=http_door.endpoint_url,
        aws_access_key_id=who.access_key_id,
        aws_secret_access_key=who.secret_access_key,
    )
    with http_door.ecr.enforced():
        RegistryClient(http_door, client).push(b"layer", "1")
    client.close()
    assert outcome(http_door) == refused()


def test_the_profile_of_another_account_lets_nobody_sign(
    door: Door, acting: Callable[..., Any]
) -> None:
    """It takes a permission on the profile, which ecrmock does not have (AddProfilePermission)."""
    configure(door, THEIRS)
    with door.ecr.enforced():
        push(acting(identity_policy("signer:*", resource="*")), b"layer", "1")
    assert outcome(door)["failureCode"] == "AccessDeniedException"
