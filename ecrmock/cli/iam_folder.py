"""The policies in a folder, and what they decide, without a server."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import click

from ecrmock.rules.access_targets import origin_keys, resource_keys
from ecrmock.rules.callers import NamedCaller, read_caller
from ecrmock.rules.iam import decide
from ecrmock.rules.policies import (
    parse_identity_policy,
    parse_registry_policy,
    parse_repository_policy,
)
from ecrmock.values.authorization import HERE, Decision
from ecrmock.values.errors import EcrError
from ecrmock.values.names import parse_repository_arn
from ecrmock.values.permissions import (
    BOUNDARY,
    IDENTITY,
    RESOURCE,
    SESSION,
    AccessRequest,
    AppliedPolicy,
    Permissions,
)
from ecrmock.values.policies import PolicyDocument
from ecrmock.values.settings import DEFAULT_REGION
from ecrmock.world.clock import Clock

_TYPES: Mapping[str, str] = MappingProxyType(
    {"root": "Account", "user": "User", "role": "AssumedRole"}
)
_REPOSITORY = "repository.json"
_FILES = ("identity*.json", "boundary.json", "session*.json", _REPOSITORY, "registry.json")


def decide_by_folder(
    folder: Path,
    principal: str,
    action: str,
    resource: str,
    context: Mapping[str, tuple[str, ...]],
) -> Decision:
    """Decide by the policies in a folder. Raises: UsageError, ClickException that names the file."""
    try:
        named = read_caller(principal)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    repository = parse_repository_arn(resource)
    owner, region = (named.account, DEFAULT_REGION) if repository is None else repository[:2]
    request = AccessRequest(
        caller=named.caller(),
        principal_arn=named.principal_arn,
        action=action,
        resource=resource,
        resource_account=owner,
        keys={
            **origin_keys(HERE, region, Clock().now()),
            **resource_keys(owner, (), "ecr"),
            **_keys(named),
            **context,
        },
    )
    if not any(path for pattern in _FILES for path in folder.glob(pattern)):
        raise click.UsageError(f"{folder} has none of {', '.join(_FILES)}")
    policies = tuple(_resource_policies(folder, named.partition))
    if repository is None:  # what has no repository is nothing that one's policy is about
        policies = tuple(policy for policy in policies if policy.name != _REPOSITORY)
    return decide(request, _permissions(folder), policies)


def _keys(named: NamedCaller) -> dict[str, tuple[str, ...]]:
    keys: dict[str, tuple[str, ...]] = {
        "aws:principalisawsservice": ("false",),
        "aws:principalaccount": (named.account,),
        "aws:principalarn": (named.principal_arn,),
        "aws:principaltype": (_TYPES[named.kind],),
    }
    return keys | ({"aws:username": (named.name,)} if named.kind == "user" else {})


def _permissions(folder: Path) -> Permissions:
    boundary = tuple(_read(folder, "boundary.json", BOUNDARY, parse_identity_policy))
    session = tuple(_read(folder, "session*.json", SESSION, parse_identity_policy))
    return Permissions(
        identity=tuple(_read(folder, "identity*.json", IDENTITY, parse_identity_policy)),
        boundary=boundary[0] if boundary else None,
        session=session or None,
    )


def _resource_policies(folder: Path, partition: str) -> Iterator[AppliedPolicy]:
    yield from _read(
        folder, _REPOSITORY, RESOURCE, lambda text: parse_repository_policy(text, partition)
    )
    yield from _read(
        folder, "registry.json", RESOURCE, lambda text: parse_registry_policy(text, partition)
    )


def _read(
    folder: Path, pattern: str, kind: str, parse: Callable[[str], PolicyDocument]
) -> Iterator[AppliedPolicy]:
    """Yield the policies in the files of a pattern, by name. Raises: ClickException."""
    for path in sorted(folder.glob(pattern)):
        try:
            document = parse(path.read_text(encoding="utf-8-sig"))
        except EcrError as error:
            reason = getattr(error, "reason", error.message)
            raise click.ClickException(f"{path} is no {kind}: {reason}") from None
        except (OSError, UnicodeDecodeError) as error:
            raise click.ClickException(f"{path} cannot be read: {error}") from None
        yield AppliedPolicy(kind=kind, name=path.name, document=document)
