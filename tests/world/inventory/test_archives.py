"""The tar reader agrees with the standard library on sound archives, and refuses the others."""

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.values.inventory import UnreadableImageError
from ecrmock.world.inventory.archives import FILE, FOLDER, LINK, OTHER, SYMLINK, Archive
from ecrmock.world.inventory.limits import Budget, Limits
from ecrmock.world.inventory.streams import ByteStream
from tests.world.inventory.layer_files import layer, read

NAMES = st.lists(st.text("abcdé-", min_size=1, max_size=60), min_size=1, max_size=8).map("/".join)
FORMATS = (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)


def members(packed: bytes, limits: Limits | None = None, step: int = 1000):
    pieces = (packed[at : at + step] for at in range(0, len(packed), step))
    budget = Budget(limits or Limits())
    archive = Archive(ByteStream(pieces), budget)
    for member in archive:
        yield member, b"".join(archive.content(member).chunks)


@pytest.mark.parametrize("form", FORMATS[1:])
@given(files=st.dictionaries(NAMES, st.binary(max_size=1500), max_size=5))
def test_names_and_contents_are_those_that_the_standard_library_wrote(form, files):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form) as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    assert {member.path: data for member, data in members(packed.getvalue())} == files


def test_a_name_in_two_parts_is_put_together():
    name = f"{'a' * 90}/{'b' * 90}"
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo(name))
    assert [member.path for member, _ in members(packed.getvalue())] == [name]


def test_links_and_folders_are_told_apart():
    links = [(tarfile.LNKTYPE, "b", "a"), (tarfile.SYMTYPE, "c", "/a"), (tarfile.CHRTYPE, "d", "")]
    found = [member for member, _ in members(layer({"x": None, "a": b"1"}, links))]
    assert [member.kind for member in found] == [FOLDER, FILE, LINK, SYMLINK, OTHER]
    assert [member.target for member in found[2:4]] == ["a", "/a"]


def test_content_that_nobody_reads_is_passed_over():
    packed = layer({"a": bytes(5000), "b": b"x" * 513, "c": b"3"})
    archive = Archive(ByteStream(iter([packed])), Budget())
    assert [member.path for member in archive] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("name", "path"), [("./a//b/./c", "a/b/c"), ("/etc/x", "etc/x"), ("a/../b", "b"), ("./", "")]
)
def test_a_path_is_cleaned(name, path):
    (member, _), *_ = members(layer({name: b"" if path else None}))
    assert member.path == path


@pytest.mark.parametrize("name", ["../a", "a/../../etc/passwd", "/.."])
def test_a_path_out_of_the_layer_is_refused(name):
    with pytest.raises(UnreadableImageError, match="leads out"):
        read(layer({name: b"x"}))


def test_a_link_out_of_the_layer_is_refused():
    with pytest.raises(UnreadableImageError, match="leads out"):
        read(layer({}, [(tarfile.LNKTYPE, "a", "../../etc/shadow")]))


def test_a_file_without_a_name_is_refused():
    with pytest.raises(UnreadableImageError, match="without a name"):
        read(layer({".": b"x"}))


@pytest.mark.parametrize(
    ("size", "reason"),
    [(1 << 60, "more than"), (-1, "absurd"), (1 << 70, "absurd")],
)
def test_an_absurd_size_is_refused_before_anything_is_read(size, reason):
    packed = bytearray(layer({"a": b""}))
    packed[124:136] = b"\x80" + (size % (1 << 88)).to_bytes(11, "big")
    if size < 0:
        packed[124] = 0xFF
    with pytest.raises(UnreadableImageError, match=reason):
        read(checked(packed))


def checked(packed: bytearray) -> bytes:
    """Write the checksum of the first header anew."""
    packed[148:156] = b" " * 8
    packed[148:156] = b"%06o\0 " % sum(packed[:512])
    return bytes(packed)


def test_extended_headers_have_a_bound():
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        entry = tarfile.TarInfo("a")
        entry.pax_headers = {"comment": "x" * 2_000_000}
        archive.addfile(entry)
    with pytest.raises(UnreadableImageError, match="extended header"):
        read(packed.getvalue())


def test_a_name_has_a_bound():
    with pytest.raises(UnreadableImageError, match="name that is too long"):
        read(layer({"a/" * 3000 + "b": b""}))


def test_the_number_of_members_has_a_bound():
    with pytest.raises(UnreadableImageError, match="more than 2 entries"):
        read(layer({"a": b"", "b": b"", "c": b""}), Limits(members=2))


@pytest.mark.parametrize("cut", [700, 520, 1100])
def test_an_archive_that_is_cut_off_is_refused(cut):
    with pytest.raises(UnreadableImageError, match="in the middle"):
        read(
            layer({"a": b"x" * 600, "b": b"y" * 600})[:cut]
            if cut != 1100
            else layer({"a": b"x" * 500, "b": b""})[:1100]
        )


def test_a_damaged_header_is_refused():
    packed = bytearray(layer({"a": b"", "b": b""}))
    packed[512] ^= 1
    with pytest.raises(UnreadableImageError, match="damaged"):
        read(bytes(packed))


@pytest.mark.parametrize("text", [b"no archive", b"\0" * 100, b"x" * 600])
def test_what_is_no_archive_is_not_supported(text):
    with pytest.raises(UnreadableImageError, match="no tar archive"):
        read(text)


@pytest.mark.parametrize("text", [b"5 x\n", b"99 path=a\n", b"x path=a\n", b"9 path=a", b"0 a=b\n"])
def test_a_damaged_extended_header_is_refused(text):
    packed = bytearray(layer({"a": text, "b": b""}))
    packed[156:157] = b"x"
    with pytest.raises(UnreadableImageError, match="damaged"):
        read(checked(packed))


def test_a_sparse_file_is_passed_over():
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        entry = tarfile.TarInfo("x")
        entry.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.name": "etc/os-release"}
        archive.addfile(entry)
    ((member, _),) = members(packed.getvalue())
    assert (member.path, member.kind) == ("etc/os-release", OTHER)
