"""``ecrmock iam explain``: may somebody do something, and which statement says so."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from ecrmock.cli.running import ask, server_options

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_CONTEXT = Mapping[str, tuple[str, ...]]


def _context(ctx: click.Context, param: click.Parameter, values: Sequence[str]) -> _CONTEXT:
    """Return condition keys with their values; a key that is given twice has two. Raises: BadParameter."""
    found: dict[str, tuple[str, ...]] = {}
    for value in values:
        key, equals, text = value.partition("=")
        if not (key and equals):
            message = f"{value!r} is no condition key with a value, as aws:SourceIp=10.0.0.1"
            raise click.BadParameter(message, ctx, param)
        found[key.lower()] = (*found.get(key.lower(), ()), text)
    return found


def _action(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Return an action that there may be: a misspelt one would be denied, and nobody would see why."""
    from ecrmock.rules.actions import ecr_action, ecr_action_like  # noqa: PLC0415 - loaded when needed

    service, _, name = value.partition(":")
    if not (service and name):
        raise click.BadParameter(f"{value!r} is no action; one is ecr:PutImage", ctx, param)
    if service.lower() == "ecr" and ecr_action(value) is None:
        like = ecr_action_like(value)
        hint = "" if like is None else f"; did you mean {like}?"
        raise click.BadParameter(f"ECR has no action {value!r}{hint}", ctx, param)
    return value


@click.group(short_help="Ask what policies allow, and why.")
def iam() -> None:
    """Ask about access control."""


@iam.command(context_settings={"auto_envvar_prefix": "ECRMOCK"})
@click.option("--principal", required=True, help="ARN of a user, role or session, or an account.")
@click.option(
    "--action", required=True, callback=_action, help="What it wants to do, as ecr:PutImage."
)
@click.option("--resource", default="*", show_default=True, help="ARN of a repository.")
@click.option(
    "--context",
    multiple=True,
    metavar="KEY=VALUE",
    callback=_context,
    help="A condition key of the request, as aws:SourceIp=10.0.0.1; may be given several times.",
)
@click.option(
    "--policies",
    type=_FOLDER,
    help="Ask the policies in a folder, not a server: identity*.json, boundary.json, session*.json, "
    "repository.json, registry.json.",
)
@server_options
def explain(
    *,
    principal: str,
    action: str,
    resource: str,
    context: _CONTEXT,
    policies: Path | None,
    url: str,
    as_json: bool,
) -> None:
    """Say whether a principal may do something, and which statement decides.

    Exit code 0: it may; 1: it may not.
    """
    if policies is None:
        question = {"principal": principal, "action": action, "resource": resource}
        body = {**question, "context": {key: list(values) for key, values in context.items()}}
        answer = ask(url, "/_ecrmock/iam/explain", method="POST", body=body)
        decision = json.loads(answer)
    else:
        from ecrmock.cli.iam_folder import decide_by_folder  # noqa: PLC0415 - loaded when needed

        decision = decide_by_folder(policies, principal, action, resource, context).document()
    _print(decision, as_json)
    if not decision["allowed"]:
        raise SystemExit(1)


def _print(decision: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(decision, indent=2))
        return
    click.secho("ALLOWED" if decision["allowed"] else "DENIED", bold=True)
    click.echo(decision["reason"])
    if decision["policy"] is not None:
        click.echo(f"policy: {decision['policy']}")
    if decision["statement"] is not None:
        click.echo(f"statement: {json.dumps(decision['statement'])}")
