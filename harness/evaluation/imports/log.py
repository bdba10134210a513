"""What every foreign log is read into."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.records import Answer, ReportedScore


@dataclass(frozen=True)
class ForeignItem:
    """An item as a log tells it."""

    name: str
    """Its id in the log."""
    asked: Sequence[Sequence[str]]
    """What was asked, in the forms that the log has; for weighed answers [prompt, continuation] per request."""
    doc: Mapping[str, Any] | None = None
    """The item's own fields, where the log keeps them."""

    def body(self) -> dict[str, Any]:
        """Return what is kept of it as the request of its samples."""
        doc = {} if self.doc is None else {"doc": dict(self.doc)}
        return {"item": self.name, "asked": [list(arguments) for arguments in self.asked], **doc}

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "ForeignItem":
        """Return the item that `body` was made of."""
        return cls(body["item"], body["asked"], body.get("doc"))


@dataclass(frozen=True)
class ForeignAnswer:
    """One item, one repeat: what the model answered and what the log says it scored."""

    item: ForeignItem
    repeat: int
    answers: Sequence[Answer]
    """One per request."""
    extracted: dict[str, Any] = field(default_factory=dict)
    scores: dict[str, float | list[float]] = field(default_factory=dict)
    seconds: float | None = None


@dataclass(frozen=True)
class ForeignLog:
    """One model's answers to one task."""

    task: str
    model: str
    answers: Sequence[ForeignAnswer]
    by: str | None = None
    """Who measured, where the log says so."""
    protocol: Mapping[str, str] = field(default_factory=dict)
    """How, as far as the log says so."""
    reported: Sequence[ReportedScore] = ()
    """Scores without answers."""
    together: bool = False
    """The repeats of an item were scored together: the scores stand with its first repeat."""
