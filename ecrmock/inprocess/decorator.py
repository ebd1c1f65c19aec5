"""mock_ecr: decorator and context manager.

Each entry makes a backend of its own, makes it the one that answers, and leaving takes it away. What is
behind it loads when it is first entered, so that importing the name costs next to nothing.
"""

import inspect
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import aclosing
from functools import wraps
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

if TYPE_CHECKING:
    import unittest
    from pathlib import Path

    from ecrmock.handle import Ecr
    from ecrmock.inprocess.context import Entered

F = TypeVar("F", bound=Callable[..., Any])
C = TypeVar("C", bound=type)


class MockEcr:
    """A context manager, also asynchronous, that gives the handle of a new backend; and a decorator.

    It may be entered again while it is entered: each entry has a backend of its own.
    """

    def __init__(self, **options: Any) -> None:
        self._options = options
        self._entered: list[Entered] = []

    def __enter__(self) -> "Ecr":
        from ecrmock.inprocess.context import enter  # noqa: PLC0415 - loaded when first needed

        entered = enter(**self._options)
        self._entered.append(entered)
        return entered.handle

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._entered.pop().leave()

    async def __aenter__(self) -> "Ecr":
        return self.__enter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.__exit__(kind, error, traceback)

    def __call__(self, decorated: F) -> F:
        """Run a function, or each test of a class, inside a context of its own."""
        if isinstance(decorated, type):
            return _decorate_class(decorated, self._options)
        return _decorate_function(decorated, self._options)


def _decorate_function(function: F, options: dict[str, Any]) -> F:
    """Wrap a function so that it looks the same to pytest: a coroutine or generator stays one."""
    wrapped: Callable[..., Any]
    if inspect.iscoroutinefunction(function):

        @wraps(function)
        async def wrapped(*args: Any, **kwargs: Any) -> Any:
            with MockEcr(**options):
                return await function(*args, **kwargs)

    elif inspect.isasyncgenfunction(function):
        wrapped = _asynchronous_generator(function, options)

    elif inspect.isgeneratorfunction(function):

        @wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
            with MockEcr(**options):
                return (yield from function(*args, **kwargs))

    else:

        @wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with MockEcr(**options):
                return function(*args, **kwargs)

    return wrapped  # type: ignore[return-value]


