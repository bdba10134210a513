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


class Specification(Record):
    """The same claim under one of several declared protocols: a point of the specification curve."""

    protocol: str
    verdict: Outcome
    measured: float | None
    difference: float | None
    interval90: Interval | None
    evidence: list[str] = Field(default_factory=list)


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
    error: float | None = None
    """Standard error of the difference."""
    p_reproduced: float | None = None
    """One-sided p-value of "the difference is outside the margin": small where the claim holds."""
    p_contradicted: float | None = None
    """p-value of "the difference is inside the margin": small where the claim does not hold."""
    probability: float | None = None
    """Of the claimed rank."""
    deviations: list[Deviation] = Field(default_factory=list)
    gates: list[Gate] = Field(default_factory=list)
    reasons: list[Says]
    next: Says
    """What would tell more; a command is the same in both languages."""
    more_repeats: int | None = None
    """About how many more repeats of each item would decide it; None where none would, or none are needed."""
    evidence: list[str] = Field(default_factory=list)
    protocol: str | None = None
    specifications: list[Specification] = Field(default_factory=list)
    """One per protocol, from the least measured to the most; empty where there is one protocol only."""
    flips: str | None = None
    """What differs between the protocol that reproduces the claim and the one that contradicts it."""
    newest: str | None = None
    rule: str
    code: str
    history: list[dict[str, str | float | None]] = Field(default_factory=list)
