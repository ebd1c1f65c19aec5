"""``ecrmock export``: write what a running server holds as a seed."""

from pathlib import Path
from urllib.parse import quote

import click

from ecrmock.cli.running import receive, url_option
from ecrmock.values.errors import MissingExtraError

_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)
_PATIENCE = 600  # seconds


@click.command(short_help="Write what a running server holds as a seed.")
@click.option(
    "-o", "--output", default="seed.yaml", show_default=True, type=_FILE, help="YAML or .json."
)
@click.option("--force", is_flag=True, help="Replace what is there.")
@url_option()
def export(*, url: str, output: Path, force: bool) -> None:
    """Write what a running server holds as a seed.

    To be played by: ecrmock serve --seed seed.yaml, or ecrmock seed seed.yaml. The images go to a folder
    beside the file, an OCI layout: seed.images for seed.yaml. The seed has the secrets of access keys in it.
    """
    from ecrmock.seeding.export import images_beside, unpack_export  # noqa: PLC0415 - loaded when needed

    folder = images_beside(output)
    present = [str(path) for path in (output, folder) if path.exists()]
    if present and not force:
        raise click.UsageError(f"{' and '.join(present)}: there already; --force replaces it")
    with receive(url, f"/_ecrmock/export?images={quote(folder.name)}", timeout=_PATIENCE) as answer:
        try:
            unpack_export(answer, output)
        except (OSError, ValueError, MissingExtraError) as error:
            raise click.ClickException(f"no export: {error}") from None
    click.echo(f"wrote {output} and {folder}")
