"""Each kind of file is read in its documented form."""

import io
import struct
import zipfile

import pytest

from ecrmock.values.inventory import OperatingSystem, UnreadableImageError
from ecrmock.world.inventory import (
    apk,
    dpkg,
    go_binaries,
    maven,
    npm,
    os_release,
    python_packages,
    rpm,
)
from ecrmock.world.inventory.kinds import kind_of_path
from ecrmock.world.inventory.limits import Budget, Limits
from ecrmock.world.inventory.streams import Content, UnreadableFileError
from tests.world.inventory.layer_files import (
    APK,
    BASH,
    STATUS,
    content,
    go_program,
    jar,
    old_go_program,
    pom,
    rpm_database,
    rpm_header,
)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("var/lib/dpkg/status", "deb"),
        ("var/lib/dpkg/status.d/base-files", "deb"),
        ("var/lib/dpkg/status.d/base-files.md5sums", None),
        ("var/lib/dpkg/status-old", None),
        ("lib/apk/db/installed", "apk"),
        ("usr/lib/apk/db/installed", "apk"),
        ("usr/lib/sysimage/rpm/rpmdb.sqlite", "rpm"),
        ("var/lib/rpm/Packages", "rpm"),
        ("etc/os-release", "os-release"),
        ("x/site-packages/flask-3.0.dist-info/METADATA", "pypi"),
        ("x/six.egg-info", "pypi"),
        ("x/six.egg-info/PKG-INFO", "pypi"),
        ("x/PKG-INFO", None),
        ("node_modules/a/package.json", "npm"),
        ("app/node_modules/@s/a/package.json", "npm"),
        ("app/node_modules/a/node_modules/b/package.json", "npm"),
        ("app/node_modules/a/dist/esm/package.json", None),
        ("app/node_modules/@s/package.json", None),
        ("app/package.json", None),
        ("app/a.war", "maven"),
    ],
)
def test_a_file_is_known_by_its_path(path, kind):
    found = kind_of_path(path)
    assert (found.name if found else None) == kind


def test_dpkg_tells_what_is_installed_with_epoch_and_source():
    libc, login = dpkg.read(content("var/lib/dpkg/status", STATUS))
    assert (libc.name, libc.full_version, libc.architecture) == ("libc6", "2.36-9+b1", "amd64")
    assert (libc.source_name, libc.source_version) == ("glibc", "2.36-9")
    assert (login.epoch, login.version) == (1, "4.13+dfsg1-1")
    assert (login.full_version, login.source_version) == ("1:4.13+dfsg1-1", "1:4.13+dfsg1-1")


def test_a_package_of_a_distroless_image_has_no_status():
    text = b"Package: tzdata\nVersion: 2024a-0+deb12u1\nArchitecture: all\n"
    (found,) = dpkg.read(content("var/lib/dpkg/status.d/tzdata", text))
    assert (found.name, found.source_name) == ("tzdata", "tzdata")


def test_apk_tells_origin_and_license():
    musl, ssl = apk.read(content("lib/apk/db/installed", APK))
    assert (musl.full_version, musl.architecture, musl.license) == ("1.2.4-r2", "x86_64", "MIT")
    assert (ssl.source_name, ssl.source_version) == ("busybox", "1.36-r0")


def test_rpm_tells_what_its_headers_say_and_leaves_keys_out():
    key = rpm_header({1000: "gpg-pubkey", 1001: "abc", 1002: "def"})
    (bash,) = rpm.read(content("var/lib/rpm/rpmdb.sqlite", rpm_database(BASH, key)))
    assert (bash.name, bash.full_version, bash.epoch) == ("bash", "5.1.8-6.el9", 0)
    assert (bash.source_name, bash.source_version) == ("bash", "5.1.8-6.el9")


@pytest.mark.parametrize(
    "header",
    [
        *(b"", b"\0" * 7, struct.pack(">II", 70_000, 0), struct.pack(">II", 1, 99) + bytes(16)),
        rpm_header({1000: "no-version"}),
        rpm_header({1000: "", 1001: "1", 1002: "1"}),
    ],
)
def test_a_broken_rpm_header_is_refused(header):
    with pytest.raises(UnreadableFileError):
        rpm.read(content("var/lib/rpm/rpmdb.sqlite", rpm_database(header)))


@pytest.mark.parametrize(
    "schema",
    [
        "TABLE Other (blob BLOB)",
        "VIEW Packages AS WITH RECURSIVE a(b) AS (SELECT 1 UNION ALL SELECT b FROM a) "
        "SELECT b AS blob FROM a",
        "VIEW Packages AS SELECT randomblob(1000000000) AS blob",
    ],
)
def test_an_rpm_database_is_only_read_from_a_plain_table(schema):
    database = rpm_database(schema=schema)
    with pytest.raises(UnreadableFileError):
        rpm.read(content("var/lib/rpm/rpmdb.sqlite", database, step=512))


def test_a_table_that_computes_its_contents_is_not_computed():
    schema = "TABLE Packages (hnum INTEGER, other BLOB, blob BLOB AS (zeroblob(1000000000)))"
    database = rpm_database(b"", schema=schema)
    with pytest.raises(UnreadableFileError, match="too short"):
        rpm.read(content("var/lib/rpm/rpmdb.sqlite", database, step=4096))


