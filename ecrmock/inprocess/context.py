"""One entered ``mock_ecr``: a backend that answers, its handle, and what goes when it is left."""

import gc
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecrmock.backend import Backend
from ecrmock.handle import Ecr, ServedEcr
from ecrmock.inprocess import active, botocore_hook
from ecrmock.values.names import AccountId, Region, is_account_id
from ecrmock.values.settings import (
    AWS_QUOTAS,
    DEFAULT_ACCOUNT,
    DEFAULT_REGION,
    Settings,
    quotas_of,
    upstreams_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    from ecrmock.server import Server

_REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")


@dataclass(frozen=True, slots=True)
class Entered:
    """A context that is to be left once."""

    handle: Ecr
    activation: active.Activation
    server: "Server | None" = None

    def leave(self) -> None:
        """Take the backend away, and the patch with the last one; free all blobs."""
        active.pop(self.activation, botocore_hook.remove)
        if self.server is not None:
            self.server.stop()
        self.activation.backend.close()


def enter(
    *,
    account: str | None = None,
    region: str | None = None,
    serve: bool = False,
    quotas: Mapping[str, int] | None = None,
    upstreams: Mapping[str, str] | None = None,
    advisories: "str | Path | None" = None,
    seed: "str | Path | Mapping[str, Any] | None" = None,
    **options: Any,
) -> Entered:
    """Make a backend and let it answer; further options are members of Settings.

    With ``serve``, it is also served on a free port of this machine, and its addresses lead there.
    Raises: ValueError for an account that is not twelve digits, a quota that does not exist, what is no URL,
    advisories or a scanner that are not there, or a bad seed.
    """
    if account is not None and not is_account_id(account):
        raise ValueError(f"an account id is twelve digits, not {account!r}")
    given = {name: os.environ.get(name) for name in _REGION_VARIABLES}
    settings = Settings(
        account=AccountId(account or DEFAULT_ACCOUNT),
        region=Region(region or next(filter(None, given.values()), DEFAULT_REGION)),
        uri_style="path" if serve else "aws",
        quotas=quotas_of(quotas) if quotas else AWS_QUOTAS,
        upstreams=upstreams_of(upstreams or {}),
        advisories=None if advisories is None else str(advisories),
        **options,
    )
    backend = Backend(settings)
    if seed is not None:
        _fill(backend, seed)
    server = _serve(backend) if serve else None
    variables = _variables(given, settings.region, explicit=region is not None)
    activation = active.push(backend, variables, botocore_hook.install)
    handle = (
        Ecr(backend)
        if server is None
        else ServedEcr(backend, server.url, server.public_registry_url)
    )
    return Entered(handle, activation, server)


def _fill(backend: Backend, seed: "str | Path | Mapping[str, Any]") -> None:
    """Play a seed before anybody can see the backend. Raises: ValueError, OSError."""
    try:
        Ecr(backend).seed(seed)
    except BaseException:
        backend.close()
        raise


def _serve(backend: Backend) -> "Server":
    from ecrmock.server import Server  # noqa: PLC0415 - loaded when needed

    return Server(backend).start()


def _variables(
    given: Mapping[str, str | None], region: str, *, explicit: bool
) -> Mapping[str, str]:
    """Return what lets clients be made without configuration, and nobody search the network for any.

    A region that was asked for covers the user's; else it only fills in what botocore would miss.
    """
    missing = {name: region for name, value in given.items() if explicit or not value}
    return {"AWS_EC2_METADATA_DISABLED": "true", **missing}


def _spare_a_collection() -> None:
    """Count what was imported as old, as it will be; without looking for garbage in it.

    The values and functions of this import would else bring on a full collection while boto3 makes its first
    client: 13 ms, in which nothing is found. Who froze objects on purpose is left alone.
    """
    if gc.get_freeze_count() == 0:
        gc.freeze()
        gc.unfreeze()


_spare_a_collection()
