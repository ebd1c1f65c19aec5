"""Threads share the ECR of their process; an account for each keeps them apart."""

from concurrent.futures import ThreadPoolExecutor

import boto3

from ecrmock import mock_ecr


def create(account):
    """Make a repository in an account: the access key id says which."""
    keys = {"aws_access_key_id": account, "aws_secret_access_key": "any"}
    client = boto3.session.Session(**keys).client("ecr", region_name="us-east-1")
    return client.create_repository(repositoryName="team/app")["repository"]["registryId"]


@mock_ecr
def test_each_thread_has_an_account():
    accounts = [f"{number:012}" for number in range(1, 9)]
    with ThreadPoolExecutor() as threads:
        assert list(threads.map(create, accounts)) == accounts
