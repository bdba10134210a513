"""One item, one repeat: what was asked, what came back, how it scored."""

from typing import Any, Literal

from pydantic import Field

from harness.records.base import Record

Status = Literal["scored", "truncated", "empty", "unparsed", "error"]


class Request(Record):
    """A request as sent; its whole body stands once in requests.jsonl under this hash."""

    sha256: str
    prompt_tokens: int | None = None


class Answer(Record):
    """What a server gave back for one request."""

    text: str = ""
    reasoning: str | None = None
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    error: str | None = None
    attempt: int = 1
    started: str = ""
    seconds: float = 0.0
    prompt_logprobs: list[tuple[float, int]] | None = None
    """(log-probability, rank) of each prompt token; the first has none and counts as (0, 1)."""
    loglikelihood: tuple[float, bool] | None = None
    replica: int = 0
    """Which of several servers gave it."""


class Sample(Record):
    """One line of samples.jsonl."""

    item: str
    repeat: int
    attempt: int = 1
    seed: int | None = None
    """None where another harness asked, and did not say."""
    status: Status
    request: Request
    text: str
    reasoning: str | None = None
    raw: str | None = None
    """The text as the server gave it, where we took a trace out of it ourselves."""
    finish_reason: str | None = None
    completion_tokens: int | None = None
    answers: dict[str, Any] = Field(default_factory=dict)
    scores: dict[str, float | list[float]] = Field(default_factory=dict)
    """Per metric; a list where a metric has several values per item (one per instruction, say)."""
    error: str | None = None
    started: str = ""
    """UTC; empty where another harness asked, and did not say."""
    seconds: float | None = None
    replica: int = 0

    @property
    def key(self) -> tuple[str, int]:
        """(item, repeat): what must be unique in a log."""
        return self.item, self.repeat


def item_id(task: str, index: int) -> str:
    """Return the id of the item at `index` in the task's pinned item set, such as `kmmlu_pro/00031`."""
    return f"{task}/{index:05d}"
