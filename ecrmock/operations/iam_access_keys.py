"""CreateAccessKey, ListAccessKeys, UpdateAccessKey, DeleteAccessKey, GetAccessKeyLastUsed."""

from dataclasses import dataclass, replace

from ecrmock.operations.operation import Context, operation
from ecrmock.rules.access_keys import LONG_TERM, key_id, secret_key
from ecrmock.rules.iam_limits import KEYS_PER_USER, check_quota
from ecrmock.rules.iam_paging import page
from ecrmock.rules.principals import user_meant
from ecrmock.values.iam import Page, UserKey
from ecrmock.values.iam_errors import AccessKeyNotFoundError, IdentityAlreadyExistsError


@dataclass(frozen=True, slots=True)
class AccessKeyAnswer:
    """Answer of CreateAccessKey, the only one with the secret."""

    access_key: UserKey


@dataclass(frozen=True, slots=True)
class AccessKeyPage(Page):
    """Answer of ListAccessKeys."""

    access_key_metadata: tuple[UserKey, ...]


def _owner(context: Context, user_name: str | None) -> str | None:
    """Return the name of the user that is meant, as it is spelled; None for the root.

    Raises: ValidationError, IdentityNotFoundError.
    """
    name = user_meant(user_name, context.caller)
    return None if name is None else context.identities.users.named(name).name


def _key(context: Context, user_name: str | None, access_key_id: str) -> UserKey:
    owner = _owner(context, user_name)
    key = context.store.keys.get(access_key_id)
    if key is None or (key.account, key.user_name) != (context.account, owner):
        raise AccessKeyNotFoundError(access_key_id)
    return key


@operation("iam", "CreateAccessKey")
def create_access_key(context: Context, *, user_name: str | None = None) -> AccessKeyAnswer:
    """Make an access key of a user, or of the caller.

    Raises: ValidationError, IdentityNotFoundError, IamLimitExceededError. Source: reference iam.md §1.2, §13.
    """
    owner, ids = _owner(context, user_name), context.world.ids
    check_quota(KEYS_PER_USER, len(context.store.keys_of(context.account, owner)) + 1)
    key = UserKey(
        access_key_id=key_id(LONG_TERM, context.account, ids.bits),
        secret_access_key=secret_key(ids.secret),
        account=context.account,
        user_name=owner,
        create_date=context.now,
    )
    context.store.keys.put(key.access_key_id, key)
    return AccessKeyAnswer(key)


@operation("ecrmock", "PutAccessKey", action="iam:CreateAccessKey")
def put_access_key(
    context: Context, *, access_key_id: str, secret_access_key: str, user_name: str | None = None
) -> None:
    """Give a user, or the caller, an access key with an id and a secret that are known beforehand.

    AWS draws both; a seed has them in it. An id that is there already keeps its owner and gets the secret.

    Raises: IdentityNotFoundError, IdentityAlreadyExistsError, IamLimitExceededError.
    """
    owner, present = _owner(context, user_name), context.store.keys.get(access_key_id)
    if present is not None and (present.account, present.user_name) != (context.account, owner):
        raise IdentityAlreadyExistsError("access key", access_key_id)
    if present is None:
        check_quota(KEYS_PER_USER, len(context.store.keys_of(context.account, owner)) + 1)
    made = present or UserKey(
        access_key_id=access_key_id,
        secret_access_key=secret_access_key,
        account=context.account,
        user_name=owner,
        create_date=context.now,
    )
    context.store.keys.put(access_key_id, replace(made, secret_access_key=secret_access_key))


@operation("iam", "ListAccessKeys")
def list_access_keys(
    context: Context,
    *,
    user_name: str | None = None,
    marker: str | None = None,
    max_items: int | None = None,
) -> AccessKeyPage:
    """Return a page of the access keys of a user, or of the caller, without their secrets.

    Raises: ValidationError, IdentityNotFoundError. Source: reference iam.md §13.
    """
    keys = context.store.keys_of(context.account, _owner(context, user_name))
    return AccessKeyPage(*page(keys, lambda key: key.access_key_id, marker, max_items))


@operation("iam", "UpdateAccessKey")
def update_access_key(
    context: Context, *, access_key_id: str, status: str, user_name: str | None = None
) -> None:
    """Make an access key active or inactive.

    Raises: ValidationError, IdentityNotFoundError, AccessKeyNotFoundError. Source: reference iam.md §13.
    """
    key = _key(context, user_name, access_key_id)
    context.store.keys.put(access_key_id, replace(key, status=status))


@operation("iam", "DeleteAccessKey")
def delete_access_key(
    context: Context, *, access_key_id: str, user_name: str | None = None
) -> None:
    """Delete an access key, active or not.

    Raises: ValidationError, IdentityNotFoundError, AccessKeyNotFoundError. Source: reference iam.md §13.
    """
    context.store.keys.remove(_key(context, user_name, access_key_id).access_key_id)


@operation("iam", "GetAccessKeyLastUsed")
def get_access_key_last_used(context: Context, *, access_key_id: str) -> UserKey:
    """Return whose an access key of the account is, and when it was used last.

    Raises: AccessKeyNotFoundError. Source: reference iam.md §13.2, §13.3.
    """
    key = context.store.keys.get(access_key_id)
    if key is None or key.account != context.account:
        raise AccessKeyNotFoundError(access_key_id)
    return key
