"""The calls that are measured, as boto3 callers write them.

Each function returns so many calls ready to be made, so that only the calls themselves are timed.
"""

import gc
from collections.abc import Callable
from functools import partial
from itertools import islice
from statistics import median
from time import perf_counter
from types import MappingProxyType
from typing import Any

from benchmarks.images import Repository

Calls = list[Callable[[], object]]


def seconds_for_each(calls: Calls) -> float:
    """Make the calls and return the median of their durations."""
    gc.collect()
    durations = []
    for call in calls:
        start = perf_counter()
        call()
        durations.append(perf_counter() - start)
    return median(durations)


def describe_repositories(repository: Repository, times: int) -> Calls:
    """Describe one repository by its name."""
    return [
        partial(repository.client.describe_repositories, repositoryNames=[repository.name])
    ] * times


def create_and_delete(repository: Repository, times: int) -> Calls:
    """Create an empty repository and delete it: two calls."""
    client = repository.client
    return [partial(_create_and_delete, client, f"{repository.name}-{n}") for n in range(times)]


def _create_and_delete(client: Any, name: str) -> None:
    client.create_repository(repositoryName=name)
    client.delete_repository(repositoryName=name)


def put_image(repository: Repository, times: int) -> Calls:
    """Put an image of one layer with a tag, both new."""
    return [partial(repository.client.put_image, **repository.extra()) for _ in range(times)]


def batch_get_image(repository: Repository, times: int) -> Calls:
    """Get one image by its tag, another each time."""
    get = repository.client.batch_get_image
    return [
        partial(get, repositoryName=repository.name, imageIds=[{"imageTag": tag}])
        for tag in islice(repository.tags(), times)
    ]


def describe_missing(repository: Repository, times: int) -> Calls:
    """Catch the error of describing a repository that is not there."""
    client = repository.client
    missing = client.exceptions.RepositoryNotFoundException
    return [partial(_describe_missing, client, missing)] * times


def _describe_missing(client: Any, expected: type[Exception]) -> None:
    try:
        client.describe_repositories(repositoryNames=["bench/missing"])
    except expected:
        return
    raise AssertionError("a missing repository was described")


def describe_images(repository: Repository, times: int, *, page: int = 1000) -> Calls:
    """Describe the first page of images."""
    describe = repository.client.describe_images
    return [partial(describe, repositoryName=repository.name, maxResults=page)] * times


def describe_images_from_the_middle(repository: Repository, times: int) -> Calls:
    """Describe a page of 50 images that starts in the middle of the repository."""
    return _from_the_middle(repository, "describe_images", times)


def list_images(repository: Repository, times: int, *, page: int = 100) -> Calls:
    """List the first page of images."""
    listing = repository.client.list_images
    return [partial(listing, repositoryName=repository.name, maxResults=page)] * times


def _from_the_middle(repository: Repository, operation: str, times: int) -> Calls:
    """Walk to the middle the first time, then repeat the page that starts there."""
    call = partial(getattr(repository.client, operation), repositoryName=repository.name)
    token = repository.middles.get(operation, {})
    left = 0 if token else repository.size // 2
    while left:
        page = min(left, 1000)
        token = {"nextToken": call(maxResults=page, **token).get("nextToken", "")}
        left -= page
    repository.middles[operation] = token
    return [partial(call, maxResults=50, **token)] * times


CALLS: MappingProxyType[str, Callable[[Repository, int], Calls]] = MappingProxyType(
    {
        "describe_repositories": describe_repositories,
        "create_repository + delete": create_and_delete,
        "put_image": put_image,
        "batch_get_image": batch_get_image,
        "an error (describe of a missing one)": describe_missing,
        "describe_images, page of 1,000": describe_images,
        "describe_images, page of 100": partial(describe_images, page=100),
        "describe_images, 50 from the middle": describe_images_from_the_middle,
        "list_images, page of 100": list_images,
    }
)
