"""The aliases of public registries. Source: reference public.md §1.2."""

from ecrmock.store.journal import Journal
from ecrmock.store.public_gallery import PublicAliases
from ecrmock.values.public_gallery import PublicAlias

MINE, THEIRS = "123456789012", "111122223333"


def aliases(*made: PublicAlias) -> PublicAliases:
    table = PublicAliases(Journal())
    for alias in made:
        table.put(alias.name, alias)
    return table


def an_alias(
    name: str,
    account: str = MINE,
    *,
    primary: bool = False,
    default: bool = False,
    status: str = "ACTIVE",
) -> PublicAlias:
    return PublicAlias(
        name=name,
        registry_id=account,
        status=status,
        primary_registry_alias=primary,
        default_registry_alias=default,
    )


def test_an_alias_leads_to_its_account() -> None:
    table = aliases(an_alias("mine"), an_alias("theirs", THEIRS))
    assert [table.account_of(name) for name in ("mine", "theirs", "no")] == [MINE, THEIRS, None]


def test_an_alias_that_is_not_active_leads_nowhere() -> None:
    table = aliases(an_alias("mine", primary=True, status="PENDING"))
    assert (table.account_of("mine"), table.primary_of(MINE)) == (None, "")


def test_the_default_alias_comes_first_then_the_others_by_name() -> None:
    table = aliases(an_alias("b"), an_alias("z", default=True), an_alias("a"))
    assert [alias.name for alias in table.of_account(MINE)] == ["z", "a", "b"]


def test_addresses_show_the_primary_alias() -> None:
    table = aliases(an_alias("z", default=True), an_alias("acme", primary=True))
    assert table.primary_of(MINE) == "acme"


def test_without_a_primary_alias_addresses_show_the_default_one() -> None:
    assert aliases(an_alias("a"), an_alias("z", default=True)).primary_of(MINE) == "z"


def test_an_alias_that_is_gone_is_nobodys() -> None:
    table = aliases(an_alias("mine"))
    table.remove("mine")
    assert (table.account_of("mine"), table.of_account(MINE)) == (None, ())
