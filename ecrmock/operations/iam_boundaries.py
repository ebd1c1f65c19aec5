"""Put- and Delete…PermissionsBoundary of users and roles."""

from dataclasses import replace

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.managed_policies import boundary_of


@operation("iam", "PutUserPermissionsBoundary")
def put_user_permissions_boundary(
    context: Context, *, user_name: str, permissions_boundary: str
) -> None:
    """Limit a user by a managed policy, in place of the one before.

    Raises: IdentityNotFoundError, NoBoundaryPolicyError, InvalidInputError. Source: reference iam.md §13.
    """
    users, policies = context.identities.users, context.identities.policies
    user = users.named(user_name)
    boundary = boundary_of(permissions_boundary, policies)
    users.save(replace(user, permissions_boundary=boundary))


@operation("iam", "PutRolePermissionsBoundary")
def put_role_permissions_boundary(
    context: Context, *, role_name: str, permissions_boundary: str
) -> None:
    """Limit a role by a managed policy, in place of the one before.

    Raises: IdentityNotFoundError, UnmodifiableEntityError, NoBoundaryPolicyError, InvalidInputError.
    Source: reference iam.md §13.
    """
    roles, policies = context.identities.roles, context.identities.policies
    role = roles.modifiable(role_name)
    boundary = boundary_of(permissions_boundary, policies)
    roles.save(replace(role, permissions_boundary=boundary))


@operation("iam", "DeleteUserPermissionsBoundary")
def delete_user_permissions_boundary(context: Context, *, user_name: str) -> None:
    """Take the boundary of a user away, who need not have one.

    Raises: IdentityNotFoundError. Source: reference iam.md §13.
    """
    users = context.identities.users
    users.save(replace(users.named(user_name), permissions_boundary=None))


@operation("iam", "DeleteRolePermissionsBoundary")
def delete_role_permissions_boundary(context: Context, *, role_name: str) -> None:
    """Take the boundary of a role away, which need not have one.

    Raises: IdentityNotFoundError, UnmodifiableEntityError. Source: reference iam.md §13.
    """
    roles = context.identities.roles
    roles.save(replace(roles.modifiable(role_name), permissions_boundary=None))
