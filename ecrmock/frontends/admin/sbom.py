"""Bills of materials over HTTP: what is installed in an image."""

from collections.abc import Mapping
from typing import Any

from ecrmock.backend import Backend
from ecrmock.frontends.admin.errors import AdminError
from ecrmock.frontends.admin.registries import registry_of
from ecrmock.frontends.http import HttpResponse
from ecrmock.own_calls import bill_of_materials
from ecrmock.values.errors import EcrError, MissingExtraError
from ecrmock.values.images import ImageIdentifier, ImageNotFoundError
from ecrmock.values.inventory import UnreadableImageError, UnsupportedImageError
from ecrmock.values.names import Digest, Tag
from ecrmock.values.repositories import RepositoryNotFoundError

MEDIA_TYPE = "application/vnd.cyclonedx+json"
_MEMBERS = frozenset({"repository", "tag", "digest", "account", "region"})
_USAGE = "a bill of materials takes ?repository=<name>&tag=<tag>, or &digest=<digest>; account and region too"


def show(backend: Backend, asked: Mapping[str, Any]) -> HttpResponse:
    """Return the bill of materials of an image. Raises: AdminError."""
    if not _MEMBERS.issuperset(asked) or not asked.get("repository"):
        raise AdminError(_USAGE)
    where = registry_of(asked, _USAGE)
    try:
        document = bill_of_materials(
            backend,
            asked["repository"],
            _image_id(asked),
            **where,
        )
    except EcrError as error:
        raise AdminError(error.message, _status(error)) from None
    except (UnreadableImageError, UnsupportedImageError) as error:
        raise AdminError(f"the image cannot be read: {error}", 422) from None
    except MissingExtraError as error:
        raise AdminError(str(error), 501) from None
    return HttpResponse(200, {"Content-Type": MEDIA_TYPE}, document.encode())


def _status(error: EcrError) -> int:
    """Return 422 for an image that is there, and has no contents that could be looked into."""
    return 404 if isinstance(error, RepositoryNotFoundError | ImageNotFoundError) else 422


def _image_id(asked: Mapping[str, Any]) -> ImageIdentifier:
    tag, digest = asked.get("tag"), asked.get("digest")
    if not tag and not digest:
        raise AdminError(_USAGE)
    return ImageIdentifier(
        image_tag=Tag(tag) if tag else None, image_digest=Digest(digest) if digest else None
    )
