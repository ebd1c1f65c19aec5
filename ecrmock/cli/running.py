"""What the commands ask of a running server, by its admin API alone, and how they are told which one."""

import json
import os
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import IO, Any, TypeVar

import click
from click.core import ParameterSource

from ecrmock.server import DEFAULT_PORT

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_URL = f"http://localhost:{DEFAULT_PORT}"
_BUNDLE = "AWS_CA_BUNDLE"
_URL = re.compile(r"https?://[^/?#]")
_WANTS_TLS = b"This port speaks TLS, not plain HTTP.\n"  # serving/gateway.py
# As releases of OpenSSL call it.
_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE")


def _kept(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
    """Return what stands after a command, or else before it; only then what the environment says."""
    key = f"{__name__}.{param.name}"
    if ctx.get_parameter_source(str(param.name)) is ParameterSource.COMMANDLINE:
        ctx.meta[key] = value
    return ctx.meta.get(key, value)


def _url(ctx: click.Context, param: click.Parameter, value: str) -> str:
    kept: str = _kept(ctx, param, value)
    if not _URL.match(kept):
        raise click.BadParameter(f"{kept!r} is no URL; one is {DEFAULT_URL}", ctx, param)
    return kept


def url_option(default: str = DEFAULT_URL) -> Callable[[F], F]:
    """Give a command, or a group and its commands, ``--url``: the parameter ``url``."""
    return click.option(
        "--url",
        envvar="ECRMOCK_URL",
        default=default,
        callback=_url,
        show_default=True,
        show_envvar=True,
        help="The running server.",
    )


def server_options(command: F) -> F:
    """Give a command ``--url`` and ``--json``: the parameters ``url`` and ``as_json``."""
    as_json = click.option(
        "--json", "as_json", is_flag=True, callback=_kept, help="Print JSON, for programs."
    )
    return url_option()(as_json(command))


def ask(
    url: str,
    path: str,
    *,
    method: str = "GET",
    body: Mapping[str, Any] | None = None,
    trusting: bool = False,
    timeout: float = 10,
) -> bytes:
    """Return the body of an answer; what is sent, if anything, is JSON. Raises: ClickException.

    ``trusting`` takes any certificate: to fetch the one to trust, and nothing else. ``timeout`` is in seconds.
    """
    sent = None if body is None else json.dumps(body).encode()
    headers = {} if body is None else {"Content-Type": "application/json"}
    with _opened(url, path, sent, headers, method, trusting=trusting, timeout=timeout) as answer:
        content: bytes = answer.read()
        return content


def send(url: str, path: str, file: IO[bytes], *, timeout: float) -> AbstractContextManager[Any]:
    """Post a file that is a tar, and open the answer. Raises: ClickException."""
    size = file.seek(0, 2)
    file.seek(0)
    headers = {"Content-Type": "application/x-tar", "Content-Length": str(size)}
    return _opened(url, path, file, headers, "POST", timeout=timeout)


def receive(url: str, path: str, *, timeout: float) -> AbstractContextManager[Any]:
    """Open an answer, to be read piece by piece. Raises: ClickException."""
    return _opened(url, path, None, {}, "GET", timeout=timeout)


@contextmanager
def _opened(
    url: str,
    path: str,
    sent: bytes | IO[bytes] | None,
    headers: Mapping[str, str],
    method: str,
    *,
    trusting: bool = False,
    timeout: float,
) -> Iterator[Any]:
    try:
        request = urllib.request.Request(  # noqa: S310
            f"{url.rstrip('/')}{path}", sent, dict(headers), method=method
        )
        context = _tls(trusting=trusting)
        with urllib.request.urlopen(request, context=context, timeout=timeout) as answer:  # noqa: S310
            yield answer
    except urllib.error.HTTPError as error:
        raise click.ClickException(_message(url, error)) from None
    except (OSError, ValueError) as error:
        raise click.ClickException(_unreachable(url, getattr(error, "reason", error))) from None


def read_answer(answer: bytes, url: str, *members: str) -> dict[str, Any]:
    """Return the document of an answer, which has some members. Raises: ClickException."""
    try:
        document: dict[str, Any] = json.loads(answer)
        for member in members:
            document[member]
    except (ValueError, LookupError, TypeError):
        raise click.ClickException(f"what answers at {url} is not ecrmock") from None
    return document


def describe(url: str) -> dict[str, Any]:
    """Return what a server says of itself. Raises: ClickException."""
    answer = ask(url, "/_ecrmock/health", trusting=True)
    return read_answer(
        answer, url, "account", "region", "registry", "public_registry", "enforce_iam"
    )


def show(answer: bytes, text: str, *, as_json: bool) -> None:
    """Print an answer as it is, or a text about it."""
    click.echo(answer if as_json else text, nl=not as_json)


def _tls(*, trusting: bool) -> ssl.SSLContext:
    """Return what AWS clients trust as well, or everything."""
    context = ssl.create_default_context(cafile=os.environ.get(_BUNDLE) or None)
    if trusting:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _unreachable(url: str, reason: object) -> str:
    if isinstance(reason, ssl.SSLCertVerificationError):
        return (
            f"the certificate of {url} is not trusted: {reason.verify_message}. "
            f"Have it trusted with: ecrmock ca --url {url} > ecrmock.pem; export {_BUNDLE}=ecrmock.pem"
        )
    if isinstance(reason, ssl.SSLError) and reason.reason in _NO_TLS:
        plain = url.replace("https:", "http:", 1)
        return f"the server at {url} speaks plain HTTP: ask {plain}, or start it with: ecrmock serve --tls"
    return f"no server answers at {url}: {reason}. Start one with: ecrmock serve"


def _message(url: str, error: urllib.error.HTTPError) -> str:
    content = error.read()
    if content == _WANTS_TLS:
        return f"the server at {url} speaks HTTPS: ask {url.replace('http:', 'https:', 1)}"
    try:
        return str(json.loads(content)["message"])
    except (ValueError, LookupError, TypeError):
        return str(error)
