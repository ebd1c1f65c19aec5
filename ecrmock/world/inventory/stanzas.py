"""Text in stanzas of ``Key: value`` lines, set apart by empty lines: dpkg's, apk's and Python's form."""

from collections.abc import Container, Iterable, Iterator

from ecrmock.world.inventory.limits import LONGEST_TEXT


def stanzas(lines: Iterable[str], keys: Container[str]) -> Iterator[dict[str, str]]:
    """Yield the wanted keys of each stanza; lines that continue a value are passed over."""
    stanza: dict[str, str] = {}
    for line in lines:
        if not line.strip():
            if stanza:
                yield stanza
                stanza = {}
            continue
        key, colon, value = line.partition(":")
        if colon and key in keys and key not in stanza:
            stanza[key] = value.strip()[:LONGEST_TEXT]
    if stanza:
        yield stanza


def first_stanza(lines: Iterable[str], keys: Container[str]) -> dict[str, str]:
    """Return the wanted keys of what comes before the first empty line."""
    return next(stanzas(lines, keys), {})
