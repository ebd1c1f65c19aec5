"""ListImageReferrers."""

from dataclasses import dataclass

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.images import check_image_id
from ecrmock.rules.paging import cut, decode_token, encode_token
from ecrmock.rules.referrers import is_listed, shown
from ecrmock.values.images import ImageIdentifier
from ecrmock.values.names import RepositoryName
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

    Raises: InvalidParameterError, RepositoryNotFoundError. Source: reference api.md §18.
    """
    check_image_id(ImageIdentifier(image_digest=subject_id.image_digest))
    state = context.registry.repository(repository_name)
    wanted = filter or ListImageReferrersFilter()
    after = decode_token(_LISTING, next_token)
    listed = state.images.referrers_after(subject_id.image_digest, after)
    found = (image for image in listed if is_listed(image, wanted))
    page, last = cut(found, max_results or _DEFAULT_PAGE_SIZE)
    return ReferrerPage(
        tuple(shown(image) for image in page),
        encode_token(_LISTING, last),
    )
