"""Public registries of a seed. Source: reference public.md §1.2, §4."""

import base64
import json

import pytest

from ecrmock.seeding.mistakes import RefusedSeedError, SeedError
from tests.documents import png
from tests.seeding.conftest import Played
from tests.seeding.test_export import again, comparable

NAME = {"repository_name": "team/tool"}
PUBLIC = {"service": "ecr-public"}
POLICY = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr-public:*"}]}
LOGO = base64.b64encode(png(60, 60)).decode()
SAID = {"description": "A tool.", "architectures": ["ARM 64"], "logo": LOGO}
TOOL = {
    "created_at": "200d ago",
    "catalog_data": SAID,
    "resource_tags": {"team": "a"},
    "repository_policy": POLICY,
    "images": [{"tags": ["1.0", "latest"], "pushed_at": "90d ago"}],
}
ALIASES = {"acme": {"primary": True}, "x1y2z3a4": {"default": True}}
REGISTRY = {"aliases": ALIASES, "display_name": "Acme", "repositories": {"team/tool": TOOL}}
SEED = {"version": 1, "public": REGISTRY}


def test_a_public_repository_has_what_the_seed_says(played: Played) -> None:
    played(SEED)
    (repository,) = played.ask("DescribeRepositories", **PUBLIC).repositories
    said = played.ask("GetRepositoryCatalogData", **PUBLIC, **NAME).catalog_data
    policy = played.ask("GetRepositoryPolicy", **PUBLIC, **NAME).policy_text
    assert repository.repository_uri == "public.ecr.aws/acme/team/tool"
    assert repository.created_at.isoformat() == "2025-11-13T12:00:00+00:00"
    assert (said.description, said.architectures) == ("A tool.", ("ARM 64",))
    assert json.loads(policy) == POLICY


def test_its_images_are_there_as_of_their_times(played: Played) -> None:
    played(SEED)
    (first, second) = played.ask("DescribeImageTags", **PUBLIC, **NAME).image_tag_details
    assert [first.image_tag, second.image_tag] == ["1.0", "latest"]
    assert first.created_at.isoformat() == "2026-03-03T12:00:00+00:00"


def test_the_registry_has_its_aliases_and_its_name(played: Played) -> None:
    played(SEED)
    (registry,) = played.ask("DescribeRegistries", **PUBLIC).registries
    shown = played.ask("GetRegistryCatalogData", **PUBLIC).registry_catalog_data
    assert [(each.name, each.primary_registry_alias) for each in registry.aliases] == [
        ("x1y2z3a4", False),
        ("acme", True),
    ]
    assert shown.display_name == "Acme"


def test_a_seed_may_be_played_again_and_say_more(played: Played) -> None:
    played(SEED)
    more = {"catalog_data": {"about_text": "new"}, "resource_tags": {"stage": "b"}}
    played({"version": 1, "public": {"repositories": {"team/tool": more}}})
    said = played.ask("GetRepositoryCatalogData", **PUBLIC, **NAME).catalog_data
    arn = "arn:aws:ecr-public::123456789012:repository/team/tool"
    tags = played.ask("ListTagsForResource", **PUBLIC, resource_arn=arn).tags
    assert (said.about_text, said.description) == ("new", None)
    assert {tag.key: tag.value for tag in tags} == {"team": "a", "stage": "b"}


@pytest.mark.parametrize("account", ["123456789012", "111122223333"])
def test_an_export_makes_it_again(account: str) -> None:
    seed = {"version": 1, "accounts": {account: {"public": REGISTRY}}}
    before = Played()(seed)
    state = comparable(before.backend.state())
    for repository in state[account]["public"]["repositories"]:
        repository["repository"]["catalog_data"].pop("logo_name")
    after = comparable(again(before).backend.state())
    for repository in after[account]["public"]["repositories"]:
        repository["repository"]["catalog_data"].pop("logo_name")
    assert after == state


def test_each_account_may_have_one(played: Played) -> None:
    played({**SEED, "accounts": {"111122223333": {"public": {"aliases": {"other": {}}}}}})
    (registry,) = played.ask("DescribeRegistries", **PUBLIC, account="111122223333").registries
    assert [each.name for each in registry.aliases] == ["other"]


@pytest.mark.parametrize(
    ("public", "said"),
    [
        ({"aliases": {"A": {}}}, "an alias has 2 to 50"),
        ({"repositories": {"a__b": {}}}, "it has 2 to 205"),
        ({"repositories": {"app": {"images": [{"archived_at": "1d ago"}]}}}, "no archive"),
        ({"repositories": {"app": {"created_at": "2027-01-01"}}}, "after the present"),
    ],
)
def test_a_mistake_is_named(played: Played, public: dict[str, object], said: str) -> None:
    with pytest.raises(SeedError, match=said):
        played({"version": 1, "public": public})


@pytest.mark.parametrize("logo", ["no base64!", base64.b64encode(b"GIF89a").decode()])
def test_a_logo_that_is_none_is_refused(played: Played, logo: str) -> None:
    public = {"repositories": {"app": {"catalog_data": {"logo": logo}}}}
    with pytest.raises(RefusedSeedError, match="PNG"):
        played({"version": 1, "public": public})
