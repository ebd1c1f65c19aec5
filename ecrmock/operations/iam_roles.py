"""CreateRole, GetRole, UpdateRole, UpdateAssumeRolePolicy, DeleteRole, ListRoles and the like."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.access_keys import ROLE_ID, unique_id
from ecrmock.rules.deletion import check_deletable
from ecrmock.rules.iam_paging import identity_page
from ecrmock.rules.iam_tags import with_tags
from ecrmock.rules.managed_policies import boundary_of
from ecrmock.rules.principals import check_trust_policy, renamed
from ecrmock.store.principals import is_missing, rewrite_policies
from ecrmock.values.iam import DEFAULT_PATH, ROLE, SERVICE_ROLE_PATH, Page, Role, iam_arn
from ecrmock.values.iam_errors import InvalidInputError
from ecrmock.values.repositories import ResourceTag


@dataclass(frozen=True, slots=True)
class RoleAnswer:
    """Answer of CreateRole, GetRole and UpdateRoleDescription."""

    role: Role


@dataclass(frozen=True, slots=True)
class RolePage(Page):
    """Answer of ListRoles."""

    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class InstanceProfilePage(Page):
    """Answer of ListInstanceProfilesForRole; there are no instance profiles here."""

    instance_profiles: tuple[()] = ()


def _check_trust_policy(context: Context, text: str) -> None:
    """Raise MalformedPolicyDocumentError, IamLimitExceededError."""
    check_trust_policy(
        text,
        context.partition,
        lambda principal: is_missing(context.store, principal, own=context.account),
    )


@operation("iam", "CreateRole")
def create_role(
    context: Context,
    *,
    role_name: str,
    assume_role_policy_document: str,
    path: str = DEFAULT_PATH,
    description: str | None = None,
    max_session_duration: int = 3600,
    permissions_boundary: str | None = None,
    tags: Sequence[ResourceTag] = (),
) -> RoleAnswer:
    """Make a role with a trust policy and without permissions.

    Raises: IdentityAlreadyExistsError, InvalidInputError, MalformedPolicyDocumentError,
    IamLimitExceededError, NoBoundaryPolicyError, DuplicateTagKeysError. Source: reference iam.md §13;
    inferred: that the path of service-linked roles is refused.
    """
    identities = context.identities
    identities.roles.check_free(role_name)
    if path.startswith(SERVICE_ROLE_PATH):
        raise InvalidInputError(f"The path {path} is reserved for service-linked roles.")
    _check_trust_policy(context, assume_role_policy_document)
    role = Role(
        path=path,
        name=role_name,
        unique_id=unique_id(ROLE_ID, context.world.ids.bits),
        arn=iam_arn(context.partition, context.account, ROLE, path, role_name),
        create_date=context.now,
        assume_role_policy_document=assume_role_policy_document,
        description=description,
        max_session_duration=max_session_duration,
        permissions_boundary=boundary_of(permissions_boundary, identities.policies),
    )
    role = with_tags(role, tags)
    identities.roles.save(role)
    return RoleAnswer(role)


@operation("iam", "GetRole")
def get_role(context: Context, *, role_name: str) -> RoleAnswer:
    """Return a role.

    Raises: IdentityNotFoundError. Source: reference iam.md §13.2.
    """
    return RoleAnswer(context.identities.roles.named(role_name))


@operation("iam", "UpdateRole")
def update_role(
    context: Context,
    *,
    role_name: str,
    description: str | None = None,
    max_session_duration: int | None = None,
) -> None:
    """Change description and longest session of a role; what is not given stays.

    Raises: IdentityNotFoundError, UnmodifiableEntityError. Source: reference iam.md §13.
    """
    roles = context.identities.roles
    role = roles.modifiable(role_name)
    changed = replace(
        role,
        description=role.description if description is None else description,
        max_session_duration=max_session_duration or role.max_session_duration,
    )
    roles.save(changed)


@operation("iam", "UpdateRoleDescription")
def update_role_description(context: Context, *, role_name: str, description: str) -> RoleAnswer:
    """Change the description of a role, as older clients do.

    Raises: IdentityNotFoundError, UnmodifiableEntityError. Source: reference iam.md §13.
    """
    update_role(context, role_name=role_name, description=description)
    return get_role(context, role_name=role_name)


@operation("iam", "UpdateAssumeRolePolicy")
def update_assume_role_policy(context: Context, *, role_name: str, policy_document: str) -> None:
    """Replace the trust policy of a role.

    Raises: IdentityNotFoundError, UnmodifiableEntityError, MalformedPolicyDocumentError,
    IamLimitExceededError. Source: reference iam.md §13.
    """
    roles = context.identities.roles
    role = roles.modifiable(role_name)
    _check_trust_policy(context, policy_document)
    roles.save(replace(role, assume_role_policy_document=policy_document))


@operation("iam", "DeleteRole")
def delete_role(context: Context, *, role_name: str) -> None:
    """Delete a role without policies; policies that name it keep its unique id.

    Raises: IdentityNotFoundError, UnmodifiableEntityError, DeleteConflictError.
    Source: reference iam.md §3.2, §13.3.
    """
    roles = context.identities.roles
    role = roles.modifiable(role_name)
    check_deletable(role)
    roles.drop(role)
    rewrite_policies(context.store, lambda text: renamed(text, role.arn, role.unique_id))


@operation("iam", "ListRoles")
def list_roles(
    context: Context,
    *,
    path_prefix: str = DEFAULT_PATH,
    marker: str | None = None,
    max_items: int | None = None,
) -> RolePage:
    """Return a page of the roles below a path by name, without tags and boundaries.

    Raises: ValidationError. Source: reference iam.md §13.2.
    """
    roles = context.identities.roles.values()
    following, shown = identity_page(roles, path_prefix, marker, max_items)
    return RolePage(following, tuple(role.listed() for role in shown))


@operation("iam", "ListInstanceProfilesForRole")
def list_instance_profiles_for_role(
    context: Context,
    *,
    role_name: str,
    marker: str | None = None,  # noqa: ARG001 - there is only one page
    max_items: int | None = None,  # noqa: ARG001 - there is only one page
) -> InstanceProfilePage:
    """Return nothing: no role is in an instance profile here.

    Raises: IdentityNotFoundError. Source: reference iam.md §13.1.
    """
    context.identities.roles.named(role_name)
    return InstanceProfilePage(None)
