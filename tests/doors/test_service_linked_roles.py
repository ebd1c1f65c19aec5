"""The roles that ECR's services get on the first use of what takes them. Source: reference iam.md §11.2."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.doors.conftest import ACCOUNT, OTHER_ACCOUNT, Door

WEST = {"region": "eu-west-1", "registryId": ACCOUNT}
REPLICATION = "replication.ecr.amazonaws.com", "AWSServiceRoleForECRReplication"
CACHE = "pullthroughcache.ecr.amazonaws.com", "AWSServiceRoleForECRPullThroughCache"
TEMPLATE = "ecr.amazonaws.com", "AWSServiceRoleForECRTemplate"


def replicate(client: Any, number: int) -> None:
    filters = [{"filter": f"team{number}", "filterType": "PREFIX_MATCH"}]
    rules = [{"destinations": [WEST], "repositoryFilters": filters}]
    client.put_replication_configuration(replicationConfiguration={"rules": rules})


def cache(client: Any, number: int) -> None:
    prefix = {"ecrRepositoryPrefix": f"quay{number}"}
    client.create_pull_through_cache_rule(**prefix, upstreamRegistryUrl="quay.io")


def template(client: Any, number: int) -> None:
    client.create_repository_creation_template(
        prefix=f"team{number}", appliedFor=["CREATE_ON_PUSH"]
    )


USES = pytest.mark.parametrize(
    ("use", "service", "name"),
    [(replicate, *REPLICATION), (cache, *CACHE), (template, *TEMPLATE)],
)


@USES
def test_the_first_use_makes_the_role_and_the_second_one_keeps_it(
    door: Door, use: Callable[[Any, int], None], service: str, name: str
) -> None:
    client, iam = door.client(), door.client("iam")
    assert iam.list_roles()["Roles"] == []
    use(client, 1)
    role = iam.get_role(RoleName=name)["Role"]
    use(client, 2)
    use(door.client(region="us-west-2"), 1)
    (listed,) = iam.list_roles(PathPrefix="/aws-service-role/")["Roles"]
    assert (listed["RoleId"], listed["Path"]) == (role["RoleId"], f"/aws-service-role/{service}/")
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": service}


@USES
def test_the_role_comes_back_when_the_feature_is_configured_again(
    door: Door, use: Callable[[Any, int], None], service: str, name: str
) -> None:
    client, iam = door.client(), door.client("iam")
    iam.create_service_linked_role(AWSServiceName=service)
    iam.delete_service_linked_role(RoleName=name)
    use(client, 1)
    assert iam.get_role(RoleName=name)["Role"]["RoleName"] == name


def test_a_replication_without_rules_uses_no_role(door: Door) -> None:
    """Inferred: there is nothing to be done in that role."""
    door.client().put_replication_configuration(replicationConfiguration={"rules": []})
    assert door.client("iam").list_roles()["Roles"] == []


def test_a_refused_use_makes_no_role(door: Door) -> None:
    client = door.client()
    with pytest.raises(client.exceptions.UnsupportedUpstreamRegistryException):
        client.create_pull_through_cache_rule(
            ecrRepositoryPrefix="hub", upstreamRegistryUrl="example.com"
        )
    assert door.client("iam").list_roles()["Roles"] == []


def test_each_account_has_its_own(door: Door) -> None:
    cache(door.client(account=OTHER_ACCOUNT), 1)
    assert door.client("iam").list_roles()["Roles"] == []
    (role,) = door.client("iam", account=OTHER_ACCOUNT).list_roles()["Roles"]
    assert role["Arn"] == f"arn:aws:iam::{OTHER_ACCOUNT}:role/aws-service-role/{'/'.join(CACHE)}"


@USES
def test_a_role_that_is_in_use_stays_and_its_deletion_says_where(
    door: Door, use: Callable[[Any, int], None], service: str, name: str
) -> None:
    """Source: reference iam.md §11.2; rules have to go in every region first."""
    iam = door.client("iam")
    use(door.client(region="us-west-2"), 1)
    task = iam.delete_service_linked_role(RoleName=name)["DeletionTaskId"]
    status = iam.get_service_linked_role_deletion_status(DeletionTaskId=task)
    assert status["Status"] == "FAILED"
    assert status["Reason"]["RoleUsageList"] == [{"Region": "us-west-2"}]
    assert iam.get_role(RoleName=name)["Role"]["Path"] == f"/aws-service-role/{service}/"


def test_a_role_goes_when_its_last_rule_is_gone(door: Door) -> None:
    client, iam = door.client(), door.client("iam")
    cache(client, 1)
    client.delete_pull_through_cache_rule(ecrRepositoryPrefix="quay1")
    task = iam.delete_service_linked_role(RoleName=CACHE[1])["DeletionTaskId"]
    status = iam.get_service_linked_role_deletion_status(DeletionTaskId=task)
    assert (status["Status"], iam.list_roles()["Roles"]) == ("SUCCEEDED", [])
