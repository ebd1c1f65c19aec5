"""The constraints of the service model, with ECR's texts. Source: reference api.md §3.2."""

import base64
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.frontends.aws.validation import validator
from ecrmock.values.errors import InvalidParameterError
from tests.frontends.aws.conftest import SESSION, model_of

PATTERN = r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*"
UPLOAD = "00000000-0000-4000-8000-000000000000"
DIGEST = "sha256:" + "0" * 64


def violated(field: str, constraint: str) -> str:
    return f"Invalid parameter at '{field}' failed to satisfy constraint: '{constraint}'"


def refused(door, operation, **members) -> str:
    document = door.document(operation, **members)
    assert document["__type"] == "InvalidParameterException"
    return document["message"]


# repositoryName, which ECR checks by hand


@pytest.mark.parametrize(
    "name",
    ["a___b", "a_-b", "a..b", "_a", "a_", "AA", "a//b", "/a", "a/", "a b", "äb", "ab\n", "a._b"],
)
def test_a_name_that_no_repository_can_have_is_refused(door, name):
    """Source: reference api.md §3.2, §3.3."""
    message = refused(door, "CreateRepository", repositoryName=name)
    assert message == violated("repositoryName", f"must satisfy regular expression '{PATTERN}'")


@pytest.mark.parametrize("name", ["a__b", "a--b", "a---b", "team/app", "a/b__c", "1a", "a.b", "12"])
def test_a_name_that_a_repository_can_have_is_accepted(door, name):
    document = door.document("CreateRepository", repositoryName=name)
    assert document["repository"]["repositoryName"] == name


def test_a_short_name_is_refused(door):
    message = refused(door, "CreateRepository", repositoryName="a")
    assert message == violated("repositoryName", "must have length greater than or equal to 2")


def test_a_long_name_is_refused(door):
    message = refused(door, "CreateRepository", repositoryName="a" * 257)
    assert message == violated("repositoryName", "must have length less than or equal to 256")


def test_a_name_of_256_characters_is_accepted(door):
    assert "repository" in door.document("CreateRepository", repositoryName="a" * 256)


@pytest.mark.parametrize("members", [{}, {"repositoryName": None}], ids=["absent", "null"])
def test_a_missing_name_is_refused(door, members):
    """A null is as good as nothing (reference api.md §2.1)."""
    message = refused(door, "CreateRepository", **members)
    assert message == violated("repositoryName", "must not be null")


# What the generated checks say


CREATE = ("CreateRepository", {"repositoryName": "app"})
GET = ("BatchGetImage", {"repositoryName": "app"})
LIST = ("ListImages", {"repositoryName": "app"})
PART = (
    "UploadLayerPart",
    {
        "repositoryName": "app",
        "uploadId": UPLOAD,
        "partFirstByte": 0,
        "partLastByte": 0,
        "layerPartBlob": "",
    },
)
UUID_PATTERN = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"

VIOLATIONS = [
    (GET, {}, "imageIds", "Member must not be null"),
    (GET, {"imageIds": None}, "imageIds", "Member must not be null"),
    (GET, {"imageIds": []}, "imageIds", "Member must have length greater than or equal to 1"),
    (
        GET,
        {"imageIds": [{"imageTag": "a"}] * 101},
        "imageIds",
        "Member must have length less than or equal to 100",
    ),
    (
        CREATE,
        {"imageTagMutability": "NONE"},
        "imageTagMutability",
        "Member must satisfy enum value set: "
        "[IMMUTABLE, MUTABLE, MUTABLE_WITH_EXCLUSION, IMMUTABLE_WITH_EXCLUSION]",
    ),
    (CREATE, {"tags": [{"Value": "v"}]}, "tags.1.member.key", "Member must not be null"),
    (
        CREATE,
        {"tags": [{"Key": "a", "Value": "v"}, {"Key": None, "Value": "v"}]},
        "tags.2.member.key",
        "Member must not be null",
    ),
    (CREATE, {"tags": [{"Key": "a"}]}, "tags.1.member.value", "Member must not be null"),
    (
        CREATE,
        {"encryptionConfiguration": {}},
        "encryptionConfiguration.encryptionType",
        "Member must not be null",
    ),
    (
        LIST,
        {"maxResults": 1001},
        "maxResults",
        "Member must have value less than or equal to 1000",
    ),
    (
        ("GetAuthorizationToken", {}),
        {"registryIds": ["123"]},
        "registryIds",
        "Member must satisfy constraint: "
        "[Member must satisfy regular expression pattern: [0-9]{12}]",
    ),
    (PART, {"uploadId": None}, "uploadId", "Member must not be null"),
]


