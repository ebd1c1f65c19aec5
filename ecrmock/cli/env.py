"""``ecrmock env``: print the lines that lead a client to a running server."""

import json
from collections.abc import Mapping
from types import MappingProxyType

import click

from ecrmock.cli.running import describe, server_options

_PASSWORD = "aws ecr get-login-password"  # noqa: S105 - a command
_IMAGE = "{registry}/team/app:1.0"

# How each client is told to speak plain HTTP to this machine. Source: reference registry.md §17.1.
_CLIENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "docker": (
            f"{_PASSWORD} | docker login --username AWS --password-stdin {{host}}",
            f"docker push {_IMAGE}",
        ),
        "podman": (
            f"{_PASSWORD} | podman login{{insecure}} --username AWS --password-stdin {{host}}",
            f"podman push{{insecure}} {_IMAGE}",
        ),
        "buildah": (
            f"{_PASSWORD} | buildah login{{insecure}} --username AWS --password-stdin {{host}}",
            f"buildah push{{insecure}} {_IMAGE}",
        ),
        "skopeo": (
            f"{_PASSWORD} | skopeo login{{insecure}} --username AWS --password-stdin {{host}}",
            f"skopeo copy{{insecure_target}} docker-archive:image.tar docker://{_IMAGE}",
        ),
        "ctr": (
            f'ctr images push{{plain}} --user "AWS:$({_PASSWORD})" {_IMAGE}',
            f'ctr images pull{{plain}} --user "AWS:$({_PASSWORD})" {_IMAGE}',
        ),
        "crane": (
            f"{_PASSWORD} | crane auth login --username AWS --password-stdin {{host}}",
            f"crane push image.tar {_IMAGE}",
        ),
        "oras": (
            f"{_PASSWORD} | oras login{{plain}} --username AWS --password-stdin {{host}}",
            f"oras push{{plain}} {_IMAGE} file.txt",
        ),
        "regctl": (
            "regctl registry set --skip-check --tls {regctl_tls} {host}",
            f"{_PASSWORD} | regctl registry login --user AWS --pass-stdin {{host}}",
            f"regctl image copy ocidir://layout {_IMAGE}",
        ),
        "helm": (
            f"{_PASSWORD} | helm registry login{{plain}} --username AWS --password-stdin {{host}}",
            "helm push{plain} chart-1.0.0.tgz oci://{registry}",
        ),
        "cosign": (
            f"{_PASSWORD} | cosign login --username AWS --password-stdin {{host}}",
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
@server_options
def env(*, url: str, as_json: bool, client: str) -> None:
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
    commands = _lines(client, url, server["registry"]) if client != "aws" else ()
    if as_json:
        told = {"environment": variables, "registry": server["registry"], "commands": commands}
        click.echo(json.dumps(told, indent=2))
        return
    for line in (*(f"export {name}={value}" for name, value in variables.items()), *commands):
        click.echo(line)


def _lines(client: str, url: str, registry: str) -> tuple[str, ...]:
    """Return the lines of a client, with its words for plain HTTP where the server speaks that."""
    plain = url.startswith("http://")
    words = {
        "registry": registry,
        "host": registry.partition("/")[0],
        "insecure": " --tls-verify=false" if plain else "",
        "insecure_target": " --dest-tls-verify=false" if plain else "",
        "plain": " --plain-http" if plain else "",
        "regctl_tls": "disabled" if plain else "enabled",
        "cosign": " --allow-http-registry" if plain else "",
    }
    return tuple(line.format_map(words) for line in _CLIENTS[client])
