"""CreateServiceLinkedRole, DeleteServiceLinkedRole, GetServiceLinkedRoleDeletionStatus."""

import re
from dataclasses import dataclass

from ecrmock.operations.follow_ups import linked_role
from ecrmock.operations.operation import Context, operation
from ecrmock.rules.principals import renamed
from ecrmock.rules.service_linked_roles import is_put_to_use
from ecrmock.store.principals import rewrite_policies
from ecrmock.values.iam import ROLE, SERVICE_ROLE_PATH, Role
from ecrmock.values.iam_errors import IdentityNotFoundError, InvalidInputError, NoSuchEntityError
from ecrmock.values.names import Region

_TASK = re.compile(r"task/aws-service-role/[a-z0-9.-]+/([\w+=,.@-]{1,64})/[0-9a-f-]{36}")
_IN_USE = "A service-linked role cannot be deleted while it is in use."


@dataclass(frozen=True, slots=True)
class ServiceLinkedRoleAnswer:
    """Answer of CreateServiceLinkedRole."""

    role: Role


@dataclass(frozen=True, slots=True)
class DeletionTask:
    """Answer of DeleteServiceLinkedRole."""

    deletion_task_id: str


@dataclass(frozen=True, slots=True)
class RoleUsage:
    """A region in which a role is used (API shape ``RoleUsageType``)."""

    region: Region


@dataclass(frozen=True, slots=True)
class DeletionFailure:
    """Why a role is still there (API shape ``DeletionTaskFailureReasonType``)."""

    reason: str
    role_usage_list: tuple[RoleUsage, ...]


@dataclass(frozen=True, slots=True)
class DeletionStatus:
    """Answer of GetServiceLinkedRoleDeletionStatus."""

    status: str
    reason: DeletionFailure | None = None


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
    role = linked_role(context, aws_service_name, description)
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
    """Delete the role of a service, at once, unless it is in use; the status of the task tells.

    Raises: IdentityNotFoundError. Source: reference iam.md §11.2.
    """
    roles = context.identities.roles
    role = roles.named(role_name)
    if not role.is_protected:
        raise IdentityNotFoundError(ROLE, role_name)
    task_id = f"task{role.path}{role.name}/{context.world.ids.uuid()}"
    if not _usage(context, role):
        roles.drop(role)
        rewrite_policies(context.store, lambda text: renamed(text, role.arn, role.unique_id))
    return DeletionTask(task_id)


@operation("iam", "GetServiceLinkedRoleDeletionStatus")
def get_service_linked_role_deletion_status(
    context: Context, *, deletion_task_id: str
) -> DeletionStatus:
    """Say whether a role is gone, or where it is used.

    Raises: NoSuchEntityError. Source: reference iam.md §11.2; the texts are inferred.
    """
    task = _TASK.fullmatch(deletion_task_id)
    if task is None:
        raise NoSuchEntityError(f"Deletion task {deletion_task_id} cannot be found.")
    role = context.identities.roles.find(task[1])
    usage = _usage(context, role) if role is not None else ()
    if not usage:
        return DeletionStatus("SUCCEEDED")
    return DeletionStatus("FAILED", DeletionFailure(_IN_USE, usage))


def _usage(context: Context, role: Role) -> tuple[RoleUsage, ...]:
    """Return in which regions of the account the service of a role has something to do."""
    service = role.path.removeprefix(SERVICE_ROLE_PATH).rstrip("/")
    regions = context.store.accounts[context.account].regions
    return tuple(
        RoleUsage(region)
        for region, registry in regions.items()
        if is_put_to_use(service, registry.settings)
    )
