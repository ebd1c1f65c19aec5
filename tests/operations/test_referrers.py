"""ListImageReferrers. Source: reference api.md §18."""

import pytest

from ecrmock.operations.image_deletions import batch_delete_image
from ecrmock.operations.referrers import list_image_referrers
from ecrmock.operations.storage_classes import update_image_storage_class
from ecrmock.values.errors import InvalidParameterError
from ecrmock.values.events import SubjectLeft
from ecrmock.values.referrers import ListImageReferrersFilter, SubjectIdentifier
from ecrmock.values.repositories import RepositoryNotFoundError
from tests.operations.conftest import (
    OCI_CONFIG,
    OCI_MANIFEST,
    START,
    by,
    descriptor,
    digest_of,
    listed,
)

SIGNATURE, SBOM = "application/x.signature", "application/x.sbom"


def refer(app, subject, content=b"referrer", *tags, **more):
    """Push a manifest about a subject, and return its digest."""
    about = {"mediaType": OCI_MANIFEST, "digest": subject, "size": 1}
    return app.push(content, *tags, subject=about, **more)


def asked(subject, **parameters):
    return {
        "repository_name": "app",
        "subject_id": SubjectIdentifier(image_digest=subject),
        **parameters,
    }


def referrers(app, subject, *types, status=None, **parameters):
    wanted = ListImageReferrersFilter(artifact_types=types, artifact_status=status)
    return app(list_image_referrers, **asked(subject, filter=wanted, **parameters)).referrers


def digests(found):
    return [referrer.digest for referrer in found]


def test_a_referrer_is_found_by_its_subject(app):
    subject = app.push(b"layer", "latest")
    digest = refer(app, subject, artifactType=SIGNATURE, annotations={"made.by": "ci"})
    (found,) = referrers(app, subject)
    assert (found.digest, found.media_type, found.artifact_type) == (
        digest,
        OCI_MANIFEST,
        SIGNATURE,
    )
    assert found.annotations == {"made.by": "ci"}


def test_without_a_type_of_its_own_a_referrer_has_that_of_its_config(app):
    """Source: OCI distribution spec, "listing referrers"."""
    subject = app.push()
    refer(app, subject)
    assert referrers(app, subject)[0].artifact_type == OCI_CONFIG


def test_an_index_without_a_type_has_none(app):
    """Source: OCI distribution spec, "listing referrers"."""
    subject = app.push()
    app.put(app.index(subject=descriptor(OCI_MANIFEST, "x") | {"digest": subject}))
    assert referrers(app, subject)[0].artifact_type is None


@pytest.mark.parametrize("subject", [digest_of("nobody pushed this"), "sha512:ab"])
def test_a_subject_that_is_not_there_has_no_referrers(app, subject):
    assert referrers(app, subject) == ()


def test_a_subject_may_come_after_its_referrer(app):
    manifest = app.manifest(b"layer")
    digest = refer(app, digest_of(manifest))
    app.put(manifest)
    assert digests(referrers(app, digest_of(manifest))) == [digest]


def test_a_referrer_is_an_image_too(app):
    digest = refer(app, app.push(b"layer", "latest"), b"other", "signed")
    assert (digest, "signed") in listed(app)


def test_only_the_referrers_of_that_subject_are_listed(app):
    one, two = app.push(b"1"), app.push(b"2")
    refer(app, one, b"3")
    expected = refer(app, two, b"4")
    assert digests(referrers(app, two)) == [expected]


def test_referrers_are_chosen_by_their_types(app):
    subject = app.push()
    signed = refer(app, subject, b"1", artifactType=SIGNATURE)
    sbom = refer(app, subject, b"2", artifactType=SBOM)
    assert digests(referrers(app, subject, SBOM)) == [sbom]
    assert digests(referrers(app, subject, SBOM, SIGNATURE)) == [signed, sbom]


def test_archived_referrers_are_shown_on_demand(app):
    subject = app.push()
    archived, active = refer(app, subject, b"1"), refer(app, subject, b"2")
    change = {"image_id": by(archived), "target_storage_class": "ARCHIVE"}
    app(update_image_storage_class, repository_name="app", **change)
    assert digests(referrers(app, subject)) == [active]
    assert digests(referrers(app, subject, status="ARCHIVED")) == [archived]
    assert digests(referrers(app, subject, status="ANY")) == [archived, active]


def test_a_page_has_twenty_referrers_unless_asked_otherwise(app):
    subject = app.push()
    pushed = [refer(app, subject, bytes([number])) for number in range(21)]
    page = app(list_image_referrers, **asked(subject))
    rest = referrers(app, subject, next_token=page.next_token)
    assert digests(page.referrers) == pushed[:20]
    assert digests(rest) == pushed[20:]


def test_the_last_page_has_no_token(app):
    subject = app.push()
    refer(app, subject)
    assert app(list_image_referrers, **asked(subject, max_results=1)).next_token is None


def test_a_deleted_referrer_is_not_listed(app):
    subject = app.push()
    gone, kept = refer(app, subject, b"1"), refer(app, subject, b"2")
    app(batch_delete_image, repository_name="app", image_ids=(by(gone),))
    assert digests(referrers(app, subject)) == [kept]


@pytest.mark.parametrize("subject", ["", "no digest"])
def test_what_is_no_digest_is_refused(app, subject):
    with pytest.raises(InvalidParameterError):
        referrers(app, subject)


def test_a_foreign_token_is_refused(app):
    with pytest.raises(InvalidParameterError):
        referrers(app, app.push(), next_token="nonsense")


def test_the_repository_has_to_be_there(registry):
    with pytest.raises(RepositoryNotFoundError):
        referrers(registry, digest_of("x"))


@pytest.mark.parametrize("is_referred_to", [True, False])
def test_the_referrers_of_a_deleted_subject_are_looked_after_a_day_later(app, is_referred_to):
    """Source: reference api.md §5.7."""
    subject = app.push(b"layer", "latest")
    if is_referred_to:
        refer(app, subject)
    app(batch_delete_image, repository_name="app", image_ids=(by(subject),))
    planned = [(due, event.subject_digest) for due, event in app.later]
    expected = [(START + app.settings.referrer_delay, subject)] if is_referred_to else []
    assert planned == expected
    assert all(isinstance(event, SubjectLeft) for _, event in app.later)


def test_a_subject_that_lost_a_tag_keeps_its_referrers(app):
    subject = app.push(b"layer", "1", "2")
    refer(app, subject)
    app(batch_delete_image, repository_name="app", image_ids=(by(tag="1"),))
    assert app.later == ()
