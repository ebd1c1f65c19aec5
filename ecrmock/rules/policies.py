"""Reading policies of every kind, and whether one of a repository locks its author out.

Source: reference iam.md §3 (language), §9 (repository policy), §10 (registry policy), §13.3 (what IAM says
of a bad one). What a policy allows is another rule's question.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from ecrmock.rules.policy_grammar import (
    RESOURCES,
    STATEMENT,
    Form,
    InvalidPrincipalError,
    read_document,
)
from ecrmock.rules.statements import names_action, names_caller
from ecrmock.values.authorization import Caller
from ecrmock.values.policies import (
    DENY,
    InvalidRegistryPolicyError,
    InvalidRepositoryPolicyError,
    MalformedPolicyDocumentError,
    PolicyDocument,
    Statement,
)

_ANY = re.compile(r".*", re.DOTALL)
_ECR_ACTION = re.compile(r"\*|ecr:.+", re.IGNORECASE)
_PUBLIC_ACTION = re.compile(r"\*|ecr-public:.+", re.IGNORECASE)
_V1_ACTION = re.compile(
    r"ecr:(?:\*|ReplicateImage|BatchImportUpstreamImage|CreateRepository)", re.IGNORECASE
)
_ARN = re.compile(r"\*|arn:.*", re.DOTALL)  # hardly checked: reference iam.md §10
_WHO, _WHAT, _ON = frozenset({"Principal"}), frozenset({"Action"}), frozenset({"Resource"})
# By the service of the repository; names of actions are not checked further: reference public.md §4.4.
_REPOSITORY_POLICIES: Mapping[str, Form] = MappingProxyType(
    {
        service: Form(STATEMENT, _WHO | _WHAT, action, _ARN, is_printed=True)
        for service, action in (("ecr", _ECR_ACTION), ("ecr-public", _PUBLIC_ACTION))
    }
)
_REGISTRY_POLICY: Mapping[str, Form] = MappingProxyType(
    {
        "V1": Form(
            STATEMENT - {"NotAction"} | RESOURCES,
            _WHO | _WHAT | _ON,
            _V1_ACTION,
            _ARN,
            is_printed=True,
        ),
        "V2": Form(STATEMENT | RESOURCES, _WHO | _WHAT | _ON, _ECR_ACTION, _ARN, is_printed=True),
    }
)
_IAM_POLICY = Form(STATEMENT | RESOURCES, frozenset(), _ANY, _ANY, is_printed=False)

_FOREIGN = re.compile(r"[^\t\n\r\x20-\xff]")  # reference iam.md §3.1
_SID = re.compile(r"[A-Za-z0-9]*")
_VENDOR = re.compile(r"[A-Za-z0-9.-]+")


def parse_repository_policy(text: str, partition: str, service: str = "ecr") -> PolicyDocument:
    """Read the policy of a repository in a partition; its statements have no resource.

    Its actions are those of the repository's service, ``ecr`` or ``ecr-public``.

    Raises: InvalidRepositoryPolicyError. Source: reference iam.md §9.1, §9.2; public.md §4.4.
    """
    try:
        return read_document(text, partition, _REPOSITORY_POLICIES[service])
    except (ValueError, RecursionError) as error:
        raise InvalidRepositoryPolicyError(str(error)) from None


def parse_registry_policy(text: str, partition: str, scope: str = "V2") -> PolicyDocument:
    """Read the policy of a registry in a partition; its statements have resources.

    ``scope`` is the account setting ``REGISTRY_POLICY_SCOPE``: ``V1`` takes three actions and ``ecr:*``,
    ``V2`` every action of ECR. Raises: InvalidRegistryPolicyError. Source: reference iam.md §10.
    """
    try:
        return read_document(text, partition, _REGISTRY_POLICY[scope])
    except (ValueError, RecursionError) as error:
        raise InvalidRegistryPolicyError(str(error)) from None


@lru_cache(maxsize=1024)
def parse_identity_policy(text: str, *, is_managed: bool = False) -> PolicyDocument:
    """Read a policy of users, groups and roles, a boundary or a session policy; ``text`` stays as sent.

    Only a managed policy must be of version 2012-10-17 (inferred; an older one has no variables).

    Raises: MalformedPolicyDocumentError. Source: reference iam.md §3.1, §13.3.
    """
    document = _iam_document(text, "aws")
    if is_managed and document.version != "2012-10-17":
        raise MalformedPolicyDocumentError("Policy document must be version 2012-10-17 or greater.")
    if any(each.principals or each.not_principals for each in document.statements):
        raise MalformedPolicyDocumentError("Policy document should not specify a principal.")
    _check_sids(document)
    _check_actions(document)
    for statement in document.statements:
        _check_resources(statement)
    return document


@lru_cache(maxsize=1024)
def parse_trust_policy(text: str, partition: str) -> PolicyDocument:
    """Read the trust policy of a role in a partition; ``text`` stays as sent.

    Whether a user or role that it names exists is not asked here.

    Raises: MalformedPolicyDocumentError. Source: reference iam.md §3.1, §13.3; the texts about resources
    and about actions of other services are recalled from AWS.
    """
    document = _iam_document(text, partition)
    if any(each.resources or each.not_resources for each in document.statements):
        raise MalformedPolicyDocumentError("Has prohibited field Resource")
    if not all(each.principals or each.not_principals for each in document.statements):
        raise MalformedPolicyDocumentError(
            "Invalid principal in policy: com.amazon.balsa.error.InvalidPolicyException: "
            "The passed in policy has a statement with no principals!"
        )
    _check_sids(document)
    _check_actions(document)
    for action in _actions(document.statements):
        if action != "*" and not action.lower().startswith("sts:"):
            raise MalformedPolicyDocumentError(
                "AssumeRole policy may only specify STS AssumeRole actions."
            )
    return document


def _iam_document(text: str, partition: str) -> PolicyDocument:
    if foreign := _FOREIGN.search(text):
        raise MalformedPolicyDocumentError(reason=f"U+{ord(foreign[0]):04X} is not allowed")
    try:
        return read_document(text, partition, _IAM_POLICY)
    except InvalidPrincipalError as error:
        raise MalformedPolicyDocumentError(
            f'Invalid principal in policy: "{error.kind.upper()}":"{error.name}"', str(error)
        ) from None
    except (ValueError, RecursionError) as error:
        raise MalformedPolicyDocumentError(reason=str(error)) from None


def _check_sids(document: PolicyDocument) -> None:
    sids = [statement.sid for statement in document.statements if statement.sid]
    odd = next((sid for sid in sids if not _SID.fullmatch(sid)), None)
    if odd is not None:
        raise MalformedPolicyDocumentError(reason=f"{odd!r} is no Sid")
    if len(set(sids)) < len(sids):
        raise MalformedPolicyDocumentError("Statement IDs (SID) in a single policy must be unique.")


def _check_actions(document: PolicyDocument) -> None:
    """Check that there are actions, and a vendor before each and before each condition key.

    The texts about odd vendors and several colons are recalled from AWS.
    """
    if not all(each.actions or each.not_actions for each in document.statements):
        raise MalformedPolicyDocumentError("Policy statement must contain actions.")
    keys = (condition.key for each in document.statements for condition in each.conditions)
    actions = [action for action in _actions(document.statements) if action != "*"]
    for name in (*actions, *keys):
        if ":" not in name:
            raise MalformedPolicyDocumentError(
                "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
            )
    for action in actions:
        vendor, _, name = action.partition(":")
        if ":" in name:
            raise MalformedPolicyDocumentError("Actions/Condition can contain only one colon.")
        if not _VENDOR.fullmatch(vendor):
            raise MalformedPolicyDocumentError(f"Vendor {vendor} is not valid")


def _actions(statements: Iterable[Statement]) -> Iterator[str]:
    for statement in statements:
        yield from statement.actions or statement.not_actions


def _check_resources(statement: Statement) -> None:
    """Check that there are resources, each in the form of an ARN.

    Inferred: one that is cut short without a wildcard is what legacy parsing fails on.
    """
    resources = statement.resources or statement.not_resources
    if not resources:
        raise MalformedPolicyDocumentError("Policy statement must contain resources.")
    for resource in resources:
        if resource != "*" and not resource.startswith("arn:"):
            raise MalformedPolicyDocumentError(f'Resource {resource} must be in ARN format or "*".')
        if resource.count(":") < 5 and "*" not in resource:
            raise MalformedPolicyDocumentError("The policy failed legacy parsing")


def locked_out_by(
    document: PolicyDocument, caller: Caller, service: str = "ecr"
) -> Statement | None:
    """Return the statement by which a caller who sets this policy surely cannot set another one.

    A statement with conditions is none: whether they hold depends on the request to come. Nor is one that
    spares the caller in any form. Inferred: reference iam.md §9.2.
    """
    return next(
        (
            statement
            for statement in document.statements
            if statement.effect == DENY
            and not statement.conditions
            and names_action(statement, f"{service}:SetRepositoryPolicy")
            and names_caller(statement, caller)
        ),
        None,
    )
