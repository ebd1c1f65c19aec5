"""``ecrmock sbom``: what is installed in an image of a running server."""

from pathlib import Path
from urllib.parse import urlencode

import click

from ecrmock.cli.running import ask, read_answer, url_option

_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)
_PATIENCE = 600  # seconds, for images whose layers were never read


@click.command(short_help="Print what is installed in an image (CycloneDX).")
@click.argument("image", metavar="REPOSITORY[:TAG|@DIGEST]")
@click.option("--account", metavar="ID", help="Whose repository it is.  [default: the server's]")
@click.option("--region", metavar="NAME", help="In which region.  [default: the server's]")
@click.option("-o", "--output", type=_FILE, help="Write it to a file instead.")
@url_option()
def sbom(
    *, url: str, image: str, account: str | None, region: str | None, output: Path | None
) -> None:
    """Print what is installed in an image: its operating system and packages, as CycloneDX JSON.

    For example: ecrmock sbom team/app:1.0 -o app.cdx.json. Without a tag it is that of latest.
    """
    named = {**_named(image), "account": account, "region": region}
    query = urlencode({name: value for name, value in named.items() if value is not None})
    answer = ask(url, f"/_ecrmock/sbom?{query}", timeout=_PATIENCE)
    read_answer(answer, url, "bomFormat")
    if output is None:
        click.echo(answer)
        return
    try:
        output.write_bytes(answer)
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error}") from None


def _named(image: str) -> dict[str, str]:
    """Read a reference as docker takes it, without a registry."""
    repository, at, digest = image.partition("@")
    repository, _, tag = repository.partition(":")
    return {"repository": repository, **({"digest": digest} if at else {"tag": tag or "latest"})}
