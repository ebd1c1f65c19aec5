"""A state from a file: see docs/seeds.md."""

from pathlib import Path

import boto3

from ecrmock import mock_ecr

SEED = Path(__file__).parent / "seed.yaml"


@mock_ecr(region="us-east-1", seed=SEED)
def test_a_test_begins_with_what_a_file_has():
    client = boto3.client("ecr")
    images = client.list_images(repositoryName="team/app", filter={"tagStatus": "TAGGED"})[
        "imageIds"
    ]
    assert {"1.0", "latest", "dev-stable"} <= {image["imageTag"] for image in images}


def test_a_seed_may_be_a_document():
    document = {"version": 1, "repositories": {"team/app": {"images": [{"tag": "1.0"}]}}}
    with mock_ecr(region="us-east-1", seed=document) as ecr:
        assert [image.image_tags for image in ecr.images("team/app")] == [("1.0",)]


def test_what_is_exported_can_be_played(tmp_path):
    with mock_ecr(seed=SEED) as ecr:
        ecr.export(tmp_path / "state.yaml")
    with mock_ecr() as ecr:
        ecr.seed(tmp_path / "state.yaml")
        assert len(ecr.images("team/app")) == 5
