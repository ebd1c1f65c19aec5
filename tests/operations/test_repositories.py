"""CreateRepository, DescribeRepositories, DeleteRepository, PutImageTagMutability.

Source: reference api.md §4.
"""

from datetime import timedelta

import pytest

from ecrmock.operations.layers import get_download_url_for_layer
from ecrmock.operations.repositories import (
    create_repository,
    delete_repository,
    describe_repositories,
    put_image_tag_mutability,
)
from ecrmock.values.errors import InvalidParameterError, LimitExceededError
from ecrmock.values.events import RepositoryCreated, RepositoryDeleted
from ecrmock.values.images import ImageTagAlreadyExistsError
from ecrmock.values.layers import LayerNotFoundError
from ecrmock.values.repositories import (
    EncryptionConfiguration,
    ImageScanningConfiguration,
    ImageTagMutabilityExclusionFilter,
    InvalidTagParameterError,
    RepositoryAlreadyExistsError,
    RepositoryNotEmptyError,
    RepositoryNotFoundError,
    ResourceTag,
    TooManyTagsError,
)
from ecrmock.values.settings import Quotas
from tests.operations.conftest import START, Registry

OTHER = "210987654321"


def wildcard(text):
    return ImageTagMutabilityExclusionFilter(filter_type="WILDCARD", filter=text)


def resource_tags(*keys, value="v"):
    return tuple(ResourceTag(key=key, value=value) for key in keys)


def created(registry: Registry, name: str = "app", **settings):
    return registry(create_repository, repository_name=name, **settings).repository


def names(page):
    return [repository.repository_name for repository in page.repositories]


# CreateRepository


def test_a_repository_belongs_to_the_registry_of_the_call(registry):
    made = created(registry, "team/app")
    assert (made.registry_id, made.repository_name) == ("123456789012", "team/app")


def test_a_repository_has_the_arn_of_its_registry(registry):
    arn = "arn:aws:ecr:us-east-1:123456789012:repository/team/app"
    assert created(registry, "team/app").repository_arn == arn


def test_a_repository_has_the_address_that_aws_prints(registry):
    uri = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app"
    assert created(registry, "team/app").repository_uri == uri


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
        ("us-iso-east-1", "aws-iso", "c2s.ic.gov"),
        ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"),
        ("eu-isoe-west-1", "aws-iso-e", "cloud.adc-e.uk"),
        ("us-isof-south-1", "aws-iso-f", "csp.hci.ic.gov"),
        ("eusc-de-east-1", "aws-eusc", "amazonaws.eu"),
    ],
)
def test_arn_and_address_have_the_form_of_the_partition(registry, region, partition, suffix):
    """Source: reference api.md §20."""
    made = created(registry.in_account(OTHER, region))
    assert made.repository_arn == f"arn:{partition}:ecr:{region}:{OTHER}:repository/app"
    assert made.repository_uri == f"{OTHER}.dkr.ecr.{region}.{suffix}/app"


def test_a_repository_is_made_at_the_time_of_the_call(registry):
    assert created(registry).created_at == START


def test_a_repository_is_mutable_unless_asked_otherwise(registry):
    made = created(registry)
    assert made.image_tag_mutability == "MUTABLE"
    assert made.image_tag_mutability_exclusion_filters is None


def test_a_repository_is_not_scanned_on_push_unless_asked(registry):
    assert created(registry).image_scanning_configuration.scan_on_push is False


def test_a_repository_is_encrypted_with_aes256_and_without_a_key_of_its_own(registry):
    assert created(registry).encryption_configuration == EncryptionConfiguration()


def test_scan_on_push_is_kept(registry):
    scanning = ImageScanningConfiguration(scan_on_push=True)
    made = created(registry, image_scanning_configuration=scanning)
    assert made.image_scanning_configuration == scanning


def test_mutability_with_its_filters_is_kept(registry):
    filters = (wildcard("dev-*"), wildcard("dev-*"))
    made = created(
        registry,
        image_tag_mutability="IMMUTABLE_WITH_EXCLUSION",
        image_tag_mutability_exclusion_filters=filters,
    )
    assert made.image_tag_mutability_exclusion_filters == filters


