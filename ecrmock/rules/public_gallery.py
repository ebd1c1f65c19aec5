"""What public registries take and are called. Source: reference public.md."""

import re
import struct
from collections.abc import Iterable
from dataclasses import replace

from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.names import AccountId
from ecrmock.values.public_gallery import ACTIVE, ALIAS_STATUSES, PublicAlias, is_alias

_PUSHES = frozenset(
    {
        "BatchCheckLayerAvailability",
        "CompleteLayerUpload",
        "InitiateLayerUpload",
        "PutImage",
        "UploadLayerPart",
    }
)
_DELETES = "BatchDeleteImage"
_LETTERS, _CHARACTERS = "abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz0123456789"
_ALIAS_LENGTH = 8
_UUID_HEAD = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-"
_LOGO_NAME = re.compile(rf"{_UUID_HEAD}([0-9]{{12}})/{_UUID_HEAD}([0-9a-f]{{12}})")
# A PNG begins with its signature and the chunk IHDR, of which width and height come first.
_PNG_HEAD = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"
_SHORTEST_SIDE, _LONGEST_SIDE = 60, 2048
_LOGO = "catalogData.logoImageBlob"


def public_action(action: str) -> str:
    """Return the action that something takes in a public registry which takes one of ECR's in a private one.

    Empty for what only reads images: everybody may. Source: reference public.md §6.4.
    """
    service, _, name = action.partition(":")
    if service == "ecr-public" or not action:
        return action
    return f"ecr-public:{name}" if name in _PUSHES or name == _DELETES else ""


def everybody_may(action: str) -> bool:
    """Tell whether an action of ECR's is open to everybody in a public registry.

    Looking for a layer is, though somebody who is known needs a permission. Source: reference public.md §6.3,
    §6.4.
    """
    taken = public_action(action)
    return not taken or taken == "ecr-public:BatchCheckLayerAvailability"


def tells_registries_apart(operation: str) -> bool:
    """Tell whether an operation says that a registry is missing, and not only a repository.

    Source: reference public.md §9.
    """
    return operation in _PUSHES


def default_alias(bits: int) -> str:
    """Return an alias as AWS draws it: a letter and seven letters or digits. Inferred: public.md §1.2."""
    bits, first = divmod(bits, len(_LETTERS))
    alias = _LETTERS[first]
    for _ in range(_ALIAS_LENGTH - 1):
        bits, place = divmod(bits, len(_CHARACTERS))
        alias += _CHARACTERS[place]
    return alias


def alias_fault(name: str, status: str, *, is_primary: bool, is_default: bool) -> str | None:
    """Return what is wrong with an alias to be, as a sentence; None when nothing is.

    Inferred: that the default alias is always active; AWS decides about those that somebody asks for.
    """
    if not is_alias(name):
        return (
            f"{name!r} is no alias: that is 2 to 50 of a-z, 0-9, '.', '_' and '-', a letter first"
        )
    if status not in ALIAS_STATUSES:
        return f"an alias is {', '.join(ALIAS_STATUSES)}, not {status!r}"
    if is_primary and status != ACTIVE:
        return "only an active alias can be the primary one"
    if is_default and status != ACTIVE:
        return f"the default alias {name!r} is always active"
    return None


def put_among(present: Iterable[PublicAlias], added: PublicAlias) -> tuple[PublicAlias, ...]:
    """Return the aliases of a registry once one is put, as the last: one is primary, one default.

    The default one is primary while no other is, for addresses show it.
    """
    others = (
        replace(
            each,
            primary_registry_alias=each.primary_registry_alias and not added.primary_registry_alias,
            default_registry_alias=each.default_registry_alias and not added.default_registry_alias,
        )
        for each in present
        if each.name != added.name
    )
    aliases = (*others, added)
    if any(each.primary_registry_alias for each in aliases):
        return aliases
    return tuple(
        replace(each, primary_registry_alias=each.default_registry_alias) for each in aliases
    )


def logo_name(account: AccountId, sequence: int, first: str, second: str) -> str:
    """Return the name of a logo in URLs: two UUIDs.

    They end with the account and the place of the repository in its registry, so that it is found again.
    """
    return f"{first[:-12]}{account}/{second[:-12]}{sequence:012x}"


def read_logo_name(name: str) -> tuple[str, int] | None:
    """Read account and place of a repository from the name of a logo; None when it is none."""
    match = _LOGO_NAME.fullmatch(name)
    return None if match is None else (match[1], int(match[2], 16))


def check_logo(image: bytes) -> None:
    """Refuse a logo that is no PNG, or too small or large a one. Raises: InvalidParameterError.

    Source: reference public.md §2 (sizes), §9; inferred: the texts, and that the API looks at the sizes.
    """
    if not image.startswith(_PNG_HEAD) or len(image) < len(_PNG_HEAD) + 8:
        raise InvalidParameterError(_LOGO, "The logo image must be in PNG format")
    sides = struct.unpack_from(">II", image, len(_PNG_HEAD))
    if not all(_SHORTEST_SIDE <= side <= _LONGEST_SIDE for side in sides):
        raise InvalidParameterError(
            _LOGO,
            f"The logo image must have between {_SHORTEST_SIDE} and {_LONGEST_SIDE} pixels on each side",
        )
