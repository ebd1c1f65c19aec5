"""Wire to values and back, driven by the service model."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from botocore.model import ListShape, StructureShape

from ecrmock.frontends.aws.service_models import service_model
from ecrmock.frontends.aws.shapes import (
    STRUCTURES,
    to_domain,
    to_parameters,
    to_parsed,
    to_wire,
)
from ecrmock.operations.table import OPERATIONS
from ecrmock.values.images import ImageIdentifier, ListImagesFilter
from ecrmock.values.repositories import ResourceTag

ECR = service_model("ecr")
TIME = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
IMPLEMENTED = [name for service, name in OPERATIONS if service == "ecr"]


@dataclass
class Thing:
    """Some value; shapes pick its members by name."""

    repository_name: str | None = None
    created_at: datetime | None = None
    image_tags: tuple[str, ...] | None = None
    unheard_of: str = "not in any shape"


def parameters(operation: str, raw: dict) -> dict:
    return to_parameters(ECR.operation_model(operation).input_shape)(raw)


def structures_in(shape) -> set[str]:
    if isinstance(shape, ListShape):
        return structures_in(shape.member)
    if not isinstance(shape, StructureShape):
        return set()
    return {shape.name}.union(*map(structures_in, shape.members.values()))


@pytest.mark.parametrize("operation", IMPLEMENTED)
def test_each_structure_of_an_implemented_request_has_a_value(operation):
    shape = ECR.operation_model(operation).input_shape
    assert structures_in(shape) - {shape.name} <= set(STRUCTURES)


def test_members_become_keywords_in_snake_case():
    raw = {"repositoryName": "app", "maxResults": 5}
    assert parameters("ListImages", raw) == {"repository_name": "app", "max_results": 5}


def test_a_list_becomes_a_tuple():
    raw = {"repositoryNames": ["a", "b"]}
    assert parameters("DescribeRepositories", raw) == {"repository_names": ("a", "b")}


def test_a_structure_becomes_its_value():
    raw = {"filter": {"tagStatus": "TAGGED"}}
    assert parameters("ListImages", raw) == {"filter": ListImagesFilter(tag_status="TAGGED")}


def test_a_list_of_structures_becomes_a_tuple_of_values():
    raw = {"imageIds": [{"imageTag": "a"}, {"imageDigest": "d", "imageTag": None}]}
    assert parameters("BatchGetImage", raw)["image_ids"] == (
        ImageIdentifier(image_tag="a"),
        ImageIdentifier(image_digest="d"),
    )


def test_a_blob_is_decoded():
    assert parameters("UploadLayerPart", {"layerPartBlob": "YWI="}) == {"layer_part_blob": b"ab"}


@pytest.mark.parametrize("raw", [{"maxResults": None}, {"colour": "red"}, {}])
def test_nulls_and_unknown_members_are_left_out(raw):
    assert parameters("ListImages", raw) == {}


def test_capitals_of_a_resource_tag_are_read():
    raw = {"tags": [{"Key": "a", "Value": "b"}]}
    assert parameters("CreateRepository", raw) == {"tags": (ResourceTag(key="a", value="b"),)}


def test_an_operation_without_input_has_no_parameters():
    assert to_parameters(None)({"colour": "red"}) == {}


def test_a_time_in_a_request_is_read_as_utc():
    shape = ECR.shape_for("CreationTimestamp")
    assert to_domain(shape)(TIME.timestamp()) == TIME


def test_the_wire_has_the_members_of_the_shape_and_no_others():
    wire = to_wire(ECR.shape_for("Repository"))(Thing(repository_name="app"))
    assert wire == {"repositoryName": "app"}


def test_the_wire_has_times_as_numbers():
    wire = to_wire(ECR.shape_for("Repository"))(Thing(created_at=TIME))
    assert wire == {"createdAt": 1767323045.678}


def test_the_wire_has_lists_also_when_they_are_empty():
    assert to_wire(ECR.shape_for("ImageDetail"))(Thing(image_tags=())) == {"imageTags": []}


def test_the_wire_leaves_out_what_is_none():
    assert to_wire(ECR.shape_for("ImageDetail"))(Thing()) == {}


def test_parsed_times_have_the_local_time_zone_as_botocores_have():
    found = to_parsed(ECR.shape_for("Repository"))(Thing(created_at=TIME))["createdAt"]
    assert found == TIME
    assert type(found.tzinfo).__name__ == "tzlocal"


def test_parsed_times_are_right_where_clocks_are_set_back():
    """In October 2026, 01:30 UTC is the second 02:30 of the day in Berlin, and 00:30 UTC the first."""
    code = (
        "from datetime import UTC, datetime; from dateutil.tz import tzlocal; "
        "from ecrmock.frontends.aws.service_models import service_model; "
        "from ecrmock.frontends.aws.shapes import to_parsed; "
        "shape = service_model('ecr').shape_for('CreationTimestamp'); "
        "times = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]; "
        "print([to_parsed(shape)(time).utcoffset().seconds for time in times])"
    )
    environment = {**os.environ, "TZ": "Europe/Berlin"}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=True
    )
    assert json.loads(run.stdout) == [7200, 3600]


def test_conversions_are_compiled_once():
    shape = ECR.shape_for("Repository")
    assert to_wire(shape) is to_wire(shape)
