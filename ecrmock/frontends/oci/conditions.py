"""Conditional requests: a client that has a manifest or a blob already is told so, and not sent it again.

Source: RFC 9110 section 13.1.2; the entity tag is the digest.
"""

import re

from ecrmock.frontends.http import FileRange, HttpResponse
from ecrmock.frontends.oci.exchange import Exchange

_TAG = re.compile(r'(?:W/)?"([^"]*)"')


def conditional(exchange: Exchange, response: HttpResponse, digest: str) -> HttpResponse:
    """Return a response with its entity tag, or 304 when ``If-None-Match`` names that."""
    if not exchange.mode.answers_conditions:
        return response
    response.headers["ETag"] = f'"{digest}"'
    asked = exchange.request.headers.get("if-none-match", "")
    if response.status not in (200, 206) or not (
        asked.strip() == "*" or digest in _TAG.findall(asked)
    ):
        return response
    if isinstance(response.body, FileRange):
        response.body.file.close()
    return HttpResponse(304, {"ETag": f'"{digest}"', "Docker-Content-Digest": digest})