def _asynchronous_generator(
    function: Callable[..., AsyncGenerator[Any, Any]], options: dict[str, Any]
) -> Callable[..., AsyncGenerator[Any, Any]]:
    @wraps(function)
    async def wrapped(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        with MockEcr(**options):
            async with aclosing(function(*args, **kwargs)) as generator:
                step = anext(generator)
                while True:  # as ``yield from`` does, which asynchronous generators lack
                    try:
                        value = await step
                    except StopAsyncIteration:
                        return
                    try:
                        sent = yield value
                    except GeneratorExit:  # the generator is closed inside the context
                        raise
                    except BaseException as error:
                        step = generator.athrow(error)
                    else:
                        step = generator.asend(sent)

    return wrapped


def _decorate_class(decorated: C, options: dict[str, Any]) -> C:
    """Give each test of a class a backend, which its set-up and clean-up share.

    A TestCase with a ``setUpClass`` of its own has one backend for all of its tests.
    """
    import unittest  # noqa: PLC0415 - loaded when first needed

    if issubclass(decorated, unittest.TestCase):
        _decorate_test_case(decorated, options)
    elif hasattr(decorated, "setup_method") or hasattr(decorated, "teardown_method"):
        _decorate_setup_method(decorated, options)
    else:
        _decorate_tests(decorated, options)
    return decorated


def _decorate_tests(decorated: type, options: dict[str, Any]) -> None:
    for name in [name for name in dir(decorated) if name.startswith("test")]:
        member = inspect.getattr_static(decorated, name)
        if isinstance(member, staticmethod | classmethod):
            kind = type(member)
            setattr(decorated, name, kind(_decorate_function(member.__func__, options)))
        elif inspect.isfunction(member):
            setattr(decorated, name, _decorate_function(member, options))


def _decorate_test_case(decorated: "type[unittest.TestCase]", options: dict[str, Any]) -> None:
    from unittest import TestCase  # noqa: PLC0415 - loaded when first needed

    if decorated.setUpClass.__func__ is TestCase.setUpClass.__func__:  # type: ignore[attr-defined]
        # run() encloses setUp, the test, tearDown and all clean-ups, also of an IsolatedAsyncioTestCase
        decorated.run = _decorate_function(decorated.run, options)  # type: ignore[method-assign]
        return
    set_up = decorated.setUpClass

    def set_up_class(cls: type[TestCase]) -> None:
        mock = MockEcr(**options)
        mock.__enter__()
        cls.addClassCleanup(mock.__exit__, None, None, None)
        set_up.__func__(cls)  # type: ignore[attr-defined]

    decorated.setUpClass = classmethod(set_up_class)  # type: ignore[assignment]


def _decorate_setup_method(decorated: type, options: dict[str, Any]) -> None:
    """Enter before pytest's ``setup_method`` and leave after ``teardown_method``."""
    set_up: Callable[..., None] | None = getattr(decorated, "setup_method", None)
    tear_down: Callable[..., None] | None = getattr(decorated, "teardown_method", None)
    mock = MockEcr(**options)

    def setup_method(self: Any, method: Any) -> None:
        mock.__enter__()
        try:
            _call_with_method(set_up, self, method)
        except BaseException:  # pytest does not tear down what was not set up
            mock.__exit__(None, None, None)
            raise

    def teardown_method(self: Any, method: Any) -> None:
        try:
            _call_with_method(tear_down, self, method)
        finally:
            mock.__exit__(None, None, None)

    decorated.setup_method = setup_method  # type: ignore[attr-defined]
    decorated.teardown_method = teardown_method  # type: ignore[attr-defined]


def _call_with_method(function: Callable[..., None] | None, instance: Any, method: Any) -> None:
    """Call a set-up that may or may not want to know the test method, as pytest does."""
    if function is None:
        return
    takes_method = len(inspect.signature(function).parameters) > 1
    function(instance, *((method,) if takes_method else ()))


@overload
def mock_ecr(function: F, /) -> F: ...


@overload
def mock_ecr(
    *,
    account: str = ...,
    region: str | None = ...,
    enforce_iam: bool = ...,
    require_layers: bool = ...,
    settle: Literal["inline", "manual"] = ...,
    serve: bool = ...,
    quotas: Mapping[str, int] | None = ...,
    upstreams: Mapping[str, str] | None = ...,
    throttle: bool = ...,
    show_scans: bool = ...,
    advisories: "str | Path | None" = ...,
    scanner: Literal["trivy", "grype"] | None = ...,
    public_rate_limits: bool = ...,
    seed: "str | Path | Mapping[str, Any] | None" = ...,
) -> MockEcr: ...


def mock_ecr(
    function: Callable[..., Any] | None = None,
    /,
    *,
    account: str = "123456789012",
    region: str | None = None,
    enforce_iam: bool = False,
    require_layers: bool = True,
    settle: Literal["inline", "manual"] = "inline",
    serve: bool = False,
    quotas: Mapping[str, int] | None = None,
    upstreams: Mapping[str, str] | None = None,
    throttle: bool = False,
    show_scans: bool = False,
    advisories: "str | Path | None" = None,
    scanner: Literal["trivy", "grype"] | None = None,
    public_rate_limits: bool = False,
    seed: "str | Path | Mapping[str, Any] | None" = None,
) -> Any:
    """Answer the ECR (and STS) calls of boto3 and aiobotocore in this process, without a network.

    Used as ``@mock_ecr``, ``@mock_ecr(account=…)`` or ``with mock_ecr() as ecr:``. ``region`` is that of
    clients made without one; it is taken from ``AWS_REGION`` or ``AWS_DEFAULT_REGION``, else us-east-1.
    With ``enforce_iam=True``, signatures are verified, and policies decide about every call.
    With ``require_layers=False``, PutImage accepts manifests whose layers nobody uploaded. With
    ``settle="manual"``, work that AWS does later waits for ``ecr.settle()``. With ``serve=True``, the same
    ECR is also at ``ecr.url`` and ``ecr.registry`` for code that wants real HTTP. ``quotas`` changes limits
    that AWS would raise on request, such as ``{"images_per_repository": 10}``. ``upstreams`` says where pull
    through cache rules find their upstreams, such as ``{"docker.io": "http://localhost:5001"}``; no other one
    is asked. With ``throttle=True``, calls above ECR's documented rates are refused, by ``ecr.clock``; with
    ``public_rate_limits=True``, pulls from ECR Public above its own. With ``show_scans=True``, DescribeImages
    shows basic scans too. Scans find what the ``advisories`` say, a folder or a zip of records in OSV format,
    or what another ``scanner`` on this machine does. It begins with what ``seed`` has, a file or a document.

    Raises: ValueError, when it is entered, for an account that is not twelve digits, a seed that is not as
    it should be, advisories or a scanner that are not there.
    """
    mock = MockEcr(
        account=account,
        region=region,
        enforce_iam=enforce_iam,
        require_layers=require_layers,
        settle=settle,
        serve=serve,
        quotas=quotas,
        upstreams=upstreams,
        throttle=throttle,
        show_scans=show_scans,
        advisories=advisories,
        scanner=scanner,
        public_rate_limits=public_rate_limits,
        seed=seed,
    )
    return mock if function is None else mock(function)
