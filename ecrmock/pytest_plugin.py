"""The pytest plugin: ``ecr``, ``ecr_client`` and ``ecr_server``, isolated for each test.

A test that takes none of them is not touched, and nothing of ecrmock's is loaded for it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ecrmock.handle import Ecr


@pytest.fixture
def ecr() -> "Iterator[Ecr]":
    """A new, empty ECR that answers every boto3 client of this process during the test."""
    from ecrmock import mock_ecr  # noqa: PLC0415 - loaded for the tests that need it

    with mock_ecr() as handle:
        yield handle


@pytest.fixture
def ecr_client(ecr: "Ecr") -> Any:
    """A boto3 client of ``ecr``."""
    import boto3  # noqa: PLC0415 - loaded for the tests that need it

    return boto3.client("ecr", region_name=ecr.region)
