"""The one global: the backends that are active, the innermost last."""

import os

import pytest

from ecrmock.backend import Backend
from ecrmock.inprocess import active


class Patch:
    """Notes when the patch comes and goes."""

    def __init__(self) -> None:
        self.log: list[str] = []

    def install(self) -> None:
        self.log.append("install")

    def remove(self) -> None:
        self.log.append("remove")


@pytest.fixture
def patch() -> Patch:
    return Patch()


def push(patch: Patch, backend: Backend | None = None, **variables: str) -> active.Activation:
    return active.push(backend or Backend(), variables, patch.install)


def test_at_first_nobody_answers():
    assert active.innermost() is None


def test_the_last_one_that_was_pushed_answers(patch):
    backends = [Backend(), Backend()]
    activations = [push(patch, backend) for backend in backends]
    answering = active.innermost()
    for activation in activations:
        active.pop(activation, patch.remove)
    assert answering is backends[1]


@pytest.mark.parametrize("gone", [0, 1])
def test_what_is_left_answers(patch, gone):
    backends = [Backend(), Backend()]
    activations = [push(patch, backend) for backend in backends]
    active.pop(activations[gone], patch.remove)
    answering = active.innermost()
    active.pop(activations[1 - gone], patch.remove)
    assert answering is backends[1 - gone]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_patch_comes_with_the_first_and_goes_with_the_last(patch, order):
    activations = [push(patch), push(patch)]
    for number in order:
        active.pop(activations[number], patch.remove)
    assert patch.log == ["install", "remove"]


def test_variables_are_set_while_a_backend_is_active(patch):
    activation = push(patch, ECRMOCK_TEST="inside")
    inside = os.environ["ECRMOCK_TEST"]
    active.pop(activation, patch.remove)
    assert (inside, os.environ.get("ECRMOCK_TEST")) == ("inside", None)


def test_variables_get_back_what_they_had(patch, monkeypatch):
    monkeypatch.setenv("ECRMOCK_TEST", "before")
    active.pop(push(patch, ECRMOCK_TEST="inside"), patch.remove)
    assert os.environ["ECRMOCK_TEST"] == "before"


def test_a_patch_that_cannot_be_installed_leaves_nothing(patch):
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        active.push(Backend(), {"ECRMOCK_TEST": "inside"}, fail)
    assert active.innermost() is None
    assert "ECRMOCK_TEST" not in os.environ
