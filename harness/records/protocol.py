"""All that determines a score besides model and items."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from harness.records.base import GroupedId, Id, Record


class Decoding(Record):
    """How tokens are drawn; None leaves the server's default, and is recorded as such."""

    temperature: float = Field(ge=0)
    top_p: float | None = Field(default=None, gt=0, le=1)
    top_k: int | None = None
    min_p: float | None = Field(default=None, ge=0, le=1)
    presence_penalty: float | None = None


class Protocol(Record):
    """What the protocol decides, and no task file: template, examples, decoding, budgets, stops, extractor."""

    id: GroupedId
    source: str | None = None
    """Where these settings were published; None for our own."""
    unstated: list[str] = Field(default_factory=list)
    """Settings here that are ours because the source leaves them unsaid."""
    endpoint: Literal["chat", "completions"] = "chat"
    """`chat` lets the server apply the model's own chat template; `completions` sends plain text."""
    system: str | None = None
    """System prompt, for the chat endpoint."""
    sampling: Literal["recommended"] | Decoding = "recommended"
    """`recommended` takes the model's own, as its maker published it."""
    unrecommended: Decoding | None = None
    """For a model whose maker recommends nothing; without it such a model is refused."""
    thinking: Literal["default", "on", "off"] = "default"
    """Of a model that reasons before it answers; its own default is said in each request too."""
    max_tokens: int = Field(gt=0)
    """Of an answer; a server cuts at its context, too."""
    thinking_tokens: int = Field(default=0, ge=0)
    """Added for a model that thinks under this protocol, whose trace counts as part of its answer."""
    stop: Literal["task"] | list[str] = "task"
    """`task` keeps the task's own stop strings, for base-model formats that need them."""
    num_fewshot: int | None = Field(default=None, ge=0)
    """None keeps the task's own number."""
    options: Literal["as_given", "shuffled"] = "as_given"
    """Order of the choices of a multiple-choice item."""
    repeats: int | None = Field(default=None, gt=0)
    """None takes the number that the size of the item set asks for."""
    extractor: Literal["strict", "lenient"] = "strict"
    """Which reading of an answer is the score; the other one stands beside it."""
    base_seed: int = 0
    benchmarks: dict[Id, dict[str, Any]] = Field(default_factory=dict)
    """Settings that differ on single benchmarks."""

    @model_validator(mode="after")
    def _fits_on_every_benchmark(self) -> Self:
        for benchmark in self.benchmarks:
            self.on(benchmark)
        return self

    def on(self, benchmark: str) -> "Protocol":
        """Return the protocol as it stands for one benchmark; raises ValueError for settings that do not fit."""
        changes = self.benchmarks.get(benchmark, {})
        if {"id", "source", "benchmarks"} & changes.keys():
            raise ValueError(f"benchmarks.{benchmark} may change settings, not id, source or benchmarks")
        return Protocol.model_validate({**self.model_dump(), **changes, "benchmarks": {}})
