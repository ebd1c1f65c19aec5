"""``ecrmock seed``: fill a running server from files."""

import tempfile
from pathlib import Path
from typing import Any

import click

from ecrmock.cli.running import read_answer, send, server_options, show
from ecrmock.values.errors import MissingExtraError

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_PATH = "/_ecrmock/seed"
_PATIENCE = 600  # seconds: it answers when all is played


@click.command(short_help="Fill a running server from a file.")
@click.argument("files", metavar="FILE...", nargs=-1, type=_FILE)
@click.option("--check", "only_check", is_flag=True, help="Check the files, without any server.")
@click.option("--schema", "shows_schema", is_flag=True, help="Print the JSON Schema of seeds.")
@server_options
def seed(
    *, url: str, as_json: bool, files: tuple[Path, ...], only_check: bool, shows_schema: bool
) -> None:
    """Fill a running server from files of YAML or JSON: accounts, users, repositories, images.

    For example: ecrmock seed seed.yaml. Each file is checked as a whole before anything is sent; what it
    names (layers, OCI layouts, archives) is sent along. Exit codes: 1 the server refused something or does not
    answer, 2 a file is not what it should be.
    """
    from ecrmock.seeding.checking import schema_text  # noqa: PLC0415 - loaded when needed

    if shows_schema:
        click.echo(schema_text(), nl=False)
    elif not files:
        raise click.UsageError("name a file to play")
    for file in files:
        check_file(file)
    for file in () if only_check else files:
        answer = _send(url, file)
        read_answer(answer, url, "status")
        show(answer, f"played {file}", as_json=as_json)


def check_file(file: Path) -> None:
    """End with 2 and every mistake when a file is no seed."""
    from ecrmock.seeding.play import check_seed  # noqa: PLC0415 - loaded when needed
    from ecrmock.seeding.seed_text import seed_of  # noqa: PLC0415

    try:
        check_seed(seed_of(file))
    except ValueError as error:
        raise WrongSeedError(error) from None
    except (OSError, MissingExtraError) as error:
        raise click.ClickException(str(error)) from None


def play_file(backend: Any, file: Path) -> None:
    """Play a file on a backend of this process, or end with 2 and what is wrong with it."""
    from ecrmock.seeding.play import play  # noqa: PLC0415 - loaded when needed

    try:
        play(backend, file)
    except ValueError as error:
        raise WrongSeedError(error) from None
    except (OSError, MissingExtraError) as error:
        raise click.ClickException(str(error)) from None


class WrongSeedError(click.ClickException):
    """A file that is no seed: it ends the command with 2, as bad usage does."""

    exit_code = 2

    def __init__(self, error: ValueError) -> None:
        super().__init__(f"a seed is not as it should be:\n{error}")


def _send(url: str, file: Path) -> bytes:
    from ecrmock.seeding.packing import pack  # noqa: PLC0415 - loaded when needed
    from ecrmock.seeding.seed_text import seed_of  # noqa: PLC0415

    with tempfile.TemporaryFile() as packed:
        try:
            pack(seed_of(file), packed)
        except OSError as error:
            raise click.ClickException(str(error)) from None
        with send(url, _PATH, packed, timeout=_PATIENCE) as answer:
            content: bytes = answer.read()
    return content
