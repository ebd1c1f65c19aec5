"""Which actions and resources a statement is about. Source: reference iam.md §3.2, §3.3, §8."""

from dataclasses import replace
from typing import Any

import pytest

from ecrmock.values.permissions import Permissions
from tests.rules.access import (
    ACCOUNT,
    FOREIGN_REPOSITORY,
    PULL,
    REPOSITORY,
    allow,
    asked,
    attached,
    permissions,
    request,
)


@pytest.mark.parametrize(
    ("statement", "is_allowed"),
    [
        (allow("*"), True),
        (allow("ecr:*"), True),
        (allow("ECR:batchgetimage"), True),
        (allow("ecr:Batch*"), True),
        (allow("ecr:Batch*Image"), True),
        (allow("ecr:?atchGetImage"), True),
        (allow(["ecr:PutImage", PULL]), True),
        (allow("ecr:BatchGet"), False),
        (allow("ecr:BatchGetImage?"), False),
        (allow("ecr-public:*"), False),
        (allow("s3:*"), False),
        ({"Effect": "Allow", "NotAction": "ecr:PutImage", "Resource": "*"}, True),
        ({"Effect": "Allow", "NotAction": ["s3:*", "ecr:Batch*"], "Resource": "*"}, False),
        ({"Effect": "Allow", "NotAction": "*", "Resource": "*"}, False),
        (allow(on=REPOSITORY), True),
        (allow(on=[FOREIGN_REPOSITORY, REPOSITORY]), True),
        (allow(on=FOREIGN_REPOSITORY), False),
        (allow(on=REPOSITORY.upper().replace("ARN", "arn")), False),
        (allow(on=f"arn:aws:ecr:*:{ACCOUNT}:repository/*"), True),
        (allow(on="arn:aws:ecr:*:*:repository/team/*"), True),
        (allow(on="arn:aws:ecr:*"), True),
        (allow(on="arn:*"), True),
        (allow(on="arn:aws:ecr:*app"), True),
        (allow(on="arn:aws:ecr:us-east-?:*:repository/team/?pp"), True),
        (allow(on="arn:aws:ecr:*:*:repository/team/a"), False),
        (allow(on="arn:aws:ecr:*:*:repository/[a-z]*"), False),
        (allow(on="arn:aws:ecr:*:*:repository/team.app"), False),
        (allow(on="arn:aws:ecr:eu-*:*:repository/team/app"), False),
        ({"Effect": "Allow", "Action": "*", "NotResource": FOREIGN_REPOSITORY}, True),
        ({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:ecr:*:repository/*"}, False),
        ({"Effect": "Allow", "Action": "*", "NotResource": "*"}, False),
    ],
)
def test_an_allow_is_about_actions_and_resources(
    statement: dict[str, Any], is_allowed: bool
) -> None:
    """Source: reference iam.md §3.2."""
    held = Permissions(identity=(attached(statement),))
    assert asked(request(), held).allowed is is_allowed
    denied = Permissions(identity=(attached(allow(), {**statement, "Effect": "Deny"}),))
    assert asked(request(), denied).allowed is not is_allowed


@pytest.mark.parametrize(
    ("on", "is_allowed"),
    [("*", True), ("arn:aws:ecr:*", False), (f"arn:aws:ecr:us-east-1:{ACCOUNT}:*", False)],
)
def test_an_action_without_a_resource_needs_the_resource_star(on: str, is_allowed: bool) -> None:
    """Source: reference iam.md §8."""
    held = permissions(identity=allow("ecr:GetAuthorizationToken", on))
    assert asked(request(action="ecr:GetAuthorizationToken", on="*"), held).allowed is is_allowed


TEAM = "arn:aws:ecr:*:*:repository/${aws:PrincipalTag/Team}/*"


@pytest.mark.parametrize(
    ("on", "tag", "is_allowed"),
    [
        (TEAM, "team", True),
        (TEAM, "other", False),
        (TEAM, "*", False),
        (TEAM, "?eam", False),
        (TEAM, ("team", "team"), False),
        (TEAM, (), False),
        (TEAM.replace("}", ", 'team'}"), (), True),
        (TEAM.replace("}", ", 'none'}"), (), False),
        (TEAM.replace("}", ", 'none'}"), "team", True),
        ("arn:aws:ecr:*:*:repository/${*}/*", (), False),
        ("arn:aws:ecr:*:${aws:PrincipalTag/team}:repository/*", ACCOUNT, False),
    ],
)
def test_a_variable_in_a_resource_stands_for_the_text_of_the_key(
    on: str, tag: Any, is_allowed: bool
) -> None:
    """Source: reference iam.md §3.3; case 9 of §17.2. Before the fifth colon it is plain text."""
    made = replace(
        request(), keys={"aws:principaltag/team": (tag,) if isinstance(tag, str) else tag}
    )
    assert asked(made, permissions(identity=allow(on=on))).allowed is is_allowed
    spared = {"Effect": "Allow", "Action": "*", "NotResource": on}
    assert asked(made, permissions(identity=spared)).allowed is not is_allowed
