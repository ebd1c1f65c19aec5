"""How fast images may be pulled from public registries. Source: reference public.md §2."""

from dataclasses import replace
from datetime import datetime

from ecrmock.rules.faults import Bucket, draw
from ecrmock.values.names import Digest
from ecrmock.values.pull_rates import Allowance

ANONYMOUS_PULLS, KNOWN_PULLS = 1, 10  # a second: for each source address, and for each account
_THIS_MACHINE = "127.0.0.1"
_LOOPBACK = (_THIS_MACHINE, "::1", f"::ffff:{_THIS_MACHINE}")


def source_of(address: str) -> str:
    """Return who an address stands for: all of a machine's own are one, as docker may take either."""
    return _THIS_MACHINE if address in _LOOPBACK else address


def standing(allowance: Allowance | None, now: datetime) -> Allowance | None:
    """Return an allowance as of a time: where the clock was moved back, it grows again from there."""
    if allowance is None or allowance.time <= now:
        return allowance
    return replace(allowance, time=now)


def pull(
    allowance: Allowance | None,
    rate: int,
    now: datetime,
    image_digest: Digest | None = None,
    parts: frozenset[Digest] = frozenset(),
) -> Allowance | None:
    """Read a manifest; return what is left to who does, None when nothing is.

    ``parts`` are the manifests that the same pull may take next: those that an index names, or the one that
    was only looked for. Without a digest nothing was taken, and it is a pull of its own. Inferred: the
    reference counts image pulls, of which each takes several requests.
    """
    if allowance is not None and image_digest in allowance.parts:
        return replace(allowance, parts=allowance.parts - {image_digest} | parts)
    known = None if allowance is None else Bucket(allowance.left, allowance.time)
    bucket, is_let_through = draw(known, rate, now)
    return Allowance(left=bucket.left, time=bucket.time, parts=parts) if is_let_through else None
