"""The Python door, what ``mock_ecr`` hands out, in an account and a region of its own."""

from datetime import UTC, datetime

import pytest

from ecrmock.backend import Backend
from ecrmock.dispatch.call import Call
from ecrmock.handle import Ecr
from ecrmock.values.authorization import AccessKey
from ecrmock.values.settings import Settings
from ecrmock.world.clock import Clock

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def backend() -> Backend:
    return Backend(Settings(account="111122223333", region="eu-west-1"), clock=Clock(START))


@pytest.fixture
def handle(backend: Backend) -> Ecr:
    return Ecr(backend)


@pytest.fixture
def ask(backend: Backend, handle: Ecr):
    """Make a call of the account that the handle stands for, or of another one."""

    def ask(operation, *, service="ecr", account=None, **parameters):
        call = Call(
            service=service,
            operation=operation,
            parameters=parameters,
            credentials=AccessKey(account or handle.account),
            region=handle.region,
            request_id="request",
        )
        return backend.dispatcher.dispatch(call)

    return ask
