"""Policies hold for every call: those of the caller, of the repository and of the registry.

Source: reference iam.md §6, §7, §8, §10, §12.2.
"""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from ecrmock import Ecr
from ecrmock.operations.table import OPERATIONS
from ecrmock.values.authorization import AccessKey, Origin
from ecrmock.values.errors import AccessDeniedError, EcrError
from ecrmock.values.replication import (
    ReplicationConfiguration,
    ReplicationDestination,
    ReplicationRule,
)
from ecrmock.values.repositories import ResourceTag
from ecrmock.values.signer import NOTATION
from tests.dispatch.conftest import Corridor
from tests.dispatch.test_unit_of_work import CASES, Case

APP = "arn:aws:ecr:us-east-1:123456789012:repository/app"
PROFILES = "arn:aws:signer:us-east-1:123456789012:/signing-profiles/*"
OTHER = "111122223333"
USER = "arn:aws:iam::123456789012:user/ci"
NEEDS_NO_RIGHT = {
    ("ecrmock", "AnnounceReplica"),
    ("ecrmock", "CheckBearerToken"),
    ("ecrmock", "CheckLogin"),
    ("ecrmock", "ClearFindingsOnDemand"),
    ("ecrmock", "CountPublicPull"),
    ("ecrmock", "CreateRepositoryByTemplate"),
    ("ecrmock", "FindGalleryRepositories"),
    ("ecrmock", "FindLayer"),
    ("ecrmock", "IssueBearerToken"),
    ("ecrmock", "ListFindingsOnDemand"),
    ("ecrmock", "ListRevokedCertificates"),
    ("ecrmock", "LocateRepository"),
    ("ecrmock", "MayMountLayer"),
    ("ecrmock", "MayReceiveReplica"),
    ("ecrmock", "OpenLayerUrl"),
    ("ecrmock", "PutFindingsOnDemand"),
    ("ecrmock", "ReadGalleryRegistry"),
    ("ecrmock", "ReadGalleryRepository"),
    ("ecrmock", "ReadLogo"),
    ("sts", "GetCallerIdentity"),
    ("sts", "GetSessionToken"),
}


class Signed:
    """A good signature with whatever secret."""

    def check(self, secret: str, session_token: str | None, now: datetime) -> None:
        pass


