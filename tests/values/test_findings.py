"""Findings have the members of the API's shapes, so that the answers need no table of names."""

import dataclasses

import botocore.session
import pytest
from botocore import xform_name
from botocore.model import ListShape, Shape, StructureShape

from ecrmock.frontends.aws.shapes import to_wire
from ecrmock.values import findings

NAMES = {"Finding": "ImageScanFinding", "EnhancedFinding": "EnhancedImageScanFinding"}
OUR_OWN = {"ScannedImage", "FindingsOnDemand"}
VALUES = [
    value
    for value in vars(findings).values()
    if dataclasses.is_dataclass(value) and value.__name__ not in OUR_OWN
]
MODEL = botocore.session.Session().get_service_model("ecr")


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value.__name__)
def test_a_value_has_the_members_of_its_shape(value: type) -> None:
    shape = MODEL.shape_for(NAMES.get(value.__name__, value.__name__))
    members = {xform_name(name) for name in shape.members}
    assert {field.name for field in dataclasses.fields(value)} == members


def structures(shape: Shape) -> set[str]:
    if isinstance(shape, ListShape):
        return structures(shape.member)
    below = [structures(member) for member in getattr(shape, "members", {}).values()]
    own = {shape.name} if isinstance(shape, StructureShape) else set()
    return own.union(*below)


def test_each_structure_of_findings_has_a_value() -> None:
    known = {NAMES.get(value.__name__, value.__name__) for value in VALUES}
    assert known == structures(MODEL.shape_for("ImageScanFindings"))


def test_a_finding_is_written_as_the_shape_says() -> None:
    one = findings.Finding(
        name="CVE-2022-1",
        severity="HIGH",
        attributes=(findings.Attribute(key="package_name", value="zlib"),),
    )
    assert to_wire(MODEL.shape_for("ImageScanFinding"))(one) == {
        "name": "CVE-2022-1",
        "severity": "HIGH",
        "attributes": [{"key": "package_name", "value": "zlib"}],
    }
