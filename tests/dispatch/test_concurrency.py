"""Many threads on one backend. Source: DESIGN.md section 2, one lock and no bytes under it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from ecrmock.values.errors import EcrError
from ecrmock.values.events import RepositoryCreated
from ecrmock.values.images import ImageIdentifier
from ecrmock.values.layers import InvalidLayerPartError
from tests.dispatch.conftest import Corridor, digest_of, manifest_of

THREADS = 8
ROUNDS = 25


def together(work: Callable[[int], Any], number: int = THREADS) -> list[Any]:
    """Do some work in threads that begin at the same time; return what came out, errors too."""
    ready = threading.Barrier(number)

    def run(each: int) -> Any:
        ready.wait(timeout=10)
        try:
            return work(each)
        except EcrError as error:
            return error.code

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def names(corridor: Corridor) -> list[str]:
    page = corridor("DescribeRepositories", max_results=1000)
    return [repository.repository_name for repository in page.repositories]


def test_one_of_many_creations_of_a_repository_succeeds(corridor):
    outcomes = together(lambda _: corridor("CreateRepository", repository_name="app") and "made")
    assert sorted(outcomes) == ["RepositoryAlreadyExistsException"] * (THREADS - 1) + ["made"]


def test_repositories_that_threads_create_and_delete_are_gone(corridor):
    def work(number: int) -> None:
        for each in range(ROUNDS):
            name = f"app-{number}-{each}"
            corridor("CreateRepository", repository_name=name)
            corridor("DeleteRepository", repository_name=name)

    assert together(work) == [None] * THREADS
    assert names(corridor) == []


def test_repositories_that_threads_create_are_all_there(corridor):
    def work(number: int) -> None:
        for each in range(ROUNDS):
            corridor("CreateRepository", repository_name=f"app-{number}-{each}")

    together(work)
    assert len(set(names(corridor))) == THREADS * ROUNDS


def test_images_that_threads_push_and_delete_leave_nothing(app):
    def work(number: int) -> None:
        for each in range(ROUNDS):
            digest = app.push(f"layer {number} {each}".encode(), f"tag-{number}")
            image_id = ImageIdentifier(image_digest=digest)
            app("BatchDeleteImage", repository_name="app", image_ids=(image_id,))

    assert together(work) == [None] * THREADS
    assert app.backend.usage()["blobs"] == 0


def test_a_tag_that_threads_move_points_at_one_image(app):
    together(lambda number: app.push(f"layer {number}".encode(), "latest"))
    entries = app("ListImages", repository_name="app").image_ids
    assert [entry.image_tag for entry in entries].count("latest") == 1
    assert len(entries) == THREADS


EXPECTED = {
    "done",
    "ImageAlreadyExistsException",
    "LayerAlreadyExistsException",
    "LayersNotFoundException",
    "RepositoryAlreadyExistsException",
    "RepositoryNotFoundException",
    "UploadNotFoundException",
}


def attempt(corridor: Corridor, number: int) -> str:
    """Push to a repository that others delete, or delete it; return what became of that."""
    try:
        if number % 2:
            corridor.create().push(f"layer {number}".encode(), "latest")
        corridor("DeleteRepository", repository_name="app", force=True)
    except EcrError as error:
        return error.code
    return "done"


def test_threads_that_push_and_delete_meet_only_errors_of_the_api(corridor):
    """Whatever the order: a repository that is missing, or taken, or layers that went with it."""
    outcomes = together(lambda number: {attempt(corridor, number) for _ in range(ROUNDS)})
    assert set().union(*outcomes) <= EXPECTED


def test_uploads_at_the_same_time_do_not_mix(app):
    contents = [bytes([number]) * 3 * 2**20 for number in range(THREADS)]
    outcomes = together(lambda number: app.upload(contents[number]))
    assert outcomes == [digest_of(content) for content in contents]


def halves(number: int, halfway: threading.Barrier):
    """Send a part, and wait in its midst until all others have come as far."""
    yield b"half"
    halfway.wait(timeout=10)
    yield bytes([number])


def test_bytes_come_in_without_the_lock(app):
    uploads, halfway = [app.start() for _ in range(THREADS)], threading.Barrier(THREADS)
    sizes = together(lambda number: app.part(uploads[number], halves(number, halfway)))
    assert [size.last_byte_received for size in sizes] == [4] * THREADS


def test_a_part_that_two_threads_send_is_taken_once(app):
    upload = app.start()
    span = {"part_first_byte": 0, "part_last_byte": 4}
    outcomes = together(lambda _: app.part(upload, b"layer", **span) and "taken", number=2)
    assert sorted(outcomes) == ["InvalidLayerPartException", "taken"]


def slow(begun: threading.Event, refused: threading.Event):
    """Send a part that ends only when another thread's was refused."""
    begun.set()
    assert refused.wait(timeout=10)
    yield b"layer"


def test_a_part_is_refused_while_the_same_one_comes_in(app):
    upload, span = app.start(), {"part_first_byte": 0, "part_last_byte": 4}
    begun, refused = threading.Event(), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(app.part, upload, slow(begun, refused), **span)
        assert begun.wait(timeout=10)
        with pytest.raises(InvalidLayerPartError):
            app.part(upload, b"layer", **span)
        refused.set()
    assert first.result().last_byte_received == 4


def test_one_of_many_completions_of_an_upload_succeeds(app):
    upload = app.start()
    app.part(upload, b"layer")
    digests = (digest_of(b"layer"),)
    complete = {**upload, "layer_digests": digests}
    outcomes = together(lambda _: app("CompleteLayerUpload", **complete) and "made")
    assert sorted(outcomes) == ["UploadNotFoundException"] * (THREADS - 1) + ["made"]


def test_one_of_many_pushes_of_an_image_succeeds(app):
    for blob in (b"{}", b"layer"):
        app.upload(blob)
    put = {"repository_name": "app", "image_manifest": manifest_of(b"layer"), "image_tag": "1"}
    outcomes = together(lambda _: app("PutImage", **put) and "made")
    assert sorted(outcomes) == ["ImageAlreadyExistsException"] * (THREADS - 1) + ["made"]


def test_events_of_many_threads_have_numbers_without_gaps(corridor):
    def work(number: int) -> None:
        for each in range(ROUNDS):
            corridor("CreateRepository", repository_name=f"app-{number}-{each}")

    together(work)
    numbers = [event.sequence for event in corridor.published]
    assert numbers == list(range(1, THREADS * ROUNDS + 1))


def test_listeners_hear_the_events_of_many_threads_in_order(corridor):
    heard = []
    corridor.backend.world.events.subscribe(RepositoryCreated, heard.append)

    def work(number: int) -> None:
        for each in range(ROUNDS):
            corridor("CreateRepository", repository_name=f"app-{number}-{each}")

    together(work)
    assert [event.sequence for event in heard] == list(range(1, THREADS * ROUNDS + 1))


def test_all_calls_of_many_threads_are_recorded(corridor):
    together(lambda _: [corridor("DescribeRepositories") for _ in range(ROUNDS)])
    assert len(corridor.records) == THREADS * ROUNDS


def test_work_that_many_threads_find_due_is_done_once(app):
    uploads = [app.start() for _ in range(ROUNDS)]
    app.clock.advance(timedelta(days=1))
    together(lambda _: app("DescribeRepositories"))
    by_ecr = [record for record in app.records if record.caller.arn == "ecr.amazonaws.com"]
    assert len(by_ecr) == len(uploads)
