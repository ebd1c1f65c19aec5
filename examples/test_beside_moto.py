"""moto answers for the other services, ecrmock for ECR; the order of the two does not matter."""

import boto3
from moto import mock_aws

from ecrmock import mock_ecr


@mock_aws
@mock_ecr
def test_a_queue_and_a_repository():
    queues = boto3.client("sqs", region_name="us-east-1")
    queues.create_queue(QueueName="pushed-images")
    repositories = boto3.client("ecr", region_name="us-east-1")
    made = repositories.create_repository(repositoryName="team/app")["repository"]
    assert made["registryId"] == "123456789012"
    assert queues.list_queues()["QueueUrls"][0].endswith("/pushed-images")
