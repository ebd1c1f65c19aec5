"""Upstream registries over the distribution API, as a client of theirs: what pull through cache rules fetch.

Source: OCI distribution spec, "pull"; the token authentication of the distribution project. Nothing an upstream
says is believed: redirects, sizes and times are bounded, and a digest is computed, not taken.
"""

import base64
import http.client
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from types import MappingProxyType
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from ecrmock.values.layers import MAXIMUM_LAYER_SIZE
from ecrmock.values.manifests import MAXIMUM_SIZE, MEDIA_TYPES, OCI_INDEX, parse_referrers
from ecrmock.values.names import Digest, Tag, digest_like, is_digest, parse_registry_host
from ecrmock.values.pull_through_cache import (
    ACCESS_DENIED,
    NOT_FOUND,
    TOO_MANY_REQUESTS,
    UNAVAILABLE,
    FetchedManifest,
    UpstreamError,
    UpstreamSource,
)
from ecrmock.values.referrers import ImageReferrer, fallback_tag
from ecrmock.world.challenges import challenges

_CHUNK = 1024 * 1024
_TOKEN_LIMIT = 1024 * 1024  # bytes of a token server's answer
_REDIRECTS = 5
_NO_SUCH_METHOD = (405, 501)
_LISTING_LIMIT = 4 * MAXIMUM_SIZE  # bytes of all pages of referrers
_LISTING_PAGES = 1000
_NEXT = re.compile(r'<([^<>]*)>\s*;\s*rel="?next"?', re.IGNORECASE)
_CODES = MappingProxyType(
    {401: ACCESS_DENIED, 403: ACCESS_DENIED, 404: NOT_FOUND, 429: TOO_MANY_REQUESTS}
)


