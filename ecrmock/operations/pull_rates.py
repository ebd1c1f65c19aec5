"""The limits of pulls from public registries. Source: reference public.md §2."""

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.pull_rates import ANONYMOUS_PULLS, KNOWN_PULLS, pull, source_of, standing
from ecrmock.values.authorization import NOBODY
from ecrmock.values.faults import ThrottledError
from ecrmock.values.names import Digest, RepositoryName


@operation("ecrmock", "CountPublicPull", action="")
def count_public_pull(
    context: Context,
    *,
    repository_name: RepositoryName,  # noqa: ARG001 - the limit is the same for all
    source_ip: str,
    image_digest: Digest | None = None,
    parts: frozenset[Digest] = frozenset(),
) -> None:
    """Count a pull of the caller's account, of nobody's one that of the address it comes from.

    Raises: ThrottledError.
    """
    is_known = context.caller != NOBODY
    puller = context.caller.account if is_known else source_of(source_ip)
    rate = KNOWN_PULLS if is_known else ANONYMOUS_PULLS
    allowances = context.world.pull_allowances
    present = standing(allowances.get(puller), context.now)
    left = pull(present, rate, context.now, image_digest, parts)
    if left is None and present is not None:
        allowances[puller] = present
    if left is None:
        raise ThrottledError
    allowances[puller] = left
