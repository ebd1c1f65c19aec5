"""What ``ecrmock serve`` is told about upstreams."""

import click
import pytest

from ecrmock.cli.serve import serve
from ecrmock.cli.upstreams import read_secrets, read_upstreams

CONTEXT = click.Context(serve)
OPTION = serve.params[0]


def test_an_upstream_is_a_name_and_a_url() -> None:
    given = ("docker.io=http://localhost:5001", "quay=https://mirror.example/quay")
    assert read_upstreams(CONTEXT, OPTION, given) == (
        ("docker.io", "http://localhost:5001"),
        ("quay", "https://mirror.example/quay"),
    )


@pytest.mark.parametrize(
    "value",
    [
        "docker.io",
        "example.com=http://localhost:5001",
        "docker.io=localhost:5001",
        "docker.io=ftp://localhost",
        "docker.io=http://user:secret@localhost",
        "docker.io=http://localhost?a=b",
    ],
)
def test_any_other_upstream_is_bad_usage(value: str) -> None:
    with pytest.raises(click.BadParameter):
        read_upstreams(CONTEXT, OPTION, (value,))


def test_a_secret_is_a_name_a_user_and_a_token() -> None:
    (made,) = read_secrets(CONTEXT, OPTION, ("ecr-pullthroughcache/hub=user:a:token=",))
    found = (made.secret_id, made.username, made.access_token)
    assert found == ("ecr-pullthroughcache/hub", "user", "a:token=")


@pytest.mark.parametrize(
    "value", ["ecr-pullthroughcache/hub", "ecr-pullthroughcache/hub=user", "hub=a:b"]
)
def test_any_other_secret_is_bad_usage(value: str) -> None:
    with pytest.raises(click.BadParameter):
        read_secrets(CONTEXT, OPTION, (value,))