class Upstreams:
    """A client of every upstream; it remembers how each let it in. Safe for threads.

    ``timeout``: for how many seconds one may say nothing.
    """

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._logins: dict[tuple[object, ...], str] = {}  # by what was asked as whom

    def manifest(
        self, source: UpstreamSource, reference: str, known: Digest | None
    ) -> FetchedManifest | None:
        """Return a manifest; None when it is the known one. Raises: UpstreamError."""
        path = f"manifests/{reference}"
        if known is not None and self._head(source, path) == known:
            return None
        with self._open(source, path) as response:
            content = _read(response, MAXIMUM_SIZE)
            told = response.headers.get("Docker-Content-Digest", "")
            media_type = response.headers.get("Content-Type", "").partition(";")[0].strip()
        for named in (reference, told):
            if is_digest(named) and digest_like(named, content) != named:
                raise UpstreamError(UNAVAILABLE, f"the manifest of {reference} is not {named}")
        digest = digest_like(None, content)
        if digest == known:
            return None
        text = _text(content, f"the manifest of {reference}")
        return FetchedManifest(text=text, media_type=media_type, image_digest=digest)

    def referrers(self, source: UpstreamSource, subject: Digest) -> tuple[ImageReferrer, ...]:
        """Return what refers to a manifest, also from a registry that leaves it to clients to list that.

        Raises: UpstreamError, InvalidManifestError. Source: OCI distribution spec, "listing referrers".
        """
        path = f"referrers/{subject}"
        try:
            first = self._listing(source, path, _LISTING_LIMIT)
        except UpstreamError as error:
            if error.code != NOT_FOUND:
                raise
            return self._referrers_at_tag(source, fallback_tag(subject))
        return tuple(self._all_referrers(source, path, *first))

    def _referrers_at_tag(self, source: UpstreamSource, tag: Tag) -> tuple[ImageReferrer, ...]:
        listed = self.manifest(source, tag, None)
        if listed is None or listed.media_type != OCI_INDEX:
            return ()
        return parse_referrers(listed.text)

    def _all_referrers(
        self, source: UpstreamSource, path: str, text: str, query: str
    ) -> Iterator[ImageReferrer]:
        """Yield the referrers of a page and of all after it. Raises: UpstreamError, InvalidManifestError."""
        left = _LISTING_LIMIT
        for _ in range(_LISTING_PAGES):
            yield from parse_referrers(text)
            if not query:
                return
            left -= len(text)
            try:
                text, query = self._listing(source, f"{path}?{query}", left)
            except UpstreamError as error:
                raise UpstreamError(UNAVAILABLE, f"the list breaks off: {error.reason}") from None
        raise UpstreamError(UNAVAILABLE, "the upstream lists referrers without an end")

    def _listing(self, source: UpstreamSource, path: str, limit: int) -> tuple[str, str]:
        """Return a page of referrers, and the query of the next one. Raises: UpstreamError.

        What is no index comes from a registry that does not know such a path. Of a link only the query is
        taken, so it leads nowhere else.
        """
        with self._open(source, path) as response:
            if response.headers.get_content_type() != OCI_INDEX:
                raise UpstreamError(NOT_FOUND, "the upstream does not list referrers")
            text = _text(_read(response, limit), "the list of referrers")
            following = _NEXT.search(response.headers.get("Link", ""))
        return text, "" if following is None else following[1].partition("?")[2]

    @contextmanager
    def layer(self, source: UpstreamSource, digest: Digest) -> Iterator[Iterator[bytes]]:
        """Open a blob, and give its bytes as they come; whether they are right, the taker has to see.

        Raises: UpstreamError, also while they are read.
        """
        with self._open(source, f"blobs/{digest}") as response:
            yield _pieces(response, MAXIMUM_LAYER_SIZE)

    def login(self, source: UpstreamSource) -> None:
        """Find out whether the upstream answers, and takes the credentials. Raises: UpstreamError."""
        with self._open(source, ""):
            pass

    def _head(self, source: UpstreamSource, path: str) -> str | None:
        """Return the digest that an upstream tells of a manifest, if it does. Raises: UpstreamError."""
        try:
            with self._open(source, path, method="HEAD") as response:
                told: str | None = response.headers.get("Docker-Content-Digest")
                return told
        except UpstreamError as error:
            if error.code == NOT_FOUND:  # some do not know HEAD, and GET decides
                return None
            raise

    @contextmanager
    def _open(self, source: UpstreamSource, path: str, *, method: str = "GET") -> Iterator[Any]:
        """Make a request, logging in if the upstream asks for it. Raises: UpstreamError."""
        request = _request(source, path, method)
        key = (source.address, source.upstream_name, source.credentials)
        try:
            response = self._send(request, self._logins.get(key))
        except HTTPError as refusal:
            with refusal:
                if refusal.code != http.HTTPStatus.UNAUTHORIZED:
                    raise _failure(refusal, method) from None
                login = self._log_in(source, refusal.headers.get_all("WWW-Authenticate", []))
            self._logins[key] = login
            response = self._send_again(request, login)
        with response:
            try:
                yield response
            except (OSError, http.client.HTTPException) as error:
                raise UpstreamError(UNAVAILABLE, f"{_where(request)} broke off: {error}") from None

    def _send(self, request: Request, login: str | None) -> Any:
        """Raises: HTTPError for a status that is no success; UpstreamError when there is no answer."""
        if login is not None:
            request.add_unredirected_header("Authorization", login)
        try:
            return self._opener_for(request).open(request, timeout=self._timeout)
        except HTTPError:
            raise
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise UpstreamError(
                UNAVAILABLE, f"{_where(request)} does not answer: {error}"
            ) from None

    def _send_again(self, request: Request, login: str) -> Any:
        try:
            return self._send(request, login)
        except HTTPError as refusal:
            with refusal:
                raise _failure(refusal, request.get_method()) from None

    def _log_in(self, source: UpstreamSource, headers: list[str]) -> str:
        """Return the ``Authorization`` header that answers a challenge. Raises: UpstreamError."""
        by_scheme = challenges(headers)
        credentials = source.credentials
        basic = None
        if credentials is not None:
            basic = _basic(credentials.username, credentials.access_token)
        if "bearer" in by_scheme:
            return f"Bearer {self._token(by_scheme['bearer'], basic)}"
        if "basic" in by_scheme and basic is None:
            basic = self._ecr_login(source)
        if "basic" not in by_scheme or basic is None:
            raise UpstreamError(ACCESS_DENIED, f"{source.upstream_registry_url} asks for a login")
        return basic

    def _token(self, challenge: dict[str, str], basic: str | None) -> str:
        """Get a token from the server that a challenge names."""
        realm = challenge.get("realm", "")
        if not _is_web_address(realm):
            raise UpstreamError(UNAVAILABLE, "the upstream names no token server")
        asked = [(name, challenge[name]) for name in ("service", "scope") if name in challenge]
        url = f"{realm}{'&' if '?' in realm else '?'}{urlencode(asked)}"
        document = self._json(Request(url), basic)  # noqa: S310 - its scheme is http or https
        token = document.get("token") or document.get("access_token")
        if not isinstance(token, str):
            raise UpstreamError(ACCESS_DENIED, "the upstream's token server gives no token")
        return token

    def _ecr_login(self, source: UpstreamSource) -> str | None:
        """Get the token of another emulator of ECR, as the account that has the rule; None elsewhere."""
        registry = parse_registry_host(source.upstream_registry_url)
        if registry is None:
            return None
        scope = f"{source.account}/20000101/{registry[1]}/ecr/aws4_request"
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken",
        }
        request = Request(f"{source.address}/", b"{}", headers)  # noqa: S310 - as above
        signed = "SignedHeaders=host, Signature=" + "0" * 64
        document = self._json(request, f"AWS4-HMAC-SHA256 Credential={scope}, {signed}")
        try:
            return f"Basic {document['authorizationData'][0]['authorizationToken']}"
        except (LookupError, TypeError):
            return None

    def _json(self, request: Request, login: str | None) -> dict[str, Any]:
        try:
            with self._send(request, login) as response:
                document = json.loads(_read(response, _TOKEN_LIMIT))
        except HTTPError as refusal:
            with refusal:
                failure = _failure(refusal)
            if failure.code == NOT_FOUND:  # that is no word about an image
                failure.code = UNAVAILABLE
            raise failure from None
        except (OSError, http.client.HTTPException, ValueError, RecursionError):
            raise UpstreamError(UNAVAILABLE, f"{_where(request)} gives no JSON") from None
        return document if isinstance(document, dict) else {}

    def _opener_for(self, request: Request) -> OpenerDirector:
        """Return what sends a request: to this machine never by a proxy."""
        host = urlsplit(f"//{request.host}").hostname or ""
        is_local = host in ("localhost", "::1") or host.startswith("127.")
        return self._direct if is_local else self._by_proxy

    @cached_property
    def _direct(self) -> OpenerDirector:
        return _opener(ProxyHandler({}))

    @cached_property
    def _by_proxy(self) -> OpenerDirector:
        return _opener(ProxyHandler())


