"""Whom a fault strikes, what it says, and what ECR's rates let through."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from types import MappingProxyType

from ecrmock.rules.filters import wildcard_matches
from ecrmock.values.authorization import ExpiredTokenError
from ecrmock.values.errors import ConnectionDroppedError, EcrError
from ecrmock.values.faults import ROUTES, Attempt, Fault, FaultError, ThrottledError

Target = tuple[str, str]  # service and operation
OWN_SERVICE = "ecrmock"  # of calls that no service of AWS has

# Requests a second, for each account and region. Source: reference api.md §21; public.md §2.
RATES: Mapping[Target, int] = MappingProxyType(
    {
        ("ecr", "BatchCheckLayerAvailability"): 1_000,
        ("ecr", "BatchGetImage"): 2_000,
        ("ecr", "CompleteLayerUpload"): 100,
        ("ecr", "GetAuthorizationToken"): 500,
        ("ecr", "GetDownloadUrlForLayer"): 3_000,
        ("ecr", "InitiateLayerUpload"): 100,
        ("ecr", "PutImage"): 10,
        ("ecr", "UploadLayerPart"): 500,
        ("ecr-public", "BatchCheckLayerAvailability"): 200,
        ("ecr-public", "CompleteLayerUpload"): 10,
        ("ecr-public", "GetAuthorizationToken"): 200,
        ("ecr-public", "InitiateLayerUpload"): 10,
        ("ecr-public", "PutImage"): 10,
        ("ecr-public", "UploadLayerPart"): 260,
    }
)
# How codes read at the registry when they are asked for. Source: reference registry.md §3.4.
_AT_REGISTRY: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "AccessDeniedException": ("DENIED", 403),
        "EmptyUploadException": ("DIGEST_INVALID", 400),
        "ExpiredTokenException": ("DENIED", 403),
        "ImageDigestDoesNotMatchException": ("MANIFEST_INVALID", 400),
        "ImageNotFoundException": ("MANIFEST_UNKNOWN", 404),
        "ImageTagAlreadyExistsException": ("TAG_INVALID", 400),
        "InvalidLayerException": ("DIGEST_INVALID", 400),
        "InvalidLayerPartException": ("RANGE_INVALID", 416),
        "KmsException": ("DENIED", 403),
        "LayerInaccessibleException": ("BLOB_UNKNOWN", 404),
        "LayerPartTooSmallException": ("SIZE_INVALID", 400),
        "LayersNotFoundException": ("BLOB_UNKNOWN", 404),
        "LimitExceededException": ("DENIED", 403),
        "ReferencedImagesNotFoundException": ("MANIFEST_BLOB_UNKNOWN", 400),
        "RepositoryNotFoundException": ("NAME_UNKNOWN", 404),
        "ServerException": ("UNKNOWN", 500),
        "ThrottlingException": ("TOOMANYREQUESTS", 429),
        "UnableToListUpstreamImageReferrersException": ("DENIED", 403),
        "UnrecognizedClientException": ("DENIED", 400),
        "UploadNotFoundException": ("BLOB_UPLOAD_UNKNOWN", 404),
    }
)
_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "ServerException": "These errors are usually caused by a server-side issue.",
        "Throttling": "Rate exceeded",
        "ThrottlingException": "Rate exceeded",
    }
)
_USUAL_TEXT = "{code}, which a fault asked for"
_MANIFEST_PUT = "PutImage"
_MISSING_LAYERS = "LayersNotFoundException"


def check_route(fault: Fault) -> None:
    """Check that there are requests which a fault's route means. Raises: FaultError."""
    if fault.route and not any(wildcard_matches(fault.route, route) for route in ROUTES):
        known = ", ".join(ROUTES)
        raise FaultError(f"the registry has no route {fault.route!r}; it has {known}")


def targets_of(fault: Fault, operations: Iterable[Target]) -> frozenset[Target]:
    """Return the operations that a fault may strike. Raises: FaultError when there is none."""
    known = [each for each in operations if each[0] != OWN_SERVICE]
    found = [
        (service, name)
        for service, name in known
        if fault.service in ("*", service) and fault.operation in ("*", name)
    ]
    if not found:
        raise FaultError(_unknown(fault, known))
    if not fault.rates:
        return frozenset(found)
    rated = frozenset(each for each in found if each in RATES)
    if not rated:
        rates = ", ".join(sorted({name for _, name in RATES}))
        raise FaultError(f"ECR publishes no rate for {fault.operation}; it does for {rates}")
    return rated


