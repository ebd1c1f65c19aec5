"""How versions of each ecosystem compare. Needs the extra ``scan``, which brings ``univers``.

Where univers differs from the package managers, the text is put right before it is read; each such place
says why.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from ecrmock.values.advisories import UnreadableVersionError
from ecrmock.values.ecosystems import APK, DEB, GO, MAVEN, PYPI, RPM, SEMVER
from ecrmock.values.errors import MissingExtraError

_CLASSES = MappingProxyType(
    {
        **{DEB: "DebianVersion", APK: "AlpineLinuxVersion", RPM: "RpmVersion"},
        **{PYPI: "PypiVersion", SEMVER: "SemverVersion", GO: "GolangVersion"},
        MAVEN: "MavenVersion",
    }
)
_APK_SNAPSHOT = re.compile(r"_(?:cvs|svn|git|hg)(?=[0-9]|-|$)")
_APK_HASH = re.compile(r"~[0-9a-f]+")
_BUILD = re.compile(r"\+.*")
_MAVEN_RELEASE = re.compile(r"[.-]RELEASE$", re.IGNORECASE)
_GO_TOOLCHAIN = re.compile(r"^go(?=[0-9])")
_GO_CANDIDATE = re.compile(r"^([0-9]+\.[0-9]+(?:\.[0-9]+)?)(rc|beta)([0-9]+)$")


def compare(scheme: str, first: str, second: str) -> int:
    """Return a number below, at or above 0, as the first version is below, at or above the second.

    Raises: UnreadableVersionError, MissingExtraError.
    """
    if scheme == PYPI:
        first, second = _without_lone_local(first, second)
    try:
        one, other = _read(scheme, first), _read(scheme, second)
        return int(one > other) - int(one < other)
    except RecursionError:  # Maven's are lists in lists, one deeper for each hyphen
        raise UnreadableVersionError(scheme, max(first, second, key=len)) from None


@lru_cache(maxsize=16384)  # the versions of an image meet those of many advisories
def _read(scheme: str, text: str) -> Any:
    make = _maker(scheme)
    try:
        return make(_PREPARED.get(scheme, str)(text))
    except (ValueError, TypeError, IndexError, AttributeError):  # its readers are not of one mind
        raise UnreadableVersionError(scheme, text) from None


def _maker(scheme: str) -> Callable[[str], Any]:
    try:
        from univers import versions  # noqa: PLC0415 - an extra, and slow to load
    except ImportError:
        raise MissingExtraError("Advisories need: pip install 'ecrmock[scan]'") from None
    if scheme not in _CLASSES:
        raise UnreadableVersionError(scheme, "")
    make: Callable[[str], Any] = getattr(versions, _CLASSES[scheme])
    return make


def _without_lone_local(first: str, second: str) -> tuple[str, str]:
    """Leave out a local part that the other version has not: ``2.0+cu118`` is as good as ``2.0``.

    Source: Python packaging, version specifiers: local labels are ignored when the specifier has none.
    """
    if ("+" in first) != ("+" in second):
        return _BUILD.sub("", first), _BUILD.sub("", second)
    return first, second


def _apk(text: str) -> str:
    """Univers knows Gentoo's suffixes only; apk's snapshots are above their version, as patches are."""
    return _APK_SNAPSHOT.sub("_p", _APK_HASH.sub("", text))


def _semver(text: str) -> str:
    """Univers lets build metadata count; it has no rank. Source: Semantic Versioning 2.0, item 10."""
    return _BUILD.sub("", text)


def _go(text: str) -> str:
    """Releases of Go itself are written ``go1.19rc1``, and the database has ``1.19.0-rc.1``."""
    text = _GO_TOOLCHAIN.sub("", text.partition(" ")[0])
    candidate = _GO_CANDIDATE.match(text)
    if candidate is not None:
        number = candidate[1] if candidate[1].count(".") == 2 else f"{candidate[1]}.0"
        text = f"{number}-{candidate[2]}.{candidate[3]}"
    return _BUILD.sub("", text)


def _maven(text: str) -> str:
    """``RELEASE`` is no qualifier. Source: Maven, POM reference, version order specification."""
    return _MAVEN_RELEASE.sub("", text)


_PREPARED: MappingProxyType[str, Callable[[str], str]] = MappingProxyType(
    {APK: _apk, SEMVER: _semver, GO: _go, MAVEN: _maven}
)
