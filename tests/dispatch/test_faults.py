"""Step 3, fault: failures that a user asked for. Source: DESIGN.md section 2."""

import threading
from datetime import timedelta

import pytest

from ecrmock.backend import Backend
from ecrmock.values.authorization import (
    AccountRoot,
    ExpiredTokenError,
    RegistryPassword,
    ServicePrincipal,
)
from ecrmock.values.errors import ConnectionDroppedError, EcrError
from ecrmock.values.faults import Fault, FaultError, ThrottledError
from ecrmock.values.repositories import RepositoryNotFoundError
from ecrmock.values.settings import Settings
from ecrmock.world.clock import Clock
from ecrmock.world.ids import Ids
from tests.dispatch.conftest import START, Corridor

LIST = "DescribeRepositories"


@pytest.fixture
def faults(app: Corridor):
    """The faults of ``app``'s backend."""
    return app.backend.dispatcher.faults


def outcomes(app: Corridor, count: int, operation: str = LIST, **how) -> list[str]:
    """Make calls, and return the code by which each failed; empty for those that did not."""
    for _ in range(count):
        try:
            app(operation, **how)
        except (EcrError, ConnectionDroppedError):
            continue
    return [record.error or "" for record in app.records][-count:]


def test_without_a_fault_nothing_is_looked_at(faults):
    assert faults.active == ()


def test_a_fault_strikes_as_often_as_it_was_told(app, faults):
    active = faults.add(Fault(operation=LIST, throttle=True, count=2, after=1))
    code = "ThrottlingException"
    assert outcomes(app, 5) == ["", code, code, "", ""]
    assert active.times == 2


def test_a_call_that_is_struck_leaves_only_its_record(app, faults):
    faults.add(Fault(operation="CreateRepository", error="LimitExceededException", message="no"))
    before = app.backend.state()
    with pytest.raises(EcrError, match="no") as caught:
        app("CreateRepository", repository_name="other")
    assert caught.value.code == app.records[-1].error == "LimitExceededException"
    assert app.backend.state() == before


def test_other_operations_are_spared(app, faults):
    faults.add(Fault(operation="PutImage", throttle=True))
    assert outcomes(app, 1) == [""]


def test_a_call_that_may_not_be_made_is_not_counted(corridor_with):
    corridor = corridor_with(enforce_iam=True)
    active = corridor.backend.dispatcher.faults.add(Fault(throttle=True))
    assert outcomes(corridor, 1) == ["UnrecognizedClientException"]
    assert active.times == 0


def test_the_account_and_the_repository_that_are_meant_count(app, faults):
    faults.add(Fault(account="111122223333", repository="team/*", throttle=True))
    there = {"repository_name": "team/app", "registry_id": "111122223333"}
    assert outcomes(app, 1, "ListImages", **there) == ["ThrottlingException"]
    assert outcomes(app, 1, "ListImages", repository_name="team/app") == [
        "RepositoryNotFoundException"
    ]


def test_the_first_fault_that_strikes_decides(app, faults):
    first = faults.add(Fault(operation=LIST, error="ServerException", count=1))
    second = faults.add(Fault(operation=LIST, throttle=True))
    assert outcomes(app, 2) == ["ServerException", "ThrottlingException"]
    assert (first.times, second.times) == (1, 1)


def test_an_error_of_some_operations_strikes_these_alone(app, faults):
    faults.add(Fault(error="LimitExceededException"))
    assert outcomes(app, 1) == [""]
    assert outcomes(app, 1, "CreateRepository", repository_name="b") == ["LimitExceededException"]


def test_chance_decides_by_the_backends_ids():
    backend = Backend(ids=Ids(seed=1))
    faults = backend.dispatcher.faults
    active = faults.add(Fault(probability=0.25, throttle=True))
    app = Corridor()
    app.backend = backend
    outcomes(app, 200)
    assert 30 < active.times < 70


def test_a_dropped_connection_is_recorded(app, faults):
    faults.add(Fault(operation=LIST, drop=True))
    with pytest.raises(ConnectionDroppedError):
        app(LIST)
    assert app.records[-1].error == "ConnectionDropped"


def test_the_handle_has_no_connection_that_could_break(app, faults):
    active = faults.add(Fault(drop=True))
    app(LIST, credentials=AccountRoot("123456789012"))
    assert active.times == 0


@pytest.mark.parametrize("service", ["ecr.amazonaws.com", "replication.ecr.amazonaws.com"])
@pytest.mark.parametrize("what", [{"throttle": True}, {"drop": True}])
def test_what_ecr_does_itself_is_spared(app, faults, service, what):
    faults.add(Fault(**what))
    app(LIST, credentials=ServicePrincipal(service))
    assert app.records[-1].error is None


def test_an_answer_is_cut_for_its_door(app, faults):
    faults.add(Fault(operation=LIST, truncate=7))
    app(LIST, request_id="cut")
    assert (faults.take_cut("cut"), faults.take_cut("cut")) == (7, None)


# Routes


def test_a_request_is_struck_once_however_many_calls_it_makes(app, faults):
    active = faults.add(Fault(route="PUT manifest", truncate=0, after=1))
    for request_id in ("1", "1", "2", "2", "3"):
        call = app.call(LIST, request_id=request_id)
        faults.check(_at(call, "PUT manifest"), "123456789012")
    assert active.times == 2
    assert set(faults.cuts) == {"2", "3"}


