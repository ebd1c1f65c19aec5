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


@pytest.mark.parametrize("url", ["localhost:5001", "ftp://localhost", "http://user@localhost"])
def test_an_upstream_is_a_url(url: str) -> None:
    with pytest.raises(ValueError, match="is asked at a URL"), mock_ecr(upstreams={"quay.io": url}):
        pass
