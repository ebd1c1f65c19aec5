"""What the gallery finds, and in which order."""

import pytest

from ecrmock.rules.gallery import PAGE_SIZE, Wanted, matches, page_bounds, place
from ecrmock.values.gallery import GalleryName
from ecrmock.values.names import RepositoryName
from ecrmock.values.repositories import RepositoryCatalogData


def named(name: str = "team/app", display_name: str = "The Team", **said: object) -> GalleryName:
    return GalleryName(
        alias="acme",
        display_name=display_name,
        repository_name=RepositoryName(name),
        catalog_data=RepositoryCatalogData(**said),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("", True),
        ("app", True),
        ("acme/team/app", True),
        ("the team", True),
        ("TOOL app", True),
        ("tool other", False),
    ],
)
def test_all_words_have_to_be_somewhere(text: str, is_found: bool) -> None:
    assert matches(named(description="A tool"), Wanted(text=text)) is is_found


@pytest.mark.parametrize(
    ("chosen", "is_found"),
    [(set(), True), ({"Linux"}, True), ({"Windows"}, False), ({"Linux", "Windows"}, True)],
)
def test_one_of_the_chosen_platforms_is_enough(chosen: set[str], is_found: bool) -> None:
    wanted = Wanted(operating_systems=frozenset(chosen))
    assert matches(named(operating_systems=("Linux",)), wanted) is is_found


def test_both_kinds_of_platform_have_to_fit() -> None:
    wanted = Wanted(operating_systems=frozenset({"Linux"}), architectures=frozenset({"x86"}))
    assert not matches(named(operating_systems=("Linux",), architectures=("ARM",)), wanted)


def test_a_platform_that_the_gallery_does_not_know_is_not_chosen_by() -> None:
    """Source: reference public.md §4.1."""
    wanted = Wanted(operating_systems=frozenset({"Plan9"}))
    assert not matches(named(operating_systems=("Plan9",)), wanted)


def test_names_with_the_text_come_first_then_all_by_name() -> None:
    names = ["zoo/redis", "app", "redis"]
    wanted = Wanted(text="redis")
    found = sorted(map(named, names), key=lambda each: place(each, wanted))
    assert [each.repository_name for each in found] == ["redis", "zoo/redis", "app"]


@pytest.mark.parametrize(
    ("total", "number", "bounds"),
    [
        (0, 1, (0, 1, 1)),
        (PAGE_SIZE, 1, (0, 1, 1)),
        (PAGE_SIZE + 1, 2, (PAGE_SIZE, 2, 2)),
        (PAGE_SIZE + 1, 3, (PAGE_SIZE, 2, 2)),
        (1, 0, (0, 1, 1)),
    ],
)
def test_a_page_out_of_range_is_the_nearest(
    total: int, number: int, bounds: tuple[int, int, int]
) -> None:
    assert page_bounds(total, number) == bounds
