from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.rules.layers import (
    availability_failure,
    check_complete,
    check_first_byte,
    most_after_part,
    with_part,
)
from ecrmock.values.errors import LimitExceededError
from ecrmock.values.layers import (
    PRIVATE_LIMITS,
    EmptyUploadError,
    InvalidLayerError,
    InvalidLayerPartError,
    LayerPartTooSmallError,
    Upload,
)

ACCOUNT, NAME = "123456789012", "team/app"
MIB = 1024 * 1024
DIGEST = "sha256:" + "ab" * 32
OTHER = "sha256:" + "cd" * 32
NEW = Upload(
    upload_id="01234567-89ab-cdef-0123-456789abcdef",
    started_at=datetime(2026, 1, 2, tzinfo=UTC),
)


def after(*sizes: int, announced: bool = True) -> Upload:
    """Return an upload that got parts of these sizes."""
    upload = NEW
    for size in sizes:
        last_byte = upload.received + size - 1 if announced else None
        upload = with_part(upload, size, last_byte, NAME, ACCOUNT)
    return upload


def complete(upload: Upload, *announced: str) -> None:
    check_complete(upload, announced, DIGEST, NAME, ACCOUNT)


def test_the_first_part_starts_at_byte_zero() -> None:
    check_first_byte(NEW, 0, NAME, ACCOUNT)


def test_the_next_part_starts_after_the_last_byte() -> None:
    """Source: reference api.md §6.3."""
    check_first_byte(after(7), 7, NAME, ACCOUNT)


def test_a_part_without_first_byte_goes_where_the_upload_stands() -> None:
    """Source: reference registry.md §5.1, a streamed upload."""
    check_first_byte(after(7), None, NAME, ACCOUNT)


@pytest.mark.parametrize("first_byte", [0, 6, 8])
def test_a_gap_or_overlap_is_refused_with_both_places(first_byte: int) -> None:
    """Source: reference api.md §6.3."""
    with pytest.raises(InvalidLayerPartError) as caught:
        check_first_byte(after(7), first_byte, NAME, ACCOUNT)
    expected = f"First byte of the layer part is {first_byte} instead of 7"
    assert caught.value.message == expected


def test_a_gap_is_refused_with_the_last_valid_byte() -> None:
    """Source: reference api.md §6.3, members of the error."""
    with pytest.raises(InvalidLayerPartError) as caught:
        check_first_byte(after(7), 9, NAME, ACCOUNT)
    assert caught.value.last_valid_byte_received == 6


@given(st.lists(st.integers(1, 20 * MIB), max_size=8), st.booleans())
def test_parts_add_up(sizes: list[int], announced: bool) -> None:
    upload = after(*sizes, announced=announced)
    assert (upload.received, upload.parts) == (sum(sizes), len(sizes))


@pytest.mark.parametrize("last_byte", [-1, 5, 7, 100])
def test_a_part_that_is_not_as_long_as_its_range_is_refused(last_byte: int) -> None:
    """Also when the range ends before it starts. Source: reference api.md §6.3."""
    with pytest.raises(InvalidLayerPartError):
        with_part(NEW, 7, last_byte, NAME, ACCOUNT)


def test_the_length_of_a_range_counts_from_where_the_upload_stands() -> None:
    assert with_part(after(7), 3, 9, NAME, ACCOUNT).received == 10


@pytest.mark.parametrize("last_byte", [None, 52_000 * MIB])
def test_a_layer_beyond_52000_mib_is_refused(last_byte: int | None) -> None:
    """Source: reference api.md §6.3, §21."""
    full = after(52_000 * MIB)
    with pytest.raises(LimitExceededError):
        with_part(full, 1, last_byte, NAME, ACCOUNT)


def test_a_layer_of_52000_mib_is_fine() -> None:
    assert after(52_000 * MIB - 1, 1).received == 52_000 * MIB


def test_part_4200_is_the_last() -> None:
    """Source: reference api.md §6.3, §21."""
    upload = after(*[1] * 4_200)
    with pytest.raises(LimitExceededError):
        with_part(upload, 1, upload.received, NAME, ACCOUNT)


