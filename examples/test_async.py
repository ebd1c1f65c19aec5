"""Asynchronous code: coroutines are decorated as functions are, and aiobotocore's clients are answered."""

import asyncio

import boto3
import pytest

from ecrmock import mock_ecr


@mock_ecr
async def push():
    boto3.client("ecr", region_name="us-east-1").create_repository(repositoryName="team/app")
    return "pushed"


def test_a_coroutine_has_an_ecr_of_its_own():
    assert [asyncio.run(push()) for _ in range(2)] == ["pushed", "pushed"]


async def tags_of(session, repository):
    """Return the tags of a repository: the code under test."""
    async with session.create_client("ecr", region_name="us-east-1") as client:
        pages = client.get_paginator("list_images").paginate(repositoryName=repository)
        return [image["imageTag"] async for page in pages for image in page["imageIds"]]


def test_a_client_of_aiobotocore_is_answered(ecr):
    aiobotocore = pytest.importorskip("aiobotocore.session")
    ecr.push_image("team/app", tag="1.0")
    assert asyncio.run(tags_of(aiobotocore.get_session(), "team/app")) == ["1.0"]
