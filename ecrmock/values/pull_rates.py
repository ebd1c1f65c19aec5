"""What is known of who pulls from public registries, while pulls are limited."""

from dataclasses import dataclass
from datetime import datetime

from ecrmock.values.names import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What somebody may still pull at once, as of a time; ``parts`` belong to the last pull."""

    left: float
    time: datetime
    parts: frozenset[Digest] = frozenset()
