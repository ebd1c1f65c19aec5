"""The service models of AWS's APIs, from botocore's data. Loaded once, when first needed."""

from functools import cache, lru_cache

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

_LOADER = Loader()


@cache
def service_model(service: str) -> ServiceModel:
    """Return the model of a service by botocore's name for it, such as ``ecr``."""
    # load_service_model would first list the folders of all of AWS's services
    version = _LOADER.determine_latest_version(service, "service-2")
    return ServiceModel(_LOADER.load_data(f"{service}/{version}/service-2"), service)


@lru_cache(maxsize=1024)
def operation_model(service: str, operation: str) -> OperationModel | None:
    """Return the model of an operation, or None when the service has no such operation."""
    model = service_model(service)
    return model.operation_model(operation) if operation in model.operation_names else None
