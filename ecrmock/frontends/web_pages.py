"""Requests that a web page makes: doors that ask for no login do not answer them.

A page reaches a server on this machine in two ways. It asks for it across sites, and the browser says so; or
it has its own name lead here, and then ``Host`` is that name. Source: docs/decisions/0015-web-pages.md.
"""

import ipaddress
import re
from collections.abc import Iterable

from ecrmock.backend import Backend
from ecrmock.frontends.http import HttpRequest
from ecrmock.values.errors import WebPageError

ANY_HOST = "*"

# Nobody can own a name below these. Source: RFC 6761, RFC 6762, RFC 8375; ".internal" by ICANN, 2024.
_RESERVED = (".localhost", ".test", ".local", ".internal", ".home.arpa", ".example", ".invalid")
# The hosts of the services that are emulated, and no other of AWS: customers choose those.
# Source: reference api.md §20.
_AWS = re.compile(
    r"(?:[0-9]{12}\.dkr[.-]ecr|(?:api\.)?ecr(?:-public)?|sts|iam)(?:-fips)?"
    r"(?:\.(?:global|us-gov|[a-z]{2,}(?:-[a-z]+)+-[0-9]+))?"
    r"\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov|csp\.hci\.ic\.gov|cloud\.adc-e\.uk"
    r"|(?:api|on)\.aws|(?:api|on)\.amazonwebservices\.(?:com\.cn|eu))|public\.ecr\.aws|ecr-public\.aws\.com"
)
_OWN_SITES = ("same-origin", "none")  # a page of the server itself, or the person at the browser
_BROWSER = "Mozilla/"  # how the user agent of every browser begins


class WebPages:
    """Tells requests of web pages from those of clients and of the server's own pages."""

    def __init__(self, backend: Backend) -> None:
        self._allowed = tuple(name.lower() for name in backend.settings.allowed_host)
        self._addresses = backend.world.addresses

    def refuse(self, request: HttpRequest, *, is_harmless: bool) -> None:
        """Raise WebPageError for what a page has sent.

        ``is_harmless`` says that the request changes nothing: then one may follow a link to it.
        """
        name = _name(request.host)
        if not self._is_ours(name):
            raise WebPageError(_unknown_host(name))
        origin = request.headers.get("origin")
        if origin is not None:
            if not self._is_own(origin, request.host):
                raise WebPageError(_foreign_page(f"a page of {origin}"))
        elif not _is_by_hand(request, is_harmless=is_harmless):
            raise WebPageError(_foreign_page("a page of another site"))

    def _is_ours(self, name: str) -> bool:
        """Tell whether a host name, without a port, is one that no stranger can own."""
        return (
            "."
            not in name  # localhost, a service of compose, an address of IPv6, or no header at all
            or name.endswith(_RESERVED)
            or _is_address(name)
            or _AWS.fullmatch(name) is not None
            or ANY_HOST in self._allowed
            or _is_at_or_below(name, (*self._allowed, _name(self._own_host())))
        )

    def _is_own(self, origin: str, host: str) -> bool:
        """Tell whether an origin is the server's; ``null`` is the origin of a page that hides its own."""
        site = _host_of(origin)
        return bool(site) and site in (host.lower(), self._own_host())

    def _own_host(self) -> str:
        """Return the server's own host with its port, or that of the public URL."""
        return _host_of(self._addresses.url(""))


def _host_of(url: str) -> str:
    return url.partition("://")[2].lower()


def _name(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].rstrip(".").lower()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_at_or_below(name: str, allowed: Iterable[str]) -> bool:
    return any(name == each or name.endswith(f".{each}") for each in allowed if each)


def _is_by_hand(request: HttpRequest, *, is_harmless: bool) -> bool:
    """Tell whether no page has sent a request that has no origin."""
    headers = request.headers
    site = headers.get("sec-fetch-site")
    if site is None:  # no browser, an old one, or one that speaks plain HTTP to another machine
        is_unclear = request.method == "GET" and headers.get("user-agent", "").startswith(_BROWSER)
        return is_harmless or not is_unclear
    is_link = (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")) == (
        "navigate",
        "document",
    )
    return site in _OWN_SITES or (is_harmless and is_link)


def _unknown_host(name: str) -> str:
    return (
        f"ecrmock does not answer to the host name {name!r}, which a web page could have chosen. If it is "
        f"the server's own, start it with --allowed-host {name} (or with --public-url); "
        "localhost, IP addresses and names without a dot always work"
    )


def _foreign_page(page: str) -> str:
    return (
        f"{page} asked for this in a browser, and ecrmock answers programs and its own pages only. "
        "Ask from a program such as curl, or start with --public-url if this page is the server's own"
    )
