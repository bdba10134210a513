"""How often the rule itself is wrong: planted claims of known truth."""

from typing import Literal

from harness.records.base import Record
from harness.records.claim import Says


class PlantedRow(Record):
    """One kind of planted claim on one real log, decided many times."""

    log: str
    plant: Says
    margin: float
    """In points of a hundred."""
    off: float
    """How far the planted claim is from the truth, in margins: from 1 on it should not be reproduced."""
    valid: bool
    """False where the answers were spoiled: then no verdict should be drawn at all."""
    trials: int
    reproduced: int
    contradicted: int
    undecided: int
    not_measured: int


class ErrorRate(Record):
    """A share of planted claims on which the rule was wrong."""

    name: Literal["false_reproduction", "false_contradiction", "spoiled_run_decided"]
    limit: float
    trials: int
    wrong: int
    worst: float
    """The largest rate of a single row."""
    beyond: int
    """Rows beyond the limit by more than four standard errors."""
    at_most: float
    """Upper end of the exact 95 % interval of the rate over all rows."""

    @property
    def rate(self) -> float:
        """Share of trials in which the rule was wrong."""
        return self.wrong / self.trials if self.trials else 0.0

    @property
    def kept(self) -> bool:
        """Whether no row is beyond the limit by more than chance explains."""
        return self.beyond == 0


class Audit(Record):
    """The self-audit of a rule."""

    schema_version: Literal[1] = 1
    rule: str
    code: str
    seed: int
    rates: list[ErrorRate]
    rows: list[PlantedRow]
