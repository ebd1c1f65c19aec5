"""Step 3, fault: failures that a user asked for."""

from ecrmock.dispatch.faults import Faults


def test_nothing_fails_unless_it_is_asked_for(corridor):
    assert Faults().check(corridor.call("DescribeRepositories")) is None
