"""The operation table against the service models of botocore."""

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from botocore.model import OperationModel

from ecrmock.operations.operation import Operation
from ecrmock.operations.table import OPERATIONS
from ecrmock.values.errors import EcrError

SESSION = botocore.session.Session()
PUBLIC = [made for made in OPERATIONS.values() if made.service != "ecrmock"]  # ecrmock: internal
INTERNAL = [made for made in OPERATIONS.values() if made.service == "ecrmock"]
STAGED = [made for made in PUBLIC if made.stage is not None]

# Parameters that no request carries: doors give them, and each has a default.
EXTRA_PARAMETERS = {
    ("ecr", "BatchGetImage"): {
        "record_pull"
    },  # False for the registry door's HEAD, which is no pull
    ("ecr-public", "DescribeImages"): {"filter"},  # ECR's, by the same function
}
# Operations that take another one's permission, as their documentation in the model says.
OTHER_ACTIONS = {
    ("ecr", "ListImageReferrers"): "ecr:BatchGetImage",
    ("sts", "GetSessionToken"): "",  # policies do not govern it
}
# Codes that may precede those of every operation: reference api.md §2.5 and iam.md §2.3.
BEFORE_ALL = {
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "SerializationException",
    "ThrottlingException",
    "UnknownOperationException",
    "UnrecognizedClientException",
    "ValidationError",
}
# What the models of iam, sts and signer have forgotten.
UNDECLARED = {
    ("sts", "AssumeRole"): {"InvalidParameterValue"},  # reference iam.md §12.2
    ("iam", "CreateRole"): {"NoSuchEntity"},  # of the boundary, as CreateUser declares
    ("iam", "GetAccessKeyLastUsed"): {"NoSuchEntity"},  # it declares nothing
    ("signer", "ListSigningProfiles"): {"ValidationException"},  # of its token, as ListSigningJobs
}


def model_of(made: Operation) -> OperationModel:
    return SESSION.get_service_model(made.service).operation_model(made.name)


def declared_by(made: Operation) -> set[str]:
    """Return the codes that the model declares; query services have other codes than shape names."""
    shapes = model_of(made).error_shapes
    return {shape.metadata.get("error", {}).get("code", shape.name) for shape in shapes}


def members_of(made: Operation) -> set[str]:
    """Return the members of the request as keyword arguments; the registry is the context's."""
    shape = model_of(made).input_shape
    names = set() if shape is None else {xform_name(name) for name in shape.members}
    return names - {"registry_id"}


def keywords_of(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    _, *parameters = inspect.signature(function).parameters.values()  # the first is the context
    assert all(each.kind is inspect.Parameter.KEYWORD_ONLY for each in parameters)
    return {each.name: each for each in parameters}


def errors() -> Iterator[type[EcrError]]:
    pending = [EcrError]
    while pending:
        found = pending.pop().__subclasses__()
        pending += found
        yield from found


ERRORS = {error.__name__: error for error in errors()}


def raised_by(made: Operation) -> list[str]:
    """Return the errors that stand after ``Raises:`` in the docstring of an operation."""
    _, _, said = (inspect.getdoc(made.function) or "").partition("Raises:")
    return re.findall(r"\b\w+Error\b", said.partition("Source:")[0])


def name_of(made: Operation) -> str:
    return f"{made.service}:{made.name}"


@pytest.mark.parametrize("made", PUBLIC, ids=name_of)
def test_each_operation_is_in_the_service_model(made: Operation) -> None:
    assert made.name in SESSION.get_service_model(made.service).operation_names


@pytest.mark.parametrize("made", PUBLIC, ids=name_of)
def test_an_operation_takes_the_members_of_its_request(made: Operation) -> None:
    extra = EXTRA_PARAMETERS.get((made.service, made.name), set())
    assert set(keywords_of(made.function)) - extra == members_of(made)


@pytest.mark.parametrize("made", PUBLIC, ids=name_of)
def test_a_parameter_has_no_default_where_the_model_requires_it(made: Operation) -> None:
    """But the range of a part, which a streamed part does not have."""
    shape = model_of(made).input_shape
    required = {xform_name(name) for name in shape.required_members} if shape else set()
    keywords = keywords_of(made.function).values()
    bare = {each.name for each in keywords if each.default is inspect.Parameter.empty}
    assert bare == required - {"part_first_byte", "part_last_byte"}


def test_an_extra_parameter_exists_and_has_a_default() -> None:
    for key, names in EXTRA_PARAMETERS.items():
        keywords = keywords_of(OPERATIONS[key].function)
        assert all(keywords[name].default is not inspect.Parameter.empty for name in names)


@pytest.mark.parametrize("made", STAGED, ids=name_of)
def test_a_stage_takes_the_members_of_the_request_but_the_bytes(made: Operation) -> None:
    assert made.stage is not None
    assert set(keywords_of(made.stage)) == members_of(made) - {made.content}


@pytest.mark.parametrize("made", PUBLIC, ids=name_of)
def test_an_operation_raises_only_what_the_model_declares(made: Operation) -> None:
    declared = declared_by(made) | BEFORE_ALL | UNDECLARED.get((made.service, made.name), set())
    assert {ERRORS[name].code for name in raised_by(made)} <= declared


def test_what_the_model_has_forgotten_is_raised_and_not_declared() -> None:
    for key, codes in UNDECLARED.items():
        made = OPERATIONS[key]
        assert codes <= {ERRORS[name].code for name in raised_by(made)} - declared_by(made)


@pytest.mark.parametrize("made", OPERATIONS.values(), ids=name_of)
def test_the_docstring_of_an_operation_names_errors_that_exist(made: Operation) -> None:
    assert set(raised_by(made)) <= set(ERRORS)


@pytest.mark.parametrize("made", PUBLIC, ids=name_of)
def test_the_action_of_an_operation_is_its_own_name_unless_the_model_says_otherwise(
    made: Operation,
) -> None:
    """There is no IAM action for ecrmock's internal operations: they take another one's."""
    assert made.action == OTHER_ACTIONS.get((made.service, made.name), name_of(made))


@pytest.mark.parametrize("made", INTERNAL, ids=name_of)
def test_the_action_of_an_internal_operation_is_one_of_aws_or_none(made: Operation) -> None:
    actions = {
        f"{service}:{name}"
        for service in ("ecr", "ecr-public", "iam", "signer")
        for name in SESSION.get_service_model(service).operation_names
    }
    assert made.action in {"", *actions}
