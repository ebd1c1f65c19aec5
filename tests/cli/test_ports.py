"""Which ports are tried for ECR Public. Source: docs/decisions/0026-public-registry.md."""

import click
import pytest

from ecrmock.cli.ports import PublicPort, usual_public_ports


@pytest.mark.parametrize(("port", "ports"), [(5327, (5328, 0)), (8080, (5328, 0)), (0, (0,))])
def test_without_the_option_a_free_port_does_as_well(port: int, ports: tuple[int, ...]) -> None:
    assert usual_public_ports(port) == ports


@pytest.mark.parametrize(("text", "ports"), [("off", ()), ("0", (0,)), ("6000", (6000,))])
def test_what_is_asked_for_is_tried_alone(text: str, ports: tuple[int, ...]) -> None:
    assert PublicPort().convert(text, None, None) == ports


@pytest.mark.parametrize("text", ["on", "", "-1", "65536", "5328,5329"])
def test_anything_else_is_no_port(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is no port"):
        PublicPort().convert(text, None, None)
