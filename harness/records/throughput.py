"""How fast servers answered: one line of results/throughput.jsonl per run of servers."""

from typing import Literal

from pydantic import Field

from harness.records.base import Id, Record


class Answered(Record):
    """What was answered on one benchmark meanwhile."""

    benchmark: Id
    thinks: bool | None
    """Whether the model thought before it answered; None for one that never does."""
    answers: int
    tokens_in: int | None
    """None where the server counted none."""
    tokens_out: int


class Throughput(Record):
    """From the first request to the last answer of one command; alike servers count together."""

    schema_version: Literal[1] = 1
    model: Id
    started: str
    """UTC."""
    seconds: float = Field(gt=0)
    """In which an answer was under way; that of several runs at once counts once."""
    gpu: str | None
    """A GPU of `harness.facts.memory.GPUS`; None on a processor."""
    device: str
    """As its driver calls it."""
    servers: int = Field(gt=0)
    tensor_parallel: int = 1
    pipeline_parallel: int = 1
    data_parallel: int = 1
    engine: str
    engine_version: str
    in_flight: float
    """Requests under way at all servers together, on average over `seconds`."""
    answered: list[Answered]

    @property
    def gpus(self) -> int:
        """GPUs of all servers together; 0 on a processor."""
        each = self.tensor_parallel * self.pipeline_parallel * self.data_parallel
        return 0 if self.gpu is None else self.servers * each

    @property
    def tokens_out(self) -> int:
        """Generated tokens."""
        return sum(part.tokens_out for part in self.answered)

    @property
    def rate(self) -> float:
        """Generated tokens per second of one copy of the model."""
        return self.tokens_out / self.seconds / (self.servers * self.data_parallel)
