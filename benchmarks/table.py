"""The rows of the result, what each promises, and how they are printed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

OURS = "ecrmock"
ABSENT, FAILED = "absent", "failed"
Cell = float | Literal["absent", "failed"]
Unit = Literal["s", "/s", "MiB/s", "B", "MiB", "x"]
COLUMNS = ("row", "ecrmock", "peers", "ratio", "target", "verdict")


@dataclass(frozen=True, slots=True)
class Target:
    """A promise: the value itself, or its ratio to a peer's, stays on one side of a limit."""

    limit: float
    peer: str | None = None
    better: bool = False  # the ratio says how many times better we are, and is at least the limit

    def text(self, unit: Unit) -> str:
        """Print the promise."""
        if self.peer is None:
            return f"≤ {quantity(self.limit, unit)}"
        return (
            f"≥ {self.limit:g} x {self.peer}" if self.better else f"≤ {self.limit:g} x {self.peer}"
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One measured work: a value for each subject, durations in seconds."""

    name: str
    unit: Unit
    values: Mapping[str, Cell]
    targets: tuple[Target, ...]

    def cells(self) -> tuple[str, ...]:
        """Print the row, one text for each of ``COLUMNS``."""
        peers = (f"{p} {show(v, self.unit)}" for p, v in self.values.items() if p != OURS)
        return (
            self.name,
            show(self.values.get(OURS, ABSENT), self.unit),
            ", ".join(peers) or "-",
            ", ".join(filter(None, map(self._ratio_text, self.targets))) or "-",
            ", ".join(target.text(self.unit) for target in self.targets),
            self.verdict(),
        )

    def verdict(self) -> str:
        """Say whether every target that could be measured is met."""
        kept = [kept for target in self.targets if (kept := self._is_kept(target)) is not None]
        if not kept:
            return "-"
        return "ok" if all(kept) else "MISS"

    def _ratio(self, target: Target) -> float | None:
        ours = self.values.get(OURS, ABSENT)
        other = self.values.get(target.peer, ABSENT) if target.peer else 1.0
        if isinstance(ours, str) or isinstance(other, str) or not ours or not other:
            return None
        is_rate = self.unit in ("/s", "MiB/s")
        return other / ours if target.better and not is_rate else ours / other

    def _is_kept(self, target: Target) -> bool | None:
        ratio = self._ratio(target)
        if ratio is None:
            return None
        return ratio >= target.limit if target.better else ratio <= target.limit

    def _ratio_text(self, target: Target) -> str:
        ratio = self._ratio(target)
        if ratio is None or target.peer is None:
            return ""
        return f"{ratio:.2f} x {target.peer}" if ratio < 10 else f"{ratio:.0f} x {target.peer}"


def show(cell: Cell, unit: Unit) -> str:
    """Print a value, or why there is none."""
    return cell if isinstance(cell, str) else quantity(cell, unit)


def quantity(value: float, unit: Unit) -> str:
    """Print a number with its unit, in three digits or so."""
    if unit == "s":
        scale, name = next(
            s for s in ((1, "s"), (1e3, "ms"), (1e6, "µs")) if value * s[0] >= 1 or s[0] == 1e6
        )
        return (
            f"{value * scale:.3g} {name}" if value * scale < 100 else f"{value * scale:.0f} {name}"
        )
    if unit == "B":
        return f"{value / 1000:.2f} kB" if value >= 1000 else f"{value:.0f} B"
    if unit == "x":
        return f"x {value:.2f}"
    return f"{value:.0f}{unit}" if unit == "/s" else f"{value:.0f} {unit}"


def plain(rows: Sequence[Row]) -> str:
    """Print an aligned table for a terminal."""
    lines = [COLUMNS, *(row.cells() for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(COLUMNS))]
    printed = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]
    printed.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(printed)


def markdown(rows: Sequence[Row]) -> str:
    """Print the table for a document."""
    lines = [COLUMNS, ("---",) * len(COLUMNS), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
