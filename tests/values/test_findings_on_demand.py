"""Findings on demand as documents."""

import json

import pytest

from ecrmock.values.findings import EnhancedFinding, Finding, FindingsOnDemand
from ecrmock.values.findings_on_demand import demand_document, read_demand
from ecrmock.values.names import Digest, RepositoryName, Tag

HIGH = {"name": "CVE-2022-37434", "severity": "HIGH"}
DIGEST = "sha256:" + "a" * 64


def test_a_document_says_which_images_and_which_findings() -> None:
    document = {"repository": "team/app", "tag": "1.0", "digest": DIGEST, "package": "zlib"}
    assert read_demand({**document, "findings": [HIGH], "enhanced_findings": []}) == (
        FindingsOnDemand(
            repository_name=RepositoryName("team/app"),
            image_tag=Tag("1.0"),
            image_digest=Digest(DIGEST),
            package_name="zlib",
            findings=(Finding(name="CVE-2022-37434", severity="HIGH"),),
            enhanced_findings=(),
        )
    )


def test_what_is_not_said_means_every_image_and_no_scan_of_the_other_type() -> None:
    demand = read_demand({"enhanced_findings": [{"severity": "LOW"}], "tag": None})
    assert demand == FindingsOnDemand(enhanced_findings=(EnhancedFinding(severity="LOW"),))


@pytest.mark.parametrize(
    "document",
    [
        {"findings": []},
        {"digest": DIGEST, "status": "FINDINGS_UNAVAILABLE"},
        {"tag": "1", "findings": [{**HIGH, "attributes": [{"key": "a", "value": "b"}]}]},
        {"package": "zlib", "findings": [], "enhanced_findings": [{"severity": "LOW"}]},
    ],
)
def test_a_demand_is_written_as_it_was_read(document: dict[str, object]) -> None:
    written = demand_document(read_demand(document))
    assert read_demand(json.loads(json.dumps(written))) == read_demand(document)
    assert set(written) == set(document)


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"findings": [], "image": "app"}, "no 'image', but repository, tag, digest, package"),
        ({"findings": [], "package": ""}, "'' is no package"),
        ({"findings": [], "tag": 1}, "1 is no tag"),
        ({"findings": None}, "say which findings"),
    ],
)
def test_a_mistake_is_named(document: dict[str, object], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        read_demand(document)
