"""A run: one model, one serving set-up, one protocol, one task, any number of repeats."""

from typing import Any, Literal

from pydantic import Field

from harness.records.base import Record, digest
from harness.records.model import Arguments, Deviation, Switch
from harness.records.protocol import Decoding


class RunIdentity(Record):
    """Everything that can change a score, and nothing else.

    Repeats, item limits, concurrency, ports and paths are left out: a run can be continued with more of them.
    """

    model: str
    weights: dict[str, Any]
    precision: str
    conversion: str | None
    """How the weights came to the form they are served in."""
    engine: str
    engine_version: str
    engine_args: Arguments
    engine_env: dict[str, str]
    device: str
    chat_template_sha256: str | None
    task: str
    task_sha256: str
    data_sha256: str
    library: str
    endpoint: Literal["chat", "completions"]
    decoding: Decoding
    system: str | None = None
    """System prompt; None sends none."""
    thinking: Switch = Field(default_factory=dict)
    """Fields of each request that switch thinking; empty for a model without a switch."""
    max_tokens: int
    stop: list[str]
    num_fewshot: int
    extractor: Literal["strict", "lenient"] = "strict"
    """Which reading of the answers is the score, where a task has two."""
    base_seed: int

    @property
    def key(self) -> str:
        """Sixteen hex digits that name the run's folder."""
        return digest(self.model_dump(mode="json"))[:16]


class Manifest(Record):
    """The identity in clear, and what a reader needs to know about the run."""

    schema_version: Literal[1] = 1
    key: str
    identity: RunIdentity
    benchmark: str
    benchmark_items: int
    protocol: str
    unstated: list[str] = Field(default_factory=list)
    """Settings of the protocol that are ours because its source leaves them unsaid."""
    code_version: str
    command: list[str]
    """The engine's command, with named roots for paths; empty for a server that was up already."""
    deviations: list[Deviation] = Field(default_factory=list)
    looks: list[int] = Field(default_factory=list)
    """Repeats after which the run may stop, declared before its first answer; empty: only at the end."""
    unpinned: list[str] = Field(default_factory=list)
    rescored_from: str | None = None
    """Key of the run whose answers these are, scored anew; None for answers of its own."""
    rescoring: int = 0
    """Which scoring of the same answers this is: 0 the run's own, then counted."""
    thinks: bool | None = None
    """Whether the model thinks before it answers under this protocol; None for a model that never does."""

    @property
    def answers(self) -> tuple[str, str, str]:
        """What tells two scorings of the same answers from two runs: the answers, the benchmark, the protocol."""
        return self.rescored_from or self.key, self.benchmark, self.protocol
