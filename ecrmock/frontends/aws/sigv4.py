"""Signature Version 4: who signed a request, for which service and region, and whether with the secret.

``credential_scope`` reads leniently, for those who only route; ``signature_of`` strictly, and ``check``
verifies what it read. Source: reference iam.md §2.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from urllib.parse import unquote

from ecrmock.frontends.aws.canonical_requests import canonical_requests
from ecrmock.frontends.http import HttpRequest
from ecrmock.values.names import Region, partition_of
from ecrmock.values.signatures import (
    IncompleteSignatureError,
    InvalidSignatureError,
    UnrecognizedClientError,
)

ALGORITHM = "AWS4-HMAC-SHA256"
SKEW = timedelta(minutes=15)
_TERMINATOR = "aws4_request"
_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/([0-9]{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request")
_TIMESTAMP = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_QUERY_PARTS = ("Algorithm", "Credential", "Signature", "SignedHeaders", "Date")
# IAM is one service for each partition, which signs for one region.
_IAM_REGIONS: Mapping[str, str] = MappingProxyType(
    {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
)


@dataclass(frozen=True, slots=True)
class CredentialScope:
    """What a signature says of its key, and of the region and service it is for."""

    access_key_id: str
    region: str
    service: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a signature says, as it was sent. ``timestamp`` has the form ``20260102T030405Z``."""

    access_key_id: str
    date: str
    region: str
    service: str
    terminator: str
    timestamp: str
    signed_headers: tuple[str, ...]
    signature: str
    security_token: str | None

    @property
    def scope(self) -> str:
        """The credential scope, which the signing key and the string to sign are made with."""
        return f"{self.date}/{self.region}/{self.service}/{self.terminator}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRequest:
    """A request with its signature: the proof that its sender has a secret."""

    signature: Signature
    request: HttpRequest
    body: bytes
    service: str

    def check(self, secret: str, session_token: str | None, now: datetime) -> None:
        """Check the session's token, then the signature.

        Raises: UnrecognizedClientError, InvalidSignatureError.
        """
        sent = self.signature.security_token or ""
        if not hmac.compare_digest(sent.encode(), (session_token or "").encode()):
            raise UnrecognizedClientError
        check(self.signature, self.request, self.body, secret, now=now, service=self.service)


def credential_scope(request: HttpRequest) -> CredentialScope | None:
    """Return the scope of a request signed in its header or its query; None for any other."""
    header = request.headers.get("authorization", "")
    if header.startswith(ALGORITHM):
        match = _CREDENTIAL.search(header)
    elif "X-Amz-Credential=" in request.query:
        credential = request.query_parameters().get("X-Amz-Credential", "")
        match = _CREDENTIAL.fullmatch(f"Credential={unquote(credential)}")
    else:
        return None
    return CredentialScope(match[1], match[3], match[4]) if match else None


def signature_of(request: HttpRequest) -> Signature | None:
    """Return the signature of a request, in its header or its query; None when it has none.

    Raises: IncompleteSignatureError.
    """
    header = request.headers.get("authorization")
    if header is not None:
        return _from_header(header, request.headers)
    if any(f"X-Amz-{part}=" in request.query for part in ("Algorithm", "Credential", "Signature")):
        return _from_query(request.query_parameters())
    return None


def _from_header(header: str, headers: Mapping[str, str]) -> Signature:
    algorithm, _, rest = header.partition(" ")
    parts = dict(_pairs(rest, header))
    if algorithm != ALGORITHM:
        raise IncompleteSignatureError(f"Unsupported AWS 'algorithm': '{algorithm}'")
    date = headers.get("x-amz-date", headers.get("date"))
    missing = [
        f"Authorization header requires '{name}' parameter."
        for name in ("Credential", "Signature", "SignedHeaders")
        if not parts.get(name)
    ]
    if date is None:
        missing.append(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        )
    if date is None or missing:
        raise IncompleteSignatureError(" ".join((*missing, f"Authorization={header}")))
    return _signature(parts, date, headers.get("x-amz-security-token"))


def _pairs(text: str, header: str) -> Iterator[tuple[str, str]]:
    for piece in text.split(",") if text else ():
        name, equals, value = piece.strip(" ").partition("=")
        if not equals:
            raise IncompleteSignatureError(
                f"'{piece.strip(' ')}' not a valid key=value pair (missing equal-sign) "
                f"in Authorization header: '{header}'."
            )
        yield name, value


def _from_query(parameters: Mapping[str, str]) -> Signature:
    """Read a presigned request; its lifetime does not count, STS takes it for as long as any other.

    Inferred: the text about a missing parameter.
    """
    parts = {name: parameters.get(f"X-Amz-{name}", "") for name in _QUERY_PARTS}
    missing = [
        f"AWS query-string parameters must include 'X-Amz-{name}'."
        for name, value in parts.items()
        if not value
    ]
    if missing:
        raise IncompleteSignatureError(
            " ".join((*missing, "Re-examine the query-string parameters."))
        )
    if parts["Algorithm"] != ALGORITHM:
        raise IncompleteSignatureError(f"Unsupported AWS 'algorithm': '{parts['Algorithm']}'")
    return _signature(parts, parts["Date"], parameters.get("X-Amz-Security-Token"))


