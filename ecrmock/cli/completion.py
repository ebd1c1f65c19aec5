"""``ecrmock completion``: have a shell complete commands and options."""

import click

_SHELLS = ("bash", "zsh", "fish")


@click.command(short_help="Print what makes a shell complete commands.")
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that makes a SHELL complete the commands and options of ecrmock.

    \b
    bash:  eval "$(ecrmock completion bash)"                in ~/.bashrc
    zsh:   eval "$(ecrmock completion zsh)"                 in ~/.zshrc, after compinit
    fish:  ecrmock completion fish > ~/.config/fish/completions/ecrmock.fish
    """  # noqa: D301 - click's mark for lines that stay as they are
    from click.shell_completion import get_completion_class  # noqa: PLC0415 - loaded when needed

    made = get_completion_class(shell)
    if made is None:
        raise click.ClickException(f"this version of click knows no completion for {shell}")
    click.echo(made(ctx.find_root().command, {}, "ecrmock", "_ECRMOCK_COMPLETE").source())
