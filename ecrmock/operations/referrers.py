"""ListImageReferrers."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from ecrmock.operations.operation import Context, operation
from ecrmock.operations.upstreams import fetch_referrers
from ecrmock.rules.images import check_image_id
from ecrmock.rules.paging import cut, decode_token, encode_token
from ecrmock.rules.referrers import asks_upstream, merged, place_of_held
from ecrmock.store.repository import RepositoryState
from ecrmock.values.images import ImageIdentifier
from ecrmock.values.names import Digest, RepositoryName
from ecrmock.values.referrers import ImageReferrer, ListImageReferrersFilter, SubjectIdentifier

_LISTING = "referrers"
_DEFAULT_PAGE_SIZE = 20  # reference api.md §3.7


@dataclass(frozen=True, slots=True)
class ReferrerPage:
    """Answer of ListImageReferrers."""

    referrers: tuple[ImageReferrer, ...]
    next_token: str | None = None


@operation("ecr", "ListImageReferrers", action="ecr:BatchGetImage")
def list_image_referrers(
    context: Context,
    *,
    repository_name: RepositoryName,
    subject_id: SubjectIdentifier,
    filter: ListImageReferrersFilter | None = None,
    next_token: str | None = None,
    max_results: int | None = None,
) -> ReferrerPage:
    """Return the manifests about a subject, which need not be there itself, page by page.

    In a cache repository those of the upstream come first, asked for anew for each page.

    Raises: InvalidParameterError, RepositoryNotFoundError, UnableToListUpstreamImageReferrersError.
    Source: reference api.md §18; features.md §4.4.
    """
    check_image_id(ImageIdentifier(image_digest=subject_id.image_digest))
    state = context.registry.repository(repository_name)
    asked = _asked(subject_id, filter, next_token, max_results)
    told: Sequence[ImageReferrer] = ()
    if asks_upstream(asked.wanted):
        told = fetch_referrers(context, repository_name, asked.subject)
    return _page(state, asked, told)


@operation("ecrmock", "ListHeldReferrers", action="ecr:BatchGetImage")
def list_held_referrers(
    context: Context,
    *,
    repository_name: RepositoryName,
    subject_id: SubjectIdentifier,
    filter: ListImageReferrersFilter | None = None,
    next_token: str | None = None,
    max_results: int | None = None,
) -> ReferrerPage:
    """Return the referrers that are here, whatever an upstream has more. Raises: RepositoryNotFoundError."""
    state = context.registry.repository(repository_name)
    return _page(state, _asked(subject_id, filter, next_token, max_results), ())


class _Asked(NamedTuple):
    """What a listing is asked for: which page of which referrers."""

    subject: Digest
    wanted: ListImageReferrersFilter
    after: int
    size: int


def _asked(
    subject_id: SubjectIdentifier,
    filter: ListImageReferrersFilter | None,
    next_token: str | None,
    max_results: int | None,
) -> _Asked:
    """Raises: InvalidParameterError."""
    wanted = filter or ListImageReferrersFilter()
    after = decode_token(_LISTING, next_token)
    return _Asked(subject_id.image_digest, wanted, after, max_results or _DEFAULT_PAGE_SIZE)


def _page(state: RepositoryState, asked: _Asked, told: Sequence[ImageReferrer]) -> ReferrerPage:
    held = state.images.referrers_after(asked.subject, place_of_held(asked.after))
    found = merged(told, held, state.images.get, asked.wanted, asked.after)
    page, last = cut(found, asked.size, itemgetter(0))
    return ReferrerPage(tuple(referrer for _, referrer in page), encode_token(_LISTING, last))
