"""mock_ecr as a decorator: of functions, coroutines, generators, classes. Source: DESIGN.md section 4."""

import asyncio
import inspect
import unittest

import boto3
import pytest
from botocore.client import BaseClient

from ecrmock import mock_ecr
from tests.inprocess.conftest import REGION


def create() -> str:
    """Make the repository ``app``, which fails in a backend that has it."""
    client = boto3.client("ecr", region_name=REGION)
    return client.create_repository(repositoryName="app")["repository"]["registryId"]


@pytest.mark.parametrize("decorate", [mock_ecr, mock_ecr()], ids=["bare", "called"])
def test_a_decorated_function_runs_in_a_context(decorate):
    assert decorate(create)() == "123456789012"


def test_a_decorator_takes_options():
    assert mock_ecr(account="111122223333")(create)() == "111122223333"


def test_each_call_of_a_decorated_function_begins_empty():
    decorated = mock_ecr(create)
    assert [decorated(), decorated()] == ["123456789012"] * 2


def test_a_decorated_function_keeps_arguments_and_answer():
    @mock_ecr
    def add(one, *, two):
        return one + two

    assert add(1, two=2) == 3


def test_a_decorated_function_keeps_its_name_and_signature():
    """pytest reads fixtures from the signature."""

    @mock_ecr
    def test_something(tmp_path, ecr_region):
        """Say something."""

    assert (test_something.__name__, test_something.__doc__) == ("test_something", "Say something.")
    assert list(inspect.signature(test_something).parameters) == ["tmp_path", "ecr_region"]


def test_an_error_in_a_decorated_function_is_seen():
    @mock_ecr
    def fail():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()


def test_after_a_decorated_function_the_patch_is_gone():
    before = BaseClient._make_request
    mock_ecr(create)()
    assert BaseClient._make_request is before


def test_a_decorated_function_may_call_another():
    outer = mock_ecr(lambda: (create(), mock_ecr(create)()))
    assert outer() == ("123456789012", "123456789012")


# Coroutines and generators


@pytest.mark.parametrize("decorate", [mock_ecr, mock_ecr()], ids=["bare", "called"])
def test_a_decorated_coroutine_runs_in_a_context(decorate):
    @decorate
    async def test():
        await asyncio.sleep(0)
        return create()

    assert asyncio.run(test()) == "123456789012"


def test_a_decorated_coroutine_function_is_one():
    @mock_ecr
    async def test():
        pass

    assert inspect.iscoroutinefunction(test)


def test_after_a_decorated_coroutine_the_patch_is_gone():
    before = BaseClient._make_request

    @mock_ecr
    async def test():
        pass

    asyncio.run(test())
    assert BaseClient._make_request is before


def test_coroutines_that_overlap_end_in_any_order():
    """Each ends its own context, whichever is first."""
    before = BaseClient._make_request
    test = mock_ecr(turns)

    async def together():
        await asyncio.gather(test(1), test(5), test(3))

    asyncio.run(together())
    assert BaseClient._make_request is before


async def turns(number):
    """Let others go on, some times."""
    for _ in range(number):
        await asyncio.sleep(0)


def test_a_decorated_generator_runs_in_a_context():
    """As a fixture of pytest does."""
    before = BaseClient._make_request

    @mock_ecr
    def fixture():
        yield create()

    running = fixture()
    assert next(running) == "123456789012"
    assert list(running) == []
    assert BaseClient._make_request is before


def test_a_decorated_asynchronous_generator_runs_in_a_context():
    @mock_ecr
    async def fixture():
        yield create()

    async def collect():
        return [value async for value in fixture()]

    assert asyncio.run(collect()) == ["123456789012"]


def test_a_context_can_be_entered_asynchronously():
    async def test():
        async with mock_ecr(account="111122223333"):
            return create()

    assert asyncio.run(test()) == "111122223333"


# Classes


@mock_ecr
class TestDecoratedClass:
    """pytest runs it; each test would fail in a backend that an earlier one had used."""

    def test_one(self):
        assert create() == "123456789012"

    def test_two(self):
        assert create() == "123456789012"

    def helper(self):
        return "left alone"

    def test_a_method_that_is_no_test_is_left_alone(self):
        assert self.helper() == "left alone"


@mock_ecr(account="111122223333")
class TestDecoratedClassWithSetUp:
    """The set-up runs in the context of its test."""

    def setup_method(self):
        self.account = create()

    def test_one(self):
        assert self.account == "111122223333"

    def test_two(self):
        assert self.account == "111122223333"


@mock_ecr
class TestDecoratedTestCase(unittest.TestCase):
    """Set-up, test and tear-down share a backend."""

    def setUp(self):
        self.account = create()

    def tearDown(self):
        client = boto3.client("ecr", region_name=REGION)
        client.delete_repository(repositoryName="app")

    def test_one(self):
        self.assertEqual(self.account, "123456789012")

    def test_two(self):
        self.assertEqual(self.account, "123456789012")


@mock_ecr
class TestDecoratedTestCaseWithClassSetUp(unittest.TestCase):
    """With a set-up of the class, all tests share a backend."""

    @classmethod
    def setUpClass(cls):
        cls.account = create()

    def test_one(self):
        self.assertEqual(self.account, "123456789012")

    def test_two(self):
        client = boto3.client("ecr", region_name=REGION)
        self.assertEqual(len(client.describe_repositories()["repositories"]), 1)


@mock_ecr
class TestDecoratedAsynchronousTestCase(unittest.IsolatedAsyncioTestCase):
    """The event loop runs inside the context."""

    async def asyncSetUp(self):
        self.account = create()

    async def test_one(self):
        self.assertEqual(self.account, "123456789012")


def test_after_all_classes_the_patch_is_gone():
    assert BaseClient._make_request.__module__ == "botocore.client"
