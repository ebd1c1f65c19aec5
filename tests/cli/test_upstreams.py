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
    ("value", "hint"),
    [
        ("docker.io", "as docker.io=http://localhost:5001"),
        ("example.com=http://localhost:5001", "it can name docker.io"),
        ("docker.io=localhost:5001", "as http://localhost:5001"),
        ("docker.io=ftp://localhost", "as http://localhost:5001"),
        ("docker.io=http://user:secret@localhost", "as http://localhost:5001"),
        ("docker.io=http://localhost?a=b", "as http://localhost:5001"),
    ],
)
def test_any_other_upstream_is_bad_usage(value: str, hint: str) -> None:
    with pytest.raises(click.BadParameter, match=hint):
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
