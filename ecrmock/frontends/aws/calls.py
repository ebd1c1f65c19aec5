"""From a request of the AWS API to a call through the corridor, whatever carried it."""

from collections.abc import Callable
from typing import Any

from botocore.model import OperationModel

from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call
from ecrmock.values.authorization import HERE, AccessKey, Origin
from ecrmock.values.errors import EcrError
from ecrmock.values.names import PUBLIC, PUBLIC_HOME, Region, service_of


def call_operation(
    backend: Backend,
    model: OperationModel,
    read: Callable[[OperationModel], dict[str, Any]],
    *,
    credentials: AccessKey,
    region: Region,
    request_id: str,
    origin: Origin = HERE,
) -> object:
    """Read the parameters of a call and make it; one that cannot be read is recorded all the same.

    An operation that ecrmock lacks says so before its parameters are looked at. Raises: EcrError.
    """
    service, name = model.service_model.service_name, model.name
    parameters: dict[str, Any] = {}
    refused: EcrError | None = None
    if (service, name) in backend.dispatcher.operations:
        try:
            _check_region(model, region)
            parameters = read(model)
        except EcrError as error:
            refused = error
    call = Call(
        service=service,
        operation=name,
        parameters=parameters,
        credentials=credentials,
        region=region,
        request_id=request_id,
        origin=origin,
    )
    if refused is not None:
        backend.dispatcher.refuse(call, refused)
    return backend.dispatcher.dispatch(call)


def _check_region(model: OperationModel, region: Region) -> None:
    """Refuse a region that AWS does not have, and one where the API of public registries is not.

    Raises: InvalidSignatureError, UnsupportedCommandError. Source: reference public.md §1.1; iam.md §2.3.
    """
    if region == PUBLIC:  # it stands for no region of AWS's: nobody gets to the public registry so
        from ecrmock.values.signatures import InvalidSignatureError  # noqa: PLC0415 - loaded when needed

        raise InvalidSignatureError(f"Credential should be scoped to a valid Region, not {region}")
    if region != PUBLIC_HOME and model.service_model.service_name == service_of(PUBLIC):
        from ecrmock.values.public_gallery import UnsupportedCommandError  # noqa: PLC0415 - loaded when needed

        raise UnsupportedCommandError(model.name)
