"""The shape of a ledger file: one `source`, its `tables` as tables, its `statements` one by one."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from harness.records import ClaimKind, KnownProtocol, Over, Reading, Record, Reply, Says
from harness.records.base import Id
from harness.records.claim import Hedge, Lane, Mode


class Row(Record):
    """One row of a table that needs more than its cells."""

    values: dict[str, Any]
    """As printed, in quotes; each cell is validated as a claim, so that all its errors are told at once."""
    metric: str | None = None
    items: int | None = None
    unit: str | None = None
    mode: Mode | None = None
    note: str | None = None
    untestable: str | None = None
    """Why this row cannot be measured, where that is so."""
    replies: dict[str, Reply] = Field(default_factory=dict)
    """The maker's answer, by column."""


def _whole(cells: Any) -> Any:
    """Return a row written as bare cells in its full form."""
    return {"values": cells} if isinstance(cells, dict) and "values" not in cells else cells


class Table(Record):
    """A published table; a null cell is a printed dash."""

    id: Id
    label: str | None = None
    """How the source calls it."""
    form: str = Field(default="table", pattern="^(table|figure)$")
    columns: list[str]
    unit: str = "percent"
    mode: Mode | None = None
    complete: bool = True
    """Whether every row of the source's table is here."""
    note: str | None = None
    protocol: KnownProtocol = Field(default_factory=KnownProtocol)
    repeats: int | None = None
    delta: str | None = None
    delta_reason: str | None = None
    untestable: str | None = None
    """Why no row of this table can be measured, where that is so."""
    rows: dict[str, Annotated[Row, BeforeValidator(_whole)]]
    """By benchmark; a row that needs no more than its cells is written as cells alone."""


class Statement(Record):
    """One sentence with at most one number; a sentence of two numbers is two statements."""

    id: Id
    locator: dict[str, str | int] = Field(min_length=1)
    kind: ClaimKind
    model: str
    named_as: str | None = None
    value: str | None = None
    unit: str = "text"
    hedge: Hedge = "exact"
    says: Says
    quantity: str | None = None
    readings: list[Reading] = Field(default_factory=list)
    benchmark: str | None = None
    capability: str | None = None
    metric: str | None = None
    mode: Mode | None = None
    comparators: list[str] = Field(default_factory=list)
    over: Over | None = None
    lanes: list[Lane] = Field(default_factory=list)
    untestable: str | None = None
    unstated: list[str] = Field(default_factory=list)
    reply: Reply | None = None
