"""What is installed in an image, as a test asks for it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from ecrmock.values.image_contents import UnsupportedImageTypeError
from ecrmock.values.images import ImageNotFoundError
from ecrmock.values.inventory import UnreadableImageError, UnsupportedImageError
from ecrmock.world.scanner import Scanner
from tests.handle.conftest import START
from tests.world.inventory.layer_files import OS_RELEASE, STATUS, layer

DEBIAN = layer({"etc/os-release": OS_RELEASE, "var/lib/dpkg/status": STATUS})


def test_a_bill_of_materials_tells_image_and_packages(handle):
    pushed = handle.push_image("team/app", tag="1", layers=[DEBIAN])
    document = handle.sbom("team/app", tag="1")
    image = document["metadata"]["component"]
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    assert image["name"] == "111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/app"
    assert image["version"] == pushed.image_digest
    assert document["metadata"]["timestamp"] == START.isoformat()
    urls = {each.get("purl") for each in document["components"]}
    assert (
        "pkg:deb/debian/libc6@2.36-9%2Bb1?arch=amd64&distro=debian-12&upstream=glibc%402.36-9"
        in urls
    )


def test_what_a_higher_layer_deletes_is_not_there(handle):
    handle.push_image("app", tag="1", layers=[DEBIAN])
    pushed = handle.push_image("app", base="1", layers=[layer({"var/lib/.wh.dpkg": b""})])
    found = handle.sbom("app", digest=pushed.image_digest)["components"]
    assert [each["name"] for each in found] == ["debian"]


def test_each_document_has_a_number_of_its_own(handle):
    handle.push_image("app", tag="1", layers=[DEBIAN])
    first, second = (handle.sbom("app", tag="1")["serialNumber"] for _ in range(2))
    assert first.startswith("urn:uuid:")
    assert first != second


def test_what_cannot_be_had_is_an_error_that_says_so(handle):
    handle.push_image("app", tag="1", layers=[DEBIAN])
    handle.push_index("app", {"linux/amd64": "1"}, tag="all")
    handle.push_image("app", tag="broken", layers=[DEBIAN[:700]])
    handle.push_image("app", tag="other", layers=[b"BZh9 not read"])
    for tag, error in [
        ("none", ImageNotFoundError),
        ("all", UnsupportedImageTypeError),
        ("broken", UnreadableImageError),
        ("other", UnsupportedImageError),
    ]:
        with pytest.raises(error):
            handle.sbom("app", tag=tag)


def test_calls_are_answered_while_a_layer_is_read(handle, backend):
    """Reading needs no lock, so another thread's call does not wait for it."""
    handle.push_image("app", tag="1", layers=[DEBIAN])

    def open_slowly(digest):
        with ThreadPoolExecutor(1) as pool:
            listed.append(pool.submit(handle.images, "app").result(timeout=60))
        return backend.open_blob(digest)

    listed = []
    backend.scanner = Scanner(open_slowly, backend.settings)
    assert handle.sbom("app", tag="1")["components"]
    assert len(listed) == 1
