"""What to run, and how to serve it."""

from typing import Any, Self

from pydantic import Field, model_validator

from harness.records.base import GroupedId, Id, Record


class SuiteTask(Record):
    """One benchmark of a suite; its bare id stands for it where nothing else is said."""

    benchmark: Id
    items: int | None = Field(default=None, gt=0)
    """Take this many items, evenly spaced over the whole set; None takes all."""
    repeats: int | None = Field(default=None, gt=0)
    """None takes the number that the protocol, or the size of the item set, asks for."""

    @model_validator(mode="before")
    @classmethod
    def _from_its_id(cls, value: Any) -> Any:
        return {"benchmark": value} if isinstance(value, str) else value


class Suite(Record):
    """A named list of benchmarks."""

    id: GroupedId
    protocol: GroupedId
    """The protocol that it is run under when a command names no other; `maker` is the one that the model's own
    maker published, and the house protocol where there is none."""
    tasks: list[SuiteTask] = Field(min_length=1)


class Serving(Record):
    """How the engine is started on one kind of machine."""

    id: Id
    device: str
    args: dict[str, str | int | float | bool] = Field(default_factory=dict)
    env: dict[str, str] = Field(default_factory=dict)
    concurrency: int = Field(gt=0)
    """Requests in flight, for each server: to begin with, and at least."""
    concurrency_most: int | None = None
    """What they may grow to while nothing waits at the server; None, or less, keeps them as they are."""
    urls: list[str] = Field(default_factory=list)
    """Base addresses of servers that are up already; empty starts our own."""
    replicas: int = Field(default=1, gt=0)
    """Servers of our own, side by side on this machine or over the nodes of a Slurm job, behind one client."""
    nodes: int = Field(default=1, gt=0)
    """Nodes of a Slurm job that one server spans."""
    port: int | None = None
    """None takes a free one; several servers take it and those that follow."""
    restarts: int = Field(default=3, ge=0)
    """How often a server that fails is started again without an answer in between, before it is given up."""
    spend: float | None = Field(default=None, gt=0)
    """Dollars that may ever be spent on a hosted model in this results folder; needed to ask one at all."""
    idle_seconds: float = Field(default=6.0, gt=0)
    """No token and no processor time for this long, with work in flight: the engine hangs."""
    stall_seconds: float = Field(default=600.0, gt=0)
    """No token for this long although the engine is busy: it hangs too (long prefills stay below)."""
    start_stall_seconds: float = Field(default=300.0, gt=0)
    """While starting: no log line and no processor time for this long."""

    @model_validator(mode="after")
    def _starts_its_own_or_asks_others(self) -> Self:
        if self.urls and self.replicas > 1:
            raise ValueError("`replicas` are servers of our own; several that are up already stand in `urls`")
        if self.urls and self.nodes > 1:
            raise ValueError(
                "`nodes` are those of a server of our own; where those in `urls` run is not our choice"
            )
        return self
