"""Pull through cache rules in this process, with an upstream on this machine."""

import boto3
import pytest

from ecrmock import mock_ecr
from tests.upstreams import fake_registry

LAYER = b"layer"


def test_boto3_pulls_through_from_a_named_upstream() -> None:
    with fake_registry() as upstream:
        digest = upstream.keep("app", "1", LAYER)
        with mock_ecr(region="us-east-1", upstreams={"quay.io": upstream.url}) as ecr:
            client = boto3.client("ecr")
            client.create_pull_through_cache_rule(
                ecrRepositoryPrefix="quay", upstreamRegistryUrl="quay.io"
            )
            client.batch_get_image(repositoryName="quay/app", imageIds=[{"imageTag": "1"}])
            upstream.contents.clear()
            assert ecr.pull("quay/app", "1").digest == digest
            assert ecr.pull("quay/app", "1").blobs == (b"{}", LAYER)


def test_public_registries_of_another_emulator_are_an_upstream_without_a_login() -> None:
    """By the tokens that everybody gets. Source: reference public.md §6.1."""
    with mock_ecr(serve=True) as other:
        pushed = other.public.push_image("tool", tag="1", layers=[LAYER])
        alias, url = other.public.alias, other.gallery_url
        with mock_ecr(region="us-east-1", upstreams={"public.ecr.aws": url}) as ecr:
            boto3.client("ecr").create_pull_through_cache_rule(
                ecrRepositoryPrefix="public", upstreamRegistryUrl="public.ecr.aws"
            )
            image = {"repositoryName": f"public/{alias}/tool", "imageIds": [{"imageTag": "1"}]}
            (found,) = boto3.client("ecr").batch_get_image(**image)["images"]
            assert found["imageId"]["imageDigest"] == pushed.image_digest
            assert ecr.pull(f"public/{alias}/tool", "1").blobs[1] == LAYER


@pytest.mark.parametrize("url", ["localhost:5001", "ftp://localhost", "http://user@localhost"])
def test_an_upstream_is_a_url(url: str) -> None:
    with pytest.raises(ValueError, match="is asked at a URL"), mock_ecr(upstreams={"quay.io": url}):
        pass
