"""Where else a repository is that a client looked for in the wrong registry. Source: DESIGN.md section 3."""

from dataclasses import replace

from ecrmock.operations.operation import Context, operation
from ecrmock.values.names import RepositoryName


@operation("ecrmock", "LocateRepository", action="")
def locate_repository(context: Context, *, repository_name: RepositoryName) -> tuple[str, ...]:
    """Return the addresses under which the caller's own account has a repository, by region.

    The answer is for the log alone: it needs no permission, and a client is not told.
    """
    account = context.caller.account
    state = context.store.accounts.get(account)
    regions = state.regions if state is not None else {}
    return tuple(
        replace(context, account=account, region=region).repository_uri(repository_name)
        for region, registry in sorted(regions.items())
        if repository_name in registry.repositories
    )