def _at(call, route):
    from dataclasses import replace

    return replace(call, route=route)


# Tokens


def token_of(app: Corridor) -> RegistryPassword:
    import base64

    (data,) = app("GetAuthorizationToken").authorization_data
    password = base64.b64decode(data.authorization_token).decode().partition(":")[2]
    return RegistryPassword("AWS", password)


def test_a_token_that_a_fault_let_expire_stays_so_and_a_new_one_is_good(app, faults):
    """Source: reference registry.md §2.3."""
    old, new = token_of(app), token_of(app)
    active = faults.add(Fault(operation=LIST, expire_token=True, count=1, after=1))
    app(LIST, credentials=old)
    for operation in (LIST, "GetAuthorizationToken"):
        with pytest.raises(ExpiredTokenError):
            app(operation, credentials=old)
    app(LIST, credentials=new)
    assert active.times == 1


def test_without_a_token_none_expires(app, faults):
    faults.add(Fault(expire_token=True))
    assert outcomes(app, 1) == [""]


# Rates


def test_calls_above_ecrs_rates_are_throttled_by_the_backends_clock(app, faults):
    """Source: reference api.md §21."""
    faults.add(Fault(rates=True))
    throttled = ThrottledError.code
    unknown = {"repository_name": "app", "image_manifest": "{}"}
    first = outcomes(app, 12, "PutImage", **unknown)
    assert first.count(throttled) == 2
    app.clock.advance(timedelta(seconds=0.5))
    assert outcomes(app, 12, "PutImage", **unknown).count(throttled) == 7


def test_accounts_and_regions_have_a_rate_each(app, faults):
    faults.add(Fault(rates=True))
    unknown = {"repository_name": "app", "image_manifest": "{}"}
    outcomes(app, 11, "PutImage", **unknown)
    for elsewhere in ({"region": "eu-west-1"}, {"account": "111122223333"}):
        with pytest.raises(EcrError) as caught:
            app("PutImage", **unknown, **elsewhere)
        assert not isinstance(caught.value, ThrottledError)


def test_the_setting_throttles_from_the_start():
    backend = Backend(Settings(throttle=True))
    (active,) = backend.dispatcher.faults.active
    assert active.fault == Fault(rates=True)


# Latency


class Waits(Clock):
    """A clock that does not wait, and remembers for how long it was to."""

    def __init__(self) -> None:
        super().__init__(START)
        self.spans = []

    def wait(self, span, ended):
        self.spans.append(span)


def test_a_late_answer_waits_and_then_comes():
    clock = Waits()
    app = Corridor()
    app.backend = Backend(clock=clock)
    faults = app.backend.dispatcher.faults
    faults.add(Fault(operation=LIST, latency=timedelta(seconds=2)))
    faults.add(Fault(operation=LIST, latency=timedelta(seconds=3), throttle=True, after=1))
    assert outcomes(app, 2) == ["", "ThrottlingException"]
    assert [span.total_seconds() for span in clock.spans] == [2, 2, 3]


def test_others_go_on_while_one_waits_and_it_goes_on_when_the_fault_ends(app, faults):
    active = faults.add(Fault(operation=LIST, latency=timedelta(hours=1)))
    waiting = threading.Thread(target=app, args=(LIST,), daemon=True)
    waiting.start()
    app("CreateRepository", repository_name="meanwhile")
    faults.remove(frozenset({active.number}))
    waiting.join(timeout=30)
    assert not waiting.is_alive()


# Adding and ending


def test_a_fault_that_could_strike_nothing_is_not_added(faults):
    for fault in (Fault(operation="PutImge", drop=True), Fault(route="GET x", drop=True)):
        with pytest.raises(FaultError):
            faults.add(fault)
    with pytest.raises(FaultError, match="PutImage does not fail with 'UploadNotFoundException'"):
        faults.add(Fault(operation="PutImage", error="UploadNotFoundException"))
    assert faults.active == ()


def test_a_fault_may_be_ended_alone_or_with_the_others(app, faults):
    first, second, third = [faults.add(Fault(operation=LIST, throttle=True)) for _ in range(3)]
    assert faults.remove(frozenset({second.number, 99})) == (second,)
    assert faults.active == (first, third)
    assert faults.remove() == (first, third)
    assert outcomes(app, 1) == [""]


def test_after_a_reset_there_are_the_faults_of_the_settings_again():
    fault = Fault(operation=LIST, throttle=True, count=1)
    app = Corridor(faults=(fault,))
    app.backend.dispatcher.faults.add(Fault(drop=True))
    assert outcomes(app, 1) == ["ThrottlingException"]
    app.backend.reset()
    (active,) = app.backend.dispatcher.faults.active
    assert (active.fault, active.times) == (fault, 0)


def test_a_count_is_exact_however_many_threads_call(app, faults):
    active = faults.add(Fault(operation=LIST, throttle=True, count=50))
    threads = [threading.Thread(target=outcomes, args=(app, 20)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert active.times == 50
    assert sum(record.error == "ThrottlingException" for record in app.records) == 50


def test_a_bad_call_fails_as_ever_when_the_fault_has_struck_enough(app, faults):
    faults.add(Fault(operation="ListImages", throttle=True, count=1))
    outcomes(app, 1, "ListImages", repository_name="no")
    with pytest.raises(RepositoryNotFoundError):
        app("ListImages", repository_name="no")
