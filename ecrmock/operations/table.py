"""The operations that ecrmock has: (service, name) → operation, read-only."""

from ecrmock.operations import authorization, images, layers, repositories, sts
from ecrmock.operations.operation import collect

OPERATIONS = collect((authorization, images, layers, repositories, sts))
