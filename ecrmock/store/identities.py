"""Identities: the users, groups, roles and managed policies of an account, which no region divides."""

from collections.abc import Iterator
from itertools import chain
from typing import TypeVar

from ecrmock.store.journal import NOWHERE, Address, Journal
from ecrmock.store.table import Table
from ecrmock.values.iam import (
    GROUP,
    ROLE,
    USER,
    Group,
    Identity,
    ManagedPolicy,
    Role,
    User,
)
from ecrmock.values.iam_errors import (
    AwsPolicyError,
    IdentityAlreadyExistsError,
    IdentityNotFoundError,
    PolicyNotFoundError,
    UnmodifiableEntityError,
)

I = TypeVar("I", bound=Identity)  # noqa: E741 - an identity


class Directory(Table[str, I]):
    """Identities of one kind by name, whatever its case."""

    __slots__ = ("kind",)

    def __init__(self, journal: Journal, kind: str, address: Address = NOWHERE) -> None:
        super().__init__(journal, address)
        self.kind = kind

    def find(self, name: str) -> I | None:
        """Return the identity of a name, or None."""
        return self.get(name.lower())

    def named(self, name: str) -> I:
        """Return the identity of a name. Raises: IdentityNotFoundError."""
        found = self.find(name)
        if found is None:
            raise IdentityNotFoundError(self.kind, name)
        return found

    def modifiable(self, name: str) -> I:
        """Return the identity of a name to change it.

        Raises: IdentityNotFoundError, UnmodifiableEntityError.
        """
        found = self.named(name)
        if found.is_protected:
            raise UnmodifiableEntityError(found.name)
        return found

    def check_free(self, name: str) -> None:
        """Refuse a name that is taken. Raises: IdentityAlreadyExistsError."""
        if self.find(name) is not None:
            raise IdentityAlreadyExistsError(self.kind, name)

    def save(self, identity: I) -> None:
        """Save an identity under its name."""
        self.put(identity.key, identity)

    def drop(self, identity: I) -> None:
        """Remove an identity."""
        self.remove(identity.key)

    def rename(self, old: I, new: I) -> None:
        """Save an identity under another name, or its own. Raises: IdentityAlreadyExistsError."""
        if new.key != old.key:
            self.check_free(new.name)
        self.drop(old)
        self.save(new)


class Policies(Table[str, ManagedPolicy]):
    """The managed policies that the account made, by ARN."""

    __slots__ = ()

    def named(self, arn: str) -> ManagedPolicy:
        """Return a policy. Raises: PolicyNotFoundError."""
        found = self.get(arn)
        if found is None:
            raise PolicyNotFoundError(arn)
        return found

    def modifiable(self, arn: str) -> ManagedPolicy:
        """Return a policy to change it. Raises: AwsPolicyError, PolicyNotFoundError.

        Inferred: what is said of AWS's own.
        """
        if ":iam::aws:" in arn:
            raise AwsPolicyError(arn)
        return self.named(arn)

    def save(self, policy: ManagedPolicy) -> None:
        """Save a policy under its ARN."""
        self.put(policy.arn, policy)


class Identities:
    """The identities of one account."""

    __slots__ = ("groups", "policies", "roles", "users")

    def __init__(self, journal: Journal, account: str = "") -> None:
        place = (account,)
        self.users: Directory[User] = Directory(journal, USER, ("users", place))
        self.groups: Directory[Group] = Directory(journal, GROUP, ("groups", place))
        self.roles: Directory[Role] = Directory(journal, ROLE, ("roles", place))
        self.policies = Policies(journal, ("policies", place))

    def __len__(self) -> int:
        return len(self.users) + len(self.groups) + len(self.roles) + len(self.policies)

    def clear(self) -> None:
        """Remove them all."""
        for table in (self.users, self.groups, self.roles, self.policies):
            table.clear()

    def all(self) -> Iterator[Identity]:
        """Yield every user, group and role."""
        return chain(self.users.values(), self.groups.values(), self.roles.values())

    def actors(self) -> Iterator[User | Role]:
        """Yield every user and role."""
        return chain(self.users.values(), self.roles.values())

    def actor(self, arn: str) -> User | Role | None:
        """Return the user or role of an ARN, which counts case and path; None for any other ARN."""
        kind, _, path = arn.split(":", 5)[-1].partition("/")
        name = path.rpartition("/")[2]
        found = self.users.find(name) if kind == USER else self.roles.find(name)
        return found if found is not None and found.arn == arn else None

    def groups_of(self, user: User) -> tuple[Group, ...]:
        """Return the groups that a user is in, in the order in which it came into them."""
        groups = (self.groups.get(key) for key in user.group_keys)
        return tuple(group for group in groups if group is not None)

    def users_in(self, group: Group) -> tuple[User, ...]:
        """Return the users of a group."""
        return tuple(user for user in self.users.values() if group.key in user.group_keys)
