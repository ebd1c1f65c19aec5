"""What ``ecrmock serve`` is told about the upstreams of pull through cache rules."""

import click

from ecrmock.rules.pull_through_cache import host_of, upstream_at
from ecrmock.values.pull_through_cache import SECRET_PREFIX, UpstreamSecret
from ecrmock.values.settings import upstreams_of


def read_upstreams(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """Read ``NAME=URL``: at which URLs upstreams are to be asked."""
    for value in values:
        if "=" not in value:
            raise click.BadParameter(
                f"{value!r} is no NAME=URL, as docker.io=http://localhost:5001"
            )
    pairs = dict(value.partition("=")[::2] for value in values)
    for name in pairs:
        if upstream_at(host_of(name)) is None:
            raise click.BadParameter(
                f"no pull through cache rule can name {name!r}; it can name docker.io"
            )
    try:
        return upstreams_of(pairs)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def read_secrets(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> tuple[UpstreamSecret, ...]:
    """Read ``NAME=USER:TOKEN``: the secrets that rules may name."""
    return tuple(map(_secret, values))


def _secret(value: str) -> UpstreamSecret:
    name, equals, login = value.partition("=")
    username, colon, access_token = login.partition(":")
    if not equals or not colon or SECRET_PREFIX not in name:
        raise click.BadParameter("a secret is ecr-pullthroughcache/NAME=USER:TOKEN")
    return UpstreamSecret(secret_id=name, username=username, access_token=access_token)
