"""``ecrmock serve``: run the emulator until it is told to stop."""

import errno
import gc
import logging
import os
import re
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from ecrmock.cli.ports import LAST_PORT, PublicPort, usual_public_ports
from ecrmock.cli.seed import play_file
from ecrmock.cli.stopping import stop_signals
from ecrmock.cli.times import read_span
from ecrmock.cli.upstreams import read_secrets, read_upstreams
from ecrmock.server import DEFAULT_PORT, DEFAULT_PUBLIC_PORT, Server, make_server
from ecrmock.values.errors import DataFolderError, ListenError, MissingExtraError
from ecrmock.values.faults import Fault, FaultError, read_fault_text
from ecrmock.values.names import AccountId, Region, is_account_id
from ecrmock.values.pull_through_cache import UpstreamSecret
from ecrmock.values.registry_modes import ECR_MODE, OCI_MODE
from ecrmock.values.settings import (
    BACKGROUND,
    DEFAULT_ACCOUNT,
    DEFAULT_REGION,
    INLINE,
    MANUAL,
    Quotas,
    Settings,
    quotas_of,
)

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_REGION = re.compile(r"[a-z]{2,}(-[a-z0-9]+)+")
_OF_THE_PORT = frozenset({errno.EADDRINUSE, errno.EACCES})  # the latter below 1024
_NEEDED_TO_PUSH = (
    "operations.authorization",
    "operations.follow_ups",
    "operations.images",
    "operations.layers",
    "operations.repositories",
    "values.registry_settings",
)
_REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")


def _account(_: click.Context, __: click.Parameter, value: str) -> AccountId:
    if not is_account_id(value):
        raise click.BadParameter("an account id is twelve digits")
    return AccountId(value)


def _region(_: click.Context, __: click.Parameter, value: str | None) -> Region:
    given = (os.environ.get(name) for name in _REGION_VARIABLES)
    region = value or next((name for name in given if name), DEFAULT_REGION)
    if not _REGION.fullmatch(region):
        raise click.BadParameter(f"{region!r} is no region; one is us-east-1")
    return Region(region)


def _public_url(_: click.Context, __: click.Parameter, value: str) -> str:
    parts = urlsplit(value)
    if value and (
        parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/")
    ):
        raise click.BadParameter("it is a scheme, a host and a port, as in http://ecr.test:5327")
    return value


