"""How errors read at the registry door, and those that only arise there.

Source: reference registry.md §2.3 and §3. Which OCI code and status an error has, its class says.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from ecrmock.frontends.http import HttpRequest, HttpResponse
from ecrmock.frontends.oci.modes import RegistryMode
from ecrmock.values.authorization import NotAuthenticatedError
from ecrmock.values.errors import EcrError, InvalidParameterError
from ecrmock.values.images import ImageFailure
from ecrmock.values.names import PUBLIC_HOST

_encode = json.JSONEncoder(separators=(",", ":")).encode
API_VERSION: Mapping[str, str] = MappingProxyType(
    {"Docker-Distribution-Api-Version": "registry/2.0"}
)
_DIGEST_TEXT = "must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'"
_NAME_TEXT = (
    "must satisfy regular expression "
    r"'[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*'"
)


class InvalidNameError(InvalidParameterError):
    """The path's repository name cannot name a repository."""

    oci_code, oci_status = "NAME_INVALID", 400

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__("repositoryName", _NAME_TEXT)


class InvalidDigestError(InvalidParameterError):
    """A digest in path or query is missing, malformed, or not of an algorithm that ECR has."""

    oci_code, oci_status = "DIGEST_INVALID", 400

    def __init__(self, field: str) -> None:
        super().__init__(field, _DIGEST_TEXT)


class InvalidPageSizeError(InvalidParameterError):
    """``n`` is no number, or none that a page can have. Source: reference registry.md §9."""


class ManifestTooLargeError(InvalidParameterError):
    """A manifest is longer than 4 MiB. Inferred: reference registry.md §7."""

    oci_code, oci_status = "SIZE_INVALID", 413

    def __init__(self, limit: int) -> None:
        text = f"Member must have length less than or equal to {limit}"
        super().__init__("imageManifest", text)


class InvalidRangeError(InvalidParameterError):
    """``Content-Range`` of an upload is not two numbers. Source: OCI distribution spec, end-5."""

    oci_code, oci_status = "RANGE_INVALID", 416

    def __init__(self) -> None:
        super().__init__("Content-Range", "must satisfy regular expression '[0-9]+-[0-9]+'")


class FailedImageError(EcrError):
    """The one image that a request is about is missing, or archived: the same to who pulls.

    Source: reference registry.md §3.3.
    """

    code = "ImageNotFoundException"
    oci_code, oci_status = "MANIFEST_UNKNOWN", 404

    def __init__(self) -> None:
        super().__init__("Requested image not found")


class RefusedImageError(EcrError):
    """An image may not be deleted: an index lists it. Source: registry.md §3.4."""

    code = "InvalidParameterException"

    def __init__(self, failure: ImageFailure) -> None:
        super().__init__(failure.failure_reason)


class UpstreamDeniedError(EcrError):
    """An upstream wants a login that the rule does not have. Source: reference registry.md §3.3, §3.4."""

    code = "UnableToGetUpstreamImageException"
    oci_code, oci_status = "DENIED", 403


class InvalidTagError(InvalidParameterError):
    """A tag in path or query cannot be one. Source: reference registry.md §3.3."""

    def __init__(self) -> None:
        super().__init__("imageTag", "must satisfy regular expression '[a-zA-Z0-9-_.]+'")


class MethodNotAllowedError(EcrError):
    """ECR does not do this with such a resource. Source: reference registry.md §13, §19."""

    code = "InvalidParameterException"

    def __init__(self) -> None:
        super().__init__("The operation is unsupported.")


class PageNotFoundError(EcrError):
    """The path names nothing that a registry has. Source: reference registry.md §4."""

    code = "UnknownOperationException"
    oci_status = 404

    def __init__(self) -> None:
        super().__init__("404 page not found")


# What a request may be refused for before any call is made.
MALFORMED = (
    InvalidNameError,
    InvalidDigestError,
    InvalidPageSizeError,
    InvalidRangeError,
    InvalidTagError,
    MethodNotAllowedError,
)

# What an upstream does not give is not found here. Source: reference registry.md §3.4, §14.1.
_NOT_THERE = (
    "ImageNotFound",
    "ImageInaccessible",
    "UpstreamTooManyRequests",
    "UpstreamUnavailable",
)


def failed(failure: ImageFailure) -> EcrError:
    """Return the error for the failure entry of a batch operation. Source: registry.md §3.4."""
    if failure.failure_code == "InvalidImageDigest":
        return InvalidDigestError("imageDigest")
    if failure.failure_code == "InvalidImageTag":
        return InvalidTagError()
    if failure.failure_code == "UpstreamAccessDenied":
        return UpstreamDeniedError(failure.failure_reason)
    if failure.failure_code in _NOT_THERE:
        return FailedImageError()
    return RefusedImageError(failure)


def render_error(request: HttpRequest, mode: RegistryMode, error: EcrError) -> HttpResponse:
    """Return the response for an error."""
    if isinstance(error, NotAuthenticatedError):
        challenged = _bearer_challenge if mode.asks_for_bearer else _basic_challenge
        return challenged(request, error)
    if isinstance(error, PageNotFoundError):
        return _plain(error)
    return _listed(error, *mode.code_and_status(error))


def _listed(error: EcrError, code: str, status: int) -> HttpResponse:
    listed = {"errors": [{"code": code, "message": error.message}]}
    body = _encode(listed).encode() + b"\n"
    headers = {"Content-Type": "application/json; charset=utf-8", **API_VERSION}
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        headers["Retry-After"] = "1"
    return HttpResponse(status, headers, body)


def _basic_challenge(request: HttpRequest, error: EcrError) -> HttpResponse:
    response = _plain(error)
    realm = f"{request.scheme}://{request.host}/"
    response.headers["Www-Authenticate"] = f'Basic realm="{realm}",service="ecr.amazonaws.com"'
    return response


def _bearer_challenge(request: HttpRequest, error: EcrError) -> HttpResponse:
    """Return the challenge of public registries; a token is given where the request went.

    Source: reference public.md §6.1, §8.
    """
    response = denied(error)
    realm = f"{request.scheme}://{request.host}/token/"
    response.headers["Www-Authenticate"] = (
        f'Bearer realm="{realm}",service="{PUBLIC_HOST}",scope="aws"'
    )
    return response


def denied(error: EcrError) -> HttpResponse:
    """Return how public registries turn away who has no good login. Source: reference public.md §6.1, §6.3."""
    return _listed(error, "DENIED", HTTPStatus.UNAUTHORIZED)


def _plain(error: EcrError) -> HttpResponse:
    headers = {"Content-Type": "text/plain; charset=utf-8", **API_VERSION}
    return HttpResponse(error.oci_status, headers, f"{error.message}\n".encode())
