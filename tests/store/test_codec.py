import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, NewType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.store.codec import decode, encode
from ecrmock.values.images import Image, Tagging
from ecrmock.values.layers import HeldBlob, Upload
from ecrmock.values.registry_settings import RegistrySettings
from ecrmock.values.repositories import Repository
from ecrmock.values.signing import (
    ImageSigningStatus,
    SigningConfiguration,
    SigningRepositoryFilter,
    SigningRule,
)
from tests.store.changes import an_image

TIME = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
Name = NewType("Name", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    name: Name
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    text: str = "text"
    number: int = 7
    flag: bool = True
    time: datetime = TIME
    inner: Inner = Inner(name="inner")
    many: tuple[Inner, ...] = ()
    words: tuple[str, ...] | None = None
    needed: str | None


def there_and_back(value: Any) -> Any:
    return decode(type(value), json.loads(json.dumps(encode(value))))


@pytest.mark.parametrize(
    "value",
    [
        Outer(needed="here"),
        Outer(needed="here", words=()),
        Outer(needed="here", words=("a", "b")),
        Outer(needed="here", many=(Inner(name="a"), Inner(name="b", note="c"))),
        Outer(needed="here", text="", number=0, flag=False),
        Outer(needed="here", time=TIME.replace(microsecond=0)),
    ],
)
def test_a_value_survives_json(value: Outer) -> None:
    assert there_and_back(value) == value


def test_a_member_that_is_none_and_has_no_default_survives_json() -> None:
    assert there_and_back(Outer(needed=None)) == Outer(needed=None)


def test_an_index_survives_json() -> None:
    """It has no artifact media type. Source: reference api.md §5.2."""
    assert there_and_back(an_image(3)) == an_image(3)


def test_how_an_image_was_signed_survives_json() -> None:
    failed = ImageSigningStatus(
        signing_profile_arn="arn", status="FAILED", failure_code="code", failure_reason="reason"
    )
    image = an_image(0, signing_statuses=(ImageSigningStatus(signing_profile_arn="arn"), failed))
    assert there_and_back(image) == image


@pytest.mark.parametrize("filters", [None, (SigningRepositoryFilter(filter="a", filter_type="b"),)])
def test_signing_rules_survive_json(filters: Any) -> None:
    rule = SigningRule(signing_profile_arn="arn", repository_filters=filters)
    settings = RegistrySettings(signing_configuration=SigningConfiguration(rules=(rule,)))
    assert there_and_back(settings) == settings


def test_what_is_none_is_left_out() -> None:
    assert encode(Inner(name="a")) == {"name": "a"}


def test_a_time_is_written_in_iso_8601() -> None:
    assert encode(TIME) == "2026-01-02T03:04:05.678000+00:00"


def test_a_tuple_is_written_as_a_list() -> None:
    assert encode((Inner(name="a"), 1)) == [{"name": "a"}, 1]


def test_a_time_keeps_its_instant_whatever_its_zone() -> None:
    time = TIME.astimezone(timezone(timedelta(hours=2)))
    assert there_and_back(Outer(needed="here", time=time)).time == TIME


def test_an_unknown_member_is_refused() -> None:
    with pytest.raises(KeyError):
        decode(Inner, {"name": "a", "colour": "red"})


@pytest.mark.parametrize("kind", [Image, Tagging, HeldBlob, Upload, Repository])
@given(st.data())
def test_every_row_of_the_store_survives_json(kind: type, data: st.DataObject) -> None:
    times = st.datetimes(timezones=st.just(UTC))
    value = data.draw(st.builds(kind, **times_of(kind, times)))
    assert there_and_back(value) == value


def times_of(kind: type, times: st.SearchStrategy[datetime]) -> dict[str, Any]:
    """Return strategies for the members that are times, and for the optional ones."""
    found: dict[str, Any] = {}
    for name, hint in kind.__annotations__.items():
        if hint is datetime:
            found[name] = times
        elif hint == datetime | None:
            found[name] = times | st.none()
    return found
