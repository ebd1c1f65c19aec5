"""What is a policy of IAM, and in which words a bad one is refused. Source: reference iam.md §3.1, §13.3."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrmock.rules.policies import parse_identity_policy, parse_trust_policy
from ecrmock.values.policies import MalformedPolicyDocumentError, PolicyDocument, Principal
from tests.rules.access import OTHER, ROLE_ARN, USER_ID, allow, allow_to, text

ABSENT = ...
SYNTAX = "Syntax errors in policy."
NO_ACTIONS = "Policy statement must contain actions."
NO_RESOURCES = "Policy statement must contain resources."
NO_VENDOR = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
NO_PRINCIPAL = "Policy document should not specify a principal."
LEGACY = "The policy failed legacy parsing"
ASSUME = "sts:AssumeRole"


def without(statement: dict[str, Any], **changed: Any) -> str:
    made = {**statement, **changed}
    return text({name: value for name, value in made.items() if value is not ABSENT})


def identity(**changed: Any) -> str:
    return without(allow(), **changed)


def trust(**changed: Any) -> str:
    return without(allow_to("*", ASSUME), **changed)


def refusal(sent: str, **rest: Any) -> str:
    with pytest.raises(MalformedPolicyDocumentError) as caught:
        parse_identity_policy(sent, **rest)
    assert (caught.value.code, caught.value.status) == ("MalformedPolicyDocument", 400)
    return caught.value.message


def trust_refusal(sent: str) -> str:
    with pytest.raises(MalformedPolicyDocumentError) as caught:
        parse_trust_policy(sent, "aws")
    return caught.value.message


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ("", SYNTAX),
        ("{", SYNTAX),
        ("[]", SYNTAX),
        ("{}", SYNTAX),
        ('{"Statement": []}', SYNTAX),
        ('{"Version": "2012-10-18", "Statement": []}', SYNTAX),
        ('{"Statement": [], "Statement": []}', SYNTAX),
        ("[" * 100_000, SYNTAX),
        (identity(Effect=ABSENT), SYNTAX),
        (identity(Effect="allow"), SYNTAX),
        (identity(Action=1), SYNTAX),
        (identity(NotAction="*"), SYNTAX),
        (identity(NotResource="*"), SYNTAX),
        (identity(Unknown="*"), SYNTAX),
        (identity(Sid="with space"), SYNTAX),
        (identity(Condition={"StringSounds": {"aws:a": "b"}}), SYNTAX),
        (identity(Condition={"stringequals": {"aws:a": "b"}}), SYNTAX),
        (identity(Condition={"NullIfExists": {"aws:a": "true"}}), SYNTAX),
        (identity(Condition={"StringEquals": {"aws:a": None}}), SYNTAX),
        (identity().replace("ecr:*", "ecr:\u20ac"), SYNTAX),
        (identity(Action=ABSENT), NO_ACTIONS),
        (identity(Action=[]), NO_ACTIONS),
        (identity(Resource=ABSENT), NO_RESOURCES),
        (identity(Resource=[]), NO_RESOURCES),
        (identity(Principal="*"), NO_PRINCIPAL),
        (identity(NotPrincipal={"AWS": USER_ID}), NO_PRINCIPAL),
        (identity(Action="PutImage"), NO_VENDOR),
        (identity(Action=["ecr:*", ""]), NO_VENDOR),
        (identity(Condition={"StringEquals": {"username": "b"}}), NO_VENDOR),
        (identity(Action="e*:PutImage"), "Vendor e* is not valid"),
        (identity(Action="ecr:Put:Image"), "Actions/Condition can contain only one colon."),
        (identity(Resource="team/app"), 'Resource team/app must be in ARN format or "*".'),
        (identity(Resource=""), 'Resource  must be in ARN format or "*".'),
        (identity(Resource="arn:aws:ecr"), LEGACY),
        (
            text(allow(Sid="a"), allow(Sid="a")),
            "Statement IDs (SID) in a single policy must be unique.",
        ),
    ],
)
def test_a_bad_policy_is_refused_in_the_words_of_iam(sent: str, message: str) -> None:
    assert refusal(sent) == message


@pytest.mark.parametrize(
    "sent",
    [
        identity(),
        identity(Action=["ecr:PutImage", "*", "sts:Get*"], Sid="Push1"),
        identity(Resource=["arn:aws:ecr:*", "arn:aws:ecr:*:*:repository/${aws:username}"]),
        identity(Condition={"ForAnyValue:StringLikeIfExists": {"aws:TagKeys": ["a", 1, True]}}),
        text(allow(), allow()),
        text(allow(Sid=""), allow(Sid="")),
        json.dumps({"Id": "any", "Statement": allow()}),
        identity() + "\t\r\n",
    ],
)
def test_a_good_policy_is_kept_as_it_was_sent(sent: str) -> None:
    assert parse_identity_policy(sent).text == sent


@pytest.mark.parametrize("version", [None, "2008-10-17"])
def test_only_a_managed_policy_must_be_of_the_new_version(version: str | None) -> None:
    old = text(allow(), version=version)
    assert parse_identity_policy(old).version == version
    assert refusal(old, is_managed=True) == (
        "Policy document must be version 2012-10-17 or greater."
    )
    assert parse_identity_policy(text(allow()), is_managed=True)


def test_the_reason_of_a_refusal_is_kept_beside_the_text() -> None:
    with pytest.raises(MalformedPolicyDocumentError) as caught:
        parse_identity_policy(identity(Unknown="*"))
    assert caught.value.reason == "a statement must not have 'Unknown'"


def test_the_same_text_is_read_once() -> None:
    assert parse_identity_policy(identity()) is parse_identity_policy(identity())


def test_documents_of_the_same_text_are_told_apart() -> None:
    one, other = (PolicyDocument(version=each, statements=(), text="{}") for each in ("a", "b"))
    assert hash(one) == hash(other)
    assert one != other


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ("{", SYNTAX),
        (trust(Effect="allow"), SYNTAX),
        (trust(Principal={"Group": "x"}), SYNTAX),
        (trust(Resource="*"), "Has prohibited field Resource"),
        (trust(Action=ABSENT), NO_ACTIONS),
        (trust(Action="AssumeRole"), NO_VENDOR),
        (trust(Action="ecr:*"), "AssumeRole policy may only specify STS AssumeRole actions."),
        (
            trust(Principal={"AWS": f"arn:aws:iam::{OTHER}:role/*"}),
            f'Invalid principal in policy: "AWS":"arn:aws:iam::{OTHER}:role/*"',
        ),
        (
            trust(Principal={"AWS": "arn:aws-cn:iam::123456789012:root"}),
            'Invalid principal in policy: "AWS":"arn:aws-cn:iam::123456789012:root"',
        ),
        (
            trust(Principal={"Service": "ecr"}),
            'Invalid principal in policy: "SERVICE":"ecr"',
        ),
        (
            trust(Principal=ABSENT),
            "Invalid principal in policy: com.amazon.balsa.error.InvalidPolicyException: "
            "The passed in policy has a statement with no principals!",
        ),
    ],
)
def test_a_bad_trust_policy_is_refused_in_the_words_of_iam(sent: str, message: str) -> None:
    assert trust_refusal(sent) == message


@pytest.mark.parametrize(
    ("principal", "name"),
    [
        ({"AWS": OTHER}, f"arn:aws:iam::{OTHER}:root"),
        ({"AWS": ROLE_ARN}, ROLE_ARN),
        ({"Service": "ecr.amazonaws.com"}, "ecr.amazonaws.com"),
        ({"Federated": "accounts.google.com"}, "accounts.google.com"),
    ],
)
def test_a_trust_policy_names_who_may_assume_the_role(principal: Any, name: str) -> None:
    sent = trust(Principal=principal, Action=[ASSUME, "sts:TagSession"])
    document = parse_trust_policy(sent, "aws")
    assert document.statements[0].principals == (Principal(kind=next(iter(principal)), name=name),)
    assert document.text == sent


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["*", "ecr:*", "Allow", "arn:", ""]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["AWS", "Bool", "a:b"]), inner)
    ),
    max_leaves=4,
)
near = st.dictionaries(
    st.sampled_from(["Sid", "Effect", "Action", "Resource", "Principal", "Condition", "NotAction"]),
    values,
)


@given(st.fixed_dictionaries({"Statement": near | st.lists(near, max_size=2)}))
def test_whatever_is_sent_is_read_or_refused(document: Any) -> None:
    sent = json.dumps(document)
    with suppress(MalformedPolicyDocumentError):
        assert parse_identity_policy(sent).text == sent
    with suppress(MalformedPolicyDocumentError):
        assert parse_trust_policy(sent, "aws").text == sent
