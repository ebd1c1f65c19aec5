"""Whose public registry a call means, and what everybody may there. Source: reference public.md §3, §6.4."""

from typing import Any

import pytest

from ecrmock.values.authorization import Anonymous
from ecrmock.values.errors import AccessDeniedError
from ecrmock.values.images import ImageIdentifier
from ecrmock.values.public_gallery import RegistryNotFoundError
from ecrmock.values.repositories import RepositoryNotFoundError
from tests.dispatch.conftest import Corridor, manifest_of
from tests.dispatch.public_cases import image as with_image

NAME = {"repository_name": "app"}
PUBLIC = {"service": "ecr-public"}
BY_TAG = {"image_ids": (ImageIdentifier(image_tag="latest"),)}


@pytest.fixture
def corridor() -> Corridor:
    """A corridor whose public repository ``app`` has an image."""
    made = Corridor()
    with_image(made)
    return made


def alias_of(corridor: Corridor) -> str:
    (registry,) = corridor("DescribeRegistries", **PUBLIC).registries
    return registry.aliases[0].name


def pull(corridor: Corridor, **how: Any) -> Any:
    return corridor("BatchGetImage", region="public", **NAME, **BY_TAG, **how)


def test_an_alias_means_its_account(corridor: Corridor) -> None:
    (found,) = pull(corridor, registry_id=alias_of(corridor)).images
    assert found.image_manifest == manifest_of(b"layer")
    assert corridor.records[-1].account == "123456789012"


def test_everybody_may_pull(corridor: Corridor) -> None:
    """Source: reference public.md §6.4."""
    corridor.backend.dispatcher.enforces_iam = True
    alias = alias_of_enforced(corridor)
    assert pull(corridor, registry_id=alias, credentials=Anonymous()).images
    assert (corridor.records[-1].principal, corridor.records[-1].action) == ("anonymous", "")


def alias_of_enforced(corridor: Corridor) -> str:
    corridor.backend.dispatcher.enforces_iam = False
    alias = alias_of(corridor)
    corridor.backend.dispatcher.enforces_iam = True
    return alias


@pytest.mark.parametrize("operation", ["InitiateLayerUpload", "DescribeImages"])
def test_nobody_may_do_more_without_a_name(corridor: Corridor, operation: str) -> None:
    """Source: reference public.md §6.3."""
    named = {**NAME, "registry_id": alias_of(corridor)}
    with pytest.raises(Exception, match="Not Authorized"):
        corridor(operation, **PUBLIC, **named, credentials=Anonymous())


def test_nobody_may_pull_from_a_private_registry(corridor: Corridor) -> None:
    with pytest.raises(Exception, match="Not Authorized"):
        corridor("BatchGetImage", **NAME, **BY_TAG, credentials=Anonymous())


def test_a_push_to_an_alias_that_nobody_has_says_so(corridor: Corridor) -> None:
    with pytest.raises(RegistryNotFoundError):
        corridor("InitiateLayerUpload", **PUBLIC, **NAME, registry_id="nobody")


def test_a_pull_from_an_alias_that_nobody_has_misses_the_repository(corridor: Corridor) -> None:
    with pytest.raises(RepositoryNotFoundError, match="with id 'nobody'"):
        pull(corridor, registry_id="nobody")


def test_an_account_without_a_public_registry_is_out_of_reach(corridor: Corridor) -> None:
    with pytest.raises(AccessDeniedError, match="ecr-public:DescribeImages"):
        corridor("DescribeImages", **PUBLIC, **NAME, registry_id="111122223333")


def test_a_pull_leaves_no_time(corridor: Corridor) -> None:
    """Source: reference public.md §4.2: no public image shows one."""
    pull(corridor)
    (image,) = corridor("DescribeImages", **PUBLIC, **NAME).image_details
    assert image.last_recorded_pull_time is None
