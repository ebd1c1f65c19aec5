"""Exchange: one request to the registry door, with the registry that it names and who sent it."""

from dataclasses import dataclass
from typing import Any

from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call, in_registry
from ecrmock.frontends.http import FileBody, HttpRequest
from ecrmock.frontends.oci.errors import InvalidDigestError
from ecrmock.frontends.oci.modes import RegistryMode
from ecrmock.frontends.oci.routing import Target
from ecrmock.values.authorization import Credentials
from ecrmock.values.names import Digest, is_digest_by


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request that is being answered."""

    backend: Backend
    mode: RegistryMode
    request: HttpRequest
    target: Target
    credentials: Credentials
    request_id: str

    def call(self, operation: str, *, service: str = "ecr", **parameters: Any) -> Any:
        """Make a call in the registry that is meant and return its answer. Raises: EcrError."""
        return self.backend.dispatcher.dispatch(self._make(service, operation, parameters))

    def open(self, operation: str, **parameters: Any) -> FileBody:
        """Make a call that allows a blob to be read, and open that blob. Raises: EcrError."""
        return self.backend.dispatcher.open(self._make("ecr", operation, parameters))

    def _make(self, service: str, operation: str, parameters: dict[str, Any]) -> Call:
        if self.target.repository_name:
            parameters = {"repository_name": self.target.repository_name, **parameters}
        region = self.target.region
        if service == "ecr":
            service, region = in_registry(operation, region)
        return Call(
            service=service,
            operation=operation,
            parameters=parameters,
            credentials=self.credentials,
            region=region,
            account=self.target.account,
            request_id=self.request_id,
            origin=self.request.origin,
            route=f"{self.request.method} {self.target.resource}",
        )

    def url(self, path: str) -> str:
        """Return the address of a path on this server, as the client knows the server.

        ECR's are absolute (reference registry.md §4.1); without a Host header only the path is known.
        """
        host = self.request.host
        return f"{self.request.scheme}://{host}{path}" if host else path

    def digest(self) -> Digest:
        """Return the digest that the path ends in. Raises: InvalidDigestError."""
        return self.read_digest(self.target.reference, "digest")

    def takes_digest(self, text: str) -> bool:
        """Tell whether a text is a digest that the registry can hold."""
        return is_digest_by(text, self.backend.settings.data_rules.digest_algorithms)

    def read_digest(self, text: str, field: str) -> Digest:
        """Return a text as a digest. Raises: InvalidDigestError, which names the field that it is."""
        if not self.takes_digest(text):
            raise InvalidDigestError(field)
        return Digest(text)
