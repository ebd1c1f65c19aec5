"""Profiles, rules, statuses and signatures, as the scenarios about signing speak of them."""

import json
from datetime import datetime
from typing import Any

from ecrmock.values.signer import NOTATION
from tests.doors.conftest import ACCOUNT, OTHER_ACCOUNT, REGION, START, Door

APP = {"repositoryName": "app"}
NOTARY = "application/vnd.cncf.notary.signature"
FIRST = f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/first"
SECOND = f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/second"
THEIRS = f"arn:aws:signer:{REGION}:{OTHER_ACCOUNT}:/signing-profiles/theirs"


def profile(door: Door, arn: str = FIRST, **members: Any) -> Any:
    """Make a signing profile, and return a client of its account."""
    client = door.client("signer", account=arn.split(":")[4])
    name = {"profileName": arn.rpartition("/")[2]}
    client.put_signing_profile(**{**name, "platformId": NOTATION, **members})
    return client


def revoke_profile(client: Any, effective: datetime = START) -> None:
    version = client.get_signing_profile(profileName="first")["profileVersion"]
    client.revoke_signing_profile(
        profileName="first", profileVersion=version, reason="lost", effectiveTime=effective
    )


def rule(arn: str = FIRST, *wildcards: str) -> dict[str, Any]:
    filters = [{"filter": each, "filterType": "WILDCARD_MATCH"} for each in wildcards]
    return {"signingProfileArn": arn, **({"repositoryFilters": filters} if filters else {})}


def configure(client: Any, *rules: dict[str, Any]) -> Any:
    return client.put_signing_configuration(signingConfiguration={"rules": list(rules)})


def statuses(client: Any, reference: str = "1", repository: str = "app") -> list[dict[str, str]]:
    kind = "imageDigest" if ":" in reference else "imageTag"
    answer = client.describe_image_signing_status(
        repositoryName=repository, imageId={kind: reference}
    )
    return answer["signingStatuses"]


def states(client: Any, reference: str = "1", repository: str = "app") -> list[tuple[str, str]]:
    found = statuses(client, reference, repository)
    return [(each["signingProfileArn"].rpartition("/")[2], each["status"]) for each in found]


def failure(client: Any) -> tuple[str, str]:
    (found,) = statuses(client)
    assert found["status"] == "FAILED"
    return found["failureCode"], found["failureReason"]


def signatures(client: Any, digest: str, **more: Any) -> list[dict[str, Any]]:
    subject = {"imageDigest": digest}
    return client.list_image_referrers(**APP, subjectId=subject, **more)["referrers"]


def envelope(door: Door, client: Any, digest: str) -> tuple[bytes, str]:
    """Return the only signature of an image, with its media type."""
    (signature,) = signatures(client, digest)
    found = door.ecr.pull("app", signature["digest"])
    return found.blobs[1], json.loads(found.manifest)["layers"][0]["mediaType"]