def _signature(parts: Mapping[str, str], date: str, token: str | None) -> Signature:
    credential = parts["Credential"].split("/")
    if len(credential) != 5 or not all(credential):
        raise IncompleteSignatureError(
            "Credential must have exactly 5 slash-delimited elements, "
            f"e.g. keyid/date/region/service/term, got '{parts['Credential']}'"
        )
    key, day, region, service, terminator = credential
    return Signature(
        access_key_id=key,
        date=day,
        region=region,
        service=service,
        terminator=terminator,
        timestamp=_timestamp(date),
        signed_headers=tuple(parts["SignedHeaders"].split(";")),
        signature=parts["Signature"],
        security_token=token,
    )


def _timestamp(date: str) -> str:
    """Return a date in the basic form of ISO 8601; a ``Date`` header may have HTTP's."""
    try:
        if not _TIMESTAMP.fullmatch(date):
            return _basic(_http_time(date))
        _time(date)
    except (ValueError, OverflowError):
        raise IncompleteSignatureError(
            f"Date must be in ISO-8601 'basic format'. Got '{date}'. "
            "See http://en.wikipedia.org/wiki/ISO_8601"
        ) from None
    return date


def _http_time(date: str) -> datetime:
    time = parsedate_to_datetime(date)
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)  # none for "-0000"


def _time(timestamp: str) -> datetime:
    return datetime.strptime(timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def check(
    signature: Signature,
    request: HttpRequest,
    body: bytes,
    secret: str,
    *,
    now: datetime,
    service: str,
    region: str | None = None,
) -> None:
    """Verify the signature of a request: scope, time, and that it was made with the secret.

    Without ``region`` any region is the right one, but that of IAM. Raises: InvalidSignatureError.
    """
    _check_scope(signature, service, region)
    _check_time(signature.timestamp, now)
    _check_signed_headers(signature, request)
    key = _signing_key(secret, signature)
    matches = [  # all are reckoned, so that the time it takes says nothing
        hmac.compare_digest(_sign(key, signature, form), signature.signature.encode())
        for form in canonical_requests(request, signature.signed_headers, body)
    ]
    if not any(matches):
        raise InvalidSignatureError


def _check_scope(signature: Signature, service: str, region: str | None) -> None:
    if service == "iam" and region is None:
        partition = partition_of(Region(signature.region)).name
        region = _IAM_REGIONS.get(partition)
    faults = []
    if signature.terminator != _TERMINATOR:
        faults.append(f"Credential should be scoped with a valid terminator: '{_TERMINATOR}'")
    if signature.service != service:
        faults.append(f"Credential should be scoped to correct service: '{service}'")
    if region is not None and signature.region != region:
        faults.append(f"Credential should be scoped to a valid Region, not {signature.region}")
    if signature.date != signature.timestamp[:8]:
        faults.append(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
            f"HTTP: '{signature.date}' != '{signature.timestamp[:8]}', from '{signature.timestamp}'."
        )
    if faults:
        raise InvalidSignatureError(". ".join(faults))


def _check_time(timestamp: str, now: datetime) -> None:
    server = now.replace(microsecond=0)
    time, earliest, latest = _time(timestamp), server - SKEW, server + SKEW
    if time < earliest:
        raise InvalidSignatureError(
            f"Signature expired: {timestamp} is now earlier than "
            f"{_basic(earliest)} ({_basic(server)} - 15 min.)"
        )
    if time > latest:
        raise InvalidSignatureError(
            f"Signature not yet current: {timestamp} is still later than "
            f"{_basic(latest)} ({_basic(server)} + 15 min.)"
        )


def _basic(time: datetime) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ")


def _check_signed_headers(signature: Signature, request: HttpRequest) -> None:
    """Check that host and every ``x-amz-*`` header are signed; a token may be added later.

    Inferred: the texts.
    """
    needed = {name for name in request.headers if name.startswith("x-amz-")}
    if "x-amz-date" not in needed and "X-Amz-Date=" not in request.query:
        needed.add("date")
    for name in sorted(needed - {"x-amz-security-token"} - set(signature.signed_headers)):
        raise InvalidSignatureError(f"'{name}' must be a 'SignedHeader' in the AWS Authorization.")
    if "host" not in signature.signed_headers:
        raise InvalidSignatureError(
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
        )


def _signing_key(secret: str, signature: Signature) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in signature.scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def _sign(key: bytes, signature: Signature, canonical_request: bytes) -> bytes:
    digest = hashlib.sha256(canonical_request).hexdigest()
    text = "\n".join((ALGORITHM, signature.timestamp, signature.scope, digest))
    return hmac.new(key, text.encode(), "sha256").hexdigest().encode()
