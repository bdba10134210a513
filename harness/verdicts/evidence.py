"""What was measured for one claim under one protocol."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.verdicts.table import ScoreTable


@dataclass(frozen=True)
class Evidence:
    """The answers that decide a claim, and where they lie."""

    ours: Sequence[ScoreTable]
    """Of the claim's model: one table; an average has one per benchmark."""
    comparators: Sequence[ScoreTable] = ()
    """Of what it is compared with, in the claim's order."""
    protocol: str = ""
    folders: Sequence[str] = ()
    newest: str | None = None
    """Start of the newest sample (UTC)."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What determined the scores, in clear: protocols are told apart by it."""

    @property
    def table(self) -> ScoreTable:
        """The model's only table; raises ValueError when there are several."""
        if len(self.ours) != 1:
            raise ValueError(f"expected the answers to one benchmark, found {len(self.ours)}")
        return self.ours[0]
