"""Which findings somebody wants to see in an image, in place of what it really contains."""

from collections.abc import Collection, Sequence

from ecrmock.values.findings import FindingsOnDemand
from ecrmock.values.names import Digest, RepositoryName, Tag


def demanded(
    demands: Sequence[FindingsOnDemand],
    *,
    repository_name: RepositoryName,
    image_digest: Digest,
    image_tags: Collection[Tag],
    package_names: Collection[str] = (),
) -> FindingsOnDemand | None:
    """Return the demand that says what a scan of an image finds; None when its contents say it.

    The one that means the fewest images counts: by digest before tag before repository before package.
    Of equals the last one counts, so that a later demand replaces an earlier one.
    """
    fitting = [
        each
        for each in demands
        if each.repository_name in (None, repository_name)
        and each.image_digest in (None, image_digest)
        and (each.image_tag is None or each.image_tag in image_tags)
        and (each.package_name is None or each.package_name in package_names)
    ]
    return max(reversed(fitting), key=_narrowness, default=None)


def _narrowness(demand: FindingsOnDemand) -> tuple[bool, bool, bool, bool]:
    return (
        demand.image_digest is not None,
        demand.image_tag is not None,
        demand.repository_name is not None,
        demand.package_name is not None,
    )
