"""The worker: what AWS does later is done beside the calls, and nobody who moved the clock sees it undone."""

import os
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from ecrmock import Ecr
from ecrmock.backend import Backend
from ecrmock.dispatch.worker import Worker
from ecrmock.values.settings import BACKGROUND, Settings
from ecrmock.world.clock import Clock

PATIENCE = 30  # seconds; far more than anything here takes
START = datetime(2026, 1, 31, tzinfo=UTC)
KEEP_ONE = """{"rules": [{"rulePriority": 1, "action": {"type": "expire"}, "selection":
    {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 1}}]}"""


class Work:
    """Something to do that can be held up, and counts how often it was done."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Event(), threading.Event()
        self.times = 0

    def __call__(self) -> None:
        self.begun.set()
        assert self.may_end.wait(PATIENCE)
        self.times += 1


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def worker(work: Work) -> Iterator[Worker]:
    made = Worker(work, lambda: None)
    made.start()
    yield made
    work.may_end.set()
    made.stop()


@pytest.fixture
def backend() -> Iterator[Backend]:
    """A backend whose worker does what it is told to do, at a time that stands still."""
    made = Backend(Settings(settle=BACKGROUND), clock=Clock(START))
    made.start_worker()
    yield made
    made.stop_worker()
    made.close()


@pytest.mark.skipif(sys.platform != "linux", reason="no other system has priorities of threads")
def test_work_gets_a_processor_after_calls() -> None:
    found: list[int] = []

    def look() -> None:
        found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    worker = Worker(look, lambda: None)
    worker.start()
    worker.finish()
    worker.stop()
    assert found[0] > os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_who_wakes_the_worker_does_not_wait_for_it(worker: Worker, work: Work) -> None:
    worker.wake()
    assert (work.begun.wait(PATIENCE), work.times) == (True, 0)


def test_who_wants_it_finished_waits_for_what_began_before(worker: Worker, work: Work) -> None:
    worker.wake()
    assert work.begun.wait(PATIENCE)
    threading.Timer(0.01, work.may_end.set).start()
    worker.finish()
    assert work.times == 2  # what was under way may have missed what there is to do now


def test_the_worker_comes_by_itself_when_something_falls_due(work: Work) -> None:
    pauses = iter([0.001])
    worker = Worker(work, lambda: next(pauses, None))
    work.may_end.set()
    worker.start()
    assert work.begun.wait(PATIENCE)
    worker.stop()


def test_work_that_fails_is_logged_and_does_not_end_the_worker(
    caplog: pytest.LogCaptureFixture,
) -> None:
    failures = iter([ValueError("broken")])
    done = threading.Event()

    def fail_once() -> None:
        for error in failures:
            raise error
        done.set()

    worker = Worker(fail_once, lambda: None)
    worker.start()
    worker.finish()
    worker.finish()
    worker.stop()
    assert (done.is_set(), "work that was due failed" in caplog.text) == (True, True)


def test_a_clock_that_moves_finds_everything_done_that_fell_due(backend: Backend) -> None:
    ecr = Ecr(backend)
    for tag in ("1", "2"):
        ecr.push_image("app", tag=tag, layers=[tag.encode()])
    ecr._call("PutLifecyclePolicy", repository_name="app", lifecycle_policy_text=KEEP_ONE)
    ecr.clock.advance(days=1)
    assert len(ecr.images("app")) == 1


def test_a_run_that_is_asked_for_is_over_when_the_call_returns(backend: Backend) -> None:
    ecr = Ecr(backend)
    for tag in ("1", "2"):
        ecr.push_image("app", tag=tag, layers=[tag.encode()])
    ecr._call("PutLifecyclePolicy", repository_name="app", lifecycle_policy_text=KEEP_ONE)
    ecr.run_lifecycle("app")
    threads = {thread.name for thread in threading.enumerate()}
    assert (len(ecr.images("app")), "ecrmock-worker" in threads) == (1, True)


def test_without_its_worker_a_backend_does_its_work_itself(backend: Backend) -> None:
    backend.stop_worker()
    ecr = Ecr(backend)
    ecr.push_image("app", tag="1")
    ecr._call("PutLifecyclePolicy", repository_name="app", lifecycle_policy_text=KEEP_ONE)
    ecr.clock.advance(days=1)
    (record,) = [call for call in ecr.calls if call.operation == "CompleteLifecycleRun"]
    assert record.error is None
