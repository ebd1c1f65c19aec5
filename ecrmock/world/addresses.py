"""Addresses of registries and repositories, in the style that fits how the emulator is reached.

``aws`` is what AWS prints. On a server, ``path`` names the default registry by the server's own address
and any other by a first path segment; ``host`` puts AWS's host name before ``localhost``. Public registries
have a port of their own there, since they challenge clients in another way; in both styles their first path
segment is the alias. Source: DESIGN.md section 3; reference public.md §1.
"""

from ecrmock.values.names import (
    LOGO_PATH,
    PUBLIC,
    PUBLIC_HOST,
    AccountId,
    Region,
    RepositoryName,
    address_prefix,
    registry_host,
)
from ecrmock.values.settings import Settings


class Addresses:
    """How addresses read under some settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._url = settings.public_url.rstrip("/")
        self._public_url = f"https://{PUBLIC_HOST}"

    def serve_at(self, url: str) -> None:
        """Say by which URL clients reach the server; it has a scheme, a host and perhaps a port."""
        self._url = url.rstrip("/")

    def serve_public_at(self, url: str) -> None:
        """Say by which URL clients reach public registries on a server."""
        self._public_url = url.rstrip("/")

    @property
    def public_host(self) -> str:
        """The host and port of all public registries."""
        if self._settings.uri_style == "aws":
            return PUBLIC_HOST
        return self._public_url.partition("://")[2]

    def public_registry(self, alias: str) -> str:
        """Return host, port and path of the public registry with an alias (``registryUri``)."""
        return f"{self.public_host}/{alias}"

    def logo_url(self, name: str) -> str:
        """Return where the logo of a public repository can be had. Source: reference public.md §4.1."""
        if self.is_served:
            return self.url(f"{LOGO_PATH}{name}.png")
        return f"https://d3g9o9u8re44ak.cloudfront.net/logo/{name}.png"

    def registry(self, account: AccountId, region: Region) -> str:
        """Return host, port and path prefix of a registry, without scheme and final slash."""
        settings = self._settings
        if settings.uri_style == "aws":
            return registry_host(account, region)
        host = self._url.partition("://")[2]
        if settings.uri_style == "host":
            return f"{account}.dkr.ecr.{region}.{host}"
        if (account, region) == (settings.account, settings.region):
            return host
        return f"{host}/{address_prefix(account, region)}"

    def repository_uri(self, account: AccountId, region: Region, name: RepositoryName) -> str:
        """Return ``repositoryUri``: what follows ``docker push``."""
        return f"{self.registry(account, region)}/{name}"

    def proxy_endpoint(self, account: AccountId, region: Region) -> str:
        """Return ``proxyEndpoint``: the URL that ``docker login`` is pointed at."""
        is_plain = self._settings.uri_style != "aws"
        if region == PUBLIC:
            return self._public_url if is_plain else f"https://{PUBLIC_HOST}"
        scheme = self._url.partition("://")[0] if is_plain else "https"
        return f"{scheme}://{self.registry(account, region)}"

    @property
    def is_served(self) -> bool:
        """Whether clients reach this emulator over HTTP."""
        return bool(self._url)

    def url(self, path: str) -> str:
        """Return the URL of a path on the server."""
        return f"{self._url}{path}"
