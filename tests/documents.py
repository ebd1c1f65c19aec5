"""What tests of every layer send: digests and descriptors of content, and the AWS CLI's example policy."""

import hashlib
import json
import struct
import zlib
from typing import Any

# Source: AWS CLI, example of set-repository-policy: the text that is sent, and as ECR shows it
POLICY_SENT = """\
{
    "Version" : "2008-10-17",
    "Statement" : [
        {
            "Sid" : "allow public pull",
            "Effect" : "Allow",
            "Principal" : "*",
            "Action" : [
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer"
            ]
        }
    ]
}
"""
POLICY_SHOWN = """\
{
  "Version" : "2008-10-17",
  "Statement" : [ {
    "Sid" : "allow public pull",
    "Effect" : "Allow",
    "Principal" : "*",
    "Action" : [ "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer" ]
  } ]
}"""


def digest_of(content: bytes | str) -> str:
    raw = content.encode() if isinstance(content, str) else content
    return "sha256:" + hashlib.sha256(raw).hexdigest()


def descriptor(media_type: str, content: bytes | str) -> dict[str, Any]:
    size = len(content.encode() if isinstance(content, str) else content)
    return {"mediaType": media_type, "digest": digest_of(content), "size": size}


def identity_policy(*actions: str, resource: str = "*", **more: Any) -> str:
    """Return an identity policy that allows some actions, pulling when none is named."""
    statement = {"Effect": "Allow", "Action": list(actions or ["ecr:BatchGetImage"])}
    document = {"Version": "2012-10-17", "Statement": [{**statement, "Resource": resource, **more}]}
    return json.dumps(document)


def trust_policy(principal: str | dict[str, Any] = "*", **more: Any) -> str:
    """Return the trust policy of a role that a principal, named by ARN or in full, may assume."""
    named = {"AWS": principal} if isinstance(principal, str) else principal
    statement = {"Effect": "Allow", "Principal": named, "Action": "sts:AssumeRole", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def png(width: int, height: int) -> bytes:
    """Return an image of one colour. Source: PNG specification, "chunk layout"."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        sum_ = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", sum_)

    row = b"\0" + b"\0" * ((width + 7) // 8)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(row * height, 9))
        + chunk(b"IEND", b"")
    )