@pytest.mark.parametrize(("call", "members", "field", "constraint"), VIOLATIONS)
def test_a_violated_constraint_is_told_in_the_words_of_ecr(door, call, members, field, constraint):
    operation, good = call
    assert refused(door, operation, **good | members) == violated(field, constraint)


@pytest.mark.parametrize(
    ("call", "members", "field"),
    [
        (LIST, {"maxResults": 0}, "maxResults"),
        (LIST, {"maxResults": -1}, "maxResults"),
        (LIST, {"registryId": "12345678901"}, "registryId"),
        (LIST, {"registryId": "1234567890123"}, "registryId"),
        (LIST, {"filter": {"tagStatus": "SOME"}}, "filter.tagStatus"),
        (PART, {"partFirstByte": -1}, "partFirstByte"),
        (PART, {"partLastByte": -1}, "partLastByte"),
        (PART, {"uploadId": "upload"}, "uploadId"),
        (PART, {"layerPartBlob": base64.b64encode(b"x" * 20971521).decode()}, "layerPartBlob"),
        (CREATE, {"encryptionConfiguration": {"encryptionType": "X"}}, None),
        (CREATE, {"encryptionConfiguration": {"encryptionType": "KMS", "kmsKey": ""}}, None),
        (CREATE, {"imageTagMutabilityExclusionFilters": []}, "imageTagMutabilityExclusionFilters"),
        (("DescribeRepositories", {}), {"repositoryNames": []}, "repositoryNames"),
        (("DescribeRepositories", {}), {"repositoryNames": ["A"]}, "repositoryNames"),
        (GET, {"imageIds": [{"imageTag": "x" * 301}]}, "imageIds.1.member.imageTag"),
        (GET, {"imageIds": [{"imageTag": ""}]}, "imageIds.1.member.imageTag"),
        (GET, {"imageIds": [None]}, "imageIds.1.member"),
        (
            ("GetDownloadUrlForLayer", {"repositoryName": "app"}),
            {"layerDigest": "none"},
            "layerDigest",
        ),
        (("PutImage", {"repositoryName": "app"}), {"imageManifest": ""}, "imageManifest"),
        (
            ("PutImage", {"repositoryName": "app"}),
            {"imageManifest": "x" * 4_194_305},
            "imageManifest",
        ),
    ],
)
def test_a_violated_constraint_names_its_member(door, call, members, field):
    """Inferred texts: reference api.md §3.2."""
    operation, good = call
    message = refused(door, operation, **good | members)
    assert message.startswith(f"Invalid parameter at '{field or 'encryptionConfiguration'}")


def test_only_one_violation_is_told(door):
    message = refused(door, "ListImages", repositoryName="A", maxResults=0)
    assert message.count("Invalid parameter at") == 1


def test_a_missing_member_is_told_before_a_wrong_one(door):
    message = refused(door, "BatchGetImage", repositoryName="A")
    assert message == violated("imageIds", "Member must not be null")


def test_constraints_are_checked_before_the_repository_is_looked_up(door):
    """Inferred: reference api.md §3.6."""
    assert refused(door, "ListImages", repositoryName="missing", maxResults=1001)


def test_a_null_for_an_optional_member_is_as_good_as_nothing(door):
    """Inferred: reference api.md §2.1."""
    document = door.document("CreateRepository", repositoryName="app", imageTagMutability=None)
    assert document["repository"]["imageTagMutability"] == "MUTABLE"


def test_unknown_members_are_ignored(door):
    """Inferred: reference api.md §2.1."""
    assert "repository" in door.document("CreateRepository", repositoryName="app", colour="red")


def test_the_members_of_a_resource_tag_have_capitals(door):
    """The one exception in the model (reference api.md §2.1)."""
    tags = [{"key": "a", "value": "b"}]
    message = refused(door, "CreateRepository", repositoryName="app", tags=tags)
    assert message == violated("tags.1.member.key", "Member must not be null")


@pytest.mark.parametrize("digest", ["", "no digest", "x" * 1000])
def test_the_digests_of_a_batch_of_layers_have_no_pattern(app, digest):
    """Bad ones are failure entries (reference api.md §6.5)."""
    members = {"repositoryName": "app", "layerDigests": [digest]}
    assert len(app.document("BatchCheckLayerAvailability", **members)["failures"]) == 1


