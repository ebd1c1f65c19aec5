"""The Python door: what ``mock_ecr`` hands out, made of one class for each capability."""

from ecrmock.handle.ecr import Ecr, ServedEcr

__all__ = ["Ecr", "ServedEcr"]
