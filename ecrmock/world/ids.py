"""Identifiers and secrets, which a test can seed."""

import random
from functools import cached_property


class Ids:
    """The source of every identifier of a backend; with a seed it gives the same ones each time."""

    def __init__(self, seed: int | None = None) -> None:
        """Draw from the system's randomness, or from a seed."""
        # Secrets are drawn from the system unless a seed is asked for: that is for tests.
        self._secret: random.Random = (
            random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311
        )

    @cached_property
    def _names(self) -> random.Random:
        return random.Random(self._secret.getrandbits(128))  # noqa: S311 - names are no secrets

    def uuid(self) -> str:
        """Return a random UUID (version 4) in lower case."""
        bits = self._names.getrandbits(128) & ~(0xF << 76) & ~(0x3 << 62) | 4 << 76 | 2 << 62
        text = f"{bits:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def secret(self, size: int = 32) -> bytes:
        """Return random bytes that nobody can guess."""
        return self._secret.getrandbits(size * 8).to_bytes(size, "big")

    def chance(self) -> float:
        """Return a random number from 0 up to 1, by which faults strike."""
        return self._names.random()

    def bits(self, count: int) -> int:
        """Return random bits for names, which are no secrets."""
        return self._names.getrandbits(count)