@pytest.mark.parametrize("kind", ["KMS", "KMS_DSSE"])
def test_kms_without_a_key_shows_the_arn_of_the_aws_managed_key(registry, kind):
    """Source: reference api.md §4.1; the key id is made up, but always the same."""
    encryption = EncryptionConfiguration(encryption_type=kind)
    first = created(registry, "one", encryption_configuration=encryption)
    second = created(registry, "two", encryption_configuration=encryption)
    assert first.encryption_configuration.kms_key.startswith(
        "arn:aws:kms:us-east-1:123456789012:key/"
    )
    assert first.encryption_configuration == second.encryption_configuration


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("arn:aws:kms:us-east-1:123456789012:key/k", "arn:aws:kms:us-east-1:123456789012:key/k"),
        (
            "1234abcd-12ab-34cd-56ef-1234567890ab",
            "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        ),
    ],
)
def test_a_kms_key_is_shown_by_its_arn(registry, asked, shown):
    encryption = EncryptionConfiguration(encryption_type="KMS", kms_key=asked)
    made = created(registry, encryption_configuration=encryption)
    assert made.encryption_configuration.kms_key == shown


def test_a_taken_name_is_refused(registry):
    registry.create("team/app")
    with pytest.raises(RepositoryAlreadyExistsError) as caught:
        registry.create("team/app")
    assert caught.value.message == (
        "The repository with name 'team/app' already exists in the registry with id '123456789012'"
    )


@pytest.mark.parametrize(("account", "region"), [(OTHER, None), ("123456789012", "eu-west-1")])
def test_another_registry_may_use_the_same_name(registry, account, region):
    registry.create()
    assert created(registry.in_account(account, region)).repository_name == "app"


def test_a_name_that_begins_like_another_is_free(registry):
    """Inferred: reference api.md §3.3, prefixes are no objects."""
    registry.create("a1").create("a1/b")
    assert names(registry(describe_repositories)) == ["a1", "a1/b"]


def test_a_key_does_not_go_with_aes256(registry):
    encryption = EncryptionConfiguration(encryption_type="AES256", kms_key="k")
    with pytest.raises(InvalidParameterError) as caught:
        registry.create(encryption_configuration=encryption)
    assert caught.value.message == (
        "Invalid parameter at 'encryptionConfiguration' failed to satisfy constraint: 'Invalid "
        "encryption configuration: Encryption key should not be set for AES256 encryption.'"
    )


@pytest.mark.parametrize("mutability", ["MUTABLE", "IMMUTABLE"])
def test_filters_do_not_go_with_plain_mutability(registry, mutability):
    filters = (wildcard("dev"),)
    settings = {"image_tag_mutability_exclusion_filters": filters}
    with pytest.raises(InvalidParameterError) as caught:
        registry.create(image_tag_mutability=mutability, **settings)
    assert caught.value.message == (
        "Invalid parameter at 'imageTagMutabilityExclusionFilters' failed to satisfy constraint: "
        "'ImageTagMutabilityExclusionFilters are not allowed when imageTagMutability is set as "
        f"{mutability}'"
    )


@pytest.mark.parametrize("mutability", ["MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION"])
def test_exclusion_needs_filters(registry, mutability):
    with pytest.raises(InvalidParameterError) as caught:
        registry.create(image_tag_mutability=mutability)
    assert caught.value.message == (
        "Invalid parameter at 'imageTagMutabilityExclusionFilters' failed to satisfy constraint: "
        "'ImageTagMutabilityExclusionFilters can't be null when imageTagMutability is set as "
        f"{mutability}'"
    )


def test_a_filter_has_at_most_two_wildcards(registry):
    settings = {"image_tag_mutability": "MUTABLE_WITH_EXCLUSION"}
    with pytest.raises(InvalidParameterError):
        registry.create(image_tag_mutability_exclusion_filters=(wildcard("*a*b*"),), **settings)
    registry.create(image_tag_mutability_exclusion_filters=(wildcard("*a*"),), **settings)


