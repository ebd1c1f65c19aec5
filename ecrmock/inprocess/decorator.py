"""mock_ecr: the decorator and context manager around the hook.

Each entry makes a backend of its own and makes it the one that answers; leaving takes it away, and the
patch with the last one. boto3's default session is kept. What of the environment it sets, so that clients
can be made without any configuration, it puts back: the region, and that nobody looks for credentials on
the network.
"""

import inspect
import os
import threading
from collections.abc import Callable
from functools import wraps
from types import TracebackType
from typing import Any, TypeVar, overload

from ecrmock.backend import Backend
from ecrmock.handle import Ecr
from ecrmock.inprocess import active, botocore_hook
from ecrmock.values.names import AccountId, Region
from ecrmock.values.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])

_entering = threading.Lock()
_REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")


class MockEcr:
    """A context manager that gives the handle of a new backend; also a decorator."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._entered: list[tuple[Ecr, Backend, dict[str, str | None]]] = []

    def __enter__(self) -> Ecr:
        backend = Backend(self._settings)
        handle = Ecr(backend)
        with _entering:
            self._entered.append((handle, backend, _set_environment(self._settings.region)))
            botocore_hook.install()
            active.push(backend)
        return handle

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with _entering:
            _, backend, before = self._entered.pop()
            active.pop(backend)
            if active.innermost() is None:
                botocore_hook.remove()
            _restore_environment(before)
        backend.close()

    def __call__(self, function: F) -> F:
        """Run a function, or a coroutine function, inside a context of its own each time."""
        if inspect.iscoroutinefunction(function):

            @wraps(function)
            async def run_async(*args: Any, **kwargs: Any) -> Any:
                with self:
                    return await function(*args, **kwargs)

            return run_async  # type: ignore[return-value]

        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return run  # type: ignore[return-value]


def _set_environment(region: str) -> dict[str, str | None]:
    """Set what is missing and return what was there before."""
    wanted = {"AWS_EC2_METADATA_DISABLED": "true"}
    if not any(os.environ.get(name) for name in _REGION_VARIABLES):
        wanted["AWS_DEFAULT_REGION"] = region
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    return before


def _restore_environment(before: dict[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@overload
def mock_ecr(function: F, /) -> F: ...


@overload
def mock_ecr(
    *, account: str = ..., region: str | None = ..., require_layers: bool = ...
) -> MockEcr: ...


def mock_ecr(
    function: Callable[..., Any] | None = None,
    /,
    *,
    account: str = "123456789012",
    region: str | None = None,
    require_layers: bool = True,
) -> Any:
    """Answer boto3's ECR (and STS) calls in this process, without a network.

    Used as ``@mock_ecr``, ``@mock_ecr(account=…)`` or ``with mock_ecr() as ecr:``. ``region`` is that of
    clients made without one; it is taken from ``AWS_REGION`` or ``AWS_DEFAULT_REGION``, else us-east-1.
    With ``require_layers=False``, PutImage accepts manifests whose layers nobody uploaded.
    """
    settings = Settings(
        account=AccountId(account),
        region=Region(region or _region_of_environment() or "us-east-1"),
        require_layers=require_layers,
    )
    mock = MockEcr(settings)
    return mock if function is None else mock(function)


def _region_of_environment() -> str | None:
    return next((value for name in _REGION_VARIABLES if (value := os.environ.get(name))), None)
