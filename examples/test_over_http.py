"""Code that wants real HTTP gets a server, and boto3 in this process sees what comes in there."""

import json
from urllib.request import urlopen

import pytest


def test_the_same_ecr_is_at_a_url(ecr_server, ecr_client):
    made = ecr_client.create_repository(repositoryName="team/app")["repository"]
    assert made["repositoryUri"] == f"{ecr_server.registry}/team/app"
    with urlopen(f"{ecr_server.url}/_ecrmock/health") as answer:
        assert json.load(answer)["account"] == ecr_server.account


@pytest.mark.ecr(account="111122223333", region="eu-west-1")
def test_the_url_of_a_layer_leads_to_the_server(ecr_server, ecr_client):
    ecr_server.push_image("team/app", tag="1.0", layers=[b"the bytes of a tar file"])
    manifest = json.loads(ecr_server.pull("team/app", "1.0").manifest)
    layer = {"repositoryName": "team/app", "layerDigest": manifest["layers"][0]["digest"]}
    url = ecr_client.get_download_url_for_layer(**layer)["downloadUrl"]
    with urlopen(url) as answer:
        assert answer.read() == b"the bytes of a tar file"
