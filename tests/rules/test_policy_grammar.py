"""The grammar that policies of every kind share. Source: reference iam.md §3.1, §3.2, §4.

What each kind makes of it is in ``test_policies`` and ``test_identity_policies``.
"""

import json
import re
from typing import Any

import pytest

from ecrmock.rules.policy_grammar import (
    RESOURCES,
    STATEMENT,
    Form,
    InvalidPrincipalError,
    read_document,
)
from ecrmock.values.policies import Condition, Principal, Statement

ACCOUNT = "123456789012"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
WORD = re.compile(r"[a-z*]+")
SENT = Form(STATEMENT | RESOURCES, frozenset(), WORD, WORD, is_printed=False)
STRICT = Form(STATEMENT, frozenset({"Principal", "Action"}), WORD, WORD, is_printed=True)
ABSENT = ...


def sent(**elements: Any) -> str:
    """Return a policy of one statement that its form takes, with elements changed."""
    made = {"Effect": "Allow", "Principal": "*", "Action": "pull", **elements}
    statement = {name: value for name, value in made.items() if value is not ABSENT}
    return json.dumps({"Statement": statement})


def statement_of(**elements: Any) -> Statement:
    (found,) = read_document(sent(**elements), "aws", SENT).statements
    return found


def refusal(text: str, form: Form = SENT) -> str:
    with pytest.raises(ValueError) as caught:
        read_document(text, "aws", form)
    return str(caught.value)


@pytest.mark.parametrize("version", ["2008-10-17", "2012-10-17"])
def test_a_document_has_a_version_an_id_and_statements(version: str) -> None:
    one = {"Effect": "Deny", "Action": "pull"}
    text = json.dumps({"Version": version, "Id": "x", "Statement": [one, one]})
    found = read_document(text, "aws", SENT)
    assert (found.version, found.id, len(found.statements)) == (version, "x", 2)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[]", "a policy must be an object"),
        ('"x"', "a policy must be an object"),
        ('{"Statement": []}', "Statement is empty"),
        ("{}", "a statement must be an object"),
        ('{"Statement": [1]}', "a statement must be an object"),
        ('{"Sid": "x"}', "a policy must not have 'Sid'"),
        (
            '{"Version": "2012-10-18", "Statement": {"Effect": "Deny"}}',
            "Version must be one of 2008-10-17, 2012-10-17",
        ),
        ('{"Id": 1, "Statement": {"Effect": "Deny"}}', "Id must be a string"),
        (sent(Sid=1), "Sid must be a string"),
        (sent(Effect="allow"), "Effect must be one of Allow, Deny"),
        (sent(Effect=ABSENT), "Effect must be a string"),
        (sent(Actions="pull"), "a statement must not have 'Actions'"),
        (sent(NotPrincipal="*"), "a statement must have one of Principal and NotPrincipal"),
        (sent(Action=1), "action must be a string"),
        (sent(Action="PULL"), "'PULL' is no action of this policy"),
        (sent(Resource=["app", "App"]), "'App' is no resource of this policy"),
        (sent(Principal={}), "a principal is empty"),
        (sent(Principal={"AWS": []}), "AWS is empty"),
        (sent(Principal={"Group": "x"}), "a principal must not have 'Group'"),
        (sent(Condition=[]), "Condition must be an object"),
        (sent(Condition={"Bool": "x"}), "Bool must be an object"),
        (sent(Condition={"Sounds": {}}), "'Sounds' is no condition operator"),
        (sent(Condition={"Bool": {"a": None}}), "a condition's value must be a string"),
    ],
)
def test_a_refusal_says_what_is_wrong(text: str, reason: str) -> None:
    assert refusal(text) == reason


@pytest.mark.parametrize("name", ["Principal", "Action", "Resource"])
def test_an_element_and_its_negation_are_told_apart(name: str) -> None:
    raw: Any = {"AWS": ROOT} if name == "Principal" else "pull"
    member = {"Principal": "principals", "Action": "actions", "Resource": "resources"}[name]
    plain = statement_of(**{name: raw})
    negated = statement_of(**{name: ABSENT, f"Not{name}": raw})
    assert len(getattr(plain, member)) == len(getattr(negated, f"not_{member}")) == 1
    assert (getattr(plain, f"not_{member}"), getattr(negated, member)) == ((), ())


@pytest.mark.parametrize("name", ["Principal", "Action"])
def test_what_a_form_requires_is_there_and_has_something_in_it(name: str) -> None:
    needed = f"a statement must have one of {name} and Not{name}"
    assert refusal(sent(**{name: ABSENT}), STRICT) == needed
    assert refusal(sent(**{name: []}), STRICT)


@pytest.mark.parametrize("value", [ABSENT, []])
def test_what_a_form_does_not_require_may_be_empty(value: Any) -> None:
    found = statement_of(Principal=value, Action=value)
    assert (found.principals, found.actions, found.not_actions) == ((), (), ())


