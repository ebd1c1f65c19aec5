"""How functions become operations, and what a context gives them."""

import types

import pytest

from ecrmock.operations.operation import collect, operation
from ecrmock.values.events import RepositoryCreated
from tests.operations.conftest import START


def module_with(*functions):
    module = types.ModuleType("some")
    for number, function in enumerate(functions):
        setattr(module, f"function_{number}", function)
    return module


def example(context):
    return None


def test_a_marked_function_is_found_by_service_and_name():
    marked = operation("ecr", "PutThing")(lambda context: "done")
    table = collect([module_with(marked)])
    assert table["ecr", "PutThing"].function is marked


def test_a_mark_leaves_the_function_as_it_is():
    function = lambda context: None  # noqa: E731
    assert operation("ecr", "PutThing")(function) is function


def test_one_function_may_serve_two_services():
    marked = operation("ecr", "Put")(operation("ecr-public", "Put")(lambda context: None))
    assert set(collect([module_with(marked)])) == {("ecr", "Put"), ("ecr-public", "Put")}


def test_the_action_is_service_and_name():
    marked = operation("ecr", "Put")(lambda context: None)
    assert collect([module_with(marked)])["ecr", "Put"].action == "ecr:Put"


def test_the_action_may_be_another_one():
    marked = operation("ecrmock", "Put", action="ecr:PutImage")(lambda context: None)
    assert collect([module_with(marked)])["ecrmock", "Put"].action == "ecr:PutImage"


def test_a_function_without_a_mark_is_no_operation():
    assert collect([module_with(example)]) == {}


def test_a_collection_cannot_be_changed():
    with pytest.raises(TypeError):
        collect([])["ecr", "PutThing"] = None


def test_a_context_collects_events_and_delivers_none(registry):
    context = registry.context()
    event = RepositoryCreated(
        account=registry.account, region=registry.region, time=START, repository_name="app"
    )
    context.publish(event)
    assert (context.events, registry.world.events.published()) == ([event], ())


def test_a_context_gives_the_registry_that_is_meant(registry):
    context = registry.in_account("111122223333", "eu-west-1").context()
    assert (context.registry.account, context.registry.region) == ("111122223333", "eu-west-1")
