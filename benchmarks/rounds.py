"""Measure subjects in turn, round after round, and take medians.

What else runs on the machine then meets all subjects alike, and a single disturbance no median.
"""

import sys
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from statistics import median

from benchmarks.table import ABSENT, FAILED, Cell

Measure = Callable[[], Mapping[str, float]]


class Absent(Exception):
    """A peer is not installed here."""


class Results:
    """Medians of what was measured, by the work's name and the subject's."""

    def __init__(self, subjects: Iterable[str]) -> None:
        self.missing: dict[str, Cell] = {}
        self._subjects = tuple(subjects)
        self._samples: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))

    def add(self, subject: str, measured: Mapping[str, float]) -> None:
        """Keep one round's measurements of a subject."""
        for name, value in measured.items():
            self._samples[name][subject].append(value)

    def of(self, name: str) -> dict[str, Cell]:
        """Return each subject's median of one work, or why there is none."""
        samples = self._samples[name]
        return {
            subject: median(samples[subject])
            if samples[subject] and subject not in self.missing
            else self.missing.get(subject, ABSENT)
            for subject in self._subjects
        }


def interleave(subjects: Mapping[str, Measure], rounds: int) -> Results:
    """Call each subject once a round, the first of a round being another each time.

    A subject that raises drops out: as ``absent`` when it says so, else as ``failed``.
    """
    results = Results(subjects)
    order = list(subjects)
    for _ in range(rounds):
        for subject in order:
            if subject not in results.missing:
                _measure(results, subject, subjects[subject])
        order.append(order.pop(0))
    return results


def _measure(results: Results, subject: str, measure: Measure) -> None:
    try:
        results.add(subject, measure())
    except Absent:
        results.missing[subject] = ABSENT
    except Exception:
        results.missing[subject] = FAILED
        sys.stderr.write(f"{subject} failed:\n{traceback.format_exc()}\n")


def say(text: str) -> None:
    """Tell whoever waits what is being measured."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