# Wrong JSON types: reference api.md §2.5, wording as on other JSON services


@pytest.mark.parametrize(
    ("call", "members", "message"),
    [
        (
            LIST,
            {"maxResults": "5"},
            "STRING_VALUE can not be converted to an Integer",
        ),
        (
            ("CreateRepository", {}),
            {"repositoryName": 5},
            "NUMBER_VALUE can not be converted to a String",
        ),
        (
            ("CreateRepository", {}),
            {"repositoryName": {}},
            "Start of structure or map found where not expected.",
        ),
    ],
)
def test_a_member_of_the_wrong_type_is_no_parameter_but_a_bad_request(door, call, members, message):
    """The table marks these wordings as seen on other JSON services."""
    operation, good = call
    document = door.document(operation, **good | members)
    assert document == {"__type": "SerializationException", "message": message}


@pytest.mark.parametrize(
    ("call", "members"),
    [
        (LIST, {"maxResults": 1.5}),
        (LIST, {"maxResults": True}),
        (LIST, {"maxResults": []}),
        (LIST, {"filter": "TAGGED"}),
        (LIST, {"filter": []}),
        (GET, {"imageIds": {}}),
        (GET, {"imageIds": ["latest"]}),
        (GET, {"imageIds": "latest"}),
        (GET, {"imageIds": [{"imageTag": 5}]}),
        (GET, {"imageIds": [{"imageTag": ["a"]}]}),
        (("DescribeRepositories", {}), {"repositoryNames": [5]}),
        (("DeleteRepository", {"repositoryName": "app"}), {"force": "true"}),
        (("DeleteRepository", {"repositoryName": "app"}), {"force": 1}),
        (PART, {"layerPartBlob": "no base64!"}),
        (PART, {"layerPartBlob": "YQ"}),
        (PART, {"layerPartBlob": "ä"}),
        (PART, {"layerPartBlob": 5}),
        (CREATE, {"tags": [["a", "b"]]}),
    ],
)
def test_a_member_of_the_wrong_type_is_a_serialization_error(door, call, members):
    operation, good = call
    document = door.document(operation, **good | members)
    assert document["__type"] == "SerializationException"


def test_the_values_of_an_enum_are_told_in_the_order_of_ecr():
    """Not the model's order (reference api.md §3.2, seen for ``appliedFor``)."""
    check = validator(model_of("ecr", "CreateRepositoryCreationTemplate").input_shape)
    with pytest.raises(InvalidParameterError) as caught:
        check({"prefix": "app", "appliedFor": ["NEVER"]})
    values = "[REPLICATION, PULL_THROUGH_CACHE, CREATE_ON_PUSH]"
    assert f"Member must satisfy enum value set: {values}" in caught.value.message


def test_an_operation_without_input_takes_anything():
    assert validator(None)({"colour": "red"}) is None


@pytest.mark.parametrize("service", ["ecr", "ecr-public"])
def test_the_constraints_of_every_operation_can_be_checked(service):
    """Patterns are written for Java, and not all of them are Python's."""
    model = SESSION.get_service_model(service)
    shapes = [model.operation_model(name).input_shape for name in model.operation_names]
    assert all(map(validator, shapes))


def test_digits_of_other_scripts_are_none(door):
    """The patterns of the model are Java's, whose digits are those of ASCII."""
    message = refused(door, "DescribeRepositories", registryId="\u0661" * 12)
    assert "registryId" in message


SCANNING_FILTER = validator(model_of("ecr", "PutRegistryScanningConfiguration").input_shape)


def is_scanning_filter(text: str) -> bool:
    filters = [{"filter": text, "filterType": "WILDCARD"}]
    rules = [{"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": filters}]
    try:
        SCANNING_FILTER({"rules": rules})
    except InvalidParameterError:
        return False
    return True


@given(st.text("a*-/", min_size=1, max_size=9))
def test_a_scanning_filter_is_what_the_model_says(text):
    """The model's own pattern is not used, for the time that it takes."""
    shape = SESSION.get_service_model("ecr").shape_for("ScanningRepositoryFilterValue")
    assert is_scanning_filter(text) == bool(re.fullmatch(shape.metadata["pattern"], text))


def test_a_long_scanning_filter_is_refused_at_once():
    """Thirty letters and a sign that is not allowed stopped the whole process for half an hour."""
    started = time.process_time()
    assert not is_scanning_filter("a" * 22 + "!")
    assert time.process_time() - started < 1
