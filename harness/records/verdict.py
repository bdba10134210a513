"""What the evidence says about a claim."""

from typing import Literal

from pydantic import Field

from harness.records.base import Record
from harness.records.claim import Lane, Says
from harness.records.model import Deviation

Outcome = Literal["reproduced", "contradicted", "undecided", "protocol_dependent", "not_testable", "not_measured"]
Interval = tuple[float, float]


class Gate(Record):
    """A validity check on a run, computed from its samples."""

    gate: str
    value: float
    limit: float
    passed: bool


class Measurement(Record):
    """A score with its two uncertainties, in the unit of the claim."""

    value: float
    n: int
    repeats: int
    run_error: float
    """Standard error from run to run, on these fixed items."""
    item_interval95: Interval | None
    """95 % interval over items: what another draw of items could have given."""
    within_variance: float = 0.0
    """Mean over items of the variance between repeats, on the 0..1 scale."""
    deviations: list[Deviation] = Field(default_factory=list)
    protocol: str = ""
    evidence: list[str] = Field(default_factory=list)
    newest: str | None = None
    """Start of the newest sample (UTC)."""


class Verdict(Record):
    """How one claim stands on one lane."""

    schema_version: Literal[1] = 1
    claim: str
    lane: Lane
    verdict: Outcome
    claimed: str | None
    unit: str
    measured: float | None = None
    item_interval95: Interval | None = None
    n: int | None = None
    repeats: int | None = None
    difference: float | None = None
    interval90: Interval | None = None
    interval95: Interval | None = None
    delta: float | None = None
    at: dict[str, Outcome] = Field(default_factory=dict)
    """The verdict at twice and three times the margin."""
    tipping_delta: float | None = None
    """The smallest margin at which the claim would count as reproduced."""
    mde80: float | None = None
    """The difference that would be found with a probability of 80 %."""
    deviations: list[Deviation] = Field(default_factory=list)
    gates: list[Gate] = Field(default_factory=list)
    reasons: Says
    next: str
    evidence: list[str] = Field(default_factory=list)
    protocol: str | None = None
    newest: str | None = None
    rule: str
    code: str
    history: list[dict[str, str | float | None]] = Field(default_factory=list)
