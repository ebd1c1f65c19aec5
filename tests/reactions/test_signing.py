"""The steps of a signature, and what happens to its image between them. Source: reference features.md §6."""

from collections.abc import Callable
from typing import Any

import pytest

from ecrmock.backend import Backend
from ecrmock.reactions import signing
from ecrmock.values.authorization import ServicePrincipal
from ecrmock.values.errors import MissingExtraError
from ecrmock.values.events import SigningDue
from ecrmock.values.images import ImageIdentifier
from ecrmock.values.referrers import ListImageReferrersFilter, SubjectIdentifier
from ecrmock.values.settings import quotas_of
from ecrmock.values.signer import NOTATION
from ecrmock.values.signing import Signed, SigningConfiguration, SigningOrder, SigningRule
from ecrmock.world.events import EventBus
from ecrmock.world.ids import Ids
from tests.dispatch.conftest import Corridor

ARN = "arn:aws:signer:us-east-1:123456789012:/signing-profiles/prod"
RULES = SigningConfiguration(rules=(SigningRule(signing_profile_arn=ARN),))
NAME = {"repository_name": "app"}


def interrupted(backend: Backend, happens: Callable[[], Any]) -> signing.Sign:
    """Sign as the emulator does, after something else has happened."""

    def sign(order: SigningOrder, media_type: str) -> Signed:
        happens()
        return backend.world.signer.sign(order, media_type)

    return sign


class Pushed:
    """A repository with an image that is to be signed, and the steps of its signature in a test's hands."""

    def __init__(self, **settings: Any) -> None:
        self.corridor = Corridor(settle="manual", **settings).create()
        profile = {"profile_name": "prod", "platform_id": NOTATION}
        self.corridor("PutSigningProfile", service="signer", **profile)
        self.corridor("PutSigningConfiguration", signing_configuration=RULES)
        self.digest = self.corridor.push(b"layer", "1")
        scheduler = self.corridor.backend.world.scheduler
        (self.due,) = [
            each.event for each in scheduler.entries() if isinstance(each.event, SigningDue)
        ]

    def sign(self, happens: Callable[[], Any] = lambda: None) -> None:
        """Do what is due, with something that happens while the signature is made."""
        backend = self.corridor.backend
        bus = EventBus(Ids(seed=1))
        signing.subscribe(bus, self._internal, interrupted(backend, happens))
        bus.append((self.due,))
        bus.drain()

    def _internal(self, event: Any, service: str, operation: str, **parameters: Any) -> Any:
        ecr = {"service": service, "credentials": ServicePrincipal("ecr.amazonaws.com")}
        return self.corridor(operation, account="123456789012", **ecr, **parameters)

    def status(self) -> Any:
        image_id = ImageIdentifier(image_digest=self.digest)
        (found,) = self.corridor(
            "DescribeImageSigningStatus", **NAME, image_id=image_id
        ).signing_statuses
        return found

    def signatures(self) -> list[str]:
        """Return the statuses of all signatures of the image."""
        listed = self.corridor(
            "ListImageReferrers",
            **NAME,
            subject_id=SubjectIdentifier(image_digest=self.digest),
            filter=ListImageReferrersFilter(artifact_status="ANY"),
        )
        return [each.artifact_status for each in listed.referrers]

    def delete(self) -> None:
        image_ids = (ImageIdentifier(image_digest=self.digest),)
        self.corridor("BatchDeleteImage", **NAME, image_ids=image_ids)

    def archive(self) -> None:
        image_id = ImageIdentifier(image_digest=self.digest)
        target = {"image_id": image_id, "target_storage_class": "ARCHIVE"}
        self.corridor("UpdateImageStorageClass", **NAME, **target)

    def a_day_later(self) -> None:
        self.corridor.backend.world.clock.advance(self.corridor.backend.settings.referrer_delay)
        self.corridor.backend.settle()


@pytest.fixture
def pushed() -> Pushed:
    return Pushed()


def test_the_push_itself_says_that_a_signature_is_coming(pushed: Pushed) -> None:
    """Source: DESIGN.md section 4, "Work that AWS does later"."""
    assert (pushed.status().status, pushed.signatures()) == ("IN_PROGRESS", [])


def test_a_signature_ends_as_complete(pushed: Pushed) -> None:
    pushed.sign()
    assert (pushed.status().status, pushed.signatures()) == ("COMPLETE", ["ACTIVE"])


def test_what_is_signed_is_not_signed_again(pushed: Pushed) -> None:
    """As when the process ends right after, and the work is done once more."""
    pushed.sign()
    pushed.sign()
    assert pushed.signatures() == ["ACTIVE"]


def test_what_was_deleted_meanwhile_is_not_signed(pushed: Pushed) -> None:
    pushed.delete()
    pushed.sign()
    assert pushed.signatures() == []


def test_the_repository_may_be_gone(pushed: Pushed) -> None:
    pushed.corridor("DeleteRepository", **NAME, force=True)
    pushed.sign()
    assert [record.error for record in pushed.corridor.records][-1] == "RepositoryNotFoundException"


def test_the_repository_may_go_while_the_signature_is_made(pushed: Pushed) -> None:
    pushed.sign(lambda: pushed.corridor("DeleteRepository", **NAME, force=True))
    assert pushed.corridor.records[-1].operation == "InitiateLayerUpload"


def test_a_signature_whose_image_went_meanwhile_follows_it(pushed: Pushed) -> None:
    pushed.sign(pushed.delete)
    assert pushed.signatures() == ["ACTIVE"]
    pushed.a_day_later()
    assert pushed.signatures() == []


def test_a_signature_whose_image_was_archived_meanwhile_follows_it(pushed: Pushed) -> None:
    pushed.sign(pushed.archive)
    assert (pushed.status().status, pushed.signatures()) == ("COMPLETE", ["ACTIVE"])
    pushed.a_day_later()
    assert pushed.signatures() == ["ARCHIVED"]


def test_an_image_that_was_pushed_again_meanwhile_is_signed_once(pushed: Pushed) -> None:
    pushed.delete()
    pushed.corridor.push(b"layer", "1")
    pushed.sign()
    assert (pushed.status().status, pushed.signatures()) == ("COMPLETE", ["ACTIVE"])


def without_cryptography() -> None:
    raise MissingExtraError("signing images needs: pip install 'ecrmock[sign]'")


def test_without_the_packages_signing_fails_and_says_what_to_install(pushed: Pushed) -> None:
    pushed.sign(without_cryptography)
    found = pushed.status()
    assert (found.status, found.failure_code) == ("FAILED", "InternalServiceErrorException")
    assert found.failure_reason == "signing images needs: pip install 'ecrmock[sign]'"


def test_a_quota_lets_signing_fail_with_its_own_words() -> None:
    """A signature counts as an image. Source: reference api.md §21."""
    limit = Pushed(quotas=quotas_of({"images_per_repository": 1}))
    limit.sign()
    found = limit.status()
    assert (found.status, found.failure_code) == ("FAILED", "LimitExceededException")
    assert "maximum allowed number of images" in (found.failure_reason or "")
