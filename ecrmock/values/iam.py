"""What IAM keeps: users, groups, roles, managed policies, access keys and sessions; pages of them.

Source: reference iam.md §13.2 for the shapes, §1 for ARNs and ids. Policy documents are texts as they
were sent. The errors are in ``iam_errors``.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from ecrmock.values.authorization import Caller
from ecrmock.values.iam_errors import PolicyVersionNotFoundError
from ecrmock.values.names import AccountId
from ecrmock.values.repositories import ResourceTag

USER, GROUP, ROLE, POLICY = (
    "user",
    "group",
    "role",
    "policy",
)  # as in ARNs and in the texts of errors
ACTIVE, INACTIVE = "Active", "Inactive"
DEFAULT_PATH = "/"
SERVICE_ROLE_PATH = "/aws-service-role/"  # of roles and policies that only AWS may change
MAX_POLICY_VERSIONS = 5  # reference iam.md §13.3


def iam_arn(partition: str, account: str, kind: str, path: str, name: str) -> str:
    """Return the ARN of an entity of IAM, which no region divides. Source: reference iam.md §1.1."""
    return f"arn:{partition}:iam::{account}:{kind}{path}{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InlinePolicy:
    """An identity policy that belongs to one user, group or role."""

    policy_name: str
    policy_document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedPermissionsBoundary:
    """The managed policy that limits a user or role (API shape ``AttachedPermissionsBoundary``)."""

    permissions_boundary_arn: str
    permissions_boundary_type: str = "Policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What policies are attached to: a user, group or role. Names are unique whatever their case."""

    path: str = DEFAULT_PATH
    name: str
    unique_id: str
    arn: str
    create_date: datetime
    attached_policy_arns: tuple[str, ...] = ()
    inline_policies: tuple[InlinePolicy, ...] = ()

    @property
    def key(self) -> str:
        """What names are compared by."""
        return self.name.lower()

    @property
    def is_protected(self) -> bool:
        """Whether only AWS may change it."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor(Identity):
    """An identity that makes requests: a user, or a role through its sessions."""

    permissions_boundary: AttachedPermissionsBoundary | None = None
    resource_tags: tuple[ResourceTag, ...] = ()

    @property
    def tags(self) -> tuple[ResourceTag, ...] | None:
        """The resource tags as they are shown: nothing where there are none."""
        return self.resource_tags or None

    def listed(self) -> Self:
        """Return what listings show of it: neither tags nor boundary. Source: iam.md §13.2."""
        return replace(self, permissions_boundary=None, resource_tags=())


@dataclass(frozen=True, slots=True, kw_only=True)
class User(Actor):
    """A user (API shape ``User``). ``group_keys`` are the names of its groups in lower case."""

    group_keys: tuple[str, ...] = ()

    @property
    def user_name(self) -> str:
        """The name."""
        return self.name

    @property
    def user_id(self) -> str:
        """The unique id, ``AIDA…``."""
        return self.unique_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Identity):
    """A group of users (API shape ``Group``); its users know that they are in it."""

    @property
    def group_name(self) -> str:
        """The name."""
        return self.name

    @property
    def group_id(self) -> str:
        """The unique id, ``AGPA…``."""
        return self.unique_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Actor):
    """A role (API shape ``Role``). ``max_session_duration`` is in seconds."""

    assume_role_policy_document: str
    description: str | None = None
    max_session_duration: int = 3600

    @property
    def role_name(self) -> str:
        """The name."""
        return self.name

    @property
    def role_id(self) -> str:
        """The unique id, ``AROA…``."""
        return self.unique_id

    @property
    def is_protected(self) -> bool:
        """Whether it is service-linked, so that only AWS may change it. Source: iam.md §11.2."""
        return self.path.startswith(SERVICE_ROLE_PATH)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """A version of a managed policy."""

    version_id: str
    document: str
    create_date: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedPolicy:
    """A managed policy (API shape ``Policy``) with its versions, the oldest first.

    The counts depend on who uses it: they are filled in when it is shown and are 0 in the store.
    ``last_version`` is the highest number that a version ever had.
    """

    policy_name: str
    policy_id: str
    arn: str
    path: str = DEFAULT_PATH
    default_version_id: str = "v1"
    attachment_count: int = 0
    permissions_boundary_usage_count: int = 0
    is_attachable: bool = True
    description: str | None = None
    create_date: datetime
    update_date: datetime
    resource_tags: tuple[ResourceTag, ...] = ()
    versions: tuple[PolicyVersion, ...]
    last_version: int = 1

    @property
    def tags(self) -> tuple[ResourceTag, ...] | None:
        """The resource tags as they are shown: nothing where there are none."""
        return self.resource_tags or None

    @property
    def document(self) -> str:
        """The text of the default version: the one in force."""
        return self.version(self.default_version_id).document

    def version(self, version_id: str) -> PolicyVersion:
        """Return a version. Raises: PolicyVersionNotFoundError."""
        for version in self.versions:
            if version.version_id == version_id:
                return version
        raise PolicyVersionNotFoundError(self.arn, version_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKeyLastUsed:
    """When and for what a key was used last; it begins with never (API shape of the same name)."""

    last_used_date: datetime | None = None
    service_name: str = "N/A"
    region: str = "N/A"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserKey:
    """A long-term access key of a user, or of the root of its account when ``user_name`` is None."""

    access_key_id: str
    secret_access_key: str
    account: AccountId
    user_name: str | None
    status: str = ACTIVE
    create_date: datetime
    access_key_last_used: AccessKeyLastUsed = AccessKeyLastUsed()


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Temporary credentials (API shape ``Credentials`` of sts) and what they stand for.

    ``principal_arn`` is the user or role behind the caller: of a role session its role, with the path.
    ``policies`` are the texts of the session policies. Without session policies, texts or ARNs, the session
    may do what its principal may.
    """

    access_key_id: str
    secret_access_key: str
    session_token: str
    expiration: datetime
    issued_at: datetime
    caller: Caller
    principal_arn: str
    policies: tuple[str, ...] = ()
    policy_arns: tuple[str, ...] = ()
    resource_tags: tuple[ResourceTag, ...] = ()
    transitive_tag_keys: tuple[str, ...] = ()
    source_identity: str | None = None
    has_mfa: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """What every listing answers beside its entries; ``marker`` is where the next page starts."""

    marker: str | None

    @property
    def is_truncated(self) -> bool:
        """Whether there are more."""
        return self.marker is not None
