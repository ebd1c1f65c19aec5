"""Create-, Describe-, Update-, Delete-, ValidatePullThroughCacheRule(s), and the steps of an import.

An image is served as soon as its manifest is here (``ImportUpstreamImage`` in ``images.py``). Its blobs, and
the manifests that an index lists, come when they are asked for, and all the rest when the import completes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ecrmock.operations.follow_ups import link_role, replicated, scan_on_push
from ecrmock.operations.operation import Context, operation
from ecrmock.operations.upstreams import fetch_image, fetch_layer, upstream_by, upstream_of
from ecrmock.rules.paging import DEFAULT_PAGE_SIZE, check_not_with, cut, decode_token, encode_token
from ecrmock.rules.pull_through_cache import (
    check_kind,
    check_login,
    check_secret,
    check_upstream,
    path_of,
    retry_after,
    secret_arn,
    upstream_at,
)
from ecrmock.store.content import Content
from ecrmock.store.repository import RepositoryState
from ecrmock.values.authorization import CACHE_SERVICE
from ecrmock.values.errors import LimitExceededError
from ecrmock.values.events import ImagePushed, UpstreamImportDue, UpstreamImportEnded
from ecrmock.values.images import Image, ImageIdentifier
from ecrmock.values.layers import HeldBlob
from ecrmock.values.names import Digest, RepositoryName, Tag, repository_arn
from ecrmock.values.pull_through_cache import (
    LOGIN,
    NOT_FOUND,
    UNAVAILABLE,
    Fetch,
    PullThroughCacheRule,
    PullThroughCacheRuleAlreadyExistsError,
    PullThroughCacheRuleNotFoundError,
    RuleValidation,
    UpstreamError,
    UpstreamSecret,
)

_LISTING = "pull-through-cache-rules"


@dataclass(frozen=True, slots=True)
class RulePage:
    """Answer of DescribePullThroughCacheRules."""

    pull_through_cache_rules: tuple[PullThroughCacheRule, ...]
    next_token: str | None = None


@operation("ecr", "CreatePullThroughCacheRule")
def create_rule(
    context: Context,
    *,
    ecr_repository_prefix: str,
    upstream_registry_url: str,
    upstream_registry: str | None = None,
    credential_arn: str | None = None,
    custom_role_arn: str | None = None,
    upstream_repository_prefix: str | None = None,
) -> PullThroughCacheRule:
    """Have images below a prefix come from another registry; the service that fetches them gets its role.

    Raises: UnsupportedUpstreamRegistryError, CacheRuleValidationError, SecretNotFoundError,
    PullThroughCacheRuleAlreadyExistsError, LimitExceededError; in this order. Source: reference api.md §12.2.
    """
    rules, limit = _rules(context), context.settings.quotas.pull_through_cache_rules
    made = PullThroughCacheRule(
        ecr_repository_prefix=ecr_repository_prefix,
        upstream_registry_url=upstream_registry_url,
        upstream_registry="",
        created_at=context.now,
        updated_at=context.now,
        registry_id=context.account,
        credential_arn=credential_arn,
        custom_role_arn=custom_role_arn or None,
        upstream_repository_prefix=upstream_repository_prefix,
        sequence=max((each.sequence for each in rules), default=0) + 1,
    )
    upstream = check_upstream(made, upstream_registry, context.region)
    check_login(made, upstream)
    check_secret(credential_arn, context.account, context.region, _secrets(context))
    if _find(context, ecr_repository_prefix) is not None:
        raise PullThroughCacheRuleAlreadyExistsError
    if len(rules) >= limit:
        raise LimitExceededError(
            f"The registry with id '{context.account}' already has the maximum allowed number of "
            f"pull through cache rules which is '{limit}'"
        )
    made = replace(made, upstream_registry=upstream.name)
    _save(context, (*rules, made))
    link_role(context, CACHE_SERVICE)
    return made


@operation("ecr", "DescribePullThroughCacheRules")
def describe_rules(
    context: Context,
    *,
    ecr_repository_prefixes: Sequence[str] | None = None,
    next_token: str | None = None,
    max_results: int | None = None,
) -> RulePage:
    """Return rules by prefix, or a page of all in the order of creation.

    Raises: InvalidParameterError, PullThroughCacheRuleNotFoundError. Source: reference api.md §12.3.
    """
    if ecr_repository_prefixes is not None:
        check_not_with("ecrRepositoryPrefixes", next_token, max_results)
        named = dict.fromkeys(_named(context, prefix) for prefix in ecr_repository_prefixes)
        return RulePage(tuple(named))
    after = decode_token(_LISTING, next_token)
    rest = (rule for rule in _rules(context) if rule.sequence > after)
    found, last = cut(rest, max_results or DEFAULT_PAGE_SIZE)
    return RulePage(found, encode_token(_LISTING, last))


@operation("ecr", "UpdatePullThroughCacheRule")
def update_rule(
    context: Context,
    *,
    ecr_repository_prefix: str,
    credential_arn: str | None = None,
    custom_role_arn: str | None = None,
) -> PullThroughCacheRule:
    """Change by what an upstream is logged in to.

    Raises: PullThroughCacheRuleNotFoundError, CacheRuleValidationError, SecretNotFoundError.
    Source: reference api.md §12.2, §12.3.
    """
    rule = _named(context, ecr_repository_prefix)
    changed = replace(
        rule,
        credential_arn=credential_arn or rule.credential_arn,
        custom_role_arn=custom_role_arn or rule.custom_role_arn,
        updated_at=context.now,
    )
    upstream = upstream_at(rule.upstream_registry_url)
    if upstream is not None:
        check_kind(changed, upstream, is_new=False)
    check_secret(credential_arn, context.account, context.region, _secrets(context))
    _save(context, tuple(changed if each is rule else each for each in _rules(context)))
    return changed


@operation("ecr", "DeletePullThroughCacheRule")
def delete_rule(context: Context, *, ecr_repository_prefix: str) -> PullThroughCacheRule:
    """Take a rule away, and return it; what it brought stays.

    Raises: PullThroughCacheRuleNotFoundError. Source: reference api.md §12.3.
    """
    rule = _named(context, ecr_repository_prefix)
    _save(context, tuple(each for each in _rules(context) if each is not rule))
    return rule


@operation("ecr", "ValidatePullThroughCacheRule")
def validate_rule(context: Context, *, ecr_repository_prefix: str) -> RuleValidation:
    """Log in to the upstream of a rule, and say whether that works; a failure is no error.

    Raises: PullThroughCacheRuleNotFoundError. Source: reference api.md §12.3; the text is inferred.
    """
    rule = _named(context, ecr_repository_prefix)
    source = upstream_by(context, rule, RepositoryName(""))
    failure = context.fetch(Fetch(kind=LOGIN, source=source)).failure
    return RuleValidation(
        ecr_repository_prefix=rule.ecr_repository_prefix,
        registry_id=rule.registry_id,
        upstream_registry_url=rule.upstream_registry_url,
        credential_arn=rule.credential_arn,
        custom_role_arn=rule.custom_role_arn,
        upstream_repository_prefix=rule.upstream_repository_prefix,
        is_valid=failure is None,
        failure=None if failure is None else failure.reason,
    )


def _rules(context: Context) -> tuple[PullThroughCacheRule, ...]:
    return context.registry.settings.pull_through_cache_rules


def _find(context: Context, prefix: str) -> PullThroughCacheRule | None:
    wanted = path_of(prefix)
    return next(
        (rule for rule in _rules(context) if path_of(rule.ecr_repository_prefix) == wanted), None
    )


def _named(context: Context, prefix: str) -> PullThroughCacheRule:
    rule = _find(context, prefix)
    if rule is None:
        raise PullThroughCacheRuleNotFoundError
    return rule


def _save(context: Context, rules: tuple[PullThroughCacheRule, ...]) -> None:
    registry = context.registry
    registry.change(replace(registry.settings, pull_through_cache_rules=rules))


def _secrets(context: Context) -> tuple[UpstreamSecret, ...]:
    return (*context.registry.settings.upstream_secrets, *context.settings.upstream_secrets)


@operation("ecrmock", "PutUpstreamSecret", action="ecr:CreatePullThroughCacheRule")
def put_upstream_secret(
    context: Context, *, secret_id: str, username: str, access_token: str
) -> str:
    """Keep a secret as Secrets Manager would, under its name or ARN, and return its ARN.

    A name that no secret of an upstream can have is a ValueError. Source: reference features.md §4.2.
    """
    suffix = context.world.ids.uuid()[:6]
    arn = secret_arn(secret_id, context.account, context.region, suffix)
    registry = context.registry
    others = tuple(
        each for each in registry.settings.upstream_secrets if each.secret_id != secret_id
    )
    made = UpstreamSecret(secret_id=secret_id, username=username, access_token=access_token)
    registry.change(replace(registry.settings, upstream_secrets=(*others, made)))
    return arn


# The steps of an import


@operation("ecrmock", "ConfirmUpstreamTag", action="ecr:PutImage")
def confirm_upstream_tag(
    context: Context, *, repository_name: RepositoryName, image_tag: Tag, known: Digest
) -> None:
    """Note that a tag still points upstream to what it pointed to here, unless somebody moved it since.

    Raises: RepositoryNotFoundError.
    """
    state = context.registry.repository(repository_name)
    tagging = state.tags.get(image_tag)
    if tagging is not None and tagging.image_digest == known:
        state.tags.put(image_tag, replace(tagging, upstream_checked_at=context.now))


@operation("ecrmock", "ImportUpstreamLayer", action="ecr:PutImage")
def import_upstream_layer(
    context: Context, *, repository_name: RepositoryName, layer_digest: Digest, content: Content
) -> None:
    """Hold a blob that came from an upstream, unless its image went away meanwhile.

    Raises: RepositoryNotFoundError.
    """
    state = context.registry.repository(repository_name)
    if layer_digest in state.blobs or not state.images.uses_blob(layer_digest):
        return
    context.store.blobs.adopt(content, layer_digest)
    held = HeldBlob(digest=layer_digest, size=content.size, held_since=context.now)
    state.blobs.put(layer_digest, held)


@operation("ecrmock", "CompleteUpstreamImport", action="ecr:PutImage")
def complete_upstream_import(
    context: Context,
    *,
    repository_name: RepositoryName,
    image_digest: Digest,
    image_tag: Tag | None,
    ecr_repository_prefix: str,
    upstream_registry_url: str,
    attempt: int = 1,
) -> None:
    """Fetch what an image still lacks, and tell that it is here; only then do scans and copies begin.

    What fails is told, and tried again if that may help. Raises: RepositoryNotFoundError.
    Source: reference features.md §4.4, §11.8.
    """
    state = context.registry.repository(repository_name)
    image = state.images.get(image_digest)
    if image is None:
        return
    failure = _without_rule(context, state, image) or _fetch_all(context, state, image)
    if failure is None:
        _announce_images(context, state, image, image_tag)
    elif (pause := retry_after(failure, attempt)) is not None:
        again = context.event(
            UpstreamImportDue,
            repository_name,
            image_digest=image_digest,
            image_tag=image_tag,
            ecr_repository_prefix=ecr_repository_prefix,
            upstream_registry_url=upstream_registry_url,
            attempt=attempt + 1,
        )
        context.publish_at(context.now + pause, again)
    ended = context.event(
        UpstreamImportEnded,
        repository_name,
        repository_arn=state.repository.repository_arn,
        image_digest=image_digest,
        image_tag=image_tag,
        ecr_repository_prefix=ecr_repository_prefix,
        upstream_registry_url=upstream_registry_url,
        failure_code=None if failure is None else failure.code,
        failure_reason=None if failure is None else failure.reason,
    )
    context.publish(ended)


def _without_rule(context: Context, state: RepositoryState, image: Image) -> UpstreamError | None:
    """Return the failure of an image that lacks something, and whose rule was deleted meanwhile."""
    name = state.repository.repository_name
    if upstream_of(context, name) is not None or _is_whole(state, image):
        return None
    return UpstreamError(UNAVAILABLE, f"there is no pull through cache rule for {name} any more")


def _is_whole(state: RepositoryState, image: Image) -> bool:
    return all(
        digest in (state.images if each.is_index else state.blobs)
        for each in (image, *state.listed(image))
        for digest in each.references
    )


def _fetch_all(context: Context, state: RepositoryState, image: Image) -> UpstreamError | None:
    """Have all fetched that an image names, and return the first failure. Raises: Needs."""
    name = state.repository.repository_name
    left, seen = [image], {image.image_digest}
    while left:
        each = left.pop()
        for digest in each.references:
            if each.is_index:
                failure = fetch_image(context, name, ImageIdentifier(image_digest=digest))
            else:
                failure = fetch_layer(context, name, digest)
            if failure is not None:
                return failure
            child = state.images.get(digest) if each.is_index else None
            if child is not None and digest not in seen:
                seen.add(digest)
                left.append(child)
    return None


def _announce_images(
    context: Context, state: RepositoryState, image: Image, tag: Tag | None
) -> None:
    """Let what follows a push follow: of all that an index lists, for what came with it."""
    for each in state.listed(image):
        if each.image_pushed_at >= image.image_pushed_at:
            _announce(context, state, each, None)
    _announce(context, state, image, tag)


def _announce(context: Context, state: RepositoryState, image: Image, tag: Tag | None) -> None:
    name = state.repository.repository_name
    state.images.put(image.image_digest, replicated(context, name, image, tag))
    scan_on_push(context, state, image)
    context.publish(context.image_event(ImagePushed, name, image, tag))


@operation("ecrmock", "AnnounceUpstreamFailure", action="ecr:PutImage")
def announce_upstream_failure(
    context: Context,
    *,
    repository_name: RepositoryName,
    reference: str,
    ecr_repository_prefix: str,
    upstream_registry_url: str,
    failure_code: str = NOT_FOUND,
    failure_reason: str,
) -> None:
    """Tell that an image could not be had; its repository may not exist.

    Nobody is told what nobody asks for any more: the rule is gone, perhaps with everything else.
    Source: features.md §11.8.
    """
    if upstream_of(context, repository_name) is None:
        return
    is_digest = ":" in reference
    ended = context.event(
        UpstreamImportEnded,
        repository_name,
        repository_arn=repository_arn(context.account, context.region, repository_name),
        image_digest=Digest(reference) if is_digest else None,
        image_tag=None if is_digest else Tag(reference),
        ecr_repository_prefix=ecr_repository_prefix,
        upstream_registry_url=upstream_registry_url,
        failure_code=failure_code,
        failure_reason=failure_reason,
    )
    context.publish(ended)
