"""How the gallery writes sizes, times and kinds."""

from datetime import UTC, datetime

import pytest

from ecrmock.frontends.gallery.pages import day, kind, query, size


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (12_345_678, "12.3 MB"),
        (3_000_000_000, "3.0 GB"),
        (5_000_000_000_000_000, "5000.0 TB"),
    ],
)
def test_sizes_are_written_for_people(count: int, text: str) -> None:
    assert size(count) == text


def test_times_are_written_for_people() -> None:
    assert day(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == "2 Jan 2026, 03:04 UTC"


@pytest.mark.parametrize(
    ("media_type", "text"),
    [
        ("application/vnd.oci.image.index.v1+json", "Image index"),
        ("application/vnd.docker.distribution.manifest.list.v2+json", "Image index"),
        ("application/vnd.docker.container.image.v1+json", "Image"),
        ("application/vnd.oci.image.config.v1+json", "Image"),
        ("application/vnd.cncf.helm.config.v1+json", "Helm chart"),
        ("application/wasm", "application/wasm"),
    ],
)
def test_media_types_have_names(media_type: str, text: str) -> None:
    assert kind(media_type) == text


def test_the_query_of_a_page_keeps_what_was_looked_for() -> None:
    assert query(2, {"q": "a b", "os": ["Linux", "Windows"]}) == "q=a+b&os=Linux&os=Windows&page=2"
