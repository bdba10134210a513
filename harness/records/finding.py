"""What the desk check found on paper: no GPU, no server, only documents and arithmetic."""

from typing import Literal

from pydantic import Field

from harness.records.base import Record
from harness.records.claim import Says
from harness.records.verdict import Outcome

Severity = Literal["none", "info", "minor", "major"]
SEVERITIES: tuple[Severity, ...] = ("none", "info", "minor", "major")
"""Weakest first; `none` is a recomputation that agrees."""


class Finding(Record):
    """One result of one check, with the arithmetic to redo it by hand."""

    id: str
    check: str
    claims: list[str] = Field(min_length=1)
    judged: list[str] = Field(min_length=1)
    """Those that the verdict is on; the others are its evidence."""
    statement: Says
    """What the first of them says."""
    claimed: Says
    recomputed: Says
    verdict: Outcome
    severity: Severity
    evidence: list[str]
    """Where the numbers stand: file and line in the ledger, then the place in the source."""
    arithmetic: str
    says: Says
    """In plain words, for readers of both languages."""
