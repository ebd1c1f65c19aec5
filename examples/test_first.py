import boto3

from ecrmock import mock_ecr


@mock_ecr
def test_a_repository_has_the_address_that_aws_gives_it():
    ecr = boto3.client("ecr", region_name="eu-west-1")
    made = ecr.create_repository(repositoryName="team/app")["repository"]
    assert made["repositoryUri"] == "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app"
