"""Answers that another harness logged: where they come from, and what scored them here."""

from typing import Any, Literal

from pydantic import Field

from harness.records.base import Record, Sha256, digest

LogFormat = Literal["lm_eval", "inspect", "eee", "ifbench", "lm_eval_results", "eee_aggregate"]


class LogFile(Record):
    """A file of the log."""

    name: str
    sha256: Sha256


class Scoring(Record):
    """What scored imported answers here."""

    task: str
    benchmark: str | None
    task_sha256: str
    library: str


class ReportedScore(Record):
    """A score that a log states without the answers behind it, in the metric's own unit."""

    metric: str
    """With its filter where the log has several: `exact_match,strict-match`."""
    score: float
    unit: str | None = None
    """`proportion` or `percent`, say, where the log states it."""
    error: float | None = None
    """Standard error, where one is stated."""
    items: int | None = None


class Import(Record):
    """The import.json of one model's answers to one task, as a log of another harness tells them."""

    schema_version: Literal[1] = 1
    format: LogFormat
    files: list[LogFile]
    task: str
    """As the log names it."""
    model: str
    """As the log names it, or the folder or file that it is in."""
    items: int
    samples: int
    together: bool = False
    """The log scores the repeats of an item together: those scores stand with its first repeat."""
    by: str | None = None
    """Who measured, as far as the log or the one who imported it says."""
    protocol: dict[str, str] = Field(default_factory=dict)
    """How it was measured, as far as the log states it."""
    reported: list[ReportedScore] = Field(default_factory=list)
    """Scores without answers, of a log that holds no more."""
    unjoined: list[str] = Field(default_factory=list)
    """Items of the log that the task does not have, by their ids there."""
    scoring: Scoring | None = None
    """None: the scores are the log's own."""
    rescored_from: str | None = None
    """Key of the import whose answers these are."""

    @property
    def key(self) -> str:
        """Sixteen hex digits that name the import's folder."""
        told: dict[str, Any] = self.model_dump(
            mode="json", include={"format", "files", "task", "model", "scoring"}
        )
        return digest(told)[:16]
