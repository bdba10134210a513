"""What is fixed about a claim before any sample is drawn."""

from itertools import pairwise
from typing import Literal, Self

from pydantic import Field, FiniteFloat, model_validator

from harness.records.base import Record
from harness.records.claim import Hedge
from harness.records.model import Deviation
from harness.records.printed import Printed, parse
from harness.records.units import UNITS

DecidedKind = Literal["score", "at_least", "exceeds", "ratio", "average", "rank", "exam_grade", "latency"]
"""Kinds of claims that a measurement can decide."""


MOST = 10**9
"""No count of items or repeats is larger."""


class Terms(Record):
    """The terms on which a claim is decided; everything else follows from the samples."""

    id: str
    kind: DecidedKind
    value: str | None = None
    """As printed. `exceeds` may have none: ahead at all."""
    unit: str = "percent"
    """`percent` counts points of a hundred; most other units are the metric's own (see `factor`)."""
    n: int | None = Field(default=None, gt=0, le=MOST)
    """Items that the source measured; None takes the number of ours."""
    k_source: int | None = Field(default=None, gt=0, le=MOST)
    """How often the source ran each item; None where it does not say."""
    source_decoding: Literal["same", "other", "unstated"] = "unstated"
    """Whether the source decoded as we did: only then does its noise look like ours."""
    same_cap: bool = False
    """Whether the source is known to have cut answers off where we did, or earlier."""
    delta: FiniteFloat | None = Field(default=None, gt=0)
    """Margin in the unit of the claim; None takes the rule's (one percent of the range, two of a ratio)."""
    read: Literal["full", "partial", "second_hand"] = "full"
    hedge: Hedge = "exact"
    metric: str | None = None
    """Which of several scores in a sample counts."""
    range: tuple[FiniteFloat, FiniteFloat] = (0.0, 1.0)
    """Least and most that the metric can be, in its own unit; samples hold 0 for one and 1 for the other."""
    higher_is_better: bool = True
    """Whether ahead means above."""
    weights: list[FiniteFloat] = Field(default_factory=list)
    """`average`: how much each benchmark counts; all the same where none are given."""
    points: dict[str, FiniteFloat] = Field(default_factory=dict)
    """`exam_grade`: points of each item."""
    cutoffs: list[FiniteFloat] = Field(default_factory=list)
    """`exam_grade`: fewest points of the first grade, of the second, and so on."""
    looks: list[int] = Field(default_factory=list)
    """Repeats after which the run may stop, ascending, declared before it starts; none: one look at the end."""
    published_tokens: float | None = Field(default=None, gt=0)
    """Mean length of an answer that the source published, in tokens."""
    deviations: list[Deviation] = Field(default_factory=list)
    """Known differences between what was claimed about and what was run."""
    about: list[str] = Field(default_factory=list)
    """Fields of the set-up that the claim itself is about, `weights` say: no deviations, then."""

    @model_validator(mode="after")
    def _can_be_decided(self) -> Self:
        if self.value is None and self.kind != "exceeds":
            raise ValueError(f"a claim of kind {self.kind} needs a value, as printed")
        if self.value is not None:
            parse(self.value)
        if self.range[0] >= self.range[1]:
            raise ValueError(f"the range {self.range} has no width")
        if self.unit not in UNITS:
            raise ValueError(f"{self.unit!r} is no unit: percent, points, fraction, times, seconds, rank, grade …")
        if any(later <= earlier for earlier, later in pairwise(self.looks)) or min(self.looks, default=2) < 2:
            raise ValueError(f"looks come in ascending order, the first after 2 repeats or more: {self.looks}")
        self._can_have(self.printed.number)
        return self

    def _can_have(self, number: float) -> None:
        """Raise ValueError for a value or a margin that a claim of this kind cannot have."""
        scored = self.kind in ("score", "at_least", "average")
        if scored and not self.low <= number <= self.high:
            raise ValueError(
                f"{self.value} {self.unit} lies outside what the metric can be, {self.low:g} to {self.high:g}"
            )
        if self.kind == "exceeds" and not 0 <= number <= self.span:
            raise ValueError(f"a lead is from 0 to {self.span:g} {self.unit}, found {self.value}")
        if scored and self.delta is not None and self.delta > self.span:
            raise ValueError(f"a margin of {self.delta:g} is wider than the metric, {self.span:g} {self.unit}")
        if self.kind in ("ratio", "latency") and number <= 0:
            raise ValueError(f"a {self.kind} is positive, found {self.value}")
        if self.kind == "rank" and (number < 1 or number != int(number)):
            raise ValueError(f"a rank is 1 or more, found {self.value}")
        if self.kind == "exam_grade":
            self._has_an_exam(number)

    def _has_an_exam(self, number: float) -> None:
        if not self.points or min(self.points.values()) < 0 or max(self.points.values()) <= 0:
            raise ValueError("an exam grade needs `points`: what each item counts")
        if any(later >= earlier for earlier, later in pairwise(self.cutoffs)) or not self.cutoffs:
            raise ValueError("an exam grade needs `cutoffs`: fewest points of each grade, the best grade first")
        if number != int(number) or not 1 <= number <= len(self.cutoffs) + 1:
            raise ValueError(f"the grade is 1 to {len(self.cutoffs) + 1} with these cut-offs, found {self.value}")

    @property
    def printed(self) -> Printed:
        """The value as a number with its rounding; zero, exactly, where the claim has none."""
        return Printed(0.0, 0.0, 0) if self.value is None else parse(self.value)

    @property
    def factor(self) -> float:
        """Units of the claim per 1.0 of the metric's own: 100 for percent and points where it ends at 1."""
        if self.unit == "milliseconds":
            return 1000.0
        of_hundred = self.unit in ("percent", "percentage points", "points")
        return 100.0 if of_hundred and (self.range[1] <= 1 or self.kind == "ratio") else 1.0

    @property
    def low(self) -> float:
        """The least the metric can be, in the unit of the claim."""
        return self.range[0] * self.factor

    @property
    def high(self) -> float:
        """The most the metric can be, in the unit of the claim."""
        return self.range[1] * self.factor

    @property
    def span(self) -> float:
        """The width of the metric's range, in the unit of the claim."""
        return self.high - self.low

    @property
    def stated_repeats(self) -> int | None:
        """Repeats of the source, where they and the same decoding are stated; else its noise is unknown."""
        return self.k_source if self.source_decoding == "same" else None