def policy(action: str | list[str], resource: str = "*", **more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def resource_policy(principal: str, action: str = "ecr:*", **more: Any) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Office:
    """A corridor in which policies are asked, with users that have some."""

    def __init__(self, corridor: Corridor) -> None:
        self.corridor, self.ecr = corridor, Ecr(corridor.backend)
        self.ecr.push_image("app", tag="1.0")
        corridor.backend.dispatcher.enforces_iam = True

    def user(self, name: str = "ci", **attached: Any) -> AccessKey:
        return AccessKey(self.ecr.create_user(name, **attached).access_key_id, Signed())

    def session(self, role: str) -> AccessKey:
        return AccessKey(self.ecr.assume_role(role).access_key_id, Signed())

    def root(self, operation: str, *, account: str = "123456789012", **parameters: Any) -> Any:
        return self.corridor(operation, credentials=AccessKey(account), **parameters)

    def denial(self, who: AccessKey, operation: str, **parameters: Any) -> str:
        with pytest.raises(AccessDeniedError) as caught:
            self.corridor(operation, credentials=who, **parameters)
        return caught.value.message

    def may(self, who: AccessKey, operation: str, **parameters: Any) -> bool:
        try:
            self.corridor(operation, credentials=who, **parameters)
        except AccessDeniedError:
            return False
        return True


@pytest.fixture
def office(corridor: Corridor) -> Office:
    return Office(corridor)


def test_a_user_without_policies_may_nothing(office: Office) -> None:
    assert office.denial(office.user(), "ListImages", repository_name="app") == (
        f"User: {USER} is not authorized to perform: ecr:ListImages on resource: {APP} "
        "because no identity-based policy allows the ecr:ListImages action"
    )


def test_a_policy_of_the_user_allows(office: Office) -> None:
    user = office.user(policy=policy("ecr:List*", APP))
    assert office.may(user, "ListImages", repository_name="app")


def test_a_policy_is_about_its_repositories_alone(office: Office) -> None:
    office.root("CreateRepository", repository_name="web")
    user = office.user(policy=policy("ecr:*", APP))
    assert not office.may(user, "ListImages", repository_name="web")


def test_a_caller_without_rights_does_not_learn_what_exists(office: Office) -> None:
    """Source: reference api.md §3.6."""
    assert "repository/absent" in office.denial(
        office.user(), "ListImages", repository_name="absent"
    )


def test_every_named_repository_must_be_allowed(office: Office) -> None:
    """Inferred: reference iam.md §8."""
    user = office.user(policy=policy("ecr:DescribeRepositories", APP))
    names = ("app", "web")
    text = office.denial(user, "DescribeRepositories", repository_names=names)
    assert "repository/web because" in text


def test_who_creates_a_repository_with_tags_needs_to_tag(office: Office) -> None:
    user = office.user(policy=policy("ecr:CreateRepository"))
    tags = (ResourceTag(key="team", value="a"),)
    assert office.may(user, "CreateRepository", repository_name="plain")
    text = office.denial(user, "CreateRepository", repository_name="tagged", tags=tags)
    assert "ecr:TagResource" in text


LINKED = "arn:aws:iam::123456789012:role/aws-service-role"
LIFECYCLE = json.dumps(
    {
        "rules": [
            {
                "rulePriority": 1,
                "selection": {
                    "tagStatus": "any",
                    "countType": "imageCountMoreThan",
                    "countNumber": 9,
                },
                "action": {"type": "expire"},
            }
        ]
    }
)
CACHE_RULE = {"ecr_repository_prefix": "quay", "upstream_registry_url": "quay.io"}


def test_the_first_use_of_a_service_takes_the_right_to_make_its_role(office: Office) -> None:
    """Source: reference iam.md §8: dependent actions of CreatePullThroughCacheRule."""
    user = office.user(policy=policy("ecr:*"))
    text = office.denial(user, "CreatePullThroughCacheRule", **CACHE_RULE)
    role = f"{LINKED}/pullthroughcache.ecr.amazonaws.com/AWSServiceRoleForECRPullThroughCache"
    assert f"iam:CreateServiceLinkedRole on resource: {role} because" in text
    assert office.root("DescribePullThroughCacheRules").pull_through_cache_rules == ()


def test_once_a_service_has_its_role_the_right_to_make_it_is_not_asked_for(office: Office) -> None:
    office.root(
        "CreateServiceLinkedRole",
        service="iam",
        aws_service_name="pullthroughcache.ecr.amazonaws.com",
    )
    user = office.user(policy=policy("ecr:*"))
    assert office.may(user, "CreatePullThroughCacheRule", **CACHE_RULE)


def test_full_access_of_aws_makes_the_role_of_replication_alone(office: Office) -> None:
    """By its condition on ``iam:AWSServiceName``. Source: reference iam.md §11.1."""
    user = office.user(policy="arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryFullAccess")
    west = ReplicationDestination(region="us-west-2", registry_id="123456789012")
    rules = (ReplicationRule(destinations=(west,)),)
    configuration = ReplicationConfiguration(rules=rules)
    put = {"replication_configuration": configuration}
    assert office.may(user, "PutReplicationConfiguration", **put)
    assert not office.may(user, "CreatePullThroughCacheRule", **CACHE_RULE)


def test_who_makes_a_template_needs_what_is_done_by_it(office: Office) -> None:
    """Source: reference iam.md §8, dependent actions of CreateRepositoryCreationTemplate."""
    template = {"applied_for": ("CREATE_ON_PUSH",), "lifecycle_policy": LIFECYCLE}
    actions = ["ecr:CreateRepositoryCreationTemplate", "iam:CreateServiceLinkedRole"]
    user = office.user("a", policy=policy([*actions, "ecr:CreateRepository"]))
    text = office.denial(user, "CreateRepositoryCreationTemplate", prefix="prod", **template)
    arn = "arn:aws:ecr:us-east-1:123456789012:repository/prod/*"
    assert f"ecr:PutLifecyclePolicy on resource: {arn} because" in text
    wider = office.user("b", policy=policy([*actions, "ecr:Create*", "ecr:PutLifecyclePolicy"]))
    assert office.may(wider, "CreateRepositoryCreationTemplate", prefix="prod", **template)


def test_whoever_makes_the_role_of_a_service_needs_to_be_allowed_that_role(office: Office) -> None:
    made = {"service": "iam", "aws_service_name": "ecr.amazonaws.com"}
    action = "iam:CreateServiceLinkedRole"
    other = office.user("a", policy=policy(action, f"{LINKED}/replication.ecr.amazonaws.com/*"))
    assert not office.may(other, "CreateServiceLinkedRole", **made)
    user = office.user("b", policy=policy(action, f"{LINKED}/ecr.amazonaws.com/*"))
    assert office.may(user, "CreateServiceLinkedRole", **made)


def test_a_policy_of_the_repository_allows_a_user_by_name(office: Office) -> None:
    user = office.user()
    text = resource_policy(USER)
    office.root("SetRepositoryPolicy", repository_name="app", policy_text=text)
    assert office.may(user, "ListImages", repository_name="app")


def test_another_account_needs_both_sides(office: Office) -> None:
    there = {"repository_name": "app", "registry_id": "123456789012"}
    foreign = AccessKey(OTHER)
    assert "because no resource-based policy allows" in office.denial(
        foreign, "ListImages", **there
    )
    office.root("SetRepositoryPolicy", repository_name="app", policy_text=resource_policy(OTHER))
    assert office.may(foreign, "ListImages", **there)


def test_a_policy_of_the_registry_is_about_its_repositories(office: Office) -> None:
    """Source: reference iam.md §10, scope V2."""
    text = resource_policy(OTHER, "ecr:ListImages", Resource=f"{APP[:-3]}*")
    office.root("PutRegistryPolicy", policy_text=text)
    there = {"repository_name": "app", "registry_id": "123456789012"}
    assert office.may(AccessKey(OTHER), "ListImages", **there)


def test_in_scope_v1_a_policy_of_the_registry_is_about_three_actions(office: Office) -> None:
    text = resource_policy(OTHER, "ecr:*", Resource=f"{APP[:-3]}*")
    office.root("PutAccountSetting", name="REGISTRY_POLICY_SCOPE", value="V1")
    office.root("PutRegistryPolicy", policy_text=text)
    there = {"repository_name": "app", "registry_id": "123456789012"}
    assert not office.may(AccessKey(OTHER), "ListImages", **there)


def test_a_deny_of_the_repository_meets_the_root_too(office: Office) -> None:
    text = resource_policy("*", "ecr:ListImages", Effect="Deny")
    office.root("SetRepositoryPolicy", repository_name="app", policy_text=text)
    text = office.denial(AccessKey("123456789012"), "ListImages", repository_name="app")
    assert text.endswith("with an explicit deny in a resource-based policy")


def test_a_condition_asks_where_a_request_comes_from(office: Office) -> None:
    condition = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    user = office.user(policy=policy("ecr:*", Condition=condition))
    call = office.corridor.call("ListImages", credentials=user, repository_name="app")
    inside = replace(call, origin=Origin(source_ip="10.1.2.3"))
    office.corridor.backend.dispatcher.dispatch(inside)
    assert not office.may(user, "ListImages", repository_name="app")


def test_a_condition_asks_for_the_tags_of_the_repository(office: Office) -> None:
    condition = {"StringEquals": {"aws:ResourceTag/team": "a"}}
    user = office.user(policy=policy("ecr:ListImages", Condition=condition))
    assert not office.may(user, "ListImages", repository_name="app")
    tags = (ResourceTag(key="team", value="a"),)
    office.root("TagResource", resource_arn=APP, tags=tags)
    assert office.may(user, "ListImages", repository_name="app")


def test_a_policy_may_name_the_user_by_a_variable(office: Office) -> None:
    user = office.user("app", policy=policy("ecr:*", f"{APP[:-3]}${{aws:username}}"))
    assert office.may(user, "ListImages", repository_name="app")


def test_a_session_of_a_role_may_what_its_role_may(office: Office) -> None:
    office.ecr.create_role("deploy", policy=policy("ecr:ListImages"))
    session = office.session("deploy")
    assert office.may(session, "ListImages", repository_name="app")
    assert not office.may(session, "DeleteRepository", repository_name="app")


def test_a_user_assumes_a_role_that_trusts_it(office: Office) -> None:
    user = office.user()
    office.ecr.create_role("deploy", trusts=[USER])
    role = {"role_arn": "arn:aws:iam::123456789012:role/deploy", "role_session_name": "ci"}
    assert office.may(user, "AssumeRole", service="sts", **role)


@pytest.mark.parametrize("role", ["other", "absent"])
def test_a_role_that_does_not_trust_and_one_that_is_not_there_refuse_alike(
    office: Office, role: str
) -> None:
    """Source: reference iam.md §12.2."""
    user = office.user()
    office.ecr.create_role("other", trusts=[OTHER])
    arn = f"arn:aws:iam::123456789012:role/{role}"
    text = office.denial(user, "AssumeRole", service="sts", role_arn=arn, role_session_name="ci")
    assert text == f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: {arn}"


def test_a_user_that_was_made_anew_is_another_one(office: Office) -> None:
    """Source: reference iam.md §3.2, §17.2 no. 11."""
    office.user()
    office.root("SetRepositoryPolicy", repository_name="app", policy_text=resource_policy(USER))
    (key,) = office.root("ListAccessKeys", service="iam", user_name="ci").access_key_metadata
    named = {"service": "iam", "user_name": "ci"}
    office.root("DeleteAccessKey", **named, access_key_id=key.access_key_id)
    office.root("DeleteUser", **named)
    assert not office.may(office.user(), "ListImages", repository_name="app")


def test_an_action_on_an_identity_names_it(office: Office) -> None:
    text = office.denial(office.user(), "DeleteUser", service="iam", user_name="ci")
    assert f"iam:DeleteUser on resource: {USER}" in text


IAM = "arn:aws:iam::123456789012"


@pytest.mark.parametrize(
    ("operation", "parameters", "resource"),
    [
        ("CreateUser", {"user_name": "new", "path": "/team/"}, f"{IAM}:user/team/new"),
        ("CreateRole", {"role_name": "new"}, f"{IAM}:role/new"),
        ("CreateGroup", {"group_name": "new"}, f"{IAM}:group/new"),
        ("CreatePolicy", {"policy_name": "new"}, f"{IAM}:policy/new"),
        ("PutUserPolicy", {"user_name": "CI", "policy_name": "p"}, USER),
        ("AddUserToGroup", {"group_name": "devs", "user_name": "ci"}, f"{IAM}:group/devs"),
        ("DeletePolicy", {"policy_arn": f"{IAM}:policy/p"}, f"{IAM}:policy/p"),
        ("CreateAccessKey", {}, USER),
        ("ListUsers", {}, "*"),
    ],
)
def test_an_action_of_iam_is_about_what_it_names_also_where_that_is_not_there_yet(
    office: Office, operation: str, parameters: dict[str, Any], resource: str
) -> None:
    """Source: Service Authorization Reference, AWS IAM."""
    text = office.denial(office.user(), operation, service="iam", **parameters)
    assert f"iam:{operation} on resource: {resource} because" in text


def test_what_is_made_in_another_partition_is_named_in_it(office: Office) -> None:
    new = {"service": "iam", "user_name": "new", "region": "cn-north-1"}
    text = office.denial(office.user(), "CreateUser", **new)
    assert "on resource: arn:aws-cn:iam::123456789012:user/new because" in text


def test_a_record_says_who_asked_for_what_and_which_statement_decided(office: Office) -> None:
    user = office.user(policy=policy("ecr:List*", APP, Sid="Look"))
    office.may(user, "ListImages", repository_name="app")
    record = office.corridor.records[-1]
    assert (record.principal, record.action, record.resource) == (USER, "ecr:ListImages", APP)
    assert (record.decision.allowed, record.decision.statement.sid) == (True, "Look")
    assert record.decision.policy == "inline policy inline-policy-1 of user/ci"


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [("ecr", "DescribeRegistry", "AccessDeniedException"), ("iam", "ListUsers", "AccessDenied")],
)
def test_a_record_has_the_code_that_the_caller_sees(
    office: Office, service: str, operation: str, code: str
) -> None:
    """Source: reference iam.md §2.3."""
    office.may(office.user(), operation, service=service)
    assert office.corridor.records[-1].error == code


