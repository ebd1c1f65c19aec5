"""Publish container images as the CDK publishes its assets: ask first, then build and push what is missing.

    python publish_assets.py assets                    # builds and pushes with docker
    python publish_assets.py --without-docker assets   # uploads the folder as one layer, by boto3 alone

`assets` is a folder with an `assets.json`, as `cdk synth` writes it into `cdk.out`. AWS_ENDPOINT_URL_ECR leads
boto3 to ecrmock, and repositoryUri leads docker there.
"""

import argparse
import base64
import contextlib
import gzip
import hashlib
import io
import json
import subprocess
import tarfile
from pathlib import Path

import boto3

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--without-docker", action="store_true")
    options = parser.parse_args()

    assets = json.loads((options.folder / "assets.json").read_text())["dockerImages"]
    publish = upload if options.without_docker else build_and_push
    for asset in assets.values():
        source = options.folder / asset["source"]["directory"]
        for destination in asset["destinations"].values():
            ecr = boto3.client("ecr", region_name=destination["region"])
            repository, tag = destination["repositoryName"], destination["imageTag"]
            ensure_repository(ecr, repository)
            if is_published(ecr, repository, tag):
                print(f"{repository}:{tag} is there")
                continue
            publish(ecr, repository, tag, source)
            print(f"{repository}:{tag} was published")


def ensure_repository(ecr, repository):
    """Create the repository, as `cdk bootstrap` does: nobody moves the tags in it."""
    with contextlib.suppress(ecr.exceptions.RepositoryAlreadyExistsException):
        ecr.create_repository(repositoryName=repository, imageTagMutability="IMMUTABLE")


def is_published(ecr, repository, tag):
    try:
        ecr.describe_images(repositoryName=repository, imageIds=[{"imageTag": tag}])
    except ecr.exceptions.ImageNotFoundException:
        return False
    return True


def build_and_push(ecr, repository, tag, folder):
    (described,) = ecr.describe_repositories(repositoryNames=[repository])["repositories"]
    registry, _, _ = described["repositoryUri"].partition("/")
    (login,) = ecr.get_authorization_token()["authorizationData"]
    user, _, password = base64.b64decode(login["authorizationToken"]).decode().partition(":")
    image = f"{described['repositoryUri']}:{tag}"
    docker("login", "--username", user, "--password-stdin", registry, stdin=password)
    docker("build", "--tag", image, str(folder))
    docker("push", image)


def docker(*arguments, stdin=""):
    subprocess.run(["docker", *arguments], input=stdin, text=True, check=True)


def upload(ecr, repository, tag, folder):
    """Put an image with the folder's files as its only layer."""
    files = tar(folder)
    layer = gzip.compress(files, mtime=0)
    rootfs = {"type": "layers", "diff_ids": [digest(files)]}
    config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": rootfs}).encode()
    for content in (layer, config):
        upload_layer(ecr, repository, content)
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {"mediaType": CONFIG, "digest": digest(config), "size": len(config)},
        "layers": [{"mediaType": LAYER, "digest": digest(layer), "size": len(layer)}],
    }
    ecr.put_image(repositoryName=repository, imageTag=tag, imageManifest=json.dumps(manifest))


def upload_layer(ecr, repository, content):
    """Send a layer in parts of the size that ECR asks for."""
    started = ecr.initiate_layer_upload(repositoryName=repository)
    upload = {"repositoryName": repository, "uploadId": started["uploadId"]}
    for first in range(0, len(content), started["partSize"]):
        part = content[first : first + started["partSize"]]
        last = first + len(part) - 1
        ecr.upload_layer_part(**upload, partFirstByte=first, partLastByte=last, layerPartBlob=part)
    ecr.complete_layer_upload(**upload, layerDigests=[digest(content)])


def tar(folder):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as writer:
        for path in sorted(folder.rglob("*")):
            writer.add(path, path.relative_to(folder), recursive=False)
    return archive.getvalue()


def digest(content):
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


if __name__ == "__main__":
    main()
