"""The examples that AWS ships with botocore: each request is accepted, and answered with the same members.

They were written in 2016: some answers have lost members, digests and texts that AWS cut. What an example
cannot show any more is named in ``OUTDATED`` with its reason.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader

from ecrmock.operations.table import OPERATIONS
from tests.doors.conftest import REGION, SESSION, Door, content_of, push

POLICY = (
    '{"Version": "2008-10-17", "Statement": [{"Sid": "new statement", "Effect": "Allow", '
    '"Principal": {"AWS": "arn:aws:iam::012345678901:root"}, "Action": ["ecr:BatchGetImage"]}]}'
)


@dataclass(frozen=True)
class Example:
    """A request and its answer, with the title that AWS gave them."""

    operation: str
    title: str
    request: Mapping[str, Any]
    answer: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.operation}: {self.title}"


def shipped() -> Iterator[Example]:
    """Yield the examples of the botocore that is installed; a later one may ship none."""
    try:
        examples = Loader().load_service_model("ecr", "examples-1")["examples"]
    except UnknownServiceError:
        return
    for operation, each in examples.items():
        for example in each:
            answer = example.get("output", {})
            yield Example(operation, example["title"], example.get("input", {}), answer)


EXAMPLES = list(shipped())
KNOWN = [example for example in EXAMPLES if ("ecr", example.operation) in OPERATIONS]

# Values of the answers that are no longer what ECR says, or that AWS cut. Source: reference api.md §23,
# older examples lack members that are always present today.
OUTDATED = {
    "createdAt": "left out in 2016, always present today (§4.1)",
    "encryptionConfiguration": "came in 2020, always present today (§4.1)",
    "imageScanningConfiguration": "came in 2019, always present today (§4.1)",
    "imageTagMutability": "came in 2019, always present today (§4.1)",
    "repositoryUri": "left out in 2016, always present today (§4.1)",
    "imageManifestMediaType": "came in 2020, always present today (§5.1)",
}
UNDETERMINED = {
    "imageDigest": "made up or masked: 'sha256:example…'",
    "imageManifest": "cut: 'In this example, the imageManifest … has been truncated.'",
    "policyText": "cut to '{ ... }', or of a role that was left out of the request",
    "registryId": "each answer is of another account than the next",
    "repositoryArn": "it has the account",
}


def repository(client: Any, name: str) -> None:
    client.create_repository(repositoryName=name)


def with_image(client: Any, name: str) -> None:
    repository(client, name)
    push(client, b"layer", "precise", repository=name)


def with_policy(client: Any, name: str) -> None:
    repository(client, name)
    client.set_repository_policy(repositoryName=name, policyText=POLICY)


def nothing(client: Any, name: str) -> None:
    """The request makes what it names."""


# What an example presupposes, where it is more than the repository.
STATES: Mapping[str, Callable[[Any, str], None]] = {
    "BatchDeleteImage": with_image,
    "BatchGetImage": with_image,
    "CreateRepository": nothing,
    "DeleteRepository": with_image,
    "DeleteRepositoryPolicy": with_policy,
    "GetRepositoryPolicy": with_policy,
    "ListImages": with_image,
}


def answered(door: Door, example: Example) -> dict[str, Any]:
    """Set the state up, make the request, and return the answer."""
    client = door.client()
    set_up = STATES.get(example.operation, repository)
    for name in [example.request.get("repositoryName")] if example.request else named(example):
        set_up(client, name)
    return content_of(getattr(client, xform_name(example.operation))(**example.request))


def named(example: Example) -> list[str]:
    """Return the repositories that an answer lists."""
    return [each["repositoryName"] for each in example.answer.get("repositories", ())]


def comparable(value: Any) -> Any:
    """Return a value without what is outdated, and with a word for what is not determined."""
    if isinstance(value, Mapping):
        return {
            name: "…" if name in UNDETERMINED else comparable(member)
            for name, member in value.items()
            if name not in OUTDATED
        }
    return [comparable(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("example", KNOWN, ids=str)
def test_an_example_of_aws_is_answered_as_aws_says(door: Door, example: Example) -> None:
    assert comparable(answered(door, example)) == comparable(example.answer)


@pytest.mark.parametrize("example", KNOWN, ids=str)
def test_an_arn_of_an_example_differs_in_account_and_region_only(
    in_process_door: Door, example: Example
) -> None:
    ours = arns(answered(in_process_door, example))
    assert list(map(place_of, ours)) == list(map(place_of, arns(example.answer)))


def arns(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        own = [value["repositoryArn"]] if "repositoryArn" in value else []
        return own + [arn for member in value.values() for arn in arns(member)]
    return [arn for each in value for arn in arns(each)] if isinstance(value, list) else []


def place_of(arn: str) -> tuple[str, str]:
    prefix, _, _, name = arn.removeprefix("arn:aws:").split(":", 3)
    return prefix, name


@pytest.mark.parametrize("member", sorted(OUTDATED))
def test_a_member_that_an_example_lacks_is_still_in_the_model(member: str) -> None:
    shapes = SESSION.client("ecr", region_name=REGION).meta.service_model
    shape = "Image" if member.startswith("imageManifest") else "Repository"
    assert member in shapes.shape_for(shape).members


@pytest.mark.parametrize("member", sorted(OUTDATED))
def test_no_example_has_a_member_that_is_said_to_be_missing(member: str) -> None:
    assert f"'{member}'" not in str([example.answer for example in EXAMPLES])


def test_each_example_whose_operation_is_implemented_is_tried() -> None:
    """All eight of botocore 1.43; a later botocore may ship others, or none."""
    assert {example.operation for example in KNOWN} <= {name for _, name in OPERATIONS}
    assert not EXAMPLES or len(KNOWN) >= 8
