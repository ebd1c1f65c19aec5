"""Whether calls slow down as a repository grows."""

from types import MappingProxyType

from benchmarks.rounds import interleave, say
from benchmarks.subjects import Subject
from benchmarks.table import Row, Target
from benchmarks.workers import Worker, workers

CALLS = (
    "describe_images, page of 100",
    "describe_images, 50 from the middle",
    "list_images, page of 100",
    "batch_get_image",
    "put_image",
)
"""Pages come first: getting an image gives it the time of a pull, so a page of the small repository,
whose images would all have been got, would be more work than one of the large repository."""
SMALL, LARGE_FOR_MOTO = 100, 2_000
"""Filling moto's repository takes time in the square of its size."""
TIMES = MappingProxyType({"ecrmock": 20, "moto": 2})
"""Calls in one round; moto's pages hold all images whatever was asked for."""
HEADROOM = 50
"""ECR allows 100,000 images in a repository; those that are put while measuring count too."""


def growth(rounds: int | None, large: int = 100_000) -> list[Row]:
    """Measure calls in a repository of 100 images and in a large one, in turn."""
    sizes = {"ecrmock": large - HEADROOM, "moto": min(large - HEADROOM, LARGE_FOR_MOTO)}
    with workers(sizes, Subject) as started:
        say(f"  filling repositories of {large:,} images (moto: {LARGE_FOR_MOTO:,})")
        return [_row(call, started, sizes, rounds or 8) for call in CALLS]


def _row(call: str, started: dict[str, Worker], sizes: dict[str, int], rounds: int) -> Row:
    name = f"growth of {call}"
    say(f"  {name}")

    orders = {subject: [SMALL, size] for subject, size in sizes.items()}

    def measure(subject: str) -> dict[str, float]:
        worker = started[subject]
        measured = {}
        for size in orders[subject]:
            worker.call("prepare", f"bench/{size}", size)
            worker.call("time", call, f"bench/{size}", 1)  # after another process had the caches
            name = "small" if size == SMALL else "large"
            measured[name] = worker.call("time", call, f"bench/{size}", TIMES[subject])
        orders[subject].reverse()  # so that neither is always the first
        return measured

    results = interleave({s: lambda s=s: measure(s) for s in started}, rounds)
    small, large = results.of("small"), results.of("large")
    values = {
        subject: large[subject] / small[subject]
        if isinstance(small[subject], float) and isinstance(large[subject], float)
        else small[subject]
        for subject in started
    }
    return Row(name, "x", values, (Target(1.1),))
