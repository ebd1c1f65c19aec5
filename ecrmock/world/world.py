"""World: all that an operation may ask of the outside."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ecrmock.values.settings import Settings
from ecrmock.world.addresses import Addresses
from ecrmock.world.clock import Clock
from ecrmock.world.events import EventBus
from ecrmock.world.ids import Ids
from ecrmock.world.layer_urls import LayerUrls
from ecrmock.world.scheduler import Scheduler
from ecrmock.world.tokens import Tokens
from ecrmock.world.traffic import Traffic

if TYPE_CHECKING:
    from ecrmock.values.pull_rates import Allowance
    from ecrmock.world.authority import Authority
    from ecrmock.world.signer import Signer


@dataclass(slots=True)
class World:
    """The outside of one backend."""

    clock: Clock
    ids: Ids
    events: EventBus
    scheduler: Scheduler
    tokens: Tokens
    addresses: Addresses
    layer_urls: LayerUrls
    secret: bytes
    traffic: Traffic = field(default_factory=Traffic)
    pull_allowances: "dict[str, Allowance]" = field(default_factory=dict)  # by account or address
    authority: "Authority | None" = None  # of a server with TLS and a certificate of its own
    _signer: "Signer | None" = None

    @property
    def signer(self) -> "Signer":
        """What signs images, once something is to be signed."""
        if self._signer is None:
            from ecrmock.world.signer import Signer  # noqa: PLC0415 - loaded when needed

            self._signer = Signer(self.secret, self.addresses)
        return self._signer


def make_world(
    settings: Settings,
    *,
    clock: Clock | None = None,
    ids: Ids | None = None,
    secret: bytes | None = None,
) -> World:
    """Return a world with the real time and real chance, or with those given.

    The secret is what makes the login tokens, the signatures and the URLs of layers of one emulator its own.
    """
    ids, addresses = ids or Ids(), Addresses(settings)
    secret = secret or ids.secret()
    return World(
        clock=clock or Clock(),
        ids=ids,
        events=EventBus(ids),
        scheduler=Scheduler(),
        tokens=Tokens(secret),
        addresses=addresses,
        layer_urls=LayerUrls(secret, addresses),
        secret=secret,
    )
