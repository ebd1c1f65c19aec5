"""Pull through cache rules: the examples of docs/pull-through-cache.md."""

import boto3
import pytest

from ecrmock import mock_ecr

ACCOUNT = "123456789012"
WEST = f"{ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com"


def client(region="us-east-1"):
    keys = {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "any"}
    return boto3.client("ecr", region_name=region, **keys)


def pull(repository, tag):
    answer = client().batch_get_image(repositoryName=repository, imageIds=[{"imageTag": tag}])
    return [image["imageId"]["imageDigest"] for image in answer["images"]]


def push_to_the_west(tag, number):
    manifest = (
        '{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", '
        f'"manifests": [], "annotations": {{"number": "{number}"}}}}'
    )
    put = client("us-west-2").put_image(
        repositoryName="team/app", imageManifest=manifest, imageTag=tag
    )
    return put["image"]["imageId"]["imageDigest"]


def sign_in_the_west(subject):
    manifest = (
        '{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [], '
        '"artifactType": "application/vnd.example.signature", "subject": {"mediaType": '
        f'"application/vnd.oci.image.index.v1+json", "digest": "{subject}", "size": 1}}}}'
    )
    put = client("us-west-2").put_image(repositoryName="team/app", imageManifest=manifest)
    return put["image"]["imageId"]["imageDigest"]


@pytest.fixture
def ecr():
    with mock_ecr(region="us-east-1") as ecr:
        client("us-west-2").create_repository(repositoryName="team/app")
        yield ecr


def test_an_image_comes_from_another_region(ecr):
    pushed = push_to_the_west("1.0", number=1)
    client().create_pull_through_cache_rule(ecrRepositoryPrefix="west", upstreamRegistryUrl=WEST)
    assert pull("west/team/app", "1.0") == [pushed]
    (cached,) = ecr.images("west/team/app")
    assert cached.image_tags == ("1.0",)


def test_a_change_upstream_is_seen_after_a_day(ecr):
    client().create_pull_through_cache_rule(ecrRepositoryPrefix="west", upstreamRegistryUrl=WEST)
    first = push_to_the_west("latest", number=1)
    assert pull("west/team/app", "latest") == [first]
    second = push_to_the_west("latest", number=2)
    assert pull("west/team/app", "latest") == [first]
    ecr.clock.advance(hours=24)
    assert pull("west/team/app", "latest") == [second]


def test_a_signature_upstream_is_found_and_pulled_through_the_cache(ecr):
    subject = push_to_the_west("1.0", number=1)
    client().create_pull_through_cache_rule(ecrRepositoryPrefix="west", upstreamRegistryUrl=WEST)
    pull("west/team/app", "1.0")
    signature = sign_in_the_west(subject)
    asked = {"repositoryName": "west/team/app", "subjectId": {"imageDigest": subject}}
    (found,) = client().list_image_referrers(**asked)["referrers"]
    assert found["digest"] == signature
    assert ecr.pull("west/team/app", signature).digest == signature


def test_the_credentials_of_an_upstream_are_a_secret(ecr):
    arn = ecr.put_upstream_secret("ecr-pullthroughcache/hub", "user", "access-token")
    rule = client().create_pull_through_cache_rule(
        ecrRepositoryPrefix="hub",
        upstreamRegistryUrl="registry-1.docker.io",
        credentialArn=arn,
    )
    assert rule["upstreamRegistry"] == "docker-hub"
