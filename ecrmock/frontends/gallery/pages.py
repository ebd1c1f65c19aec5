"""How the gallery's pages are made: Jinja's templates, with every value escaped."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from ecrmock.values.names import LOGO_PATH, PUBLIC_HOST

_PACKAGE = "ecrmock.frontends.gallery"
_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_STEP = 1000
# What a manifest or an artifact is called, by words in its media type.
_KINDS = (
    ("helm", "Helm chart"),
    ("manifest.list", "Image index"),
    ("image.index", "Image index"),
    ("container.image", "Image"),
    ("image.config", "Image"),
    ("image.manifest", "Image"),
)


class Pages:
    """The templates of the gallery."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=PackageLoader(_PACKAGE),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"size": size, "day": day, "kind": kind, "query": query}
        self._environment.globals |= {"logo_path": LOGO_PATH, "aws_host": PUBLIC_HOST}

    def render(self, template: str, context: Mapping[str, Any]) -> str:
        """Return a page."""
        return self._environment.get_template(template).render(context)

    def style(self) -> bytes:
        """Return the style sheet."""
        return files(_PACKAGE).joinpath("static", "gallery.css").read_bytes()


@lru_cache(maxsize=1)
def pages() -> Pages:
    """Return the templates, which are read once."""
    return Pages()


def size(count: int) -> str:
    """Return a number of bytes as people read it: ``12.3 MB``."""
    amount, unit = float(count), 0
    while amount >= _STEP and unit < len(_UNITS) - 1:
        amount, unit = amount / _STEP, unit + 1
    return f"{count} {_UNITS[0]}" if not unit else f"{amount:.1f} {_UNITS[unit]}"


def day(time: datetime) -> str:
    """Return a time as people read it: ``2 Jan 2026, 03:04 UTC``."""
    return f"{time.day} {time:%b %Y, %H:%M} UTC"


def kind(media_type: str) -> str:
    """Return what an image with a media type is called; a media type without a name stands for itself."""
    return next((name for words, name in _KINDS if words in media_type), media_type)


def query(page: int, parameters: Mapping[str, Any]) -> str:
    """Return the query of a page of a list."""
    return urlencode({**parameters, "page": page}, doseq=True)