def test_a_key_knows_when_it_was_used_last(office: Office) -> None:
    """Source: reference iam.md §13.2."""
    user = office.user(policy=policy("ecr:ListImages"))
    office.may(user, "ListImages", repository_name="app")
    key = {"service": "iam", "access_key_id": user.access_key_id}
    used = office.root("GetAccessKeyLastUsed", **key).access_key_last_used
    expected = (office.corridor.clock.now(), "ecr", "us-east-1")
    assert (used.last_used_date, used.service_name, used.region) == expected


def test_when_nothing_is_enforced_any_more_everything_is_allowed_again(office: Office) -> None:
    user = office.user()
    office.corridor.backend.dispatcher.enforces_iam = False
    assert office.may(user, "ListImages", repository_name="app")


def test_a_policy_names_the_profiles_that_it_is_about(office: Office) -> None:
    """Source: Service Authorization Reference, AWS Signer; to put a profile takes every resource."""
    user = office.user(policy=policy(["signer:PutSigningProfile", "signer:Get*"], PROFILES))
    release = {"service": "signer", "profile_name": "release"}
    assert not office.may(user, "PutSigningProfile", **release, platform_id=NOTATION)
    office.root("PutSigningProfile", **release, platform_id=NOTATION)
    assert office.may(user, "GetSigningProfile", **release)
    assert office.denial(user, "CancelSigningProfile", **release) == (
        f"User: {USER} is not authorized to perform: signer:CancelSigningProfile on resource: "
        f"{PROFILES[:-1]}release because no identity-based policy allows the "
        "signer:CancelSigningProfile action"
    )


