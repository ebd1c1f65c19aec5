"""Referrers: the manifests about another one, as an index.

Source: OCI distribution spec, end-12a and end-12b; reference registry.md §12. Pages go by tokens, as those
of tags do.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from ecrmock.frontends.http import HttpResponse
from ecrmock.frontends.oci.exchange import Exchange
from ecrmock.values.manifests import OCI_INDEX
from ecrmock.values.referrers import ImageReferrer, ListImageReferrersFilter, SubjectIdentifier

_PAGE_SIZE = 50  # the most that ListImageReferrers gives at once
_MEMBERS: Mapping[str, str] = MappingProxyType(
    {
        "mediaType": "media_type",
        "digest": "digest",
        "size": "size",
        "artifactType": "artifact_type",
        "annotations": "annotations",
    }
)


def list_referrers(exchange: Exchange) -> HttpResponse:
    """Send a page of the referrers of a digest, which need not be there itself."""
    query = exchange.request.query_parameters()
    artifact_type = query.get("artifactType", "")
    page = exchange.call(
        "ListImageReferrers",
        subject_id=SubjectIdentifier(image_digest=exchange.digest()),
        filter=ListImageReferrersFilter(artifact_types=(artifact_type,) if artifact_type else ()),
        next_token=query.get("last"),
        max_results=_PAGE_SIZE,
    )
    headers = {"Content-Type": OCI_INDEX}
    if artifact_type:
        headers["OCI-Filters-Applied"] = "artifactType"
    if page.next_token is not None:
        headers["Link"] = _link(exchange, page.next_token, artifact_type)
    index = {
        "schemaVersion": 2,
        "mediaType": OCI_INDEX,
        "manifests": [_descriptor(referrer) for referrer in page.referrers],
    }
    return HttpResponse(200, headers, json.dumps(index, separators=(",", ":")).encode())


def _descriptor(referrer: ImageReferrer) -> dict[str, Any]:
    members = {key: getattr(referrer, name) for key, name in _MEMBERS.items()}
    return {key: value for key, value in members.items() if value is not None}


def _link(exchange: Exchange, next_token: str, artifact_type: str) -> str:
    query = {"last": next_token} | ({"artifactType": artifact_type} if artifact_type else {})
    path = exchange.target.path(f"referrers/{exchange.target.reference}")
    return f'<{exchange.url(path)}?{urlencode(query)}>; rel="next"'
