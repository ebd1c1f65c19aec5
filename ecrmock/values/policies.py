"""Policies of every kind: document, statement, principal, condition, and their errors.

Source: reference iam.md §3 for the language, §9 and §10 for what ECR takes of it, §13.3 for IAM.
"""

from dataclasses import dataclass

from ecrmock.values.errors import EcrError, InvalidParameterError
from ecrmock.values.names import AccountId, RepositoryName

ALLOW = "Allow"
DENY = "Deny"
EVERYONE = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who a statement is about: an entry of ``Principal`` or ``NotPrincipal``.

    ``kind`` is ``AWS``, ``Service`` or ``Federated``. Of kind ``AWS`` is ``EVERYONE``, an ARN (an account
    is that of its root), or the unique id that stands for a deleted user or role.
    """

    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What else must hold: one key of one operator; it holds for any of the values.

    ``operator`` is the bare one, such as ``StringEquals``; ``quantifier`` is ``ForAllValues``,
    ``ForAnyValue`` or None. Values are texts, as they are compared.
    """

    quantifier: str | None = None
    operator: str
    if_exists: bool = False
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One entry of a policy. Of each pair with ``not_`` one is empty: a statement has only the other.

    Both ``resources`` and ``not_resources`` are empty in a repository policy: it is about its repository.
    """

    sid: str | None = None
    effect: str
    principals: tuple[Principal, ...] = ()
    not_principals: tuple[Principal, ...] = ()
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDocument:
    """A policy that was read. ``text`` is how AWS shows it; without a version it is of 2008-10-17."""

    version: str | None = None
    id: str | None = None
    statements: tuple[Statement, ...]
    text: str

    def __hash__(self) -> int:
        return hash(self.text)  # what is known of a document is looked up by it at each request


class MalformedPolicyDocumentError(EcrError):
    """A text is no policy of IAM; ``reason`` says what is wrong in other words than AWS's.

    Source: reference iam.md §13.3.
    """

    code = "MalformedPolicyDocument"

    def __init__(
        self, message: str = "Syntax errors in policy.", reason: str | None = None
    ) -> None:
        self.reason = reason or message
        super().__init__(message)


class InvalidRepositoryPolicyError(InvalidParameterError):
    """The text is no repository policy, or one that locks its author out. Source: iam.md §9.2.

    ECR does not say why; ``reason`` does.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__("PolicyText", "Invalid repository policy provided")


class PrincipalNotFoundError(InvalidParameterError):
    """A repository policy names a user or role that is not there. Source: reference iam.md §9.2."""

    def __init__(self) -> None:
        super().__init__("PolicyText", "Principal not found")


class InvalidRegistryPolicyError(InvalidParameterError):
    """The text is no registry policy. Source: reference iam.md §10. ECR does not say why; ``reason`` does."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__("PolicyText", "Invalid registry policy provided")


class RepositoryPolicyNotFoundError(EcrError):
    """The repository has no policy. Source: reference api.md §8.1."""

    code = "RepositoryPolicyNotFoundException"

    def __init__(self, name: RepositoryName, registry_id: AccountId) -> None:
        super().__init__(
            f"Repository policy does not exist for the repository with name '{name}' "
            f"in the registry with id '{registry_id}'"
        )


class RegistryPolicyNotFoundError(EcrError):
    """The registry has no policy. Inferred text: reference api.md §8.2."""

    code = "RegistryPolicyNotFoundException"

    def __init__(self, registry_id: AccountId) -> None:
        super().__init__(f"Registry policy does not exist in the registry with id '{registry_id}'")
