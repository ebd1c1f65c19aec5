"""Whose public registry a call means. Source: reference public.md §3, §9."""

from ecrmock.dispatch.call import Call
from ecrmock.operations.table import OPERATIONS
from ecrmock.rules.public_gallery import everybody_may, tells_registries_apart
from ecrmock.store.store import Store
from ecrmock.values.authorization import Caller, ServicePrincipal
from ecrmock.values.errors import AccessDeniedError
from ecrmock.values.names import PUBLIC, AccountId, is_account_id, repository_arn
from ecrmock.values.public_gallery import RegistryNotFoundError
from ecrmock.values.repositories import RepositoryNotFoundError


def is_for_everybody(call: Call) -> bool:
    """Tell whether a call to a public registry needs nobody's name. Source: reference public.md §6.4."""
    return everybody_may(OPERATIONS[call.service, call.operation].action)


def account_of(store: Store, call: Call, caller: Caller) -> AccountId:
    """Return whose registry is meant: the caller's own, or that of an account id or an alias.

    Raises: AccessDeniedError for another account that has none, RegistryNotFoundError for an alias that nobody
    has, RepositoryNotFoundError where an operation does not know the latter.
    """
    named = call.account or call.parameters.get("registry_id") or caller.account
    if not is_account_id(named):
        return _account_of_alias(store, call, named)
    account = AccountId(named)
    is_own = account == caller.account or isinstance(call.credentials, ServicePrincipal)
    if not is_own and not store.public_aliases.of_account(account):
        raise AccessDeniedError(_denial(call, account, caller))
    return account


def _account_of_alias(store: Store, call: Call, alias: str) -> AccountId:
    account = store.public_aliases.account_of(alias)
    if account is not None:
        return account
    if tells_registries_apart(call.operation) or "repository_name" not in call.parameters:
        raise RegistryNotFoundError(alias)
    raise RepositoryNotFoundError(call.parameters["repository_name"], AccountId(alias))


def _denial(call: Call, account: AccountId, caller: Caller) -> str:
    """Inferred: reference public.md §9; the sentence is that of iam.md §7."""
    action = f"ecr-public:{call.operation}"
    name = call.parameters.get("repository_name", "*")
    return (
        f"User: {caller.arn} is not authorized to perform: {action} on resource: "
        f"{repository_arn(account, PUBLIC, name)} because no resource-based policy allows the "
        f"{action} action"
    )
