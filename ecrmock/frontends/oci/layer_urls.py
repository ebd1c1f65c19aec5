"""Where presigned URLs of layers lead on a server: the part that S3 plays beside ECR.

No login is asked for; the URL itself is the credential. Refusals read as S3's do (reference registry.md §6).
"""

from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call
from ecrmock.frontends.http import HttpRequest, HttpResponse
from ecrmock.frontends.oci.blobs import send_blob
from ecrmock.values.authorization import LayerUrlError, ServicePrincipal
from ecrmock.values.errors import EcrError
from ecrmock.values.names import LAYER_PATH

_S3 = ServicePrincipal("s3.amazonaws.com")


class LayerUrlDoor:
    """Answers whoever has a URL of GetDownloadUrlForLayer."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def takes(self, request: HttpRequest) -> bool:
        """Tell whether a request is this door's, by its path."""
        return request.path.startswith(LAYER_PATH)

    def handle(self, request: HttpRequest, request_id: str) -> HttpResponse:
        """Send the layer, or say why not."""
        call = Call(
            service="ecrmock",
            operation="OpenLayerUrl",
            parameters={"layer_url": f"{request.path}?{request.query}"},
            credentials=_S3,
            region=self._backend.settings.region,
            request_id=request_id,
            route=f"{request.method} layer",
        )
        try:
            if request.method != "GET":  # what was presigned is a GET
                raise LayerUrlError("Access Denied")
            file = self._backend.dispatcher.open(call)
        except EcrError as error:
            return self.fail(request, error, request_id)
        return send_blob(request, file, {"Content-Type": "application/octet-stream"})

    def fail(self, request: HttpRequest, error: EcrError, request_id: str) -> HttpResponse:  # noqa: ARG002
        """Answer as S3 answers what it refuses."""
        text = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>{error.code}</Code><Message>{error.message}</Message>"
            f"<RequestId>{request_id}</RequestId></Error>"
        )
        return HttpResponse(error.status, {"Content-Type": "application/xml"}, text.encode())
