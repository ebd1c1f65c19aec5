"""What verifies signatures: the root to trust, and the list of the revoked ones."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ecrmock.backend import Backend
from ecrmock.frontends.admin.errors import AdminError
from ecrmock.frontends.http import HttpResponse
from ecrmock.own_calls import signing_revocations
from ecrmock.values.errors import MissingExtraError


def root(backend: Backend, _: Mapping[str, Any]) -> bytes:
    """Return the certificate that signatures go back to. Raises: AdminError."""
    with _said():
        return backend.world.signer.root_pem


def revocations(backend: Backend, _: Mapping[str, Any]) -> HttpResponse:
    """Return the list that the certificates of signatures name. Raises: AdminError."""
    with _said():
        content = signing_revocations(backend)
    return HttpResponse(200, {"Content-Type": "application/pkix-crl"}, content)


@contextmanager
def _said() -> Iterator[None]:
    """Answer that packages are missing. Raises: AdminError."""
    try:
        yield
    except MissingExtraError as error:
        raise AdminError(str(error), 501) from None
