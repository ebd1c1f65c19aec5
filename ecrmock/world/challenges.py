"""The logins that a registry asks for, out of its ``WWW-Authenticate`` headers. Source: RFC 9110, §11.6.1."""

import re
from collections.abc import Iterable

# A parameter with its value, which an unquoted address may be as well, or else the name of a scheme.
_PIECE = re.compile(r"""([!#$%&'*+.^_`|~\w-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?""")
_ESCAPED = re.compile(r"\\(.)")


def challenges(headers: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the parameters of each scheme, all names in lower case; of two for a scheme the first."""
    found: dict[str, dict[str, str]] = {}
    for header in headers:
        said: dict[str, str] = {}
        for name, quoted, plain in (piece.groups() for piece in _PIECE.finditer(header)):
            value = plain if quoted is None else _ESCAPED.sub(r"\1", quoted)
            if value is None:
                said = found.setdefault(name.lower(), {})
            else:
                said.setdefault(name.lower(), value)
    return found
