"""What to run, and how to serve it."""

from pydantic import Field

from harness.records.base import Id, Record


class SuiteTask(Record):
    """One task of a suite."""

    task: str
    benchmark: Id
    items: int | None = Field(default=None, gt=0)
    """Take this many items, evenly spaced over the whole set; None takes all."""
    repeats: int | None = Field(default=None, gt=0)
    """None takes the number that the size of the item set asks for."""


class Suite(Record):
    """A named list of tasks."""

    id: Id
    protocol: Id
    """The protocol its claims ask for; named in the commands that the harness prints."""
    tasks: list[SuiteTask] = Field(min_length=1)


class Serving(Record):
    """How the engine is started on one kind of machine."""

    id: Id
    device: str
    args: dict[str, str | int | float | bool] = Field(default_factory=dict)
    env: dict[str, str] = Field(default_factory=dict)
    concurrency: int = Field(gt=0)
    """Requests in flight."""
    url: str | None = None
    """Base address of a server that is up already; None starts one."""
    port: int | None = None
    """None takes a free one."""
    idle_seconds: float = Field(default=6.0, gt=0)
    """No token and no processor time for this long, with work in flight: the engine hangs."""
    stall_seconds: float = Field(default=600.0, gt=0)
    """No token for this long although the engine is busy: it hangs too (long prefills stay below)."""
    start_stall_seconds: float = Field(default=300.0, gt=0)
    """While starting: no log line and no processor time for this long."""
