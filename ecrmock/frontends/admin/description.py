"""The description of these endpoints for programs: a file in the form of OpenAPI 3.1."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from ecrmock.backend import Backend
from ecrmock.frontends.http import HttpResponse


def show(_: Backend, __: Mapping[str, Any]) -> HttpResponse:
    """Return the file as it is."""
    content = files("ecrmock.frontends.admin").joinpath("openapi.json").read_bytes()
    return HttpResponse(200, {"Content-Type": "application/json"}, content)
