"""Every error is described once; its codes and statuses are those of AWS and of the OCI list."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import botocore.session
import pytest

import ecrmock.values
from ecrmock.values.authorization import InvalidTokenError
from ecrmock.values.errors import (
    AccessDeniedError,
    EcrError,
    InvalidActionError,
    InvalidParameterError,
    LimitExceededError,
    OperationNotImplementedError,
    SerializationError,
    ServerError,
    UnknownOperationError,
    WebPageError,
)

FRONT_END_CODES = {
    "AccessDenied": "S3's, reference api.md §6.6 and registry.md §6",
    "AccessDeniedException": "reference api.md §2.5",
    "SerializationException": "reference api.md §2.5",
    "ThrottlingException": "reference api.md §2.5",
    "UnknownOperationException": "reference api.md §2.5",
    "ExpiredTokenException": "reference iam.md §2.3",
    "InvalidAction": "reference iam.md §2.3",
    "MissingAuthenticationTokenException": "reference iam.md §2.3",
    "UnrecognizedClientException": "reference iam.md §2.3",
    "IncompleteSignatureException": "reference iam.md §2.3",
    "InvalidSignatureException": "reference iam.md §2.3",
    "InvalidParameterValue": "reference iam.md §12.2",
    "ValidationError": "reference iam.md §12.2, §13.2",
    "NotImplementedException": "ecrmock's own word for what it does not have yet; no code of AWS",
}
OCI_STATUSES = {  # reference registry.md §3.2
    "UNKNOWN": 500,
    "UNSUPPORTED": 405,
    "UNAUTHORIZED": 401,
    "DENIED": 403,
    "UNAVAILABLE": 503,
    "TOOMANYREQUESTS": 429,
    "DIGEST_INVALID": 400,
    "SIZE_INVALID": 400,
    "RANGE_INVALID": 416,
    "NAME_UNKNOWN": 404,
    "MANIFEST_UNKNOWN": 404,
    "MANIFEST_INVALID": 400,
    "MANIFEST_UNVERIFIED": 400,
    "MANIFEST_BLOB_UNKNOWN": 400,
    "BLOB_UNKNOWN": 404,
    "BLOB_UPLOAD_UNKNOWN": 404,
    "BLOB_UPLOAD_INVALID": 404,
    "NAME_INVALID": 400,
    "TAG_INVALID": 400,
}
# The codes that front-end errors have in iam and sts, where they differ, and their statuses.
QUERY_CODES = {
    "AccessDenied": ("reference iam.md §2.3, §7", 403),
    "ExpiredToken": ("reference iam.md §2.3", 403),
    "IncompleteSignature": ("reference iam.md §2.3", 403),
    "InternalFailure": ('STS and IAM API Reference, "Common errors"', 500),
    "InvalidClientTokenId": ("reference iam.md §2.3", 403),
    "MalformedInput": ("inferred", 400),
    "MissingAuthenticationToken": ("reference iam.md §2.3", 403),
    "SignatureDoesNotMatch": ("reference iam.md §2.3", 403),
    "Throttling": ('IAM and STS API Reference, "Common errors"; the code inferred', 400),
}
OTHER_OCI_STATUSES = {InvalidTokenError: 400}  # reference registry.md §2.3
MODELS = [
    botocore.session.Session().get_service_model(name) for name in ("ecr", "ecr-public", "sts")
]
MODELLED = {shape.name: shape for model in reversed(MODELS) for shape in model.error_shapes}
# In query services a code is not its shape's name, and statuses differ.
QUERY_MODELLED = {
    shape.error_code: shape.metadata["error"]["httpStatusCode"]
    for name in ("sts", "iam")
    for shape in botocore.session.Session().get_service_model(name).error_shapes
    if "error" in shape.metadata
}
SIGNER_MODELLED = {
    shape.name: shape.metadata["error"]["httpStatusCode"]
    for shape in botocore.session.Session().get_service_model("signer").error_shapes
    if shape.name not in MODELLED and shape.name not in FRONT_END_CODES
}

for found in pkgutil.iter_modules(ecrmock.values.__path__, "ecrmock.values."):
    importlib.import_module(found.name)


def subclasses(kind: type[EcrError]) -> Iterator[type[EcrError]]:
    for error in kind.__subclasses__():
        yield error
        yield from subclasses(error)


ERRORS = sorted(
    {error for error in subclasses(EcrError) if error.__module__.startswith("ecrmock.values.")},
    key=lambda error: error.__name__,
)


@pytest.mark.parametrize("error", ERRORS)
def test_the_code_of_an_error_is_in_a_service_model_or_has_a_source(error: type[EcrError]) -> None:
    modelled = MODELLED.keys() | QUERY_MODELLED.keys() | SIGNER_MODELLED.keys()
    assert error.code in modelled or error.code in FRONT_END_CODES


@pytest.mark.parametrize("error", ERRORS)
def test_every_client_error_of_the_model_has_status_400(error: type[EcrError]) -> None:
    """Not found and already exists too, but for what S3 and Signer say. Source: reference api.md §2.4."""
    others = {"ServerException": 500, "NotImplementedException": 501, "AccessDenied": 403}
    expected = QUERY_MODELLED | SIGNER_MODELLED | others
    if (
        error is WebPageError
    ):  # for browsers; no client of AWS sees it, and 400 would say too little
        expected["AccessDeniedException"] = 403
    assert error.status == expected.get(error.code, 400)


@pytest.mark.parametrize("error", [error for error in ERRORS if error.query_code])
def test_another_code_in_iam_and_sts_has_a_source_and_its_status(error: type[EcrError]) -> None:
    assert (error.query_status or error.status) == QUERY_CODES[error.query_code][1]


def test_no_code_of_iam_and_sts_is_listed_that_nothing_has() -> None:
    assert set(QUERY_CODES) <= {error.query_code for error in ERRORS}


@pytest.mark.parametrize("error", ERRORS)
def test_the_code_on_the_registry_door_is_in_the_oci_list(error: type[EcrError]) -> None:
    assert error.oci_code in OCI_STATUSES


@pytest.mark.parametrize("error", ERRORS)
def test_the_status_on_the_registry_door_is_the_usual_one_of_its_code(
    error: type[EcrError],
) -> None:
    """Source: reference registry.md §3.2."""
    expected = OTHER_OCI_STATUSES.get(error, OCI_STATUSES[error.oci_code])
    assert error.oci_status == expected


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_is_named_by_its_code_or_says_what_is_special(error: type[EcrError]) -> None:
    assert error.__name__.endswith("Error")
    assert error.__doc__


def test_no_front_end_code_is_listed_that_nothing_has() -> None:
    assert set(FRONT_END_CODES) <= {error.code for error in ERRORS}


def test_an_error_reads_as_its_message() -> None:
    error = LimitExceededError("no more")
    assert (str(error), error.message) == ("no more", "no more")


def test_a_violated_constraint_is_told_in_ecrs_own_form() -> None:
    """Not in the form "1 validation error detected". Source: reference api.md §3.1."""
    error = InvalidParameterError("repositoryName", "must not be null")
    assert error.message == (
        "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must not be null'"
    )


def test_a_violated_constraint_keeps_its_field_and_text() -> None:
    error = InvalidParameterError("imageTag", "must not be null")
    assert (error.field, error.constraint) == ("imageTag", "must not be null")


def test_a_fault_of_the_server_reads_as_in_the_service_model() -> None:
    documentation = MODELLED["ServerException"].documentation
    assert ServerError().message == re.sub("<[^>]+>", "", documentation)


def test_an_unknown_operation_has_no_text() -> None:
    """Source: reference api.md §2.5: the member is absent."""
    assert UnknownOperationError().message == ""


def test_an_unknown_query_action_is_named() -> None:
    assert "FlyToTheMoon" in InvalidActionError("FlyToTheMoon", "2011-06-15").message


def test_what_is_missing_says_so() -> None:
    message = OperationNotImplementedError("sts", "AssumeRoot").message
    assert "sts:AssumeRoot" in message


@pytest.mark.parametrize("error", [AccessDeniedError, LimitExceededError])
def test_a_denial_and_a_used_up_quota_are_denied_on_the_registry_door(
    error: type[EcrError],
) -> None:
    """Source: reference registry.md §3.4."""
    assert (error.oci_code, error.oci_status) == ("DENIED", 403)


@pytest.mark.parametrize("error", [InvalidParameterError, SerializationError])
def test_other_refusals_are_unsupported_on_the_registry_door(error: type[EcrError]) -> None:
    """Source: reference registry.md §3.3, "other parameter violations"."""
    assert (error.oci_code, error.oci_status) == ("UNSUPPORTED", 405)