@pytest.mark.parametrize(
    "tags",
    [
        resource_tags(""),
        resource_tags("a", "b", "a"),
        resource_tags("aws:a"),
        resource_tags("AWS:a"),
        resource_tags("k" * 129),
        resource_tags("a", value="v" * 257),
    ],
    ids=["empty", "duplicate", "reserved", "reserved in capitals", "long key", "long value"],
)
def test_bad_resource_tags_are_refused(registry, tags):
    """Source: reference api.md §4.2, §7."""
    with pytest.raises(InvalidTagParameterError) as caught:
        registry.create(tags=tags)
    assert caught.value.message == "Tag parameters are invalid"


def test_resource_tags_at_their_limits_are_kept(registry):
    tags = resource_tags("k" * 128, "K" * 128, "empty", value="")
    registry.create(tags=tags)
    assert registry.state().repository.resource_tags == tags


@pytest.mark.parametrize(("number", "error"), [(50, None), (51, TooManyTagsError)])
def test_a_repository_has_at_most_50_resource_tags(registry, number, error):
    tags = resource_tags(*(f"key-{n}" for n in range(number)))
    if error is None:
        assert created(registry, tags=tags)
        return
    with pytest.raises(error):
        registry.create(tags=tags)


def test_a_registry_has_at_most_as_many_repositories_as_its_quota(registry_with):
    registry = registry_with(quotas=Quotas(repositories=2)).create("second")
    with pytest.raises(LimitExceededError):
        registry.create("third")


def test_an_existing_name_is_reported_before_the_quota(registry_with):
    with pytest.raises(RepositoryAlreadyExistsError):
        registry_with(quotas=Quotas(repositories=1)).create("app")


def test_a_refused_repository_is_not_made(registry):
    with pytest.raises(InvalidTagParameterError):
        registry.create(tags=resource_tags(""))
    assert names(registry(describe_repositories)) == []


def test_in_path_style_a_name_cannot_read_as_the_address_of_a_registry(registry_with):
    """AWS has no such rule; DESIGN.md section 3."""
    registry = registry_with(uri_style="path", public_url="http://localhost:5327")
    with pytest.raises(InvalidParameterError):
        registry.create("123456789012.eu-west-1/app")


def test_in_aws_style_a_name_may_begin_with_an_account_and_a_region(registry):
    assert created(registry, "123456789012.eu-west-1/app").registry_id == "123456789012"


def test_a_new_repository_is_announced(registry):
    registry.create()
    (event,) = registry.events
    assert isinstance(event, RepositoryCreated)
    assert (event.repository_name, event.account, event.time) == ("app", "123456789012", START)


# DescribeRepositories


def test_a_registry_without_repositories_is_an_empty_page(registry):
    page = registry(describe_repositories)
    assert (page.repositories, page.next_token) == ((), None)


def test_repositories_are_listed_in_the_order_of_creation(registry):
    registry.create("cc").create("aa").create("bb")
    assert names(registry(describe_repositories)) == ["cc", "aa", "bb"]


def test_a_listed_repository_is_as_it_was_made(registry):
    made = created(registry)
    registry.clock.advance(timedelta(days=1))
    assert registry(describe_repositories).repositories == (made,)


def test_a_page_has_a_token_for_the_next_one(registry):
    registry.create("aa").create("bb").create("cc")
    first = registry(describe_repositories, max_results=2)
    second = registry(describe_repositories, max_results=2, next_token=first.next_token)
    assert [names(first), names(second)] == [["aa", "bb"], ["cc"]]


@pytest.mark.parametrize("number", [2, 3])
def test_the_last_page_has_no_token(registry, number):
    registry.create("aa").create("bb")
    assert registry(describe_repositories, max_results=number).next_token is None


def test_a_page_has_100_entries_unless_asked_otherwise(registry):
    for number in range(101):
        registry.create(f"app-{number}")
    assert len(registry(describe_repositories).repositories) == 100