def _unknown(fault: Fault, known: Iterable[Target]) -> str:
    names = sorted({name for service, name in known if fault.service in ("*", service)})
    service = "any service" if fault.service == "*" else fault.service
    near = get_close_matches(fault.operation, names, n=3)
    hint = f"; is it {' or '.join(near)}?" if near else ""
    return f"ecrmock has no operation {fault.operation!r} of {service}{hint}"


def with_error(
    fault: Fault, targets: Iterable[Target], declared: Mapping[Target, Mapping[str, int]]
) -> frozenset[Target]:
    """Return those of the targets whose model has the fault's error. Raises: FaultError."""
    found = frozenset(target for target in targets if fault.error in declared[target])
    if not found:
        codes = sorted({code for target in targets for code in declared[target]})
        what = "an operation" if fault.operation == "*" else fault.operation
        raise FaultError(f"{what} does not fail with {fault.error!r}, but with {', '.join(codes)}")
    return found


def matches(fault: Fault, targets: frozenset[Target], attempt: Attempt) -> bool:
    """Tell whether a call is one that a fault is about, whatever chance and counts say."""
    is_target = (attempt.service, attempt.operation) in targets
    if not is_target and not (is_about_requests(fault) and attempt.service == OWN_SERVICE):
        return False
    if fault.expire_token and not attempt.password:
        return False
    if (fault.drop or fault.truncate is not None) and not attempt.is_remote:
        return False
    return _is_there(fault, attempt)


def is_about_requests(fault: Fault) -> bool:
    """Tell whether it strikes a request to the registry as a whole, not one of the calls it makes."""
    return fault.route != "" and fault.operation == "*"


def _is_there(fault: Fault, attempt: Attempt) -> bool:
    pairs = (
        (fault.account, attempt.account),
        (fault.region, attempt.region),
        (fault.repository, attempt.repository),
        (fault.route or "*", attempt.route),
    )
    return all(wanted == "*" or wildcard_matches(wanted, given) for wanted, given in pairs) and (
        fault.route == "" or attempt.route != ""
    )


def strikes(fault: Fault, *, seen: int, times: int, chance: Callable[[], float]) -> bool:
    """Tell whether a fault strikes a call: it has ``seen`` that many before, and struck ``times`` of them."""
    if seen < fault.after or (fault.count is not None and times >= fault.count):
        return False
    return fault.probability >= 1 or chance() < fault.probability


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is left of a rate: calls that may be made at once, as of a time."""

    left: float
    time: datetime


def draw(bucket: Bucket | None, rate: int, now: datetime) -> tuple[Bucket, bool]:
    """Take a call from a bucket, and tell whether there was one. Inferred: a bucket holds one second."""
    left = float(rate)
    if bucket is not None:
        passed = max((now - bucket.time).total_seconds(), 0)
        left = min(bucket.left + passed * rate, left)
    return (Bucket(left - 1, now), True) if left >= 1 else (Bucket(left, now), False)


def refusal_of(
    fault: Fault, status: int, rest_status: int = 0
) -> Callable[[], EcrError | ConnectionDroppedError] | None:
    """Return what makes the error by which a fault ends a call, or None.

    ``status`` is its error's, ``rest_status`` that in signer where it is another one.
    """
    if fault.error:
        return _injected(fault, status, rest_status)
    if fault.throttle or fault.rates:
        return ThrottledError
    if fault.drop:
        return ConnectionDroppedError
    return ExpiredTokenError if fault.expire_token else None


def _injected(fault: Fault, status: int, rest_status: int) -> Callable[[], EcrError]:
    """Return what makes an error by its code. It is of no other class: nobody takes it for a real one."""
    code = fault.error
    message = fault.message or _TEXTS.get(code, _USUAL_TEXT.format(code=code))
    oci_code, oci_status = _AT_REGISTRY.get(code, (EcrError.oci_code, EcrError.oci_status))
    if code == _MISSING_LAYERS and fault.operation == _MANIFEST_PUT:
        oci_code, oci_status = "MANIFEST_BLOB_UNKNOWN", 400
    members = {
        "code": code,
        "status": status,
        "rest_status": rest_status,
        "oci_code": oci_code,
        "oci_status": oci_status,
    }
    kind: type[EcrError] = type("InjectedError", (EcrError,), members)
    return lambda: kind(message)
