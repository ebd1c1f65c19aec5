"""What AWS's models say that operations fail with."""

import pytest

from ecrmock.world.service_errors import declared_errors


@pytest.mark.parametrize(
    ("service", "operation", "code", "status"),
    [
        ("ecr", "PutImage", "ImageTagAlreadyExistsException", 400),
        ("ecr", "PutImage", "ServerException", 500),
        ("ecr", "PutImage", "ThrottlingException", 400),
        ("iam", "CreateUser", "EntityAlreadyExists", 409),
        ("iam", "CreateUser", "ServiceFailure", 500),
        ("iam", "CreateUser", "Throttling", 400),
        ("sts", "AssumeRole", "RegionDisabledException", 403),
        ("sts", "GetCallerIdentity", "AccessDenied", 403),
        ("signer", "PutSigningProfile", "ResourceNotFoundException", 404),
        ("signer", "PutSigningProfile", "InternalServiceErrorException", 500),
        ("signer", "TagResource", "AccessDeniedException", 403),
    ],
)
def test_an_operation_has_its_errors_with_their_status(service, operation, code, status):
    assert declared_errors(service, [operation])[operation][code] == status


def test_an_operation_has_no_others():
    errors = declared_errors("ecr", ["DescribeRepositories"])["DescribeRepositories"]
    assert "ImageTagAlreadyExistsException" not in errors
