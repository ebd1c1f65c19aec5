"""ECR Public in a test: public repositories, their aliases, and a cache in front of them."""

import boto3


def client(service: str = "ecr-public"):
    return boto3.client(service, region_name="us-east-1")


def test_an_address_has_the_alias_of_the_registry(ecr):
    ecr.public.put_alias("acme")
    made = client().create_repository(
        repositoryName="team/tool", catalogData={"description": "A tool for everybody."}
    )
    assert made["repository"]["repositoryUri"] == "public.ecr.aws/acme/team/tool"


def test_a_release_is_in_the_public_registry(ecr):
    ecr.public.push_image("team/tool", tag="1.0", layers=[{"bin/tool": b"#!/bin/sh\n"}])
    (tag,) = client().describe_image_tags(repositoryName="team/tool")["imageTagDetails"]
    assert tag["imageTag"] == "1.0"


def test_a_cache_pulls_from_the_public_registry_of_the_same_emulator(ecr):
    ecr.public.put_alias("acme")
    pushed = ecr.public.push_image("team/tool", tag="1.0")
    private = client("ecr")
    private.create_pull_through_cache_rule(
        ecrRepositoryPrefix="public", upstreamRegistryUrl="public.ecr.aws"
    )
    (image,) = private.batch_get_image(
        repositoryName="public/acme/team/tool", imageIds=[{"imageTag": "1.0"}]
    )["images"]
    assert image["imageId"]["imageDigest"] == pushed.image_digest
