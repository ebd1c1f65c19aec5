"""``ecrmock env``: print the lines that lead a client to a running server."""

import json
from collections.abc import Mapping
from types import MappingProxyType

import click

from ecrmock.cli.running import describe, server_options

_PASSWORDS = ("aws ecr get-login-password", "aws ecr-public get-login-password --region us-east-1")
# Which registry it is, AWS says once there is a repository. The lines name it by a variable.
_PUBLIC_REGISTRY = (
    "registry=$(aws ecr-public describe-registries --region us-east-1 "
    "--query 'registries[0].registryUri' --output text)"
)
_IMAGE = "{registry}/team/app:1.0"

# How each client is told to speak plain HTTP to this machine. Source: reference registry.md §17.1.
_CLIENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "docker": (
            "{password} | docker login --username AWS --password-stdin {host}",
            f"docker push {_IMAGE}",
        ),
        "podman": (
            "{password} | podman login{insecure} --username AWS --password-stdin {host}",
            f"podman push{{insecure}} {_IMAGE}",
        ),
        "buildah": (
            "{password} | buildah login{insecure} --username AWS --password-stdin {host}",
            f"buildah push{{insecure}} {_IMAGE}",
        ),
        "skopeo": (
            "{password} | skopeo login{insecure} --username AWS --password-stdin {host}",
            f"skopeo copy{{insecure_target}} docker-archive:image.tar docker://{_IMAGE}",
        ),
        "ctr": (
            f'ctr images push{{plain}} --user "AWS:$({{password}})" {_IMAGE}',
            f'ctr images pull{{plain}} --user "AWS:$({{password}})" {_IMAGE}',
        ),
        "crane": (
            "{password} | crane auth login --username AWS --password-stdin {host}",
            f"crane push image.tar {_IMAGE}",
        ),
        "oras": (
            "{password} | oras login{plain} --username AWS --password-stdin {host}",
            f"oras push{{plain}} {_IMAGE} file.txt",
        ),
        "regctl": (
            "regctl registry set --skip-check --tls {regctl_tls} {host}",
            "{password} | regctl registry login --user AWS --pass-stdin {host}",
            f"regctl image copy ocidir://layout {_IMAGE}",
        ),
        "helm": (
            "{password} | helm registry login{plain} --username AWS --password-stdin {host}",
            "helm push{plain} chart-1.0.0.tgz oci://{registry}",
        ),
        "cosign": (
            "{password} | cosign login --username AWS --password-stdin {host}",
            f"cosign sign --tlog-upload=false --yes{{cosign}} --key cosign.key {_IMAGE}",
        ),
    }
)


@click.command(
    context_settings={"auto_envvar_prefix": "ECRMOCK", "show_default": True},
    short_help="Print what leads a client to a running server.",
)
@click.option(
    "--client", type=click.Choice(["aws", *_CLIENTS]), default="aws", help="For which one."
)
@click.option("--public", is_flag=True, help="With ECR Public's registry.")
@server_options
def env(*, url: str, as_json: bool, client: str, public: bool) -> None:
    """Print the lines to type before, and with, a client of a running server.

    Those for AWS clients can be read by a shell: eval "$(ecrmock env)".
    """
    server = describe(url)
    variables = {
        "AWS_ENDPOINT_URL": url.rstrip("/"),
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",  # there is one host: signer would have two
        "AWS_ACCESS_KEY_ID": server["account"] if server["enforce_iam"] else "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": server["region"],
    }
    registry = server["public_registry" if public else "registry"]
    commands = _lines(client, url, registry, is_public=public) if client != "aws" else ()
    if as_json:
        told = {"environment": variables, "registry": registry, "commands": commands}
        click.echo(json.dumps(told, indent=2))
        return
    for line in (*(f"export {name}={value}" for name, value in variables.items()), *commands):
        click.echo(line)


def _lines(client: str, url: str, registry: str, *, is_public: bool) -> tuple[str, ...]:
    """Return the lines of a client, with its words for plain HTTP where the server speaks that."""
    plain = url.startswith("http://")
    words = {
        "password": _PASSWORDS[is_public],
        "registry": "$registry" if is_public else registry,
        "host": registry.partition("/")[0],
        "insecure": " --tls-verify=false" if plain else "",
        "insecure_target": " --dest-tls-verify=false" if plain else "",
        "plain": " --plain-http" if plain else "",
        "regctl_tls": "disabled" if plain else "enabled",
        "cosign": " --allow-http-registry" if plain else "",
    }
    lines = tuple(line.format_map(words) for line in _CLIENTS[client])
    return (_PUBLIC_REGISTRY, *lines) if is_public else lines
