"""One entered ``mock_ecr``: a backend that answers, its handle, and what goes when it is left."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ecrmock.backend import Backend
from ecrmock.handle import Ecr
from ecrmock.inprocess import active, botocore_hook
from ecrmock.values.names import AccountId, Region
from ecrmock.values.settings import DEFAULT_ACCOUNT, DEFAULT_REGION, Settings

_REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")


@dataclass(frozen=True, slots=True)
class Entered:
    """A context that is to be left once."""

    handle: Ecr
    activation: active.Activation

    def leave(self) -> None:
        """Take the backend away, and the patch with the last one; free all blobs."""
        active.pop(self.activation, botocore_hook.remove)
        self.activation.backend.close()


def enter(*, account: str | None = None, region: str | None = None, **options: Any) -> Entered:
    """Make a backend and let it answer; the options are members of Settings."""
    settings = Settings(
        account=AccountId(account or DEFAULT_ACCOUNT),
        region=Region(region or _region_of_environment() or DEFAULT_REGION),
        **options,
    )
    backend = Backend(settings)
    variables = _variables(settings.region, explicit=region is not None)
    activation = active.push(backend, variables, botocore_hook.install)
    return Entered(Ecr(backend), activation)


def _region_of_environment() -> str | None:
    return next((value for name in _REGION_VARIABLES if (value := os.environ.get(name))), None)


def _variables(region: str, *, explicit: bool) -> Mapping[str, str]:
    """Return what lets clients be made without configuration, and nobody search the network for any.

    A region that was asked for covers the user's; else it only fills in what botocore would miss.
    """
    variables = {"AWS_EC2_METADATA_DISABLED": "true"}
    for name in _REGION_VARIABLES:
        variables[name] = region if explicit else os.environ.get(name) or region
    return variables