def _hosts(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if not re.fullmatch(r"\*|[\w-]+(\.[\w-]+)*", value):
            message = "it is a host name without a port, as ecr.corp.com, or * for any"
            raise click.BadParameter(message)
    return values


def _urls(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if not re.fullmatch(r"https?://[^\s/?#@]+([/?][^\s#]*)?", value):
            raise click.BadParameter("it is a URL without a login, as in http://localhost:8080/ecr")
    return values


def _new_file(value: str | Path) -> None:
    if not Path(value).absolute().parent.is_dir():
        raise click.BadParameter(f"there is no folder for {str(value)!r}")


def _ready_file(_: click.Context, __: click.Parameter, value: Path | None) -> Path | None:
    if value is not None:
        _new_file(value)
    return value


def _new_files(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        _new_file(value)
    return values


def _quotas(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> Quotas:
    pairs = [value.partition("=") for value in values]
    if any(not number.isdigit() for _name, _equals, number in pairs):
        raise click.BadParameter("a quota is a name and a number, as images_per_repository=10")
    try:
        return quotas_of({name: int(number) for name, _equals, number in pairs})
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


class _Faults(click.ParamType):  # type: ignore[type-arg] # older ones have no argument
    """A fault; in the environment's variable each has a line, for there are blanks in them."""

    name = "fault"

    def split_envvar_value(self, rv: str) -> list[str]:
        """Return the lines of the variable."""
        return [line for line in rv.splitlines() if line.strip()]

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Fault:
        """Return the fault that a text describes."""
        try:
            return value if isinstance(value, Fault) else read_fault_text(value)
        except FaultError as error:
            self.fail(str(error), param, ctx)


def _size(_: click.Context, __: click.Parameter, value: str | None) -> int | None:
    match = re.fullmatch(r"([0-9]+)\s*([KMGT]?)(?:i?B)?", value or "", re.IGNORECASE)
    if value is not None and match is None:
        raise click.BadParameter("a size is a number with K, M, G or T, as in 512M")
    return None if match is None else int(match[1]) << 10 * " KMGT".index(match[2].upper() or " ")


@click.command(context_settings={"auto_envvar_prefix": "ECRMOCK", "show_default": True})
@click.option(
    "--host", default="localhost", help="Address to listen on; localhost is 127.0.0.1 and ::1."
)
@click.option(
    "--port", default=DEFAULT_PORT, type=click.IntRange(0, LAST_PORT), help="0 takes a free port."
)
@click.option(
    "--public-port",
    type=PublicPort(),
    metavar="PORT",
    help="The port of ECR Public's registry and gallery; 0 takes a free one, off none.  "
    f"[default: {DEFAULT_PUBLIC_PORT}; a free one if that is taken, or with --port 0]",
)
@click.option("--account", default=DEFAULT_ACCOUNT, callback=_account, help="The default account.")
@click.option(
    "--region",
    callback=_region,
    help="The default region.  [default: AWS_REGION, AWS_DEFAULT_REGION or us-east-1]",
)
@click.option(
    "--enforce-iam",
    is_flag=True,
    help="Verify signatures, and have policies decide about every call.",
)
@click.option(
    "--root-secret",
    help="What keys of twelve digits, roots of accounts, must sign with.  [default: any]",
)
@click.option("--anonymous", is_flag=True, help="Let everybody use the registry without a login.")
@click.option(
    "--require-layers/--no-require-layers",
    default=True,
    help="Refuse manifests whose layers nobody pushed, as ECR does.",
)
@click.option(
    "--settle",
    default=BACKGROUND,
    type=click.Choice([BACKGROUND, INLINE, MANUAL]),
    help="Do work that AWS does later beside the calls, before they answer, or only when told to.",
)
@click.option(
    "--delay",
    metavar="SPAN",
    callback=read_span,
    help="How long a scan, a copy to another registry or a signature takes, as 5s.  [default: no time]",
)
@click.option(
    "--uri-style",
    default="path",
    type=click.Choice(["path", "host", "aws"]),
    help="How repositoryUri reads: reachable here by path or by host name, or as AWS prints it.",
)
@click.option(
    "--public-url",
    default="",
    callback=_public_url,
    show_default="where it listens",
    help="How clients reach the server, as http://ecr.test:5327.",
)
@click.option(
    "--public-registry-url",
    default="",
    callback=_public_url,
    show_default="by the host of --public-url",
    help="How clients reach ECR Public's port.",
)
@click.option(
    "--public-rate-limits",
    is_flag=True,
    help="Let nobody pull from ECR Public faster than AWS does.",
)
@click.option(
    "--allowed-host",
    multiple=True,
    metavar="NAME",
    callback=_hosts,
    help="A further host name of the server, with those below it; * is any. May be given several times.",
)
@click.option(
    "--registry-mode",
    default=ECR_MODE,
    type=click.Choice([ECR_MODE, OCI_MODE]),
    help="Answer at the registry as ECR does, or as the plain OCI specification says.",
)
@click.option(
    "--redirect-blobs", is_flag=True, help="Send who reads a blob to a presigned URL, as ECR does."
)
@click.option(
    "--show-scans", is_flag=True, help="Show basic scans in DescribeImages too, as ECR once did."
)
@click.option(
    "--data",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Keep everything in a folder, so that it survives the server; without it, in memory.",
)
@click.option(
    "--memory-limit", callback=_size, help="Bytes of layers kept in memory.  [default: half]"
)
@click.option(
    "--ready-file",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_ready_file,
    help="Write the addresses there when ready.",
)
@click.option(
    "--quota",
    multiple=True,
    metavar="NAME=N",
    callback=_quotas,
    help="Change a limit, as images_per_repository=10; may be given several times.",
)
@click.option(
    "--throttle", is_flag=True, help="Refuse what comes faster than the rates that ECR documents."
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    type=_Faults(),
    metavar="FAULT",
    help="Let calls fail, as PutImage,throttle=3 or a JSON object; may be given several times.",
)
@click.option(
    "--events-file",
    multiple=True,
    type=click.Path(dir_okay=False, writable=True),
    callback=_new_files,
    help="Append each event to a file, as a line of JSON; may be given several times.",
)
@click.option(
    "--events-webhook",
    multiple=True,
    metavar="URL",
    callback=_urls,
    help="Post each event to a URL, as JSON; may be given several times.",
)
@click.option(
    "--events-endpoint",
    multiple=True,
    metavar="URL",
    callback=_urls,
    help="Put each event on the default bus of an EventBridge; may be given several times.",
)
@click.option(
    "--upstream",
    multiple=True,
    metavar="NAME=URL",
    callback=read_upstreams,
    help="Ask an upstream of pull through cache rules at a URL, as docker.io=http://localhost:5001.",
)
@click.option(
    "--upstream-secret",
    multiple=True,
    metavar="NAME=USER:TOKEN",
    callback=read_secrets,
    help="A secret with the credentials of an upstream, by its name or ARN.",
)
@click.option("--offline", is_flag=True, help="Ask no upstream but those of --upstream.")
@click.option(
    "--advisories",
    type=click.Path(exists=True),
    metavar="DIR|ZIP",
    help="Find vulnerabilities by advisories in OSV format.  [default: a few that are included]",
)
@click.option(
    "--scanner",
    type=click.Choice(["trivy", "grype"]),
    help="Find them by another scanner on this machine instead.",
)
@click.option(
    "--seed",
    multiple=True,
    type=_FILE,
    help="Begin with what a file of YAML or JSON has; may be given several times.",
)
@click.option("--tls", is_flag=True, help="Speak HTTPS, with a certificate of ecrmock's own.")
@click.option("--cert", type=_FILE, help="A certificate (PEM) to speak HTTPS with; needs --key.")
@click.option("--key", type=_FILE, help="The private key (PEM) of --cert.")
@click.option("--verbose", is_flag=True, help="Log every request.")
def serve(
    *,
    host: str,
    port: int,
    public_port: tuple[int, ...] | None,
    ready_file: Path | None,
    verbose: bool,
    tls: bool,
    cert: Path | None,
    key: Path | None,
    quota: Quotas,
    delay: timedelta | None,
    upstream: tuple[tuple[str, str], ...],
    upstream_secret: tuple[UpstreamSecret, ...],
    seed: tuple[Path, ...],
    **settings: Any,
) -> None:
    """Run the emulator until Ctrl-C or SIGTERM.

    Every option has an environment variable: --port is ECRMOCK_PORT.
    """
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("ecrmock").setLevel(logging.DEBUG if verbose else logging.INFO)
    wait = click.get_current_context().with_resource(stop_signals())
    chosen = Settings(
        quotas=quota,
        delay=delay or timedelta(),
        upstreams=upstream,
        upstream_secrets=upstream_secret,
        **settings,
    )
    public_ports = usual_public_ports(port) if public_port is None else public_port
    server = _make(chosen, tls, (cert, key), host=host, port=port, public_ports=public_ports)
    for file in seed:
        play_file(server.backend, file)
    try:
        server.start()
    except ListenError as error:
        option = "--public-port" if error.port in public_ports else "--port"
        raise click.ClickException(_cannot_listen(error, option)) from None
    load_ahead()
    gc.freeze()  # what a server has loaded stays: no request waits while all of it is looked through
    try:
        _announce(server, ready_file)
        wait()
    except OSError as error:
        where = error.filename or "to standard output"
        text = f"cannot write {where}: {error.strerror or error}"
        raise click.ClickException(text) from None
    finally:
        server.stop()
        server.backend.close()


def load_ahead() -> None:
    """Load what the first push needs, which a test in a process loads when it is needed."""
    for module in _NEEDED_TO_PUSH:
        import_module(f"ecrmock.{module}")


def _cannot_listen(error: ListenError, option: str) -> str:
    """Say what can be done about a port, or about an address that no port helps."""
    text = f"cannot listen on {error.host}, port {error.port}: {error.strerror}."
    if error.errno in _OF_THE_PORT:
        return f"{text} Another port is taken with {option}, a free one with {option} 0."
    return f"{text} An address of this machine is taken with --host."


def _make(
    settings: Settings, tls: bool, files: tuple[Path | None, Path | None], **where: Any
) -> Server:
    """Make the server, or say what is missing for it."""
    cert, key = files
    if (cert is None) != (key is None):
        raise click.UsageError("--cert and --key go together")
    certificate = (cert, key) if cert is not None and key is not None else None
    try:
        return make_server(settings, tls=tls, certificate=certificate, **where)
    except OSError as error:
        raise click.ClickException(
            f"--cert {cert} with --key {key} cannot be used: {error.strerror or error}. "
            "Each is a file in PEM form, and the key is that of the certificate."
        ) from None
    except (DataFolderError, MissingExtraError) as error:
        raise click.ClickException(str(error)) from None
    except FaultError as error:
        raise click.UsageError(f"--fault: {error}") from None
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _announce(server: Server, ready_file: Path | None) -> None:
    """Print the address and what to type next; write the address for those who wait for it."""
    click.echo(f"ecrmock is ready at {server.url}\n")
    settings = server.backend.settings
    url = settings.public_url or server.url
    for name, value in (
        ("AWS_ENDPOINT_URL", url),
        ("AWS_ACCESS_KEY_ID", settings.account if settings.enforce_iam else "test"),
        ("AWS_SECRET_ACCESS_KEY", "test" if settings.root_secret is None else "the-root-secret"),
        ("AWS_DEFAULT_REGION", settings.region),
    ):
        click.echo(f"  export {name}={value}")
    if server.backend.world.authority is not None:
        click.echo(f"  export AWS_CA_BUNDLE=ecrmock.pem  # ecrmock ca --url {url} > ecrmock.pem")
    registry = server.backend.world.addresses.registry(settings.account, settings.region)
    click.echo(
        "  aws ecr create-repository --repository-name team/app\n"
        "  aws ecr get-login-password | "
        f"docker login --username AWS --password-stdin {registry.partition('/')[0]}\n"
        f"  docker push {registry}/team/app:1.0"
    )
    if server.public_registry_url:
        click.echo(f"\nECR Public and its gallery are at {server.public_registry_url}")
    if ready_file is not None:
        partial = ready_file.with_name(f"{ready_file.name}.partial")
        urls = [server.url, server.public_registry_url]
        partial.write_text("".join(f"{url}\n" for url in urls if url))
        partial.replace(ready_file)
