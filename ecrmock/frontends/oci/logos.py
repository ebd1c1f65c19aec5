"""Where the URLs of logos lead on a server: the part that a CDN plays beside ECR Public.

Everybody may see them, web pages included. Source: reference public.md §4.1.
"""

from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call
from ecrmock.frontends.http import HttpRequest, HttpResponse
from ecrmock.values.authorization import ServicePrincipal
from ecrmock.values.errors import EcrError
from ecrmock.values.names import LOGO_PATH, PUBLIC

_CDN = ServicePrincipal("cloudfront.amazonaws.com")
_SUFFIX = ".png"
_ALLOWED = ("GET", "HEAD")


class LogoDoor:
    """Answers whoever wants to see the logo of a public repository."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def takes(self, request: HttpRequest) -> bool:
        """Tell whether a request is this door's, by its path."""
        return request.path.startswith(LOGO_PATH)

    def handle(self, request: HttpRequest, request_id: str) -> HttpResponse:
        """Send the image, or say that there is none."""
        if request.method not in _ALLOWED:
            return HttpResponse(405, {"Allow": ", ".join(_ALLOWED)})
        call = Call(
            service="ecrmock",
            operation="ReadLogo",
            parameters={"logo": request.path.removeprefix(LOGO_PATH).removesuffix(_SUFFIX)},
            credentials=_CDN,
            region=PUBLIC,
            request_id=request_id,
        )
        image: bytes | None = self._backend.dispatcher.dispatch(call)
        if image is None:
            return HttpResponse(404)
        return HttpResponse(200, {"Content-Type": "image/png"}, image)

    def fail(self, request: HttpRequest, error: EcrError, request_id: str) -> HttpResponse:  # noqa: ARG002
        """Answer a request that met a bug."""
        return HttpResponse(error.status)
