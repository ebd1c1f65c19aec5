"""The public registry of the handle's account: images without Docker, and its aliases."""

from ecrmock.handle.images import Images
from ecrmock.handle.logins import log_docker_in
from ecrmock.values.names import PUBLIC, Region
from ecrmock.values.public_gallery import ACTIVE


class PublicImages(Images):
    """The images of the account's public registry: pushed, listed and pulled as those of a private one."""

    @property
    def region(self) -> Region:
        """What stands for a region: a public registry has none."""
        return PUBLIC

    @property
    def alias(self) -> str:
        """The alias that addresses show; empty before the first repository, unless one was put."""
        return self.registry.rpartition("/")[2]

    @property
    def registry(self) -> str:
        """What stands before a repository's name: ``public.ecr.aws`` or the server's host, and the alias."""
        (described,) = self._call("DescribeRegistries").registries
        uri: str = described.registry_uri
        return uri

    def password(self) -> str:
        """Return what goes with the user name ``AWS`` at ``docker login``, good for twelve hours."""
        import base64  # noqa: PLC0415 - loaded when needed

        data = self._call("GetAuthorizationToken").authorization_data
        return base64.b64decode(data.authorization_token).decode().partition(":")[2]

    def docker_login(self) -> None:
        """Log docker in to the public registry of a server. Raises: CalledProcessError, FileNotFoundError."""
        log_docker_in(self._backend.world.addresses.public_host, self.password())

    def put_alias(self, name: str, *, status: str = ACTIVE, primary: bool = True) -> None:
        """Give the registry one more alias, as AWS does when somebody asks for it in the console.

        Raises: ValueError for what cannot be an alias, or one that another account has.
        """
        self._call(
            "PutPublicAlias", service="ecrmock", name=name, status=status, is_primary=primary
        )

    def logo(self, url: str) -> bytes | None:
        """Return the image behind the URL of a logo; None when there is none any more."""
        name = "/".join(url.split("/")[-2:]).removesuffix(".png")
        logo: bytes | None = self._call("ReadLogo", service="ecrmock", logo=name)
        return logo
