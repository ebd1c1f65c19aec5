"""Which errors AWS's service models give to an operation, from botocore's data.

It is read when a fault with an error is asked for, and not kept.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

# What any operation may answer, by protocol. Source: reference api.md §2.5, iam.md §2.3; inferred for REST.
_JSON: Mapping[str, int] = MappingProxyType(
    {
        "AccessDeniedException": 400,
        "ExpiredTokenException": 400,
        "ThrottlingException": 400,
        "UnrecognizedClientException": 400,
    }
)
_QUERY: Mapping[str, int] = MappingProxyType(
    {"AccessDenied": 403, "ExpiredToken": 403, "InvalidClientTokenId": 403, "Throttling": 400}
)
_REST: Mapping[str, int] = MappingProxyType(
    {
        "AccessDeniedException": 403,
        "ExpiredTokenException": 403,
        "TooManyRequestsException": 429,
        "UnrecognizedClientException": 403,
        "ValidationException": 400,
    }
)
_COMMON = MappingProxyType({"json": _JSON, "query": _QUERY, "rest-json": _REST})


def declared_errors(service: str, operations: Iterable[str]) -> dict[str, dict[str, int]]:
    """Return the HTTP status of each error that an operation may answer with, by its code."""
    from botocore.loaders import Loader  # noqa: PLC0415 - few backends are asked for faults

    loader = Loader()
    version = loader.determine_latest_version(service, "service-2")
    model = loader.load_data(f"{service}/{version}/service-2")
    common = _COMMON[model["metadata"]["protocol"]]
    return {name: {**common, **_declared(model, name)} for name in operations}


def _declared(model: Mapping[str, Any], operation: str) -> dict[str, int]:
    names = [error["shape"] for error in model["operations"][operation].get("errors", ())]
    return dict(_code_and_status(name, model["shapes"][name]) for name in names)


def _code_and_status(name: str, shape: Mapping[str, Any]) -> tuple[str, int]:
    described = shape.get("error", {})
    usual = 500 if shape.get("fault") else 400
    return described.get("code", name), described.get("httpStatusCode", usual)