@pytest.mark.parametrize(
    ("condition", "is_allowed"),
    [
        ({"aws:ResourceTag/team": "a"}, True),
        ({"aws:ResourceTag/team": "b"}, False),
        ({"signer:ProfileVersion": "0123456789"}, False),
    ],
)
def test_a_condition_asks_for_the_tags_and_the_version_of_a_profile(
    office: Office, condition: dict[str, str], is_allowed: bool
) -> None:
    """Source: Service Authorization Reference, AWS Signer."""
    release = {"service": "signer", "profile_name": "release"}
    tags = (ResourceTag(key="team", value="a"),)
    office.root("PutSigningProfile", **release, platform_id=NOTATION, tags=tags)
    user = office.user(policy=policy("signer:*", Condition={"StringEquals": condition}))
    assert office.may(user, "GetSigningProfile", **release) == is_allowed


def test_a_condition_asks_for_the_tags_of_a_new_profile(office: Office) -> None:
    condition = {"StringEquals": {"aws:RequestTag/team": "a"}}
    user = office.user(policy=policy("signer:PutSigningProfile", Condition=condition))
    new = {"service": "signer", "profile_name": "release", "platform_id": NOTATION}
    assert not office.may(user, "PutSigningProfile", **new)
    tags = (ResourceTag(key="team", value="a"),)
    assert office.may(user, "PutSigningProfile", **new, tags=tags)


