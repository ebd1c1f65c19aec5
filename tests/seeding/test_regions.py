"""Which parts of a seed belong to which account and region."""

from ecrmock.seeding.regions import accounts, regions, repositories

OTHER = "111122223333"
DOCUMENT = {
    "repositories": {"a": {"scan_on_push": True}},
    "regions": {"eu-west-1": {"repositories": {"b": {}}}},
    "public": {"repositories": {"c": {}}},
    "accounts": {OTHER: {"regions": {"us-west-2": {"repositories": {"d": {}}}}}},
}


def test_what_stands_outside_of_accounts_is_the_default_ones() -> None:
    assert [(account, way) for account, way, _ in accounts(DOCUMENT)] == [
        (None, ()),
        (OTHER, ("accounts", OTHER)),
    ]


def test_what_stands_outside_of_regions_is_the_default_ones() -> None:
    assert [(region, way) for region, way, _ in regions(DOCUMENT)] == [
        (None, ()),
        ("eu-west-1", ("regions", "eu-west-1")),
    ]


def test_repositories_are_found_wherever_they_stand() -> None:
    assert [way for way, _ in repositories(DOCUMENT)] == [
        ("repositories", "a"),
        ("regions", "eu-west-1", "repositories", "b"),
        ("public", "repositories", "c"),
        ("accounts", OTHER, "regions", "us-west-2", "repositories", "d"),
    ]
    assert next(iter(repositories(DOCUMENT)))[1] == {"scan_on_push": True}