class _Redirects(HTTPRedirectHandler):
    """Follows a few redirects; to another host the login does not go along."""

    max_redirections = _REDIRECTS
    max_repeats = 2

    def redirect_request(  # noqa: PLR0917 - urllib's own
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,  # noqa: ARG002
        headers: Any,
        newurl: str,
    ) -> Request | None:
        """Return the request for where a response leads, of the same method."""
        if not _is_web_address(newurl):
            raise HTTPError(req.full_url, code, f"a redirect to {newurl}", headers, fp)
        kept = {name: value for name, value in req.headers.items() if name == "Accept"}
        new = Request(newurl, headers=kept, method=req.get_method())  # noqa: S310 - checked above
        login = req.unredirected_hdrs.get("Authorization")
        if login is not None and new.host == req.host and new.type == req.type:
            new.add_unredirected_header("Authorization", login)
        return new


def _opener(proxies: ProxyHandler) -> OpenerDirector:
    opener = OpenerDirector()
    for handler in (
        proxies,
        HTTPHandler(),
        HTTPSHandler(),
        _Redirects(),
        HTTPDefaultErrorHandler(),
        HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _request(source: UpstreamSource, path: str, method: str) -> Request:
    """Return a request for something in a repository, or for the registry itself.

    The address may have a path, which stands before the repository's name. Another emulator of ECR tells its
    registries by the Host header.
    """
    parts = urlsplit(source.address or "")
    place = f"{parts.path.strip('/')}/{source.upstream_name}".strip("/")
    rest = f"{place}/{path}" if path else ""
    accepted = {"manifests": sorted(MEDIA_TYPES), "referrers": [OCI_INDEX]}
    kind = path.partition("/")[0]
    headers = {"Accept": ", ".join(accepted[kind])} if kind in accepted else {}
    if parse_registry_host(source.upstream_registry_url) is not None:
        headers["Host"] = source.upstream_registry_url
    url = f"{parts.scheme}://{parts.netloc}/v2/{rest}"
    return Request(url, headers=headers, method=method)  # noqa: S310 - settings have http and https alone


def _is_web_address(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:  # brackets that are no IPv6 address
        return False


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _failure(refusal: HTTPError, method: str = "GET") -> UpstreamError:
    is_unknown = method == "HEAD" and refusal.code in _NO_SUCH_METHOD
    code = NOT_FOUND if is_unknown else _CODES.get(refusal.code, UNAVAILABLE)
    return UpstreamError(code, f"the upstream answered {refusal.code} to {refusal.url}")


def _where(request: Request) -> str:
    return f"the upstream at {request.host}"


def _text(content: bytes, what: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise UpstreamError(UNAVAILABLE, f"{what} is no text") from None


def _read(response: Any, limit: int) -> bytes:
    return b"".join(_pieces(response, limit))


def _pieces(response: Any, limit: int) -> Iterator[bytes]:
    """Yield a body in pieces. Raises: UpstreamError when it is too long, or shorter than it says."""
    told, received = response.headers.get("Content-Length"), 0
    while piece := response.read(_CHUNK):
        received += len(piece)
        if received > limit:
            raise UpstreamError(UNAVAILABLE, f"the upstream sent more than {limit} bytes")
        yield piece
    if told is not None and told.isdigit() and int(told) != received:
        raise UpstreamError(UNAVAILABLE, f"the upstream sent {received} of {told} bytes")
