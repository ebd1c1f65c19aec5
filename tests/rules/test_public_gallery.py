"""What public registries take and are called. Source: reference public.md."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.rules.public_gallery import (
    alias_fault,
    check_logo,
    default_alias,
    logo_name,
    public_action,
    put_among,
    read_logo_name,
    tells_registries_apart,
)
from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.public_gallery import PublicAlias
from tests.documents import png

PRIMARY, DEFAULT = "primary_registry_alias", "default_registry_alias"
UUID = "84e3e364-479c-4188-8590-5d3c00000000"


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("ecr-public:PutImage", "ecr-public:PutImage"),
        ("ecr:PutImage", "ecr-public:PutImage"),
        ("ecr:UploadLayerPart", "ecr-public:UploadLayerPart"),
        ("ecr:BatchDeleteImage", "ecr-public:BatchDeleteImage"),
        ("ecr:BatchGetImage", ""),
        ("ecr:GetDownloadUrlForLayer", ""),
        ("ecr:ListImages", ""),
        ("", ""),
    ],
)
def test_everybody_may_read_and_others_need_rights_of_ecr_public(
    action: str, expected: str
) -> None:
    """Source: reference public.md §6.4."""
    assert public_action(action) == expected


def test_the_push_calls_alone_tell_of_a_missing_registry() -> None:
    """Source: reference public.md §9."""
    assert tells_registries_apart("PutImage")
    assert not tells_registries_apart("BatchDeleteImage")


@given(st.integers(0, 2**64 - 1))
def test_a_default_alias_is_a_letter_and_seven_letters_or_digits(bits: int) -> None:
    """Inferred: reference public.md §1.2."""
    assert re.fullmatch("[a-z][a-z0-9]{7}", default_alias(bits))


@pytest.mark.parametrize(
    ("name", "status", "kind", "said"),
    [
        ("acme", "ACTIVE", "primary", None),
        ("acme", "PENDING", "other", None),
        ("A", "ACTIVE", "primary", "'A' is no alias"),
        ("acme", "LOST", "other", "not 'LOST'"),
        ("acme", "PENDING", "primary", "only an active alias"),
        ("acme", "ACTIVE", "default", None),
        ("acme", "REJECTED", "default", "the default alias 'acme' is always active"),
    ],
)
def test_an_alias_to_be_has_a_name_and_a_status(
    name: str, status: str, kind: str, said: str | None
) -> None:
    is_primary, is_default = kind == "primary", kind == "default"
    fault = alias_fault(name, status, is_primary=is_primary, is_default=is_default)
    assert fault is None if said is None else fault is not None and said in fault


def alias(name: str, kind: str = "") -> PublicAlias:
    return PublicAlias(
        name=name,
        registry_id="123456789012",
        primary_registry_alias=kind == PRIMARY,
        default_registry_alias=kind == DEFAULT,
    )


@pytest.mark.parametrize("kind", [PRIMARY, DEFAULT])
def test_one_alias_is_primary_and_one_is_default(kind: str) -> None:
    old, new = put_among((alias("old", kind),), alias("new", kind))
    assert (getattr(old, kind), getattr(new, kind)) == (False, True)


def test_an_alias_that_is_neither_leaves_the_others_alone() -> None:
    present = (alias("first", DEFAULT), alias("acme", PRIMARY))
    assert put_among(present, alias("new")) == (*present, alias("new"))


def test_the_default_alias_is_primary_while_no_other_is() -> None:
    first, acme = put_among((alias("first", DEFAULT), alias("acme", PRIMARY)), alias("acme"))
    assert (first.primary_registry_alias, acme.primary_registry_alias) == (True, False)


@given(st.integers(1, 10_000))
def test_a_logo_leads_back_to_its_repository(sequence: int) -> None:
    name = logo_name("123456789012", sequence, UUID, UUID)
    assert read_logo_name(name) == ("123456789012", sequence)
    assert re.fullmatch("[0-9a-f-]{36}/[0-9a-f-]{36}", name)


@pytest.mark.parametrize("name", ["", "no", f"{UUID}", f"{UUID}/x", f"{UUID}/{UUID}/more"])
def test_everything_else_is_the_name_of_no_logo(name: str) -> None:
    assert read_logo_name(name) is None


@pytest.mark.parametrize("image", [png(60, 60), png(2048, 60)])
def test_a_logo_is_a_png_of_60_to_2048_pixels(image: bytes) -> None:
    """Source: reference public.md §2."""
    check_logo(image)


@pytest.mark.parametrize("image", [b"", b"GIF89a", png(60, 60)[:20], png(59, 60), png(60, 2049)])
def test_what_is_not_is_refused(image: bytes) -> None:
    """Inferred: reference public.md §9."""
    with pytest.raises(InvalidParameterError, match=r"catalogData\.logoImageBlob"):
        check_logo(image)
