"""How a scan ends. Source: reference features.md §2.5, api.md §10.2."""

from datetime import UTC, datetime

import pytest

from ecrmock.rules.scan_results import failed, refused, scanned_image, unsupported
from ecrmock.values.image_contents import ImageContents
from ecrmock.values.inventory import (
    Inventory,
    OperatingSystem,
    Package,
    UnreadableImageError,
    UnsupportedImageError,
)

NOW = datetime(2026, 1, 2, tzinfo=UTC)
DEBIAN = OperatingSystem(id="debian", version_id="12")
LIBC = Package(kind="deb", name="libc6", version="2.36-9")
LODASH = Package(kind="npm", name="lodash", version="4.17.20")
CONTENTS = ImageContents(
    registry_id="123456789012",
    region="us-east-1",
    repository_name="app",
    image_digest="sha256:image",
    image_tags=("1",),
    image_pushed_at=NOW,
    image_manifest="{}",
    image_manifest_media_type="",
    config=None,
    layers=(),
    read_at=NOW,
)


@pytest.mark.parametrize(
    ("inventory", "basic", "enhanced"),
    [
        (Inventory(operating_system=DEBIAN, packages=(LIBC,)), None, None),
        (Inventory(operating_system=DEBIAN, packages=(LODASH,)), "FAILED", None),
        (Inventory(packages=(LIBC,)), "FAILED", None),
        (Inventory(operating_system=DEBIAN), "FAILED", "UNSUPPORTED_IMAGE"),
        (Inventory(), "FAILED", "UNSUPPORTED_IMAGE"),
    ],
)
def test_each_type_refuses_images_in_which_it_sees_nothing(inventory, basic, enhanced):
    found = [refused(inventory, kind) for kind in ("BASIC", "ENHANCED")]
    assert [each and each.status for each in found] == [basic, enhanced]


def test_the_text_is_that_of_ecr():
    text = "UnsupportedImageError: The operating system and/or package manager are not supported."
    assert refused(Inventory(), "BASIC").description == text


def test_other_ends_name_the_error():
    ends = [failed(UnreadableImageError("broken")), unsupported(UnsupportedImageError("bzip2"))]
    assert [(each.status, each.description, each.findings) for each in ends] == [
        ("FAILED", "UnreadableImageError: broken", None),
        ("UNSUPPORTED_IMAGE", "UnsupportedImageError: bzip2", None),
    ]


def test_findings_name_their_image_with_its_platform():
    config = {"architecture": "arm64", "author": "me", "os": "linux"}
    image = scanned_image(CONTENTS, config, OperatingSystem(id="alpine", version_id="3.18.2"))
    assert (image.architecture, image.author, image.platform) == ("arm64", "me", "ALPINE_3_18_2")
    assert (image.image_tags, image.scanned_at) == (("1",), NOW)


@pytest.mark.parametrize("config", [{}, {"architecture": 5, "author": ""}])
def test_what_a_config_does_not_say_is_absent(config):
    image = scanned_image(CONTENTS, config, None)
    assert (image.architecture, image.author, image.platform) == (None, None, None)
