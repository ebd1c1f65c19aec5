"""What the commands ask of a running server, by its admin API alone."""

import json
import ssl
import urllib.error
import urllib.request
from typing import Any

import click


def ask(url: str, path: str, *, method: str = "GET", trusting: bool = False) -> bytes:
    """Return the body of an answer. Raises: ClickException, which says what to do.

    ``trusting`` takes any certificate: to fetch the one to trust, and nothing else.
    """
    context = ssl.create_default_context()
    if trusting:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    request = urllib.request.Request(f"{url.rstrip('/')}{path}", method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, context=context, timeout=10) as answer:  # noqa: S310
            body: bytes = answer.read()
            return body
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
