"""Values are frozen, slotted, and need no more than the standard library."""

import dataclasses
import importlib
import pkgutil

import pytest

import ecrmock.values

MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.iter_modules(ecrmock.values.__path__, "ecrmock.values.")
]
VALUES = sorted(
    {
        value
        for module in MODULES
        for value in vars(module).values()
        if isinstance(value, type) and dataclasses.is_dataclass(value)
    },
    key=lambda value: value.__name__,
)


def test_there_are_values() -> None:
    assert len(VALUES) > 30


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_frozen(value: type) -> None:
    assert value.__dataclass_params__.frozen


@pytest.mark.parametrize("value", VALUES)
def test_a_value_has_slots(value: type) -> None:
    assert not any("__dict__" in vars(kind) for kind in value.__mro__)


@pytest.mark.parametrize("value", VALUES)
def test_no_member_of_a_value_is_a_list_or_a_dict(value: type) -> None:
    kinds = [str(field.type) for field in dataclasses.fields(value)]
    assert not any(kind.startswith(("list", "dict", "set", "typing.List")) for kind in kinds)