def test_a_form_that_has_no_resources_takes_none() -> None:
    assert refusal(sent(Resource="app"), STRICT) == "a statement must not have 'Resource'"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("AWS", "*"),
        ("AWS", ROOT),
        ("AWS", f"arn:aws:iam::{ACCOUNT}:user/team/a/ci"),
        ("AWS", f"arn:aws:iam::{ACCOUNT}:role/de+p=l,o.y@-_"),
        ("AWS", f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/one"),
        ("AWS", f"arn:aws:sts::{ACCOUNT}:federated-user/guest"),
        ("AWS", "AIDA" + "Q" * 17),
        ("AWS", "AROA" + "2" * 17),
        ("Service", "ecr.amazonaws.com"),
        ("Federated", "accounts.google.com"),
    ],
)
def test_each_kind_of_principal_has_forms_of_its_own(kind: str, name: str) -> None:
    found = statement_of(Principal={kind: name})
    assert found.principals == (Principal(kind=kind, name=name),)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("AWS", ""),
        ("AWS", "ci"),
        ("AWS", "12345678901"),
        ("AWS", f"arn:aws:iam::{ACCOUNT}:*"),
        ("AWS", f"arn:aws:iam::{ACCOUNT}:user/*"),
        ("AWS", f"arn:aws:iam::{ACCOUNT}:user/te*m/ci"),
        ("AWS", f"arn:aws:iam::{ACCOUNT}:user/{'x' * 65}"),
        ("AWS", f"arn:aws:iam::{ACCOUNT}:group/devs"),
        ("AWS", f"arn:aws-cn:iam::{ACCOUNT}:root"),
        ("AWS", "AGPA" + "Q" * 17),
        ("AWS", "AIDA" + "1" * 17),
        ("Service", "ecr"),
        ("Service", "ECR.amazonaws.com"),
        ("Federated", "with space"),
        ("Federated", f"arn:aws-cn:iam::{ACCOUNT}:oidc-provider/example.com"),
    ],
)
def test_any_other_principal_is_told_with_its_kind(kind: str, name: str) -> None:
    with pytest.raises(InvalidPrincipalError) as caught:
        statement_of(Principal={kind: name})
    assert (caught.value.kind, caught.value.name) == (kind, name)


def test_an_account_is_the_root_of_the_partition() -> None:
    (found,) = read_document(sent(Principal={"AWS": ACCOUNT}), "aws-cn", SENT).statements
    assert found.principals[0].name == f"arn:aws-cn:iam::{ACCOUNT}:root"


@pytest.mark.parametrize(
    ("operator", "quantifier", "bare", "if_exists"),
    [
        ("StringEquals", None, "StringEquals", False),
        ("ForAllValues:StringNotLike", "ForAllValues", "StringNotLike", False),
        (
            "ForAnyValue:StringNotEqualsIgnoreCaseIfExists",
            "ForAnyValue",
            "StringNotEqualsIgnoreCase",
            True,
        ),
        ("NumericLessThanEquals", None, "NumericLessThanEquals", False),
        ("DateNotEqualsIfExists", None, "DateNotEquals", True),
        ("NotIpAddress", None, "NotIpAddress", False),
        ("ArnNotLike", None, "ArnNotLike", False),
        ("Null", None, "Null", False),
    ],
)
def test_an_operator_may_have_a_quantifier_and_if_exists(
    operator: str, quantifier: str | None, bare: str, if_exists: bool
) -> None:
    (found,) = statement_of(Condition={operator: {"aws:Key": ["a"]}}).conditions
    expected = {"quantifier": quantifier, "operator": bare, "if_exists": if_exists}
    assert found == Condition(**expected, key="aws:Key", values=("a",))


@pytest.mark.parametrize(
    "operator",
    ["NullIfExists", "IfExists", "ForSomeValue:Bool", "NumericLike", "StringLessThan", "boolean"],
)
def test_any_other_operator_is_none(operator: str) -> None:
    assert refusal(sent(Condition={operator: {}})) == f"{operator!r} is no condition operator"


def test_the_values_of_a_condition_are_texts_as_they_were_written() -> None:
    text = sent(Condition={"Bool": {"a": ["x", True, False, 0]}}).replace("0]", "1.50e1]")
    (found,) = read_document(text, "aws", SENT).statements[0].conditions
    assert found.values == ("x", "true", "false", "1.50e1")


def test_every_key_of_every_operator_is_a_condition_of_its_own() -> None:
    condition = {"Bool": {"a": "x", "b": []}, "Null": {"c": "true"}}
    found = statement_of(Condition=condition).conditions
    assert [(each.operator, each.key) for each in found] == [
        ("Bool", "a"),
        ("Bool", "b"),
        ("Null", "c"),
    ]


def test_a_document_is_shown_as_it_was_sent_or_as_aws_prints_it() -> None:
    text = sent(Principal={"AWS": [ACCOUNT, ROOT]})
    assert read_document(text, "aws", SENT).text == text
    printed = json.loads(read_document(text, "aws", STRICT).text)
    assert printed["Statement"]["Principal"] == {"AWS": [ROOT, ROOT]}


def test_what_is_printed_keeps_an_account_in_a_condition() -> None:
    condition = {"StringEquals": {"AWS": ACCOUNT}}
    printed = json.loads(read_document(sent(Condition=condition), "aws", STRICT).text)
    assert printed["Statement"]["Condition"] == condition


def test_a_character_that_aws_does_not_print_is_told() -> None:
    assert refusal(sent(Sid="\u0100"), STRICT) == "the character U+0100 is not allowed"
