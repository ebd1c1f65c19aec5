"""Snapshots of the handle: fixtures that are set up once and gone back to in no time."""

from typing import TYPE_CHECKING

from ecrmock.handle.door import Door

if TYPE_CHECKING:
    from ecrmock.dispatch.snapshots import Snapshot


class Snapshots(Door):
    """Going back to how the handle's backend was."""

    def snapshot(self) -> "Snapshot":
        """Return the present state, for ``restore``; it can be restored as often as wanted.

        As long as the returned object is kept, so are the layers that were there.
        """
        return self._backend.snapshot()

    def restore(self, snapshot: "Snapshot") -> None:
        """Go back to a snapshot: images, identities, events, calls, due work and the clock.

        Raises: ValueError when an earlier snapshot was restored since it was made.
        """
        self._backend.restore(snapshot)
