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


def pull(
    allowance: Allowance | None,
    rate: int,
    now: datetime,
    image_digest: Digest | None = None,
    parts: frozenset[Digest] = frozenset(),
) -> Allowance | None:
    """Take a manifest, or a list of tags without a digest; return what is left, None when nothing is.

    An index and each of the manifests that it names, its ``parts``, are one pull: a client gets both for one
    image. Inferred: the reference counts image pulls.
    """
    if allowance is not None and image_digest in allowance.parts:
        return replace(allowance, parts=allowance.parts - {image_digest})
    known = None if allowance is None else Bucket(allowance.left, allowance.time)
    bucket, is_let_through = draw(known, rate, now)
    return Allowance(left=bucket.left, time=bucket.time, parts=parts) if is_let_through else None
