"""GetSigningPlatform and ListSigningPlatforms of AWS Signer."""

from dataclasses import dataclass

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.paging import cut, encode_token
from ecrmock.rules.signer import PAGE_SIZE, check_platform, start_of_page
from ecrmock.values.signing_platforms import SIGNING_PLATFORMS, SigningPlatform

_LISTING = "signing-platforms"


@dataclass(frozen=True, slots=True)
class SigningPlatformPage:
    """Answer of ListSigningPlatforms."""

    platforms: tuple[SigningPlatform, ...]
    next_token: str | None = None


@operation("signer", "GetSigningPlatform")
def get_signing_platform(_: Context, *, platform_id: str) -> SigningPlatform:
    """Return a platform. Raises: SigningPlatformNotFoundError."""
    return check_platform(platform_id)


@operation("signer", "ListSigningPlatforms")
def list_signing_platforms(
    _: Context,
    *,
    category: str | None = None,
    partner: str | None = None,
    target: str | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
) -> SigningPlatformPage:
    """Return the platforms with what is asked for, page by page. Raises: SignerValidationError."""
    after = start_of_page(_LISTING, next_token)
    platforms = (
        each
        for each in SIGNING_PLATFORMS
        if each.sequence > after
        and category in (None, each.category)
        and partner in (None, each.partner)
        and target in (None, each.target)
    )
    page, last = cut(platforms, max_results or PAGE_SIZE)
    return SigningPlatformPage(page, encode_token(_LISTING, last))