def test_a_token_outlives_the_repository_that_it_stands_after(registry):
    registry.create("aa").create("bb").create("cc")
    token = registry(describe_repositories, max_results=1).next_token
    registry(delete_repository, repository_name="aa")
    assert names(registry(describe_repositories, next_token=token)) == ["bb", "cc"]


@pytest.mark.parametrize("token", ["nonsense", "", "ZWNybW9jazoxOmltYWdlczox"])
def test_a_token_that_was_not_given_is_refused(registry, token):
    """Source: reference api.md §3.7; the last one is a token of DescribeImages."""
    with pytest.raises(InvalidParameterError) as caught:
        registry(describe_repositories, next_token=token)
    assert caught.value.message == (
        "Invalid parameter at 'NextToken' failed to satisfy constraint: "
        "'Invalid next token provided'"
    )


def test_repositories_come_by_name_in_the_order_of_the_names(registry):
    registry.create("aa").create("bb").create("cc")
    page = registry(describe_repositories, repository_names=("cc", "aa"))
    assert names(page) == ["cc", "aa"]


def test_a_name_that_is_given_twice_is_one_entry(registry):
    registry.create("aa")
    page = registry(describe_repositories, repository_names=("aa", "aa"))
    assert names(page) == ["aa"]


def test_one_missing_name_fails_the_whole_call(registry):
    registry.create("aa")
    with pytest.raises(RepositoryNotFoundError) as caught:
        registry(describe_repositories, repository_names=("aa", "no", "neither"))
    assert caught.value.message == (
        "The repository with name 'no' does not exist in the registry with id '123456789012'"
    )


@pytest.mark.parametrize("paging", [{"max_results": 5}, {"next_token": "x"}])
def test_names_do_not_go_with_paging(registry, paging):
    """Inferred text: reference api.md §3.7."""
    registry.create("aa")
    with pytest.raises(InvalidParameterError):
        registry(describe_repositories, repository_names=("aa",), **paging)


def test_a_registry_shows_nothing_of_another_one(registry):
    registry.create("aa").in_account(OTHER)
    assert names(registry(describe_repositories)) == []


def test_describing_publishes_nothing(app):
    app(describe_repositories)
    assert app.events == ()


# DeleteRepository


def test_a_deleted_repository_is_returned_as_it_was(registry):
    made = created(registry)
    assert registry(delete_repository, repository_name="app").repository == made


def test_a_deleted_repository_is_gone(app):
    app(delete_repository, repository_name="app")
    assert names(app(describe_repositories)) == []


def test_a_missing_repository_cannot_be_deleted(registry):
    with pytest.raises(RepositoryNotFoundError) as caught:
        registry(delete_repository, repository_name="no", force=True)
    assert caught.value.message == (
        "The repository with name 'no' does not exist in the registry with id '123456789012'"
    )


def test_a_repository_with_images_is_not_deleted_without_force(app):
    app.push()
    with pytest.raises(RepositoryNotEmptyError) as caught:
        app(delete_repository, repository_name="app")
    assert caught.value.message == (
        "The repository with name 'app' in registry with id '123456789012' "
        "cannot be deleted because it still contains images"
    )


def test_force_deletes_a_repository_with_its_images(app):
    digest = app.push(b"layer", "latest")
    app(delete_repository, repository_name="app", force=True)
    app.create()
    assert digest not in app.state().images


def test_layers_of_no_image_do_not_keep_a_repository(app):
    """Inferred: reference api.md §4.5."""
    app.upload(b"layer")
    app.start()
    assert app(delete_repository, repository_name="app").repository.repository_name == "app"


def test_a_repository_made_again_has_no_layers_of_the_old_one(app):
    digest = app.upload(b"layer")
    app(delete_repository, repository_name="app")
    app.create()
    with pytest.raises(LayerNotFoundError):
        app(get_download_url_for_layer, repository_name="app", layer_digest=digest)


def test_a_repository_made_again_has_default_settings(registry):
    registry.create(image_tag_mutability="IMMUTABLE", tags=resource_tags("a"))
    registry(delete_repository, repository_name="app")
    registry.create()
    assert registry.state().repository.image_tag_mutability == "MUTABLE"
    assert registry.state().repository.resource_tags == ()


