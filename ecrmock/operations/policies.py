"""Set-, Get-, DeleteRepositoryPolicy; Put-, Get-, DeleteRegistryPolicy."""

from dataclasses import dataclass, replace

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.policies import locked_out_by, parse_registry_policy, parse_repository_policy
from ecrmock.values.names import AccountId, RepositoryName, partition_of, service_of
from ecrmock.values.policies import (
    InvalidRepositoryPolicyError,
    PolicyDocument,
    PrincipalNotFoundError,
    RegistryPolicyNotFoundError,
    RepositoryPolicyNotFoundError,
)


@dataclass(frozen=True, slots=True)
class RepositoryPolicy:
    """Answer of the operations on a repository's policy."""

    registry_id: AccountId
    repository_name: RepositoryName
    policy_text: str


@dataclass(frozen=True, slots=True)
class RegistryPolicy:
    """Answer of the operations on a registry's policy."""

    registry_id: AccountId
    policy_text: str


@operation("ecr", "SetRepositoryPolicy")
@operation("ecr-public", "SetRepositoryPolicy")
def set_repository_policy(
    context: Context, *, repository_name: RepositoryName, policy_text: str, force: bool = False
) -> RepositoryPolicy:
    """Replace the policy of a repository; one that locks the caller out needs ``force``.

    Raises: RepositoryNotFoundError, InvalidRepositoryPolicyError, PrincipalNotFoundError.
    Source: reference api.md §8.1.
    """
    state, service = context.registry.repository(repository_name), service_of(context.region)
    document = parse_repository_policy(policy_text, context.partition, service)
    _check_principals(context, document)
    if not force and locked_out_by(document, context.caller, service):
        raise InvalidRepositoryPolicyError(
            f"{context.caller.arn} could not set another policy; force sets this one"
        )
    state.change(replace(state.repository, repository_policy_text=document.text))
    return RepositoryPolicy(context.account, repository_name, document.text)


def _check_principals(context: Context, document: PolicyDocument) -> None:
    """Refuse users and roles that are not there, of accounts in which somebody has used IAM."""
    from ecrmock.store.principals import is_missing  # noqa: PLC0415 - loaded when needed

    for statement in document.statements:
        for principal in (*statement.principals, *statement.not_principals):
            if principal.kind == "AWS" and is_missing(context.store, principal.name):
                raise PrincipalNotFoundError


@operation("ecr", "GetRepositoryPolicy")
@operation("ecr-public", "GetRepositoryPolicy")
def get_repository_policy(context: Context, *, repository_name: RepositoryName) -> RepositoryPolicy:
    """Return the policy of a repository.

    Raises: RepositoryNotFoundError, RepositoryPolicyNotFoundError. Source: reference api.md §8.1.
    """
    text = context.registry.repository(repository_name).repository.repository_policy_text
    if text is None:
        raise RepositoryPolicyNotFoundError(repository_name, context.account)
    return RepositoryPolicy(context.account, repository_name, text)


@operation("ecr", "DeleteRepositoryPolicy")
@operation("ecr-public", "DeleteRepositoryPolicy")
def delete_repository_policy(
    context: Context, *, repository_name: RepositoryName
) -> RepositoryPolicy:
    """Take the policy of a repository away, and return it.

    Raises: RepositoryNotFoundError, RepositoryPolicyNotFoundError. Source: reference api.md §8.1.
    """
    deleted = get_repository_policy(context, repository_name=repository_name)
    state = context.registry.repository(repository_name)
    state.change(replace(state.repository, repository_policy_text=None))
    return deleted


@operation("ecr", "PutRegistryPolicy")
def put_registry_policy(context: Context, *, policy_text: str) -> RegistryPolicy:
    """Replace the policy of the caller's registry; its scope says which actions it may name.

    Raises: InvalidRegistryPolicyError. Source: reference api.md §8.2.
    """
    registry, partition = context.registry, partition_of(context.region).name
    scope = registry.settings.account_setting("REGISTRY_POLICY_SCOPE")
    document = parse_registry_policy(policy_text, partition, scope)
    registry.change(replace(registry.settings, registry_policy_text=document.text))
    return RegistryPolicy(context.account, document.text)


@operation("ecr", "GetRegistryPolicy")
def get_registry_policy(context: Context) -> RegistryPolicy:
    """Return the policy of the caller's registry.

    Raises: RegistryPolicyNotFoundError. Source: reference api.md §8.2.
    """
    text = context.registry.settings.registry_policy_text
    if text is None:
        raise RegistryPolicyNotFoundError(context.account)
    return RegistryPolicy(context.account, text)


@operation("ecr", "DeleteRegistryPolicy")
def delete_registry_policy(context: Context) -> RegistryPolicy:
    """Take the policy of the caller's registry away, and return it.

    Raises: RegistryPolicyNotFoundError. Source: reference api.md §8.2.
    """
    deleted = get_registry_policy(context)
    registry = context.registry
    registry.change(replace(registry.settings, registry_policy_text=None))
    return deleted
