"""Ecr: a backend as a test sees it, and the same one served over HTTP."""

from typing import TYPE_CHECKING

from ecrmock.backend import Backend
from ecrmock.dispatch.call import CallRecord
from ecrmock.handle.clock import ClockHandle
from ecrmock.handle.faults import Faults
from ecrmock.handle.identities import Identities
from ecrmock.handle.images import Images
from ecrmock.handle.logins import log_docker_in
from ecrmock.handle.sbom import Sbom
from ecrmock.handle.scanning import Scanning
from ecrmock.handle.seeds import Seeds
from ecrmock.handle.signing import Signing
from ecrmock.handle.snapshots import Snapshots
from ecrmock.own_calls import put_upstream_secret, run_lifecycle
from ecrmock.values.names import RepositoryName

if TYPE_CHECKING:
    from ecrmock.handle.public_gallery import PublicImages
    from ecrmock.values.lifecycle import LifecycleVerdict


class Ecr(Images, Identities, Faults, Sbom, Scanning, Seeds, Signing, Snapshots):
    """A backend as a test sees it. Its methods act in the default account and region."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self.clock = ClockHandle(backend)

    @property
    def public(self) -> "PublicImages":
        """The public registry of the account: its images and aliases."""
        from ecrmock.handle.public_gallery import PublicImages  # noqa: PLC0415 - loaded when needed

        return PublicImages(self._backend)

    @property
    def events(self) -> tuple[dict[str, object], ...]:
        """The EventBridge envelopes that ECR sent, the oldest first."""
        return self._backend.events()

    @property
    def calls(self) -> tuple[CallRecord, ...]:
        """The last calls of every door, the oldest first, with the decision about each."""
        return self._backend.calls()

    def settle(self) -> None:
        """Do the work that is due."""
        self._backend.settle()

    def run_lifecycle(self, repository: str | None = None) -> tuple[RepositoryName, ...]:
        """Do now what ECR does once a day: evaluate the lifecycle policy of a repository, or of all.

        Returns the repositories that have a policy. Raises: RepositoryNotFoundError,
        LifecyclePolicyNotFoundError for a repository that has none.
        """
        return run_lifecycle(self._backend, repository)

    def explain_lifecycle(self, repository: str) -> "tuple[LifecycleVerdict, ...]":
        """Return what the lifecycle policy would do now with each image, and why; nothing is changed.

        The images come in the order of their first push. Raises: RepositoryNotFoundError,
        LifecyclePolicyNotFoundError.
        """
        from ecrmock.rules.lifecycle import verdicts_about  # noqa: PLC0415 - loaded when needed

        view = self._call("ReadLifecyclePolicy", service="ecrmock", repository_name=repository)
        return verdicts_about(view, view.now)

    def put_upstream_secret(self, name: str, username: str, access_token: str) -> str:
        """Keep the credentials of an upstream as Secrets Manager would; return the ARN for ``credentialArn``.

        ``name`` begins with ``ecr-pullthroughcache/``, or is an ARN. Raises: ValueError.
        """
        return put_upstream_secret(self._backend, name, username, access_token)

    def reset(self) -> None:
        """Forget all accounts, repositories, events and calls, and go back to the real time."""
        self._backend.reset()

    def password(self) -> str:
        """Return what goes with the user name ``AWS`` at ``docker login``, good for twelve hours."""
        import base64  # noqa: PLC0415 - loaded when needed

        (data,) = self._call("GetAuthorizationToken").authorization_data
        return base64.b64decode(data.authorization_token).decode().partition(":")[2]


class ServedEcr(Ecr):
    """A backend that is also served over HTTP on this machine; ``gallery_url`` is ECR Public's port."""

    def __init__(self, backend: Backend, url: str, gallery_url: str = "") -> None:
        super().__init__(backend)
        self.url, self.gallery_url = url, gallery_url

    @property
    def registry(self) -> str:
        """What stands before a repository's name in a reference of docker's: host and port."""
        return self._backend.world.addresses.registry(self.account, self.region)

    def docker_login(self) -> None:
        """Log docker in to the registry. Raises: CalledProcessError, FileNotFoundError."""
        log_docker_in(self.registry, self.password())
