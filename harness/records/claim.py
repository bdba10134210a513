"""One checkable statement from one source."""

from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from harness.records.base import Record
from harness.records.source import Source

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


class Says(Record):
    """A sentence in both languages, in our own words."""

    en: str
    ko: str


class KnownProtocol(Record):
    """What the source says about how it measured; all else is listed in `unstated`."""

    known: dict[str, Any] = Field(default_factory=dict)
    unstated: list[str] = Field(default_factory=list)


class Claim(Record):
    """One number or one statement that can be held against evidence."""

    schema_version: Literal[1] = 1
    id: str
    """`<source>/<table>/<benchmark>/<model>` for a table cell, `<source>/<statement>` otherwise."""
    source: Source
    locator: dict[str, str | int]
    kind: ClaimKind
    model: str
    value: str | None
    """As printed: "80.0" is not "80", the digits carry the rounding. None for a printed dash."""
    unit: str
    says: Says
    benchmark: str | None = None
    metric: str | None = None
    quantity: str | None = None
    """Which fact a structure claim is about, such as `parameters_total`."""
    comparator: str | None = None
    mode: str | None = None
    items: int | None = None
    """Size of the item set that was measured, when it is not the whole benchmark."""
    protocol: KnownProtocol = Field(default_factory=KnownProtocol)
    repeats: int | None = None
    """How often the source ran each item; None when it does not say."""
    delta: str | None = None
    """Margin, in the unit of the claim, when it is not the rule's default; declared before any sample."""
    delta_reason: str | None = None
    lanes: list[Lane] = Field(default_factory=list)
    untestable: str | None = None
    """Why no lane can test the claim (closed data set, closed model, a training fact …)."""
    standing: Literal["current", "superseded"] = "current"

    @model_validator(mode="after")
    def _is_testable_or_says_why(self) -> Self:
        if not self.lanes and not self.untestable:
            raise ValueError("a claim needs `lanes` (desk, measured) or `untestable` (why it cannot be tested)")
        if self.delta is not None and not self.delta_reason:
            raise ValueError("a claim with its own `delta` needs `delta_reason`")
        if self.kind == "ratio" and self.comparator is None:
            raise ValueError("a ratio needs a `comparator`")
        if self.value is not None:
            self.number  # noqa: B018 - raises on a value that is no number
        return self

    @property
    def number(self) -> float:
        """The printed value as a number, in the claim's own unit; M, B and T suffixes are multiplied out.

        Raises ValueError when the value is missing or no number.
        """
        digits, scale = self._printed()
        return float(digits * scale)

    @property
    def rounding(self) -> float:
        """Half the weight of the last printed digit: how far rounding can have moved the value."""
        digits, scale = self._printed()
        exponent = digits.as_tuple().exponent
        if not isinstance(exponent, int):
            raise ValueError(f"{self.value!r} is not a finite number")
        return float(Decimal(10) ** exponent * scale / 2)

    def _printed(self) -> tuple[Decimal, Decimal]:
        if self.value is None:
            raise ValueError("the source printed no value")
        text = self.value.replace(",", "").strip()
        scale = {"K": Decimal(10**3), "M": Decimal(10**6), "B": Decimal(10**9), "T": Decimal(10**12)}
        suffix = text[-1:].upper()
        try:
            digits = Decimal(text[:-1] if suffix in scale else text)
        except InvalidOperation as error:
            raise ValueError(f"{self.value!r} is not a number as printed, such as 67.3 or 135M") from error
        if not digits.is_finite():
            raise ValueError(f"{self.value!r} is not a finite number")
        return digits, scale.get(suffix, Decimal(1))
