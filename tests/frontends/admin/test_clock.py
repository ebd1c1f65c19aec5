"""The clock over HTTP. Source: DESIGN.md section 4."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.frontends.admin.conftest import START, Admin, document_of

CLOCK = "/_ecrmock/clock"


def test_the_clock_says_its_time_and_whether_it_stands(admin: Admin) -> None:
    assert admin.get(CLOCK) == {"now": "2026-01-02T03:04:05.678000+00:00", "frozen": True}


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2030-01-01T00:00:00Z", datetime(2030, 1, 1, tzinfo=UTC)),
        ("2030-01-01T00:00:00+00:00", datetime(2030, 1, 1, tzinfo=UTC)),
        ("2030-01-01T02:00:00+02:00", datetime(2030, 1, 1, tzinfo=UTC)),
        ("2020-02-29T12:00:00.5Z", datetime(2020, 2, 29, 12, 0, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_the_clock_is_set(admin: Admin, text: str, time: datetime) -> None:
    response = admin("POST", CLOCK, {"now": text})
    expected = {"now": time.isoformat(), "frozen": True}
    assert (response.status, document_of(response)) == (200, expected)


@pytest.mark.parametrize("seconds", [1, 0, 86_400, 0.5, -60])
def test_the_clock_is_advanced_by_seconds(admin: Admin, seconds: float) -> None:
    admin("POST", CLOCK, {"advance": seconds})
    assert admin.clock.now() == START + timedelta(seconds=seconds)


def test_the_clock_goes_on(admin: Admin) -> None:
    assert document_of(admin("POST", CLOCK, {"frozen": False}))["frozen"] is False


def test_the_clock_stands_still(admin: Admin) -> None:
    admin("POST", CLOCK, {"frozen": False})
    assert document_of(admin("POST", CLOCK, {"frozen": True}))["frozen"] is True


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"now": None},
        {"now": 0},
        {"now": "yesterday"},
        {"now": "2030-01-01T00:00:00"},
        {"now": "2030-01-01T00:00:00Z", "advance": 1},
        {"advance": "1"},
        {"advance": None},
        {"advance": 1e300},
        {"frozen": "yes"},
        {"frozen": 1},
        {"frozen": True, "advance": 1},
        {"time": "2030-01-01T00:00:00Z"},
    ],
)
def test_any_other_form_is_answered_with_the_forms_there_are(admin: Admin, body: Any) -> None:
    response = admin("POST", CLOCK, body)
    text = document_of(response)["message"]
    assert response.status == 400
    assert all(form in text for form in ('{"now"', '{"advance"', '{"frozen"'))


@pytest.mark.parametrize(
    "body",
    [
        b'{"advance": NaN}',
        b'{"advance": Infinity}',
        b'{"advance": 1e12}',
        b'{"advance": -1e12}',
        b'{"advance": true}',
        b'{"now": "0001-01-01T00:00:00Z"}',
        b'{"now": "9999-12-31T23:59:59Z"}',
        b'{"now": "0001-01-01T00:00:00+23:59"}',
        b'{"now": "9999-12-31T23:59:59-23:59"}',
        b'{"advance": ' + b"9" * 4000 + b"}",
    ],
    ids=range(10),
)
def test_a_time_that_no_clock_has_is_refused(admin: Admin, body: bytes) -> None:
    assert admin("POST", CLOCK, body).status == 400


@pytest.mark.parametrize("body", [{}, {"advance": 1e300}, {"now": "9999-12-31T23:59:59Z"}])
def test_a_refused_request_leaves_the_clock_alone(admin: Admin, body: Any) -> None:
    admin("POST", CLOCK, body)
    assert admin.clock.now() == START


def test_what_falls_due_is_done_before_the_answer(admin: Admin) -> None:
    """A layer that no manifest names is dropped after a day. Source: DESIGN.md section 4."""
    upload = {"repository_name": "app"}
    upload["upload_id"] = admin.call("InitiateLayerUpload", **upload).upload_id
    admin.call("UploadLayerPart", **upload, layer_part_blob=b"layer")
    admin("POST", CLOCK, {"advance": 86_400})
    assert admin.backend.usage()["memory_bytes"] == 0
