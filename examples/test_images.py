"""Images without Docker: from bytes, files and archives, for several platforms, with artifacts."""

import io
import json
import tarfile

import boto3


def test_an_image_is_made_of_files(ecr):
    ecr.push_image("team/base", tag="1", layers=[{"etc/os-release": b"ID=none\n"}])
    ecr.push_image("team/base", tag="2", base="1", layers=[{"bin/app": b"#!/bin/sh\n"}])
    assert [len(ecr.pull("team/base", tag).blobs) for tag in ("1", "2")] == [2, 3]


def test_an_image_comes_from_a_file(ecr, tmp_path):
    saved = saved_by_docker(tmp_path)  # `docker save`, or an OCI layout folder
    ecr.push_image("team/app", tag="1.0", source=saved)
    (image,) = ecr.images("team/app")
    assert image.image_tags == ("1.0",)


def saved_by_docker(folder):
    """Write an archive as ``docker save`` does; only so that this example needs no Docker."""
    entry = {"Config": "config.json", "RepoTags": ["app:1"], "Layers": ["layer.tar"]}
    files = {"manifest.json": json.dumps([entry]), "config.json": "{}", "layer.tar": "bytes"}
    with tarfile.open(folder / "app.tar", "w") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return folder / "app.tar"


def test_an_index_has_an_image_for_each_platform(ecr):
    ecr.push_image("team/app", tag="amd64", platform="linux/amd64")
    ecr.push_image("team/app", tag="arm64", platform="linux/arm64")
    ecr.push_index("team/app", {"linux/amd64": "amd64", "linux/arm64": "arm64"}, tag="1.0")
    assert len(ecr.pull("team/app", "1.0").children) == 2


def test_an_artifact_is_about_an_image(ecr):
    image = ecr.push_image("team/app", tag="1.0")
    ecr.push_artifact("team/app", "application/spdx+json", contents=[b"{}"], subject="1.0", tag="s")
    subject = json.loads(ecr.pull("team/app", "s").manifest)["subject"]
    assert subject["digest"] == image.image_digest


def test_the_url_of_a_layer_is_fetched_without_a_network(ecr):
    ecr.push_image("team/app", tag="1.0", layers=[b"the bytes of a tar file"])
    manifest = json.loads(ecr.pull("team/app", "1.0").manifest)
    layer = {"repositoryName": "team/app", "layerDigest": manifest["layers"][0]["digest"]}
    url = boto3.client("ecr").get_download_url_for_layer(**layer)["downloadUrl"]
    assert ecr.fetch(url) == b"the bytes of a tar file"
