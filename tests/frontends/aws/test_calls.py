"""From a request of the AWS API to a call through the corridor."""

import pytest

from ecrmock.backend import Backend
from ecrmock.frontends.aws.calls import call_operation
from ecrmock.values.authorization import AccessKey
from ecrmock.values.errors import InvalidParameterError, OperationNotImplementedError
from tests.frontends.aws.conftest import REQUEST_ID, model_of


@pytest.fixture
def backend() -> Backend:
    return Backend()


def call(backend, operation, read, service="ecr"):
    return call_operation(
        backend,
        model_of(service, operation),
        read,
        credentials=AccessKey(None),
        region="eu-west-1",
        request_id=REQUEST_ID,
    )


def unreadable(model):
    raise InvalidParameterError("maxResults", "must be small")


def test_what_was_read_are_the_parameters(backend):
    answer = call(
        backend, "CreateRepository", lambda model: {"repository_name": model.name.lower()}
    )
    assert answer.repository.repository_name == "createrepository"


def test_a_call_that_cannot_be_read_is_recorded(backend):
    with pytest.raises(InvalidParameterError):
        call(backend, "DescribeRepositories", unreadable)
    (record,) = backend.calls()
    assert (record.operation, record.request_id) == ("DescribeRepositories", REQUEST_ID)
    assert (record.region, record.error) == ("eu-west-1", "InvalidParameterException")


def test_what_ecrmock_lacks_is_told_before_the_parameters_are_read(backend):
    with pytest.raises(OperationNotImplementedError):
        call(backend, "UploadSigningCertificate", unreadable, "iam")
