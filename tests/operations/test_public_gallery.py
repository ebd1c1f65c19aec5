"""Aliases and catalog data, where no door is needed to see them. Source: reference public.md §1.2, §2, §4."""

import pytest

from ecrmock.operations.images import put_image
from ecrmock.operations.layers import upload_layer_part
from ecrmock.operations.public_gallery import (
    create_public_repository,
    describe_registries,
    get_repository_catalog_data,
    put_public_alias,
    put_repository_catalog_data,
    read_logo,
)
from ecrmock.values.errors import LimitExceededError
from ecrmock.values.names import PUBLIC
from ecrmock.values.public_gallery import CatalogDataInput
from ecrmock.values.settings import Quotas, Settings
from tests.documents import png
from tests.operations.conftest import Registry

NAME = {"repository_name": "app"}
MIB = 1024 * 1024


def public(registry: Registry) -> Registry:
    return registry.in_account("123456789012", PUBLIC)


@pytest.fixture
def registry(registry: Registry) -> Registry:
    """The public registry of an account."""
    return public(registry)


@pytest.fixture
def app(registry: Registry) -> Registry:
    """The same with the empty repository ``app``."""
    registry(create_public_repository, **NAME)
    return registry


def aliases(registry: Registry) -> dict[str, tuple[bool, bool]]:
    (described,) = registry(describe_registries).registries
    return {
        each.name: (each.primary_registry_alias, each.default_registry_alias)
        for each in described.aliases
    }


def test_a_registry_that_has_an_alias_gets_its_default_one_beside_it(registry: Registry) -> None:
    registry(put_public_alias, name="acme")
    registry(create_public_repository, **NAME)
    (default,) = set(aliases(registry)) - {"acme"}
    assert aliases(registry) == {default: (False, True), "acme": (True, False)}


def test_another_alias_is_primary_from_then_on(app: Registry) -> None:
    (default,) = aliases(app)
    app(put_public_alias, name="acme")
    app(put_public_alias, name="other")
    assert aliases(app) == {default: (False, True), "acme": (False, False), "other": (True, False)}


def test_an_alias_can_be_put_again_and_stays_the_default_one(app: Registry) -> None:
    (default,) = aliases(app)
    app(put_public_alias, name=default, is_primary=False)
    assert aliases(app) == {default: (True, True)}


def test_addresses_have_the_default_alias_again_once_the_primary_one_is_rejected(
    app: Registry,
) -> None:
    (default,) = aliases(app)
    app(put_public_alias, name="acme")
    app(put_public_alias, name="acme", status="REJECTED", is_primary=False)
    assert aliases(app) == {default: (True, True), "acme": (False, False)}


def test_a_registry_keeps_an_alias_that_can_be_used(app: Registry) -> None:
    (default,) = aliases(app)
    with pytest.raises(ValueError, match="is always active"):
        app(put_public_alias, name=default, status="REJECTED", is_primary=False)
    assert aliases(app) == {default: (True, True)}


def test_two_accounts_draw_different_aliases(app: Registry) -> None:
    mine = aliases(app)
    other = app.in_account("111122223333", PUBLIC)
    other(create_public_repository, **NAME)
    assert not set(mine) & set(aliases(other))


def test_the_number_of_repositories_is_limited() -> None:
    """Source: reference public.md §2."""
    registry = public(Registry(Settings(quotas=Quotas(public_repositories=1))))
    registry(create_public_repository, **NAME)
    with pytest.raises(LimitExceededError):
        registry(create_public_repository, repository_name="second")


@pytest.mark.parametrize(
    ("grown", "said"),
    [({"parts": 1_000}, "'1000'"), ({"received": 10_000 * MIB}, "10000 MiB")],
)
def test_layers_are_smaller_than_in_private_ecr(
    app: Registry, grown: dict[str, int], said: str
) -> None:
    """Source: reference public.md §2."""
    upload_id = app.start()
    state = app.state()
    upload = state.uploads.get(upload_id)
    state.uploads.put(
        upload_id, type(upload)(upload_id=upload_id, started_at=upload.started_at, **grown)
    )
    content = app.context().store.blobs.incoming(upload_id)
    content.size = grown.get("received", 0) + 1
    last = grown.get("received", 0)
    with pytest.raises(LimitExceededError, match=said):
        app(
            upload_layer_part,
            **NAME,
            upload_id=upload_id,
            part_first_byte=last,
            part_last_byte=last,
            layer_part_blob=content,
        )


def test_a_repository_of_the_same_name_has_no_logo_of_an_older_one(app: Registry) -> None:
    said = CatalogDataInput(logo_image_blob=png(60, 60))
    app(put_repository_catalog_data, **NAME, catalog_data=said)
    name = app(get_repository_catalog_data, **NAME).catalog_data.logo_name
    assert app(read_logo, logo=name) == png(60, 60)
    app.context().registry.repositories.remove("app")
    app(create_public_repository, **NAME, catalog_data=said)
    assert app(read_logo, logo=name) is None


def test_an_empty_logo_is_none(app: Registry) -> None:
    said = CatalogDataInput(logo_image_blob=b"")
    described = app(put_repository_catalog_data, **NAME, catalog_data=said).catalog_data
    assert (described.logo_name, described.logo_url) == (None, None)


def test_images_are_put_by_the_operation_of_private_ecr(app: Registry) -> None:
    manifest = app.manifest()
    for blob in (b"{}", b"layer"):
        app.upload(blob)
    image = app(put_image, **NAME, image_manifest=manifest, image_tag="1.0").image
    assert image.registry_id == "123456789012"