def test_another_accounts_profile_takes_a_policy_of_its_own(office: Office) -> None:
    """Profiles have no such policies here: AddProfilePermission is not implemented."""
    there = {"service": "signer", "profile_name": "release", "profile_owner": "123456789012"}
    text = office.denial(AccessKey(OTHER), "GetSigningProfile", **there)
    assert "because no resource-based policy allows" in text


def test_who_verifies_may_ask_about_another_accounts_signatures(office: Office) -> None:
    """Both the profile and the job have to be allowed. Source: Service Authorization Reference."""
    question = {
        "service": "signer",
        "signature_timestamp": office.corridor.clock.now(),
        "platform_id": NOTATION,
        "profile_version_arn": f"{PROFILES[:-1]}release/0123456789".replace("123456789012", OTHER),
        "job_arn": f"arn:aws:signer:us-east-1:{OTHER}:/signing-jobs/1",
        "certificate_hashes": ("ab",),
    }
    everything = office.user("one", policy=policy("signer:GetRevocationStatus"))
    jobs = office.user("two", policy=policy("signer:GetRevocationStatus", question["job_arn"]))
    assert office.may(everything, "GetRevocationStatus", **question)
    assert "/signing-profiles/release because no identity-based policy" in office.denial(
        jobs, "GetRevocationStatus", **question
    )


def test_a_policy_of_the_registry_is_not_about_profiles(office: Office) -> None:
    office.root("PutRegistryPolicy", policy_text=resource_policy("*", Resource="*"))
    office.root("PutSigningProfile", service="signer", profile_name="release", platform_id=NOTATION)
    assert not office.may(
        office.user(), "GetSigningProfile", service="signer", profile_name="release"
    )


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: ":".join(case.operation) if isinstance(case, Case) else ""
)
def test_nothing_is_reachable_without_a_right(case: Case) -> None:
    """The caller has no policy, and neither has the repository one that names it."""
    corridor = Corridor(settle="manual")
    more = case.prepare(corridor) or {}
    app = {"repository_name": "app"}
    for of, kind, named in (
        ("ecr", "Repository", app),
        ("ecr", "Registry", {}),
        ("ecr-public", "Repository", app),
    ):
        with suppress(EcrError):  # a case may have made one that allows everybody
            corridor(f"Delete{kind}Policy", service=of, **named)
    user = Ecr(corridor.backend).create_user("nobody")
    corridor.backend.dispatcher.enforces_iam = True
    service, name = case.operation
    who = AccessKey(user.access_key_id, Signed())
    before = corridor.backend.state()
    try:
        corridor(name, service=service, credentials=who, **case.parameters, **more)
        error: EcrError | None = None
    except EcrError as caught:
        error = caught
    if case.operation in NEEDS_NO_RIGHT:
        assert not isinstance(error, AccessDeniedError)
    else:
        assert isinstance(error, AccessDeniedError)
        assert corridor.backend.state() == before


def test_what_needs_no_right_is_listed_here() -> None:
    open_ = {key for key in OPERATIONS if not OPERATIONS[key].action}
    assert open_ | {("sts", "GetCallerIdentity")} == NEEDS_NO_RIGHT
