"""A lifecycle policy is tried, explained, and left to the clock."""

import json

import boto3

from ecrmock import mock_ecr

NEWEST_TWO = json.dumps(
    {
        "rules": [
            {
                "rulePriority": 1,
                "selection": {
                    "tagStatus": "tagged",
                    "tagPrefixList": ["v"],
                    "countType": "imageCountMoreThan",
                    "countNumber": 2,
                },
                "action": {"type": "expire"},
            }
        ]
    }
)


def push_releases(ecr):
    """Push three releases, an hour apart, into a repository with the policy."""
    for tag in ("v1", "v2", "v3"):
        ecr.push_image("team/app", tag=tag, layers=[{"version": tag.encode()}])
        ecr.clock.advance(hours=1)
    policy = {"repositoryName": "team/app", "lifecyclePolicyText": NEWEST_TWO}
    boto3.client("ecr").put_lifecycle_policy(**policy)


def tags(ecr):
    """Return the first tag of each image."""
    return [image.image_tags[0] for image in ecr.images("team/app")]


def test_a_policy_takes_effect_a_day_later():
    with mock_ecr() as ecr:
        push_releases(ecr)
        assert tags(ecr) == ["v1", "v2", "v3"]
        ecr.clock.advance(days=1)
        assert tags(ecr) == ["v2", "v3"]


def test_a_policy_takes_effect_when_asked(ecr):
    push_releases(ecr)
    assert ecr.run_lifecycle() == ("team/app",)
    assert tags(ecr) == ["v2", "v3"]


def test_a_policy_says_why(ecr):
    push_releases(ecr)
    oldest, *_, newest = ecr.explain_lifecycle("team/app")
    assert (oldest.action.type, oldest.applied_rule_priority) == ("expire", 1)
    assert oldest.reason == "it is number 3 of 3 from the youngest, and 2 are kept"
    assert newest.action is None
    assert newest.spared[0].reason == "it is number 1 of 3 from the youngest, and 2 are kept"


def test_a_preview_changes_nothing(ecr, ecr_client):
    push_releases(ecr)
    app = {"repositoryName": "team/app"}
    ecr_client.start_lifecycle_policy_preview(**app)
    ecr_client.get_waiter("lifecycle_policy_preview_complete").wait(**app)
    found = ecr_client.get_lifecycle_policy_preview(**app)
    assert [result["imageTags"] for result in found["previewResults"]] == [["v1"]]
    assert found["summary"] == {"expiringImageTotalCount": 1}
    assert tags(ecr) == ["v1", "v2", "v3"]
