"""What the commands ask of a running server, by its admin API alone."""

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

import click


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
    context = ssl.create_default_context()
    if trusting:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    sent = None if body is None else json.dumps(body).encode()
    headers = {} if body is None else {"Content-Type": "application/json"}
    try:
        request = urllib.request.Request(  # noqa: S310
            f"{url.rstrip('/')}{path}", sent, headers, method=method
        )
        with urllib.request.urlopen(request, context=context, timeout=timeout) as answer:  # noqa: S310
            content: bytes = answer.read()
            return content
    except urllib.error.HTTPError as error:
        raise click.ClickException(_message(error)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise click.ClickException(
            f"no server answers at {url}: {reason}. Start one with: ecrmock serve"
        ) from None


def describe(url: str) -> dict[str, Any]:
    """Return what a server says of itself. Raises: ClickException."""
    document: dict[str, Any] = json.loads(ask(url, "/_ecrmock/health", trusting=True))
    return document


def _message(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(error.read())["message"])
    except (ValueError, LookupError, TypeError):
        return str(error)
