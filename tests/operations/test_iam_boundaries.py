"""Permissions boundaries of users and roles. Source: reference iam.md §13."""

import pytest

from ecrmock.operations.iam_service_linked_roles import create_service_linked_role
from ecrmock.values.iam_errors import (
    IdentityNotFoundError,
    InvalidInputError,
    NoBoundaryPolicyError,
    UnmodifiableEntityError,
)
from tests.operations.conftest import ACTORS, POWER_USER, READ_ONLY, of

OWN = "arn:aws:iam::123456789012:policy/own"
CHANGES = [
    ("Put{}PermissionsBoundary", {"permissions_boundary": READ_ONLY}),
    ("Delete{}PermissionsBoundary", {}),
]


def boundary_of(entity):
    (actor,) = entity.registry.store.identities(entity.registry.account).actors()
    return actor.permissions_boundary


@of(*ACTORS)
def test_a_boundary_takes_the_place_of_the_one_before(entity):
    for arn in (READ_ONLY, POWER_USER):
        entity("Put{}PermissionsBoundary", permissions_boundary=arn)
    assert boundary_of(entity).permissions_boundary_arn == POWER_USER
    assert boundary_of(entity).permissions_boundary_type == "Policy"
    entity("Delete{}PermissionsBoundary")
    assert boundary_of(entity) is None


@of(*ACTORS)
def test_a_boundary_that_is_not_there_need_not_be_deleted(entity):
    """Inferred: no error is known."""
    entity("Delete{}PermissionsBoundary")
    assert boundary_of(entity) is None


@of(*ACTORS)
def test_a_boundary_must_exist(entity):
    with pytest.raises(NoBoundaryPolicyError) as caught:
        entity("Put{}PermissionsBoundary", permissions_boundary=OWN)
    assert caught.value.message == f"Scope ARN: {OWN} does not exist or is not attachable."


@of(*ACTORS)
def test_what_is_no_arn_makes_no_boundary(entity):
    with pytest.raises(InvalidInputError):
        entity(
            "Put{}PermissionsBoundary", permissions_boundary="AmazonEC2ContainerRegistryReadOnly"
        )
    assert boundary_of(entity) is None


@of(*ACTORS)
@pytest.mark.parametrize(("operation", "parameters"), CHANGES)
def test_whose_boundary_is_meant_must_exist(entity, operation, parameters):
    with pytest.raises(IdentityNotFoundError) as caught:
        entity(operation, "none", **parameters)
    assert caught.value.message == f"The {entity.kind} with name none cannot be found."


@of("role")
@pytest.mark.parametrize(("operation", "parameters"), CHANGES)
def test_the_role_of_a_service_takes_no_boundary(entity, operation, parameters):
    """Source: reference iam.md §11.2."""
    entity.registry(create_service_linked_role, aws_service_name="ecr.amazonaws.com")
    with pytest.raises(UnmodifiableEntityError):
        entity(operation, "AWSServiceRoleForECRTemplate", **parameters)
