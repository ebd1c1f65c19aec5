"""What tests of every layer send: digests and descriptors of content, and the AWS CLI's example policy."""

import hashlib
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
