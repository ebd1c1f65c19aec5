"""Step 2, authorize: may the caller do this."""

from ecrmock.dispatch.authorize import authorize
from ecrmock.values.authorization import root_of
from ecrmock.values.names import AccountId, Region, partition_of

ROOT = root_of(AccountId("123456789012"), partition_of(Region("us-east-1")))


def test_while_nothing_is_enforced_everything_is_allowed():
    assert authorize(ROOT, "ecr:PutImage").allowed


def test_the_decision_says_that_nothing_is_enforced():
    assert authorize(ROOT, "ecr:PutImage").reason == "IAM policies are not enforced"
