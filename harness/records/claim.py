"""One checkable statement from one source."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from harness.records.architecture import Dtype
from harness.records.base import Id, Record
from harness.records.printed import Printed, parse
from harness.records.source import IsoDate, Source

ClaimKind = Literal[
    "score",
    "ratio",
    "exceeds",
    "at_least",
    "average",
    "rank",
    "exam_grade",
    "structure",
    "efficiency",
    "capability",
    "deployability",
    "latency",
    "training",
    "target",
    "adoption",
    "ranking",
]
Lane = Literal["desk", "measured"]
Hedge = Literal["exact", "about", "at_least", "more_than", "up_to", "less_than"]
Mode = Literal["thinking", "non_thinking"]
TEXT_UNITS = frozenset({"date", "text"})
"""Units whose values are words or ISO dates, not numbers."""


class Says(Record):
    """A sentence in both languages, in our own words."""

    en: str
    ko: str

    @classmethod
    def same(cls, text: str) -> "Says":
        """Return what is the same in both languages: a number, a name, a command."""
        return cls(en=text, ko=text)

    def __add__(self, other: "Says") -> "Says":
        """Return both sentences, one after the other."""
        return Says(en=f"{self.en} {other.en}", ko=f"{self.ko} {other.ko}")


class KnownProtocol(Record):
    """What the source says about how it measured; all else is listed in `unstated`."""

    known: dict[str, Any] = Field(default_factory=dict)
    unstated: list[str] = Field(default_factory=list)


class Over(Record):
    """Which published rows a derived statement is about."""

    tables: list[str] = Field(default_factory=list)
    """`<source>/<table>`; empty means every current table that holds the model and its comparators."""
    rows: list[str] = Field(default_factory=list)
    capability: str | None = None
    """Rows of benchmarks with this capability."""
    count: int | None = Field(default=None, gt=0)
    """How many rows the source speaks of."""
    operands: list[str] = Field(default_factory=list)
    """Claim ids of numerator and denominator, where the source prints both."""


class Reading(Record):
    """One way to read a statement about sizes, memory or arithmetic."""

    quantity: str
    against: Id | Literal["without_windows"] | None = None
    """The baseline: another model, or the same model with every layer seeing the whole context."""
    context: int | None = Field(default=None, gt=0)
    """None where the source names none: the statement is then read at every context."""
    window: int | None = None
    """Stands in for a window that is not published."""
    gpu: str | None = None
    dtype: Dtype | None = None
    within: int | None = None
    """The most units (GPUs, say) that count as agreeing with the statement."""


class Reply(Record):
    """What the maker answered."""

    by: str
    date: IsoDate
    url: str
    says: Says


class Claim(Record):
    """One number or one statement that can be held against evidence."""

    schema_version: Literal[1] = 1
    id: str
    """`<source>/<table>/<benchmark>/<model>` for a table cell, `<source>/<statement>` otherwise."""
    source: Source
    locator: dict[str, str | int] = Field(min_length=1)
    at: str = ""
    """File and line in the ledger."""
    kind: ClaimKind
    model: str
    named_as: str | None = None
    """How the source names the subject, where that differs."""
    value: str | None
    """As printed: "80.0" is not "80", the digits carry the rounding. None where nothing is printed."""
    unit: str
    hedge: Hedge = "exact"
    """How the source words the number."""
    says: Says
    benchmark: str | None = None
    capability: str | None = None
    """What is said to be good at, where the source names no benchmark."""
    metric: str | None = None
    quantity: str | None = None
    """What the number is of, such as `parameters_total`; claims on the same quantity are compared."""
    readings: list[Reading] = Field(default_factory=list)
    comparators: list[str] = Field(default_factory=list)
    over: Over | None = None
    mode: Mode | None = None
    complete: bool = True
    """Whether the whole of the table that the cell stands in is in the ledger."""
    form: Literal["table", "figure", "statement"] = "statement"
    items: int | None = Field(default=None, gt=0)
    """Size of the item set that was measured, when it is not the whole benchmark."""
    protocol: KnownProtocol = Field(default_factory=KnownProtocol)
    repeats: int | None = Field(default=None, gt=0)
    """How often the source ran each item; None when it does not say."""
    delta: str | None = None
    """Margin, in the unit of the claim, when it is not the rule's default; declared before any sample."""
    delta_reason: str | None = None
    lanes: list[Lane] = Field(default_factory=list)
    untestable: str | None = None
    """Why no lane can test the claim (closed data set, closed model, a training fact …)."""
    standing: Literal["current", "superseded"] = "current"
    reply: Reply | None = None

    @model_validator(mode="after")
    def _is_testable_or_says_why(self) -> Self:
        if not self.lanes and not self.untestable:
            raise ValueError("a claim needs `lanes` (desk, measured) or `untestable` (why it cannot be tested)")
        if self.delta is not None and not self.delta_reason:
            raise ValueError("a claim with its own `delta` needs `delta_reason`")
        if self.kind == "ratio" and not self.comparators:
            raise ValueError("a ratio needs `comparators`: what the value is divided by")
        if self.value is not None and self.unit not in TEXT_UNITS:
            parse(self.value)
        return self

    @property
    def printed(self) -> Printed | None:
        """The printed number with its rounding; None where the source printed none."""
        return None if self.value is None or self.unit in TEXT_UNITS else parse(self.value)

    @property
    def number(self) -> float:
        """The printed value as a number, in the claim's own unit; raises ValueError where there is none."""
        return self._parsed().number

    @property
    def rounding(self) -> float:
        """Half the weight of the last printed digit; raises ValueError where there is no number."""
        return self._parsed().rounding

    def _parsed(self) -> Printed:
        if self.value is None or self.unit in TEXT_UNITS:
            raise ValueError(f"{self.id}: the source printed no number")
        return parse(self.value)
