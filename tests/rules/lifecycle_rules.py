"""Rules of lifecycle policies, and how one that is refused is mended."""

from typing import Any

import pytest

from ecrmock.rules.lifecycle_mending import Mending, mending
from ecrmock.rules.lifecycle_text import read_lifecycle_policy
from ecrmock.values.lifecycle import RefusedLifecyclePolicyError

ABSENT = ...
SELECTION = {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 1}
EXPIRE = {"type": "expire"}
ARCHIVE = {"type": "transition", "targetStorageClass": "archive"}
DAYS = {"countType": "sinceImagePushed", "countUnit": "days", "countNumber": 14}
TAGGED = {"tagStatus": "tagged", "tagPatternList": ["v*"]}
IN_ARCHIVE = {"storageClass": "archive"}
TRANSITIONED = {"countType": "sinceImageTransitioned", "countUnit": "days", "countNumber": 90}


def a_rule(number: Any = 1, *, action: Any = EXPIRE, **selection: Any) -> dict[str, Any]:
    selected = {**SELECTION, **selection}
    present = {name: value for name, value in selected.items() if value is not ABSENT}
    return {"rulePriority": number, "selection": present, "action": action}


def mended(text: str) -> Mending:
    with pytest.raises(RefusedLifecyclePolicyError) as caught:
        read_lifecycle_policy(text)
    return mending(text, caught.value)
