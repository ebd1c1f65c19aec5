"""mock_ecr as a decorator: of functions, coroutines, generators, classes. Source: DESIGN.md section 4."""

import asyncio
import contextlib
import inspect
import os
import unittest

import boto3
import pytest
from botocore.client import BaseClient

from ecrmock import mock_ecr
from ecrmock.inprocess import active
from tests.inprocess.conftest import REGION

in_both_forms = pytest.mark.parametrize("decorate", [mock_ecr, mock_ecr()], ids=["bare", "called"])


def create() -> str:
    """Make the repository ``app``, which fails in a backend that has it."""
    client = boto3.client("ecr", region_name=REGION)
    return client.create_repository(repositoryName="app")["repository"]["registryId"]


@in_both_forms
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


@in_both_forms
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


@in_both_forms
def test_a_decorated_generator_runs_in_a_context(decorate):
    """As a fixture of pytest does."""
    before = BaseClient._make_request

    @decorate
    def fixture():
        yield create()

    running = fixture()
    assert next(running) == "123456789012"
    assert list(running) == []
    assert BaseClient._make_request is before


def echo():
    """Yield what is sent, and return the error that ends it."""
    sent = yield "ready"
    try:
        yield sent
    except ZeroDivisionError:
        create()
        return "caught"
    return None


def test_a_decorated_generator_is_sent_to_and_thrown_into():
    running = mock_ecr(echo)()
    assert [next(running), running.send("sent")] == ["ready", "sent"]
    with pytest.raises(StopIteration, match="caught"):
        running.throw(ZeroDivisionError)


@in_both_forms
def test_a_decorated_asynchronous_generator_runs_in_a_context(decorate):
    @decorate
    async def fixture():
        yield create()

    async def collect():
        return [value async for value in fixture()]

    assert asyncio.run(collect()) == ["123456789012"]


async def prepared(log):
    """Prepare something, and clean it up through ECR whatever happens."""
    try:
        log.append((yield "ready"))
        yield create()
    except ZeroDivisionError:
        log.append("caught")
    finally:
        log.append(type(active.innermost()).__name__)


def test_a_decorated_asynchronous_generator_is_sent_to():
    async def test():
        running = mock_ecr(prepared)(log)
        assert await anext(running) == "ready"
        assert await running.asend("sent") == "123456789012"
        await running.aclose()

    log = []
    asyncio.run(test())
    assert log == ["sent", "Backend"]


def test_an_error_reaches_a_decorated_asynchronous_generator():
    """As ``asynccontextmanager`` hands it on; the clean-up still runs in the context."""

    async def test():
        async with contextlib.asynccontextmanager(mock_ecr(prepared))(log):
            raise ZeroDivisionError

    log = []
    asyncio.run(test())
    assert log == ["caught", "Backend"]


def test_a_decorated_asynchronous_generator_that_is_closed_cleans_up_in_its_context():
    async def test():
        running = mock_ecr(prepared)(log)
        await anext(running)
        await running.aclose()

    log = []
    asyncio.run(test())
    assert log == ["Backend"]
    assert active.innermost() is None


def test_a_context_can_be_entered_asynchronously():
    async def test():
        async with mock_ecr(account="111122223333"):
            return create()

    assert asyncio.run(test()) == "111122223333"


def test_a_context_that_was_entered_asynchronously_ends_with_an_error():
    async def test():
        async with mock_ecr():
            raise ZeroDivisionError

    before = dict(os.environ)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(test())
    assert (active.innermost(), dict(os.environ)) == (None, before)


# Classes


class WithInherited:
    """Tests that a decorated class inherits."""

    def test_inherited(self):
        assert create() == "111122223333"


@mock_ecr(account="111122223333")
class TestDecoratedClass(WithInherited):
    """pytest runs it; each test would fail in a backend that an earlier one had used."""

    def test_one(self):
        assert create() == "111122223333"

    def test_two(self):
        assert create() == "111122223333"

    @staticmethod
    def test_a_static_method():
        assert create() == "111122223333"

    @classmethod
    def test_a_class_method(cls):
        assert create() == "111122223333"

    def helper(self):
        return active.innermost()

    def test_a_method_that_is_no_test_runs_in_the_context_of_its_test(self):
        assert self.helper() is not None


class TestOfAnInheritedTest(WithInherited):
    """The class that a decorated class inherits from is left alone."""

    def test_inherited(self):
        assert not hasattr(WithInherited.test_inherited, "__wrapped__")
        assert hasattr(TestDecoratedClass.test_inherited, "__wrapped__")


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
class TestDecoratedClassWithTearDown:
    """Set-up, test and tear-down share a backend; pytest hands the method to those that want it."""

    def setup_method(self, method):
        self.wanted = {method.__name__}

    def test_one(self):
        assert (create(), self.wanted) == ("123456789012", {"test_one"})

    def teardown_method(self):
        boto3.client("ecr", region_name=REGION).delete_repository(repositoryName="app")


