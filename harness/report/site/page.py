"""A page: a path, a template, and its data, which are also its JSON twin."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from harness.records import Says
from harness.report.site.words import Words

Extras = Callable[[Words], Mapping[str, Any]]


def nothing(words: Words) -> Mapping[str, Any]:
    """Return no extras."""
    return {}


@dataclass(frozen=True)
class Card:
    """What a picture says of a page where a link to it is shown."""

    title: Says
    by: Says
    """Who made it, and what it is."""
    counts: Mapping[str, Any]
    """Of its claims, lane by lane."""
    name: str
    """Of ASCII, where no font has the characters of the title."""


@dataclass(frozen=True)
class Page:
    """One page in every language; all it shows is a function of its path, template and data."""

    path: str
    """Below a language's folder, without `.html`; it is part of a permanent address."""
    template: str
    title: Says
    data: Mapping[str, Any]
    """In the words of the records, for every language: the page's JSON twin."""
    extras: Extras = field(default=nothing)
    """What is computed from the data for one language when the page is drawn: figures, say."""
    section: str = ""
    """The entry of the menu that it belongs to."""
    scripts: tuple[str, ...] = ()
    """Of assets/, or of the page's own folder where they start with `./`."""

    card: Card | None = None

    @property
    def twin(self) -> str:
        """The page's data as JSON."""
        told = {"schema": 1, "page": self.path, "title": self.title.model_dump(), **self.data}
        # NumPy has floats of its own.
        return msgspec.json.format(msgspec.json.encode(told, enc_hook=float), indent=1).decode() + "\n"
