"""The aliases of public registries: one name space for all accounts. Source: reference public.md §1.2."""

from ecrmock.store.journal import Journal
from ecrmock.store.table import Table
from ecrmock.values.names import AccountId
from ecrmock.values.public_gallery import PublicAlias


class PublicAliases(Table[str, PublicAlias]):
    """Aliases by name, and by the account that has them."""

    __slots__ = ("_of_account",)

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal, ("public_aliases", ()))
        self._of_account: dict[AccountId, dict[str, None]] = {}

    def of_account(self, account: AccountId) -> tuple[PublicAlias, ...]:
        """Return the aliases of an account: the default one, then the others by name."""
        names = sorted(self._of_account.get(account, ()))
        found = [self._rows[name] for name in names]
        return tuple(sorted(found, key=lambda alias: not alias.default_registry_alias))

    def primary_of(self, account: AccountId) -> str:
        """Return the active alias that addresses of an account show; empty while it has none."""
        active = [alias for alias in self.of_account(account) if alias.is_active]
        primary = (alias.name for alias in active if alias.primary_registry_alias)
        return next(primary, active[0].name if active else "")

    def account_of(self, name: str) -> AccountId | None:
        """Return whose registry an alias names that can be used; None when nobody's."""
        alias = self._rows.get(name)
        return alias.registry_id if alias is not None and alias.is_active else None

    def _changed(self, key: str, old: PublicAlias | None, new: PublicAlias | None) -> None:
        if old is not None:
            names = self._of_account[old.registry_id]
            del names[key]
            if not names:
                del self._of_account[old.registry_id]
        if new is not None:
            self._of_account.setdefault(new.registry_id, {})[key] = None
