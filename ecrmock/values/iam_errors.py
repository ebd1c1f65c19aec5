"""The errors of IAM: code, HTTP status and text. Source: reference iam.md §13.3.

Texts that are in no public record are AWS's as practitioners know them; the reference marks them.
"""

from ecrmock.values.errors import AccessDeniedError, EcrError


class NoSuchEntityError(EcrError):
    """What a request names is not there."""

    code = "NoSuchEntity"
    status = 404


class IdentityNotFoundError(NoSuchEntityError):
    """There is no user, group or role of a name."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"The {kind} with name {name} cannot be found.")


class PolicyNotFoundError(NoSuchEntityError):
    """There is no managed policy of an ARN."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"Policy {arn} was not found.")


class PolicyVersionNotFoundError(NoSuchEntityError):
    """A managed policy has no such version. Inferred text."""

    def __init__(self, arn: str, version_id: str) -> None:
        super().__init__(f"Policy {arn} version {version_id} does not exist or is not attachable.")


class NoAttachablePolicyError(NoSuchEntityError):
    """There is no managed policy of an ARN to attach."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"Policy {arn} does not exist or is not attachable.")


class NoBoundaryPolicyError(NoSuchEntityError):
    """There is no managed policy of an ARN to make a permissions boundary of. Inferred text."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"Scope ARN: {arn} does not exist or is not attachable.")


class InlinePolicyNotFoundError(NoSuchEntityError):
    """A user, group or role has no inline policy of a name."""

    def __init__(self, kind: str, policy_name: str) -> None:
        super().__init__(f"The {kind} policy with name {policy_name} cannot be found.")


class AccessKeyNotFoundError(NoSuchEntityError):
    """There is no access key of an id, or it is another user's."""

    def __init__(self, access_key_id: str) -> None:
        super().__init__(f"The Access Key with id {access_key_id} cannot be found")


class EntityAlreadyExistsError(EcrError):
    """A name is taken, whatever its case."""

    code = "EntityAlreadyExists"
    status = 409


class IdentityAlreadyExistsError(EntityAlreadyExistsError):
    """There is a user, group or role of a name already."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"{kind.capitalize()} with name {name} already exists.")


class PolicyAlreadyExistsError(EntityAlreadyExistsError):
    """There is a managed policy of a name already, whatever its path."""

    def __init__(self, policy_name: str) -> None:
        super().__init__(
            f"A policy called {policy_name} already exists. Duplicate names are not allowed."
        )


class DeleteConflictError(EcrError):
    """What is to be deleted is in use; the text says by what."""

    code = "DeleteConflict"
    status = 409


class IamLimitExceededError(EcrError):
    """A quota of IAM is used up; the text names it."""

    code = "LimitExceeded"
    status = 409


class InvalidInputError(EcrError):
    """A request of IAM says something that cannot be."""

    code = "InvalidInput"


class DuplicateTagKeysError(InvalidInputError):
    """A resource tag is given twice in one request; case does not count."""

    def __init__(self) -> None:
        super().__init__(
            "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        )


class UnmodifiableEntityError(EcrError):
    """A service-linked role is to be changed. Inferred text: reference iam.md §11.2."""

    code = "UnmodifiableEntity"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Cannot perform the operation on the protected role '{name}' "
            "- this role is only modifiable by AWS"
        )


class PolicyNotAttachableError(EcrError):
    """The policy of a service-linked role is to be attached to something else. Inferred text."""

    code = "PolicyNotAttachable"

    def __init__(self) -> None:
        super().__init__("Cannot attach a Service Role Policy to a Customer Role.")


class AwsPolicyError(AccessDeniedError):
    """A managed policy of AWS is to be changed, which nobody may. Inferred text."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"Policy {arn} is managed by AWS and cannot be changed.")
