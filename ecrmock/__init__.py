"""ecrmock: a local emulator of Amazon ECR.

``from ecrmock import mock_ecr`` is all that a unit test needs; the server is ``ecrmock serve``. The names
here load when they are first used, so that importing the package costs next to nothing.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecrmock.handle import Ecr, ServedEcr
    from ecrmock.inprocess.decorator import mock_ecr

__all__ = ["Ecr", "ServedEcr", "mock_ecr"]


def __getattr__(name: str) -> Any:
    if name == "mock_ecr":
        from ecrmock.inprocess.decorator import mock_ecr

        return mock_ecr
    if name in ("Ecr", "ServedEcr"):
        from ecrmock import handle

        return getattr(handle, name)
    raise AttributeError(f"module 'ecrmock' has no attribute {name!r}")
