"""A document that claims are read from."""

import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, StringConstraints

from harness.records.base import Id, Record

SourceKind = Literal[
    "press",
    "model_card",
    "readme",
    "tech_report",
    "code",
    "maker_page",
    "third_party",
    "dispute",
    "evaluation_round",
]

# YAML reads an unquoted 2026-02-06 as a date.
IsoDate = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$"),
    BeforeValidator(lambda d: d.isoformat() if isinstance(d, datetime.date) else d),
]


class Source(Record):
    """One document, or one revision of it."""

    id: Id
    kind: SourceKind
    party: Literal["first", "third"]
    title: str
    url: str | None = None
    date: IsoDate | None = None
    """ISO date, may be partial (`2025-08`) or unknown."""
    revision: str | None = None
    read: Literal["full", "partial", "second_hand"] = "full"
    """`second_hand` is known through another page only; nothing it says is held against the maker."""
    of: Id | None = None
    """The model whose own document this is: its card, README or report."""
    supersedes: str | None = None
    """The earlier revision of the same document."""
    note: str | None = None
