"""CreateServiceLinkedRole, DeleteServiceLinkedRole, GetServiceLinkedRoleDeletionStatus."""

import re
from dataclasses import dataclass

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.access_keys import ROLE_ID, unique_id
from ecrmock.rules.principals import renamed
from ecrmock.rules.service_linked_roles import service_linked_role
from ecrmock.store.principals import rewrite_policies
from ecrmock.values.iam import ROLE, Role
from ecrmock.values.iam_errors import IdentityNotFoundError, InvalidInputError, NoSuchEntityError

_TASK = re.compile(r"task/aws-service-role/[a-z0-9.-]+/[\w+=,.@-]{1,64}/[0-9a-f-]{36}")


@dataclass(frozen=True, slots=True)
class ServiceLinkedRoleAnswer:
    """Answer of CreateServiceLinkedRole."""

    role: Role


@dataclass(frozen=True, slots=True)
class DeletionTask:
    """Answer of DeleteServiceLinkedRole."""

    deletion_task_id: str


@dataclass(frozen=True, slots=True)
class DeletionStatus:
    """Answer of GetServiceLinkedRoleDeletionStatus."""

    status: str


@operation("iam", "CreateServiceLinkedRole")
def create_service_linked_role(
    context: Context,
    *,
    aws_service_name: str,
    description: str | None = None,
    custom_suffix: str | None = None,
) -> ServiceLinkedRoleAnswer:
    """Make the role of a service of ECR, with its policy.

    Raises: InvalidInputError. Source: reference iam.md §11.2; the texts are inferred.
    """
    role = service_linked_role(
        aws_service_name,
        partition=context.partition,
        account=context.account,
        unique_id=unique_id(ROLE_ID, context.world.ids.bits),
        now=context.now,
        description=description,
    )
    if custom_suffix is not None:
        raise InvalidInputError(f"Custom suffix is not allowed for {aws_service_name}")
    roles = context.identities.roles
    if roles.find(role.name) is not None:
        raise InvalidInputError(
            f"Service role name {role.name} has been taken in this account, "
            "please try a different suffix."
        )
    roles.save(role)
    return ServiceLinkedRoleAnswer(role)


@operation("iam", "DeleteServiceLinkedRole")
def delete_service_linked_role(context: Context, *, role_name: str) -> DeletionTask:
    """Delete the role of a service; it is gone at once, where AWS first looks whether it is used.

    Raises: IdentityNotFoundError. Source: reference iam.md §11.2.
    """
    roles = context.identities.roles
    role = roles.named(role_name)
    if not role.is_protected:
        raise IdentityNotFoundError(ROLE, role_name)
    roles.drop(role)
    rewrite_policies(context.store, lambda text: renamed(text, role.arn, role.unique_id))
    return DeletionTask(f"task{role.path}{role.name}/{context.world.ids.uuid()}")


@operation("iam", "GetServiceLinkedRoleDeletionStatus")
def get_service_linked_role_deletion_status(
    context: Context,  # noqa: ARG001 - no deletion is ever under way
    *,
    deletion_task_id: str,
) -> DeletionStatus:
    """Say that a deletion has succeeded, as each did at once.

    Raises: NoSuchEntityError. Source: reference iam.md §11.2; the text is inferred.
    """
    if not _TASK.fullmatch(deletion_task_id):
        raise NoSuchEntityError(f"Deletion task {deletion_task_id} cannot be found.")
    return DeletionStatus("SUCCEEDED")
