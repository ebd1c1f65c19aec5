"""Addresses of registries and repositories, in the style that fits how the emulator is reached.

``aws`` is what AWS prints. On a server, ``path`` names the default registry by the server's own address
and any other by a first path segment; ``host`` puts AWS's host name before ``localhost``.
Source: DESIGN.md section 3.
"""

from ecrmock.values.names import (
    AccountId,
    Digest,
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
        self._scheme, self._host = "https", ""
        self.serve_at(settings.public_url)

    def serve_at(self, url: str) -> None:
        """Say by which URL clients reach the server; it has a scheme, a host and perhaps a port."""
        if self._settings.uri_style != "aws" and url:
            self._scheme, _, self._host = url.rstrip("/").partition("://")

    def registry(self, account: AccountId, region: Region) -> str:
        """Return host, port and path prefix of a registry, without scheme and final slash."""
        settings = self._settings
        if settings.uri_style == "aws":
            return registry_host(account, region)
        if settings.uri_style == "host":
            return f"{account}.dkr.ecr.{region}.{self._host}"
        if (account, region) == (settings.account, settings.region):
            return self._host
        return f"{self._host}/{address_prefix(account, region)}"

    def repository_uri(self, account: AccountId, region: Region, name: RepositoryName) -> str:
        """Return ``repositoryUri``: what follows ``docker push``."""
        return f"{self.registry(account, region)}/{name}"

    def proxy_endpoint(self, account: AccountId, region: Region) -> str:
        """Return ``proxyEndpoint``: the URL that ``docker login`` is pointed at."""
        return f"{self._scheme}://{self.registry(account, region)}"

    def layer_url(
        self, account: AccountId, region: Region, name: RepositoryName, digest: Digest
    ) -> str:
        """Return the URL of a layer's bytes on the registry door."""
        registry, slash, prefix = self.registry(account, region).partition("/")
        return f"{self._scheme}://{registry}/v2/{prefix}{slash}{name}/blobs/{digest}"
