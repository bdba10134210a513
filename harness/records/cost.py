"""What a run costs, before it is made."""

from pydantic import Field

from harness.records.base import Record
from harness.records.claim import Says


class Cost(Record):
    """Of one run, or of several together; None where a number that it needs is not known."""

    requests: int | None = None
    """One per item and repeat."""
    tokens_in: int | None = None
    """Prompts; None where none of these were counted yet."""
    tokens_out: int | None = None
    """Generated, as expected."""
    tokens_out_most: int | None = None
    """When every answer is as long as it may be."""
    seconds: float | None = None
    """Of one server that does nothing else, as expected; its start is left out."""
    seconds_most: float | None = None
    gpus: int | None = None
    """Of one server; 0 on a machine without."""
    nodes: int | None = None
    gpu_hours: float | None = None
    gpu_hours_most: float | None = None
    basis: list[Says] = Field(default_factory=list)
    """What the numbers rest on, or why there are none."""
