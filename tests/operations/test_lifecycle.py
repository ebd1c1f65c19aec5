"""Lifecycle policies and their previews, and the steps of an evaluation. Source: reference api.md §9."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from ecrmock.operations.image_deletions import batch_delete_image, expire_images
from ecrmock.operations.lifecycle import (
    complete_preview,
    complete_run,
    delete_lifecycle_policy,
    get_lifecycle_policy,
    get_lifecycle_policy_preview,
    put_lifecycle_policy,
    read_policy,
    read_preview,
    run_lifecycle_policies,
    start_lifecycle_policy_preview,
)
from ecrmock.operations.repositories import create_repository, delete_repository
from ecrmock.operations.storage_classes import archive_images, update_image_storage_class
from ecrmock.rules.lifecycle import candidates, preview_results, verdicts_about
from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.events import (
    ImageArchived,
    ImageDeleted,
    LifecyclePreviewDue,
    LifecycleRunDue,
    SubjectLeft,
)
from ecrmock.values.lifecycle import (
    InvalidLifecyclePolicyError,
    LifecyclePolicyNotFoundError,
    LifecyclePolicyPreviewFilter,
    LifecyclePolicyPreviewInProgressError,
    LifecyclePolicyPreviewNotFoundError,
    UnreadableLifecyclePolicyError,
)
from ecrmock.values.repositories import RepositoryNotFoundError
from tests.operations.conftest import OCI_MANIFEST, START, by, detail, listed

ACCOUNT, OTHER = "123456789012", "210987654321"
APP = {"repository_name": "app"}
DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ARCHIVE = {"type": "transition", "targetStorageClass": "archive"}


def text_of(count: int = 1, action=None, **selection) -> str:
    """Return a policy of one rule, written with blanks."""
    counted = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": count}
    rule = {
        "rulePriority": 1,
        "selection": {**counted, **selection},
        "action": action or {"type": "expire"},
    }
    return json.dumps({"rules": [rule]}, indent=2) + "\n"


def minified(text: str) -> str:
    return json.dumps(json.loads(text), separators=(",", ":"))


def put(app, text=None):
    return app(put_lifecycle_policy, **APP, lifecycle_policy_text=text or text_of())


def start(app, text=None):
    return app(start_lifecycle_policy_preview, **APP, lifecycle_policy_text=text or text_of())


def get(app, **parameters):
    return app(get_lifecycle_policy_preview, **APP, **parameters)


def policy_id(app):
    return app.state().repository.lifecycle_policy_id


def complete(app):
    """Do the second and third step of a preview."""
    view = app(read_preview, **APP)
    results = preview_results(verdicts_about(view, view.now))
    app(complete_preview, **APP, preview_id=view.policy_id, preview_results=results)


# PutLifecyclePolicy, GetLifecyclePolicy, DeleteLifecyclePolicy


def test_a_policy_is_answered_minified_and_without_a_time(app):
    answer = put(app)
    assert (answer.registry_id, answer.repository_name) == (ACCOUNT, "app")
    assert (answer.lifecycle_policy_text, answer.last_evaluated_at) == (minified(text_of()), None)


def test_a_policy_that_was_never_evaluated_says_the_epoch(app):
    """Source: reference api.md §9.1."""
    put(app)
    answer = app(get_lifecycle_policy, **APP)
    assert (answer.lifecycle_policy_text, answer.last_evaluated_at) == (minified(text_of()), EPOCH)


def test_a_policy_replaces_the_one_before(app):
    put(app)
    put(app, text_of(7))
    assert app(get_lifecycle_policy, **APP).lifecycle_policy_text == minified(text_of(7))


def test_a_deletion_answers_with_the_deleted_policy(app):
    put(app)
    before = app(get_lifecycle_policy, **APP)
    assert app(delete_lifecycle_policy, **APP) == before
    with pytest.raises(LifecyclePolicyNotFoundError):
        app(get_lifecycle_policy, **APP)


@pytest.mark.parametrize(
    "operation", [get_lifecycle_policy, delete_lifecycle_policy, start_lifecycle_policy_preview]
)
def test_a_repository_without_a_policy_says_so(app, operation):
    with pytest.raises(LifecyclePolicyNotFoundError) as caught:
        app(operation, **APP)
    assert caught.value.message == (
        "Lifecycle policy does not exist for the repository with name 'app' "
        "in the registry with id '123456789012'"
    )


@pytest.mark.parametrize("operation", [put, start])
@pytest.mark.parametrize("text", [text_of(), "no policy"])
def test_a_missing_repository_is_reported_before_the_text(registry, operation, text):
    """Source: reference api.md §3.6."""
    with pytest.raises(RepositoryNotFoundError):
        operation(registry, text)


@pytest.mark.parametrize("operation", [get_lifecycle_policy, delete_lifecycle_policy, get])
def test_a_missing_repository_has_no_policy(registry, operation):
    with pytest.raises(RepositoryNotFoundError):
        get(registry) if operation is get else registry(operation, **APP)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("no policy", UnreadableLifecyclePolicyError),
        ("{}", InvalidLifecyclePolicyError),
        (text_of(0), InvalidLifecyclePolicyError),
    ],
)
def test_a_bad_policy_is_refused_and_changes_nothing(app, text, error):
    put(app)
    before = app.state().repository
    with pytest.raises(error):
        put(app, text)
    assert app.state().repository is before


def test_a_policy_goes_with_its_repository(app):
    put(app)
    app(delete_repository, **APP)
    app(create_repository, **APP)
    with pytest.raises(LifecyclePolicyNotFoundError):
        app(get_lifecycle_policy, **APP)


def test_the_policy_of_another_registry_is_another_one(app):
    put(app)
    with pytest.raises(LifecyclePolicyNotFoundError):
        app.in_account(OTHER).create()(get_lifecycle_policy, **APP)


# When it is evaluated


def test_a_policy_is_evaluated_a_day_after_it_was_put(app):
    """Inferred: reference features.md §10."""
    put(app)
    ((due, event),) = app.later
    assert (due, type(event), event.due_at) == (START + DAY, LifecycleRunDue, START + DAY)
    assert (event.policy_id, event.is_daily) == (policy_id(app), True)


def test_each_put_makes_another_policy(app):
    put(app)
    before = policy_id(app)
    put(app)
    assert policy_id(app) != before


def evaluated(app, at=START, *, is_daily=True, policy=None):
    run = {"policy_id": policy or policy_id(app), "evaluated_at": at, "is_daily": is_daily}
    app(complete_run, **APP, **run)
    return app(get_lifecycle_policy, **APP).last_evaluated_at


def test_an_evaluation_is_shown(app):
    put(app)
    assert evaluated(app, START + DAY) == START + DAY


def test_a_put_forgets_the_evaluation_before(app):
    """Inferred: reference api.md §9.4, no. 18."""
    put(app)
    evaluated(app)
    put(app)
    assert app(get_lifecycle_policy, **APP).last_evaluated_at == EPOCH


def test_after_a_daily_run_comes_the_next_one(app):
    put(app)
    evaluated(app, START + DAY)
    assert evaluated(app, START + DAY) == START + DAY
    ((due, event),) = planned(app, START + DAY)
    assert (due, event.due_at) == (START + 2 * DAY, START + 2 * DAY)


def planned(app, at, **how):
    run = {"policy_id": policy_id(app), "evaluated_at": at, "is_daily": True, **how}
    app(complete_run, **APP, **run)
    return app.later


def test_after_a_run_on_request_comes_none(app):
    put(app)
    assert planned(app, START, is_daily=False) == ()


def test_a_late_daily_run_does_not_turn_the_time_of_evaluation_back(app):
    put(app)
    evaluated(app, START + 3 * DAY, is_daily=False)
    assert evaluated(app, START + DAY) == START + 3 * DAY


def test_the_run_of_a_policy_that_was_replaced_changes_nothing(app):
    put(app)
    assert evaluated(app, policy="another") == EPOCH
    assert planned(app, START, policy_id="another") == ()


# RunLifecyclePolicies, ReadLifecyclePolicy


def test_all_policies_of_a_registry_are_evaluated_on_request(app):
    put(app)
    app(create_repository, repository_name="without")
    assert app(run_lifecycle_policies) == ("app",)
    (event,) = app.events
    assert (event.policy_id, event.due_at, event.is_daily) == (policy_id(app), START, False)


def test_one_policy_is_evaluated_on_request(app):
    put(app)
    assert app(run_lifecycle_policies, **APP) == ("app",)


def test_a_repository_without_a_policy_cannot_be_evaluated(app):
    with pytest.raises(LifecyclePolicyNotFoundError):
        app(run_lifecycle_policies, **APP)
    assert app(run_lifecycle_policies) == ()


def test_a_policy_is_read_with_all_images_and_tags(app):
    digest = app.push(b"layer", "a", "b")
    put(app)
    view = app(read_policy, **APP)
    (found,) = candidates(view.images, view.taggings)
    assert (found.image_digest, found.image_tags) == (digest, ("a", "b"))
    assert (view.policy_id, view.now) == (policy_id(app), START)


# ExpireImages, ArchiveImages


@pytest.fixture
def seen(app):
    """An image with the tag ``a`` in a repository with a policy, as it was read."""
    app.push(b"layer", "a")
    put(app)
    view = app(read_policy, **APP)
    return candidates(view.images, view.taggings)


def apply(app, operation, seen, at=START, policy=None):
    run = {"policy_id": policy or policy_id(app), "candidates": seen, "at": at}
    app(operation, **APP, **run)
    return app.events


BOTH = [expire_images, archive_images]


def test_an_image_expires_as_it_is_deleted_by_hand(app, seen):
    (event,) = apply(app, expire_images, seen, START - DAY)
    assert (type(event), event.image_tag, event.time) == (ImageDeleted, "a", START - DAY)
    assert (listed(app), len(app.state().blobs)) == ([], 0)


def test_an_image_is_archived_as_of_the_time_at_which_the_run_was_due(app, seen):
    (event,) = apply(app, archive_images, seen, START - DAY)
    assert (type(event), event.time) == (ImageArchived, START - DAY)
    shown = detail(app, seen[0].image_digest)
    assert (shown.image_status, shown.last_archived_at) == ("ARCHIVED", START - DAY)


@pytest.mark.parametrize("operation", BOTH)
def test_referrers_follow_a_day_after_the_run(app, operation):
    subject = app.push(b"layer", "a")
    about = {"mediaType": OCI_MANIFEST, "digest": subject, "size": 1}
    app.push(b"signature", subject=about)
    put(app)
    view = app(read_policy, **APP)
    apply(app, operation, candidates(view.images, view.taggings)[:1], START + DAY)
    ((due, event),) = app.later
    assert (due, type(event)) == (START + 2 * DAY, SubjectLeft)


@pytest.mark.parametrize("operation", BOTH)
def test_an_image_that_got_another_tag_meanwhile_is_left(app, seen, operation):
    app.put(app.manifest(b"layer"), "b")
    assert apply(app, operation, seen) == ()


@pytest.mark.parametrize("operation", BOTH)
def test_an_image_that_was_archived_meanwhile_is_left(app, seen, operation):
    change = {"image_id": by(tag="a"), "target_storage_class": "ARCHIVE"}
    app(update_image_storage_class, **APP, **change)
    assert apply(app, operation, seen) == ()


@pytest.mark.parametrize("operation", BOTH)
def test_an_image_that_is_gone_meanwhile_is_no_trouble(app, seen, operation):
    app(batch_delete_image, **APP, image_ids=(by(tag="a"),))
    assert apply(app, operation, seen) == ()


@pytest.mark.parametrize("operation", BOTH)
def test_a_policy_that_was_replaced_meanwhile_acts_no_more(app, seen, operation):
    assert apply(app, operation, seen, policy="another") == ()


@pytest.mark.parametrize("operation", BOTH)
def test_an_image_that_an_index_listed_meanwhile_is_left(app, seen, operation):
    app.put(app.index(app.manifest(b"layer")), "index")
    assert apply(app, operation, seen) == ()


# StartLifecyclePolicyPreview


def test_a_preview_answers_with_its_text_as_it_was_sent(app):
    """Source: AWS CLI, example of start-lifecycle-policy-preview; reference api.md §9.5."""
    answer = start(app)
    assert (answer.lifecycle_policy_text, answer.status) == (text_of(), "IN_PROGRESS")
    assert (answer.preview_results, answer.summary) == (None, None)


def test_a_preview_without_a_text_is_of_the_repositorys_own_policy(app):
    put(app)
    answer = app(start_lifecycle_policy_preview, **APP)
    assert answer.lifecycle_policy_text == minified(text_of())


def test_a_preview_is_due_at_once(app):
    start(app)
    ((due, event),) = app.later
    assert (due, type(event)) == (START, LifecyclePreviewDue)


def test_a_bad_text_is_refused_and_starts_no_preview(app):
    with pytest.raises(InvalidLifecyclePolicyError):
        start(app, "{}")
    assert app.state().lifecycle_preview is None


def test_a_second_preview_has_to_wait(app):
    start(app)
    with pytest.raises(LifecyclePolicyPreviewInProgressError):
        start(app)


def test_a_new_preview_replaces_one_that_is_complete(app):
    """Inferred: reference api.md §9.5."""
    start(app)
    complete(app)
    start(app, text_of(7))
    assert (get(app).status, get(app).lifecycle_policy_text) == ("IN_PROGRESS", text_of(7))


def test_a_preview_needs_no_policy_and_makes_none(app):
    start(app)
    with pytest.raises(LifecyclePolicyNotFoundError):
        app(get_lifecycle_policy, **APP)


# GetLifecyclePolicyPreview


def test_without_a_preview_there_is_none_to_get(app):
    with pytest.raises(LifecyclePolicyPreviewNotFoundError):
        get(app)


def test_a_preview_in_progress_has_no_results(app):
    """Inferred: reference api.md §9.5."""
    start(app)
    assert (get(app).status, get(app).preview_results, get(app).summary) == (
        "IN_PROGRESS",
        None,
        None,
    )


def test_a_preview_of_nothing_has_an_empty_list_and_a_count(app):
    """Source: AWS CLI, example of get-lifecycle-policy-preview."""
    start(app)
    complete(app)
    page = get(app)
    assert (page.status, page.preview_results, page.lifecycle_policy_text) == (
        "COMPLETE",
        (),
        text_of(),
    )
    assert page.summary.expiring_image_total_count == 0
    assert page.summary.transitioning_image_total_counts is None


@pytest.fixture
def previewed(app):
    """A preview that is complete: of the images ``1`` to ``5`` and an untagged one, the youngest stays."""
    for number in range(5):
        app.push(b"layer %d" % number, str(number + 1))
    app.push(b"untagged")
    app.clock.advance(timedelta(minutes=1))
    app.push(b"young", "young")
    start(app)
    complete(app)
    return app


def tags(page):
    return [each.image_tags and each.image_tags[0] for each in page.preview_results]


def test_a_preview_shows_what_would_happen(previewed):
    page = get(previewed)
    assert (tags(page), page.next_token) == (["1", "2", "3", "4", "5", None], None)
    first = page.preview_results[0]
    assert (first.action.type, first.applied_rule_priority, first.image_pushed_at) == (
        "EXPIRE",
        1,
        START,
    )


def test_a_preview_changes_no_image(previewed):
    assert len(listed(previewed)) == 7


def test_a_preview_is_of_the_images_that_there_were(previewed):
    previewed(batch_delete_image, **APP, image_ids=(by(tag="1"),))
    assert tags(get(previewed))[0] == "1"


def test_a_preview_is_read_page_by_page(previewed):
    pages, token = [], None
    for _ in range(3):
        page = get(previewed, max_results=2, next_token=token)
        token = page.next_token
        pages.append(tags(page))
        assert page.summary.expiring_image_total_count == 6
    assert (pages, token) == ([["1", "2"], ["3", "4"], ["5", None]], None)


def test_a_token_of_another_list_is_refused(previewed):
    with pytest.raises(InvalidParameterError):
        get(previewed, next_token="no")


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ("TAGGED", ["1", "2", "3", "4", "5"]),
        ("UNTAGGED", [None]),
        ("ANY", ["1", "2", "3", "4", "5", None]),
        (None, ["1", "2", "3", "4", "5", None]),
    ],
)
def test_a_filter_shows_tagged_or_untagged_images(previewed, status, found):
    assert tags(get(previewed, filter=LifecyclePolicyPreviewFilter(tag_status=status))) == found


def test_a_filter_goes_with_pages(previewed):
    wanted = {"filter": LifecyclePolicyPreviewFilter(tag_status="TAGGED"), "max_results": 4}
    page = get(previewed, **wanted)
    assert tags(get(previewed, **wanted, next_token=page.next_token)) == ["5"]


def test_the_results_of_some_images_are_asked_for(previewed):
    first = get(previewed).preview_results[0].image_digest
    wanted = (by(tag="3"), by(first), by(first, "1"), by(first, "3"), by(tag="young"), by(tag="no"))
    assert tags(get(previewed, image_ids=wanted)) == ["1", "3"]


@pytest.mark.parametrize("paging", [{"next_token": "no"}, {"max_results": 5}])
def test_images_are_not_asked_for_with_pages(previewed, paging):
    """Inferred: reference api.md §3.7."""
    with pytest.raises(InvalidParameterError):
        get(previewed, image_ids=(by(tag="1"),), **paging)


@pytest.mark.parametrize("image_id", [by(), by("no digest"), by(tag="no tag")])
def test_an_identifier_that_cannot_mean_an_image_is_a_bad_parameter(previewed, image_id):
    with pytest.raises(InvalidParameterError):
        get(previewed, image_ids=(image_id,))


def test_the_results_of_a_preview_expire(previewed):
    """Inferred: reference api.md §9.5."""
    previewed.clock.advance(DAY - timedelta(seconds=1))
    assert get(previewed).status == "COMPLETE"
    previewed.clock.advance(timedelta(seconds=1))
    page = get(previewed)
    assert (page.status, page.preview_results, page.summary) == ("EXPIRED", None, None)


def test_what_an_older_preview_found_is_not_kept(app):
    start(app)
    app(complete_preview, **APP, preview_id="another", preview_results=())
    assert get(app).status == "IN_PROGRESS"


def test_a_preview_is_gone_with_its_repository(previewed):
    previewed(delete_repository, **APP, force=True)
    previewed(create_repository, **APP)
    previewed(complete_preview, **APP, preview_id="any", preview_results=())
    with pytest.raises(LifecyclePolicyPreviewNotFoundError):
        previewed(read_preview, **APP)


def test_transitions_are_counted_for_their_class(app):
    app.push(b"one", "1")
    app.push(b"two", "2")
    start(app, text_of(action=ARCHIVE))
    complete(app)
    ((count,), result) = (
        get(app).summary.transitioning_image_total_counts,
        get(app).preview_results[0],
    )
    assert (count.target_storage_class, count.image_total_count) == ("ARCHIVE", 1)
    assert result.action.target_storage_class == "ARCHIVE"
