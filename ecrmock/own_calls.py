"""What people ask of the emulator that AWS has no operation for, by calls like everybody's.

The doors that are ecrmock's own, the handle and the admin endpoints, share these.
"""

from typing import TYPE_CHECKING

from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call, in_registry
from ecrmock.values.authorization import AccountRoot, AuthorizationData
from ecrmock.values.names import PUBLIC, AccountId, Region, RepositoryName
from ecrmock.world.clock import Clock

if TYPE_CHECKING:
    from ecrmock.values.image_contents import ImageContents
    from ecrmock.values.images import ImageIdentifier


def issue_token(backend: Backend, account: AccountId, region: Region) -> AuthorizationData:
    """Return what GetAuthorizationToken gives the root of an account, of ECR Public in PUBLIC."""
    service, endpoint = in_registry("GetAuthorizationToken", region)
    call = Call(
        service=service,
        operation="GetAuthorizationToken",
        parameters={},
        credentials=AccountRoot(account),
        region=endpoint,
        request_id=backend.world.ids.uuid(),
    )
    issued = backend.dispatcher.dispatch(call).authorization_data
    data: AuthorizationData = issued if region == PUBLIC else issued[0]
    return data


def run_lifecycle(
    backend: Backend,
    repository: str | None = None,
    *,
    account: AccountId | None = None,
    region: Region | None = None,
) -> tuple[RepositoryName, ...]:
    """Evaluate the lifecycle policy of a repository, or all of a registry, and do what they say.

    Without an account or region it is the default one. Returns the repositories that have a policy.
    Raises: RepositoryNotFoundError, LifecyclePolicyNotFoundError.
    """
    named = {} if repository is None else {"repository_name": RepositoryName(repository)}
    ran: tuple[RepositoryName, ...] = backend.call_own(
        "RunLifecyclePolicies", named, account=account, region=region
    )
    return ran


def put_upstream_secret(
    backend: Backend,
    secret_id: str,
    username: str,
    access_token: str,
    *,
    account: AccountId | None = None,
    region: Region | None = None,
) -> str:
    """Keep what an upstream is logged in to with, as Secrets Manager would, and return its ARN.

    ``secret_id`` is a name that begins with ``ecr-pullthroughcache/``, or an ARN. Raises: ValueError.
    """
    parameters = {"secret_id": secret_id, "username": username, "access_token": access_token}
    arn: str = backend.call_own("PutUpstreamSecret", parameters, account=account, region=region)
    return arn


def bill_of_materials(
    backend: Backend,
    repository: str,
    image_id: "ImageIdentifier",
    *,
    account: AccountId | None = None,
    region: Region | None = None,
) -> str:
    """Return what is installed in an image, as CycloneDX JSON; its layers are read without the lock.

    Without an account or region it is the default one. Raises: EcrError when there is no such image,
    or it is an index or archived; UnreadableImageError, UnsupportedImageError, MissingExtraError.
    """
    parameters = {"repository_name": RepositoryName(repository), "image_id": image_id}
    contents: ImageContents = backend.call_own(
        "ReadImageContents", parameters, account=account, region=region, only_looks=True
    )
    registry = backend.world.addresses.registry(contents.registry_id, contents.region)
    return backend.scanner.bill_of_materials(
        contents, name=f"{registry}/{repository}", serial_number=backend.world.ids.uuid()
    )


def signing_revocations(backend: Backend) -> bytes:
    """Return the list of revoked signatures (a CRL in DER), as of now. Raises: MissingExtraError."""
    revoked = backend.call_own("ListRevokedCertificates", only_looks=True)
    return backend.world.signer.revocation_list(revoked, Clock().now())
