"""What verifies the signatures that ECR made."""

from ecrmock.handle.door import Door
from ecrmock.own_calls import signing_revocations


class Signing(Door):
    """The root of signatures, and the revoked ones."""

    def signing_root(self) -> bytes:
        """Return the certificate (PEM) that all signatures go back to. Raises: MissingExtraError."""
        return self._backend.world.signer.root_pem

    def signing_revocations(self) -> bytes:
        """Return the list of revoked signatures (a CRL in DER) as of now. Raises: MissingExtraError."""
        return signing_revocations(self._backend)