def test_a_streamed_part_is_not_counted_against_the_limit() -> None:
    """The server cuts a stream itself. Source: reference registry.md §5.2."""
    upload = after(*[1] * 4_200)
    assert with_part(upload, 1, None, NAME, ACCOUNT).received == 4_201


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((5 * MIB, 5 * MIB), False),
        ((5 * MIB, 1), False),
        ((1,), False),
        ((5 * MIB - 1, 1), True),
        ((5 * MIB - 1, 5 * MIB, 5 * MIB), True),
        ((5 * MIB, 5 * MIB - 1, 5 * MIB), True),
    ],
)
def test_only_the_last_part_may_be_smaller_than_5_mib(
    sizes: tuple[int, ...], expected: bool
) -> None:
    """Source: reference api.md §6.3."""
    assert after(*sizes).undersized is expected


def test_streamed_parts_may_be_of_any_size() -> None:
    """Source: reference registry.md §3.4, LayerPartTooSmallException."""
    assert not after(1, 1, 1, announced=False).undersized


def test_a_small_part_in_the_middle_is_found_when_the_upload_is_completed() -> None:
    """Source: reference api.md §6.4."""
    with pytest.raises(LayerPartTooSmallError):
        complete(after(1, 1), DIGEST)


def test_an_upload_without_parts_cannot_be_completed() -> None:
    """Source: reference api.md §6.4."""
    with pytest.raises(EmptyUploadError):
        complete(NEW, DIGEST)


def test_a_part_of_no_bytes_is_a_part() -> None:
    """So the registry door can take the empty blob. Source: reference registry.md §5.2."""
    complete(after(0, announced=False), DIGEST)


@pytest.mark.parametrize("announced", [DIGEST, DIGEST.upper(), DIGEST.replace("ab", "AB")])
def test_the_digest_of_the_bytes_completes_an_upload_in_any_case(announced: str) -> None:
    complete(after(1), announced)


@pytest.mark.parametrize("announced", [OTHER, "", "text", "sha256:", DIGEST[:-1]])
def test_another_digest_does_not(announced: str) -> None:
    """Source: reference api.md §6.4."""
    with pytest.raises(InvalidLayerError):
        complete(after(1), announced)


@pytest.mark.parametrize("announced", [(DIGEST, OTHER), (OTHER, DIGEST)])
def test_every_sha256_digest_must_match(announced: tuple[str, ...]) -> None:
    """Source: reference api.md §6.4."""
    with pytest.raises(InvalidLayerError):
        complete(after(1), *announced)


def test_a_digest_of_another_algorithm_beside_the_right_one_is_no_mismatch() -> None:
    """They are digests of the same bytes in different algorithms. Source: reference api.md §6.4."""
    complete(after(1), DIGEST, "sha512:" + "ef" * 64)


def test_a_digest_of_another_algorithm_alone_is_refused() -> None:
    """ECR is sha256 only. Source: reference registry.md §1.1."""
    with pytest.raises(InvalidLayerError):
        complete(after(1), "sha512:" + "ef" * 64)


@pytest.mark.parametrize(
    ("digest", "code"),
    [
        ("", "MissingLayerDigest"),
        ("text", "InvalidLayerDigest"),
        ("sha256:xyz", "InvalidLayerDigest"),
        ("sha256:" + "a" * 900 + "!", "InvalidLayerDigest"),
    ],
)
def test_a_digest_that_cannot_be_looked_up_is_a_failure(digest: str, code: str) -> None:
    """Not an exception. Source: reference api.md §6.5."""
    assert availability_failure(digest).failure_code == code


def test_a_failure_echoes_the_digest() -> None:
    assert availability_failure("text").layer_digest == "text"


@pytest.mark.parametrize("digest", [DIGEST, "sha512:AA", "sha256:abc"])
def test_a_well_formed_digest_is_looked_up(digest: str) -> None:
    assert availability_failure(digest) is None


def test_small_parts_may_be_allowed() -> None:
    """By the plain specification. Source: reference registry.md §19."""
    check_complete(after(7, 7), (DIGEST,), DIGEST, NAME, ACCOUNT, small_parts=True)


@pytest.mark.parametrize(
    ("last_byte", "most"), [(None, 52_000 * MIB), (4, 5), (60_000 * MIB, 52_000 * MIB)]
)
def test_a_part_becomes_too_long_at_its_end_or_at_the_limit(
    last_byte: int | None, most: int
) -> None:
    assert most_after_part(last_byte, PRIVATE_LIMITS) == most
