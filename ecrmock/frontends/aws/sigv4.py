"""Signature Version 4: who signed a request, and for which service and region.

Only the credential scope is read; signatures are not verified yet. Source: reference iam.md §2.1.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from ecrmock.frontends.http import HttpRequest

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/([0-9]{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request")


@dataclass(frozen=True, slots=True)
class CredentialScope:
    """What a signature says of its key, and of the region and service it is for."""

    access_key_id: str
    region: str
    service: str


def credential_scope(request: HttpRequest) -> CredentialScope | None:
    """Return the scope of a request signed in its header or its query; None for any other."""
    header = request.headers.get("authorization", "")
    if header.startswith("AWS4-HMAC-SHA256"):
        match = _CREDENTIAL.search(header)
    elif "X-Amz-Credential=" in request.query:
        credential = request.query_parameters().get("X-Amz-Credential", "")
        match = _CREDENTIAL.fullmatch(f"Credential={unquote(credential)}")
    else:
        return None
    return CredentialScope(match[1], match[3], match[4]) if match else None
