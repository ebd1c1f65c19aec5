"""Callers and principals by name. Source: reference iam.md §3.2, §9.3, §13.2."""

import json

import pytest

from ecrmock.rules.principals import renamed, user_meant
from ecrmock.values.authorization import Caller
from tests.documents import trust_policy

ARN, ID = "arn:aws:iam::123456789012:user/ci", "AIDAAAAAAAAAAAAAAAAAA"
CI = Caller(account="123456789012", arn="arn:aws:iam::123456789012:user/a:b/ci", user_id=ID)


def principal_in(text):
    return json.loads(renamed(text, ARN, ID))["Statement"][0]


def test_a_user_is_called_by_its_name_without_its_path():
    assert user_meant(None, CI) == "ci"


def test_a_name_goes_before_the_caller():
    assert user_meant("other", CI) == "other"


@pytest.mark.parametrize("element", ["Principal", "NotPrincipal"])
@pytest.mark.parametrize(
    ("named", "found"),
    [
        ({"AWS": ARN}, {"AWS": ID}),
        ({"AWS": ["*", ARN, ARN + "2"]}, {"AWS": ["*", ID, ARN + "2"]}),
        ({"AWS": "*", "Service": "ecr.amazonaws.com"}, None),
        ("*", None),
    ],
)
def test_a_principal_that_is_gone_is_called_by_its_id(element, named, found):
    statement = {"Effect": "Deny", element: named, "Action": "sts:AssumeRole"}
    text = json.dumps({"Statement": [statement]})
    assert principal_in(text)[element] == (found or named)


def test_a_single_statement_is_looked_at_too():
    text = json.dumps({"Statement": {"Principal": {"AWS": ARN}}})
    assert json.loads(renamed(text, ARN, ID)) == {"Statement": {"Principal": {"AWS": ID}}}


def test_a_condition_keeps_the_arn():
    """Only principals are kept by id. Source: reference iam.md §3.2."""
    condition = {"ArnEquals": {"aws:PrincipalArn": ARN, "Principal": ARN}}
    statement = principal_in(trust_policy(ARN, Condition=condition))
    assert statement["Principal"] == {"AWS": ID}
    assert statement["Condition"] == condition


def test_a_policy_that_names_somebody_else_is_not_printed_anew():
    text = trust_policy(ARN + "2").replace(",", " ,\n")
    assert renamed(text, ARN, ID) == text


def test_an_arn_that_is_written_with_escapes_is_found():
    text = trust_policy(ARN).replace("user/ci", "user\\/c\\u0069")
    assert principal_in(text)["Principal"] == {"AWS": ID}
