"""Lists: the tags of a repository, and the repositories of a registry.

ECR pages them by tokens of its own: ``last`` is what a ``Link`` header said, never a tag. In mode ``oci``
tags are sorted, and ``last`` is one. Source: reference registry.md §9, §10, §19.
"""

import json
from typing import Any
from urllib.parse import urlencode

from ecrmock.frontends.http import HttpResponse
from ecrmock.frontends.oci.errors import InvalidPageSizeError
from ecrmock.frontends.oci.exchange import Exchange
from ecrmock.values.images import ListImagesFilter

MAXIMUM_PAGE_SIZE = 1000  # reference registry.md §9


def list_tags(exchange: Exchange) -> HttpResponse:
    """Send a page of tags, in the order in which they were first pushed, or by name."""
    if exchange.mode.sorts_tags:
        return _list_sorted(exchange)
    page = exchange.call(
        "ListImages", filter=ListImagesFilter(tag_status="TAGGED"), **_page(exchange)
    )
    name = exchange.target.full_name
    tags = [image_id.image_tag for image_id in page.image_ids]
    return _list(exchange, "tags/list", {"name": name, "tags": tags}, page.next_token)


def _list_sorted(exchange: Exchange) -> HttpResponse:
    """Send the tags after ``last``, at most ``n`` and never more than a thousand.

    Source: OCI distribution spec, "listing tags".
    """
    query = exchange.request.query_parameters()
    size = query.get("n", str(MAXIMUM_PAGE_SIZE))
    page = exchange.call(
        "ListTags",
        service="ecrmock",
        last=query.get("last", ""),
        max_results=min(_number(size), MAXIMUM_PAGE_SIZE),
    )
    document = {"name": exchange.target.full_name, "tags": page.tags}
    return _list(exchange, "tags/list", document, page.tags[-1] if page.has_more else None)


def _number(text: str) -> int:
    """Read a number that may be nought. Raises: InvalidPageSizeError."""
    if not (text.isascii() and text.isdigit()):
        raise InvalidPageSizeError("n", "must satisfy regular expression '[0-9]+'")
    return int(text[:10])


def list_repositories(exchange: Exchange) -> HttpResponse:
    """Send a page of repository names."""
    page = exchange.call("DescribeRepositories", **_page(exchange))
    names = [repository.repository_name for repository in page.repositories]
    return _list(exchange, "_catalog", {"repositories": names}, page.next_token)


def _page(exchange: Exchange) -> dict[str, Any]:
    """Return the paging parameters of a query. Raises: InvalidPageSizeError."""
    query = exchange.request.query_parameters()
    parameters: dict[str, Any] = {}
    if "n" in query:
        parameters["max_results"] = _page_size(query["n"])
    if "last" in query:
        parameters["next_token"] = query["last"]
    return parameters


def _page_size(text: str) -> int:
    """Read ``n``, which ECR checks as the API's ``maxResults``. Raises: InvalidPageSizeError."""
    size = int(text[:10]) if text.isascii() and text.isdigit() else 0
    if size < 1:
        raise InvalidPageSizeError(
            "maxResults", "Member must have value greater than or equal to 1"
        )
    if size > MAXIMUM_PAGE_SIZE:
        text = f"Member must have value less than or equal to {MAXIMUM_PAGE_SIZE}"
        raise InvalidPageSizeError("maxResults", text)
    return size


def _list(
    exchange: Exchange, path: str, document: dict[str, Any], next_token: str | None
) -> HttpResponse:
    headers = {"Content-Type": "application/json"}
    if next_token is not None:
        query = {"last": next_token}
        if "n" in exchange.request.query_parameters():
            query["n"] = exchange.request.query_parameters()["n"]
        target = exchange.target
        full = target.path(path) if target.repository_name else f"/v2/{target.prefix}{path}"
        headers["Link"] = f'<{exchange.url(full)}?{urlencode(query)}>; rel="next"'
    body = json.dumps(document, separators=(",", ":")).encode()
    return HttpResponse(200, headers, body)
