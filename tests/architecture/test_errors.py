"""Every error is described once, with codes that AWS and the OCI distribution spec know."""

import importlib
import pkgutil
from collections.abc import Iterator

import botocore.session
import pytest

import ecrmock.values
from ecrmock.values.errors import EcrError

# Reference api.md §2.5, iam.md §2.3, §12.2; S3's for layer URLs (api.md §6.6, registry.md §6); and
# ecrmock's own word for what it does not have.
FRONT_END_CODES = {
    "AccessDenied",
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InvalidAction",
    "InvalidParameterValue",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "NotImplementedException",
    "SerializationException",
    "ThrottlingException",
    "UnknownOperationException",
    "UnrecognizedClientException",
    "ValidationError",
}
# OCI distribution spec, "error codes"; the codes of the older Docker registry API that ECR sends too.
OCI_CODES = {
    "BLOB_UNKNOWN",
    "BLOB_UPLOAD_INVALID",
    "BLOB_UPLOAD_UNKNOWN",
    "DENIED",
    "DIGEST_INVALID",
    "MANIFEST_BLOB_UNKNOWN",
    "MANIFEST_INVALID",
    "MANIFEST_UNKNOWN",
    "NAME_INVALID",
    "NAME_UNKNOWN",
    "RANGE_INVALID",
    "SIZE_INVALID",
    "TAG_INVALID",
    "TOOMANYREQUESTS",
    "UNAUTHORIZED",
    "UNKNOWN",
    "UNSUPPORTED",
}


def below_the_doors() -> Iterator[type[EcrError]]:
    """Yield the errors of ``values``; a door's own are known to that door alone."""
    for found in pkgutil.iter_modules(ecrmock.values.__path__):
        importlib.import_module(f"ecrmock.values.{found.name}")
    pending: list[type[EcrError]] = [EcrError]
    while pending:
        subclasses = pending.pop().__subclasses__()
        pending += subclasses
        yield from (error for error in subclasses if error.__module__.startswith("ecrmock.values."))


ERRORS = sorted(below_the_doors(), key=lambda error: error.__name__)
MODELLED = {
    shape.name
    for service in ("ecr", "ecr-public")
    for shape in botocore.session.Session().get_service_model(service).error_shapes
}
QUERY_MODELLED = {
    shape.metadata["error"]["code"]: shape.metadata["error"]["httpStatusCode"]
    for service in ("sts", "iam")
    for shape in botocore.session.Session().get_service_model(service).error_shapes
    if "error" in shape.metadata
}
SIGNER_MODELLED = {
    shape.name: shape.metadata["error"]["httpStatusCode"]
    for shape in botocore.session.Session().get_service_model("signer").error_shapes
}


def test_there_are_errors_to_look_at() -> None:
    assert len(ERRORS) > 20


@pytest.mark.parametrize("error", ERRORS)
def test_the_code_of_an_error_is_in_the_service_model(error: type[EcrError]) -> None:
    assert error.code in (MODELLED | set(QUERY_MODELLED) | set(SIGNER_MODELLED) | FRONT_END_CODES)


@pytest.mark.parametrize("error", ERRORS)
def test_the_code_of_an_error_on_the_registry_door_is_in_the_oci_list(
    error: type[EcrError],
) -> None:
    assert error.oci_code in OCI_CODES


@pytest.mark.parametrize("error", [error for error in ERRORS if error.code in MODELLED])
def test_an_error_of_the_api_has_status_400(error: type[EcrError]) -> None:
    """Not found and already exists too (reference api.md §2.4); only a fault of ECR is a 500."""
    assert error.status == (500 if error.code == "ServerException" else 400)


@pytest.mark.parametrize("error", [error for error in ERRORS if error.code in QUERY_MODELLED])
def test_an_error_of_sts_and_iam_has_the_status_of_its_model(error: type[EcrError]) -> None:
    assert error.status == QUERY_MODELLED[error.code]


@pytest.mark.parametrize(
    "error", [error for error in ERRORS if error.code in set(SIGNER_MODELLED) - FRONT_END_CODES]
)
def test_an_error_of_signer_has_the_status_of_its_model(error: type[EcrError]) -> None:
    assert error.status == SIGNER_MODELLED[error.code]
