"""All that determines a score besides model and items."""

from typing import Literal

from pydantic import Field

from harness.records.base import Id, Record


class Decoding(Record):
    """How tokens are drawn; None leaves the server's default, and is recorded as such."""

    temperature: float = Field(ge=0)
    top_p: float | None = Field(default=None, gt=0, le=1)
    top_k: int | None = None
    min_p: float | None = Field(default=None, ge=0, le=1)
    presence_penalty: float | None = None


class Protocol(Record):
    """The protocol, not the task file, decides template, decoding, budgets and stop strings."""

    id: Id
    endpoint: Literal["chat", "completions"] = "chat"
    """`chat` lets the server apply the model's own chat template; `completions` sends plain text."""
    sampling: Literal["recommended"] | Decoding = "recommended"
    """`recommended` takes the model's own, as its maker published it."""
    thinking: Literal["default", "on", "off"] = "default"
    """Of a model that reasons before it answers; its own default is said in each request too."""
    max_tokens: int = Field(gt=0)
    stop: Literal["task"] | list[str] = "task"
    """`task` keeps the task's own stop strings, for base-model formats that need them."""
    num_fewshot: int | None = None
    """None keeps the task's own number."""
    base_seed: int = 0