def test_a_package_without_a_header_is_refused():
    database = rpm_database(7)  # SQLite keeps a number in a column of blobs
    with pytest.raises(UnreadableFileError, match="no header"):
        rpm.read(content("var/lib/rpm/rpmdb.sqlite", database, step=4096))


def test_an_rpm_database_has_a_bound():
    budget = Budget(Limits(database_in_bytes=4_096))
    large = Content("var/lib/rpm/rpmdb.sqlite", 5_000, iter(()), budget)
    with pytest.raises(UnreadableFileError, match="more than 4,096 bytes"):
        rpm.read(large)


def test_python_metadata_ends_with_its_head():
    text = b"Metadata-Version: 2.1\nName: Flask\nVersion: 3.0.0\nLicense: BSD\n\nName: not\n"
    (found,) = python_packages.read(content("a.dist-info/METADATA", text))
    assert (found.name, found.version, found.license) == ("Flask", "3.0.0", "BSD")


def test_npm_takes_the_name_that_the_package_gives_itself():
    text = b'{"name": "@a/b", "version": "1.0.0", "license": {"type": "MIT"}}'
    (found,) = npm.read(content("node_modules/alias/package.json", text))
    assert (found.name, found.version, found.license) == ("@a/b", "1.0.0", "MIT")


@pytest.mark.parametrize(
    "text", [b"[]", b"{}", b'{"name": 1, "version": "1"}', b"[" * 99_999, b"\xff"]
)
def test_a_broken_package_json_is_refused(text):
    with pytest.raises(UnreadableFileError):
        npm.read(content("node_modules/a/package.json", text, step=4096))


@pytest.mark.parametrize(
    ("program", "release"), [(go_program(), ["1.21.3"]), (old_go_program(), [])]
)
def test_a_go_program_tells_its_modules(program, release):
    found = go_binaries.read(content("bin/app", program, step=1000))
    versions = {package.name: package.version for package in found}
    assert versions.pop("stdlib", None) == (release[0] if release else None)
    assert versions == {"golang.org/x/net": "v0.17.0", "example.com/new": "v1.1.0"}
    assert {package.architecture for package in found} == {"arm64"}


@pytest.mark.parametrize("step", [1, 15, 16, 4_097])
def test_the_mark_of_a_go_program_may_lie_across_two_pieces(step):
    assert len(go_binaries.read(content("bin/app", go_program(padding=9_000), step=step))) == 3


def test_marks_without_end_are_given_up():
    program = b"\x7fELF" + b"\xff Go buildinf:\x08\x00" * 100_000
    assert go_binaries.read(content("bin/app", program, step=65_536)) == ()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_jars_are_read_inside_jars(method):
    inner = jar(pom("org.example", "inner", "2.0") | {"x.class": bytes(3_000)}, method)
    files = {"BOOT-INF/lib/inner.jar": inner, "META-INF/MANIFEST.MF": b"", **pom("a.b", "app", "1")}
    found = maven.read(content("app.jar", b"#!/bin/sh\n" + jar(files, method), step=100))
    assert [(each.name, each.version, each.file) for each in found] == [
        ("org.example:inner", "2.0", "app.jar!/BOOT-INF/lib/inner.jar"),
        ("a.b:app", "1", "app.jar"),
    ]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("broken", [b"", b"no jar" * 100, jar(pom("a", "b", "1"))[:-80], jar({})])
def test_a_broken_jar_in_a_jar_hides_no_others(method, broken):
    files = {
        "lib/broken.jar": broken,
        "lib/sound.jar": jar(pom("o", "sound", "1")),
        **pom("a", "app", "1"),
    }
    found = maven.read(content("app.jar", jar(files, method), step=100))
    assert {package.name for package in found} >= {"o:sound", "a:app"}


def test_a_jar_whose_sizes_follow_the_contents_is_read():
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    packed = Pipe()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {"big": bytes(200_000), **pom("a", "b", "3")}.items():
            archive.writestr(name, data)
    (found,) = maven.read(content("x.jar", packed.getvalue(), step=333))
    assert (found.name, found.version) == ("a:b", "3")


def test_jars_are_not_read_deeper_than_three():
    data = jar(pom("a", "deep", "1"))
    for _ in range(3):
        data = jar({"x.jar": data})
    assert maven.read(content("x.jar", data)) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"ID=alpine\nVERSION_ID=3.19.1\n", ("alpine", "3.19.1")),
        (b"# x\nID='ol'\nVERSION_ID=\"8.9\"", ("ol", "8.9")),
        (b'NAME="A \\"B\\""\n', ("linux", "")),
    ],
)
def test_an_os_release_is_read_as_a_shell_reads_it(text, expected):
    found = os_release.read(content("etc/os-release", text))
    assert isinstance(found, OperatingSystem)
    assert (found.id, found.version_id) == expected


def test_an_os_release_that_names_nothing_is_refused():
    with pytest.raises(UnreadableFileError):
        os_release.read(content("etc/os-release", b"VERSION_ID=1\n"))


def test_a_line_without_end_is_refused():
    with pytest.raises(UnreadableFileError, match="line"):
        dpkg.read(content("var/lib/dpkg/status", b"x" * 200_000, step=65_536))


def test_the_number_of_packages_has_a_bound():
    stanzas = b"".join(b"P:a%d\nV:1\n\n" % number for number in range(20))
    limited = Content("lib/apk/db/installed", 9, iter([stanzas]), Budget(Limits(packages=10)))
    with pytest.raises(UnreadableImageError, match="more than 10 packages"):
        apk.read(limited)
