"""What is copied where. Source: reference features.md §3, api.md §11."""

import json
from datetime import UTC, datetime

import pytest

from ecrmock.rules.replication import begun, check_configuration, destinations, ended, may_receive
from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.replication import (
    ReplicationConfiguration,
    ReplicationDestination,
    ReplicationRule,
    RepositoryFilter,
)
from ecrmock.values.repositories import ResourceTag

NOW = datetime(2026, 1, 2, tzinfo=UTC)
ACCOUNT, OTHER = "123456789012", "111122223333"
WEST = ReplicationDestination(region="eu-west-1", registry_id=ACCOUNT)
THERE = ReplicationDestination(region="us-east-1", registry_id=OTHER)
ARN = f"arn:aws:ecr:us-east-1:{OTHER}:repository/prod/app"


def rule(*targets, prefixes=None):
    filters = prefixes and tuple(
        RepositoryFilter(filter=prefix, filter_type="PREFIX_MATCH") for prefix in prefixes
    )
    return ReplicationRule(destinations=targets, repository_filters=filters)


def configuration(*rules):
    return ReplicationConfiguration(rules=rules)


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ([], ()),
        ([rule(WEST)], (WEST,)),
        ([rule(WEST, prefixes=["prod"])], (WEST,)),
        ([rule(WEST, prefixes=["test", "pro"])], (WEST,)),
        ([rule(WEST, prefixes=["test"])], ()),
        ([rule(WEST), rule(THERE, WEST)], (WEST, THERE)),
    ],
)
def test_rules_about_a_repository_unite_their_destinations(rules, found):
    assert destinations(configuration(*rules), "prod/app") == found


def test_the_own_registry_is_no_destination():
    with pytest.raises(InvalidParameterError) as caught:
        check_configuration(configuration(rule(WEST)), ACCOUNT, "eu-west-1")
    assert caught.value.message == (
        "Invalid parameter at 'replicationConfiguration' failed to satisfy constraint: "
        "'Replication destination cannot be the same as the source registry'"
    )


@pytest.mark.parametrize("region", ["nowhere", "eu-west", "cn-north-1", "us-gov-west-1"])
def test_a_region_has_to_exist_in_the_partition(region):
    target = ReplicationDestination(region=region, registry_id=ACCOUNT)
    with pytest.raises(InvalidParameterError, match=f"Invalid region '{region}'"):
        check_configuration(configuration(rule(target)), ACCOUNT, "us-east-1")


@pytest.mark.parametrize(("count", "is_refused"), [(25, False), (26, True)])
def test_there_are_25_destinations_in_all(count, is_refused):
    targets = [
        ReplicationDestination(region="eu-west-1", registry_id=f"{number:012}")
        for number in range(count)
    ]
    rules = configuration(rule(*targets), rule(*targets[:5]))
    if is_refused:
        with pytest.raises(InvalidParameterError):
            check_configuration(rules, ACCOUNT, "us-east-1")
    else:
        check_configuration(rules, ACCOUNT, "us-east-1")


def test_a_copy_ends_for_its_destination_alone():
    first, second = ended(begun([WEST, THERE]), THERE, "DENIED")
    assert (first.status, first.failure_code) == ("IN_PROGRESS", None)
    assert (second.status, second.failure_code) == ("FAILED", "DENIED")


def policy(principal, *actions, resource="*", **more):
    statement = {
        **more,
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": list(actions),
        "Resource": resource,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


ROOT = f"arn:aws:iam::{ACCOUNT}:root"


@pytest.mark.parametrize(
    ("text", "may"),
    [
        (None, False),
        (policy(ROOT, "ecr:ReplicateImage"), True),
        (policy(ROOT, "ecr:*"), True),
        (policy(ROOT, "ecr:CreateRepository"), False),
        (policy(f"arn:aws:iam::{OTHER}:root", "ecr:ReplicateImage"), False),
        (policy(ROOT, "ecr:ReplicateImage", resource=f"{ARN[:-8]}test/*"), False),
        # Source: reference iam.md §10, the last bullet on shallow checks
        (policy(ROOT, "ecr:ReplicateImage", resource="arn:aws:us-east-1:1:repository/*"), False),
    ],
)
def test_the_policy_of_the_destination_decides(text, may):
    assert may_receive(text, "ecr:ReplicateImage", ARN, ACCOUNT, now=NOW) is may


@pytest.mark.parametrize(
    ("condition", "may"),
    [
        ({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}, True),
        ({"StringEquals": {"aws:PrincipalAccount": OTHER}}, False),
        ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:*"}}, True),
        ({"Bool": {"aws:ViaAWSService": "true"}}, True),
        ({"Bool": {"aws:SecureTransport": "false"}}, False),
        ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, True),
        ({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, False),
        ({"StringEquals": {"aws:ResourceTag/team": "web"}}, True),
    ],
)
def test_conditions_of_the_policy_are_asked_about_the_copy(condition, may):
    """Source: reference iam.md §5."""
    text = policy("*", "ecr:ReplicateImage", Condition=condition)
    tags = (ResourceTag(key="team", value="web"),)
    assert may_receive(text, "ecr:ReplicateImage", ARN, ACCOUNT, now=NOW, tags=tags) is may
