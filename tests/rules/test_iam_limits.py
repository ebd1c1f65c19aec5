"""How much of each IAM takes. Source: reference iam.md §3.1, §13.3; the texts of sizes are inferred."""

import pytest

from ecrmock.rules.iam_limits import (
    check_attachments,
    check_inline_size,
    check_quota,
    check_versions,
    size_of,
)
from ecrmock.values.iam import InlinePolicy
from ecrmock.values.iam_errors import IamLimitExceededError


def refusal(check, *arguments):
    with pytest.raises(IamLimitExceededError) as caught:
        check(*arguments)
    return caught.value.message


@pytest.mark.parametrize(
    ("quota", "limit"),
    [
        ("AccessKeysPerUser", 2),
        ("GroupsPerUser", 10),
        ("ACLSizePerRole", 2_048),
        ("PolicySize", 6_144),
    ],
)
def test_a_quota_is_the_most_there_may_be(quota, limit):
    check_quota(quota, limit)
    assert refusal(check_quota, quota, limit + 1) == f"Cannot exceed quota for {quota}: {limit}"


@pytest.mark.parametrize("kind", ["user", "group", "role"])
def test_each_kind_of_identity_has_a_quota_of_attached_policies(kind):
    check_attachments(kind, 10)
    text = f"Cannot exceed quota for PoliciesPer{kind.capitalize()}: 10"
    assert refusal(check_attachments, kind, 11) == text


@pytest.mark.parametrize(("kind", "limit"), [("user", 2_048), ("group", 5_120), ("role", 10_240)])
def test_the_inline_policies_of_an_owner_have_a_size_together(kind, limit):
    policies = [
        InlinePolicy(policy_name=name, policy_document=text)
        for name, text in (("a", "x" * (limit - 1)), ("b", "x"), ("c", " \n\t"))
    ]
    check_inline_size(kind, "ci", policies)
    policies.append(InlinePolicy(policy_name="d", policy_document="x"))
    text = f"Maximum policy size of {limit} bytes exceeded for {kind} ci"
    assert refusal(check_inline_size, kind, "ci", policies) == text


@pytest.mark.parametrize(("text", "size"), [("", 0), ("{ }", 2), ('{\r\n\t"a" : "b c"}\n', 10)])
def test_white_space_does_not_count(text, size):
    """Not even within strings. Source: reference iam.md §3.1."""
    assert size_of(text) == size


def test_a_managed_policy_has_five_versions():
    check_versions(5)
    assert refusal(check_versions, 6).startswith("A managed policy can have up to 5 versions. ")