@mock_ecr
class TestDecoratedClassWithTearDownOnly:
    """Without a set-up too, the tear-down is in the context of its test."""

    def test_one(self):
        create()

    def teardown_method(self):
        boto3.client("ecr", region_name=REGION).delete_repository(repositoryName="app")


@mock_ecr(account="111122223333")
class TestDecoratedTwice(TestDecoratedClassWithSetUp):
    """A decorated class below a decorated one: the nearer context answers, and both end."""

    def test_one(self):
        assert len(active._active) == 2


def test_after_a_class_that_was_decorated_twice_nothing_is_active():
    instance = TestDecoratedTwice()
    instance.setup_method(None)
    instance.teardown_method(None)
    assert active.innermost() is None


def test_after_a_set_up_that_fails_nothing_is_active():
    """pytest calls no tear-down then."""

    @mock_ecr
    class Failing:
        def setup_method(self):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Failing().setup_method(None)
    assert active.innermost() is None


def test_after_a_tear_down_that_fails_nothing_is_active():
    @mock_ecr
    class Failing:
        def teardown_method(self):
            raise ZeroDivisionError

    instance = Failing()
    instance.setup_method(None)
    with pytest.raises(ZeroDivisionError):
        instance.teardown_method(None)
    assert active.innermost() is None


# TestCases


def delete() -> None:
    """Delete the repository ``app``, which fails in a backend that does not have it."""
    boto3.client("ecr", region_name=REGION).delete_repository(repositoryName="app")


@mock_ecr
class TestDecoratedTestCase(unittest.TestCase):
    """Set-up, test and tear-down share a backend."""

    def setUp(self):
        self.account = create()

    def tearDown(self):
        delete()

    def test_one(self):
        self.assertEqual(self.account, "123456789012")

    def test_two(self):
        self.assertEqual(self.account, "123456789012")


@mock_ecr(account="111122223333")
class TestDecoratedTestCaseWithCleanUp(unittest.TestCase):
    """Clean-ups too."""

    def test_one(self):
        self.addCleanup(delete)
        self.assertEqual(create(), "111122223333")

    def test_two(self):
        self.addCleanup(delete)
        self.assertEqual(create(), "111122223333")


class TestInheritingTestCase(TestDecoratedTestCaseWithCleanUp):
    """A class below a decorated one is decorated by that."""

    def test_three(self):
        self.assertEqual(create(), "111122223333")


@mock_ecr
class TestDecoratedTestCaseWithClassSetUp(unittest.TestCase):
    """With a set-up of the class, all tests share a backend, and so does the class's tear-down."""

    @classmethod
    def setUpClass(cls):
        cls.account = create()

    @classmethod
    def tearDownClass(cls):
        delete()

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

    async def asyncTearDown(self):
        delete()

    async def test_one(self):
        self.addAsyncCleanup(asyncio.sleep, 0)
        self.assertEqual(self.account, "123456789012")

    async def test_two(self):
        self.assertEqual(self.account, "123456789012")


def run(*tests) -> unittest.TestResult:
    """Run test cases as unittest does, without pytest."""
    result = unittest.TestResult()
    unittest.TestSuite(tests).run(result)
    return result


@pytest.mark.parametrize(
    "case",
    [
        TestDecoratedTestCase,
        TestDecoratedTestCaseWithCleanUp,
        TestInheritingTestCase,
        TestDecoratedTestCaseWithClassSetUp,
        TestDecoratedAsynchronousTestCase,
    ],
)
def test_a_decorated_test_case_passes_under_unittest(case):
    before = dict(os.environ)
    result = run(*unittest.defaultTestLoader.loadTestsFromTestCase(case))
    assert (result.wasSuccessful(), result.testsRun >= 2) == (True, True), result.errors
    assert (active.innermost(), dict(os.environ)) == (None, before)


@pytest.mark.parametrize("name", ["setUp", "tearDown", "setUpClass", "tearDownClass", "test"])
def test_after_a_test_case_that_fails_anywhere_nothing_is_active(name):
    def fail(*_):
        raise ZeroDivisionError

    members = {"setUpClass": classmethod(lambda cls: None), "test": lambda self: None}
    members[name] = classmethod(fail) if name.endswith("Class") else fail
    case = mock_ecr(type("Failing", (unittest.TestCase,), members))
    assert not run(case("test")).wasSuccessful()
    assert active.innermost() is None


def test_a_test_case_with_a_class_set_up_ends_when_another_class_begins():
    class Other(unittest.TestCase):
        def test(self):
            self.assertIsNone(active.innermost())

    result = run(TestDecoratedTestCaseWithClassSetUp("test_one"), Other("test"))
    assert result.wasSuccessful(), result.errors


def test_after_all_classes_the_patch_is_gone():
    assert BaseClient._make_request.__module__ == "botocore.client"