def test_the_bytes_of_a_deleted_repository_are_freed(app):
    app.push(b"layer")
    app(delete_repository, repository_name="app", force=True)
    assert len(app.store.blobs) == 0


def test_the_bytes_that_another_repository_holds_are_kept(app):
    digest = app.upload(b"layer")
    app.create("other").upload(b"layer", name="other")
    app(delete_repository, repository_name="app")
    assert digest in app.store.blobs


def test_a_deleted_repository_is_announced(app):
    app(delete_repository, repository_name="app")
    (event,) = app.events
    assert isinstance(event, RepositoryDeleted)


# PutImageTagMutability


def set_mutability(registry, mutability, *filters, name="app"):
    settings = {"image_tag_mutability_exclusion_filters": filters or None}
    return registry(
        put_image_tag_mutability,
        repository_name=name,
        image_tag_mutability=mutability,
        **settings,
    )


def test_the_new_mutability_is_answered(app):
    """Source: reference api.md §4.3."""
    answer = set_mutability(app, "IMMUTABLE")
    assert (answer.registry_id, answer.repository_name) == ("123456789012", "app")
    assert answer.image_tag_mutability == "IMMUTABLE"
    assert answer.image_tag_mutability_exclusion_filters is None


def test_the_new_filters_are_answered(app):
    answer = set_mutability(app, "IMMUTABLE_WITH_EXCLUSION", wildcard("dev-*"))
    assert answer.image_tag_mutability_exclusion_filters == (wildcard("dev-*"),)


def test_the_new_mutability_is_kept(app):
    set_mutability(app, "IMMUTABLE")
    (shown,) = app(describe_repositories).repositories
    assert shown.image_tag_mutability == "IMMUTABLE"


@pytest.mark.parametrize("mutability", ["MUTABLE", "IMMUTABLE"])
def test_plain_mutability_drops_the_filters(app, mutability):
    """Inferred: reference api.md §4.3."""
    set_mutability(app, "IMMUTABLE_WITH_EXCLUSION", wildcard("dev-*"))
    set_mutability(app, mutability)
    assert app.state().repository.image_tag_mutability_exclusion_filters is None


def test_a_new_mutability_changes_nothing_else(registry):
    registry.create(tags=resource_tags("a"), image_tag_mutability="IMMUTABLE")
    before = registry.state().repository
    set_mutability(registry, "MUTABLE")
    set_mutability(registry, "IMMUTABLE")
    assert registry.state().repository == before


def test_a_new_mutability_holds_for_later_pushes(app):
    """Source: reference api.md §4.3; the tags that are there stay as they are."""
    app.push(b"old", "1.0")
    set_mutability(app, "IMMUTABLE")
    with pytest.raises(ImageTagAlreadyExistsError):
        app.push(b"new", "1.0")


def test_the_mutability_of_a_missing_repository_cannot_be_set(registry):
    with pytest.raises(RepositoryNotFoundError) as caught:
        set_mutability(registry, "MUTABLE", name="no")
    assert caught.value.message == (
        "The repository with name 'no' does not exist in the registry with id '123456789012'"
    )


@pytest.mark.parametrize(
    ("mutability", "filters"),
    [
        ("MUTABLE", ["dev"]),
        ("IMMUTABLE", ["dev"]),
        ("MUTABLE_WITH_EXCLUSION", []),
        ("IMMUTABLE_WITH_EXCLUSION", []),
        ("IMMUTABLE_WITH_EXCLUSION", ["*a*b*"]),
    ],
)
def test_filters_and_a_new_mutability_must_go_together(app, mutability, filters):
    """The same rule as for a new repository (reference api.md §25)."""
    with pytest.raises(InvalidParameterError):
        set_mutability(app, mutability, *map(wildcard, filters))


def test_a_new_mutability_publishes_nothing(app):
    set_mutability(app, "IMMUTABLE")
    assert app.events == ()
