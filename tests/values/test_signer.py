"""Signing profiles and their ARNs. Source: service model of signer, 2017-08-25."""

import pytest

from ecrmock.values.signer import (
    ProfileName,
    job_arn,
    parse_profile_arn,
    profile_arn,
)
from tests.store.changes import a_job, a_profile

ARN = "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/release"


def test_the_arn_of_a_profile_has_a_slash_before_its_kind() -> None:
    """Source: service model of ecr, shape ``SigningProfileArn``."""
    assert profile_arn("111122223333", "eu-west-1", "release") == ARN


def test_the_arn_of_a_job_is_of_the_partition_of_its_region() -> None:
    arn = job_arn("111122223333", "cn-north-1", "1")
    assert arn == "arn:aws-cn:signer:cn-north-1:111122223333:/signing-jobs/1"


def test_the_arn_of_a_profile_is_read_back() -> None:
    assert parse_profile_arn(ARN) == ProfileName("111122223333", "eu-west-1", "release", None)


def test_the_version_of_a_profile_is_read_from_its_arn() -> None:
    named = parse_profile_arn(f"{ARN}/0123456789")
    assert named is not None
    assert named.version == "0123456789"


@pytest.mark.parametrize(
    "arn",
    [
        "",
        ARN.replace("aws", "aws-cn"),
        ARN.replace("signer", "ecr"),
        ARN.replace(":/signing", ":signing"),
        f"{ARN}/012345678",
        f"{ARN}/0123456789/more",
        ARN.replace("release", "a"),
        ARN.replace("release", "a-b"),
    ],
)
def test_what_is_no_arn_of_a_profile_is_not_read(arn: str) -> None:
    assert parse_profile_arn(arn) is None


def test_a_profile_without_tags_shows_that_it_has_none() -> None:
    """Source: AWS's workshop on container images, output of ``aws signer list-signing-profiles``."""
    assert (a_profile().tags, a_profile().signing_parameters) == ({}, None)


def test_a_profile_shows_its_tags_and_parameters_by_key() -> None:
    profile = a_profile(3, 1)
    assert (profile.tags, profile.signing_parameters) == ({"number": "3"}, {"number": "3"})


def test_a_job_with_a_record_of_its_revocation_is_revoked() -> None:
    assert (a_job(0, 1).is_revoked, a_job().is_revoked) == (True, False)
