"""What an operation needs from an upstream before it goes on. Source: reference features.md §4.4.

Each raises ``Needs`` until the corridor has tried to fetch it, so it comes before anything is saved.
"""

from typing import TYPE_CHECKING

from ecrmock.operations.operation import Context
from ecrmock.values.names import Digest, RepositoryName

if TYPE_CHECKING:
    from ecrmock.values.images import ImageIdentifier
    from ecrmock.values.pull_through_cache import (
        PullThroughCacheRule,
        UpstreamError,
        UpstreamSource,
    )
    from ecrmock.values.referrers import ImageReferrer


def upstream_of(context: Context, name: RepositoryName) -> "UpstreamSource | None":
    """Return where the images of a repository come from; None for one that no cache rule is about."""
    settings = context.registry.settings
    if not settings.pull_through_cache_rules:
        return None
    from ecrmock.rules.pull_through_cache import matching_rule  # noqa: PLC0415

    rule = matching_rule(settings.pull_through_cache_rules, name)
    return None if rule is None else upstream_by(context, rule, name)


def upstream_by(
    context: Context, rule: "PullThroughCacheRule", name: RepositoryName
) -> "UpstreamSource":
    """Return where the images of a repository come from by a cache rule.

    The name is empty where only the upstream is meant. Public registries of this emulator are those whose
    alias somebody has here.
    """
    from ecrmock.rules import pull_through_cache as rules  # noqa: PLC0415 - loaded when needed

    is_own = False
    if rules.asks_public_registry(rule):
        alias, _ = rules.public_alias(rules.upstream_name(rule, name))
        aliases = context.store.public_aliases
        is_own = aliases.account_of(alias) is not None if name else len(aliases) > 0
    return rules.source_of(
        rule,
        name,
        context.region,
        addresses=context.settings.upstreams,
        secrets=(
            *context.registry.settings.upstream_secrets,
            *context.settings.upstream_secrets,
        ),
        is_offline=context.settings.offline,
        is_own=is_own,
    )


def fetch_image(
    context: Context, name: RepositoryName, image_id: "ImageIdentifier"
) -> "UpstreamError | None":
    """Have an image of a cache repository fetched that is not here, or that is a day old.

    Raises: Needs. Source: reference features.md §4.4.
    """
    if not context.registry.settings.pull_through_cache_rules:
        return None
    from ecrmock.rules.images import malformed  # noqa: PLC0415 - loaded when needed
    from ecrmock.rules.pull_through_cache import image_fetch, must_be_fetched  # noqa: PLC0415

    state = context.registry.repositories.get(name)
    tag, digest, tagging = image_id.image_tag, image_id.image_digest, None
    if state is not None and tag is not None:
        tagging = state.tags.get(tag)
        digest = tagging.image_digest if tagging is not None else digest
    is_wanted = must_be_fetched(
        image_id,
        tagging=tagging,
        image=state.images.get(digest) if state is not None and digest is not None else None,
        repository=state.repository if state is not None else None,
        fresh_since=context.now - context.settings.upstream_interval,
    )
    source = upstream_of(context, name) if is_wanted and not malformed(image_id) else None
    return None if source is None else context.fetch(image_fetch(source, image_id, tagging)).failure


def fetch_layer(context: Context, name: RepositoryName, digest: Digest) -> "UpstreamError | None":
    """Have a blob fetched that an image of a cache repository names and that is not here yet.

    Raises: Needs. Source: reference features.md §4.4.
    """
    state = context.registry.repositories.get(name)
    if state is None or digest in state.blobs or not state.images.uses_blob(digest):
        return None
    source = upstream_of(context, name)
    if source is None:
        return None
    from ecrmock.values.pull_through_cache import LAYER, Fetch  # noqa: PLC0415 - loaded when needed

    return context.fetch(Fetch(kind=LAYER, source=source, reference=digest)).failure


def fetch_referrers(
    context: Context, name: RepositoryName, subject: Digest
) -> "tuple[ImageReferrer, ...]":
    """Return the referrers that the upstream of a cache repository tells; they are kept nowhere.

    Raises: Needs, UnableToListUpstreamImageReferrersError. Source: reference features.md §4.4.
    """
    source = upstream_of(context, name)
    if source is None:
        return ()
    from ecrmock.values import pull_through_cache as values  # noqa: PLC0415 - loaded when needed

    wanted = values.Fetch(kind=values.REFERRERS, source=source, reference=subject)
    fetched = context.fetch(wanted)
    if fetched.failure is not None:
        raise values.UnableToListUpstreamImageReferrersError(fetched.failure.reason)
    return fetched.referrers
