"""A cluster: which machines it has."""

from pydantic import Field

from harness.records.base import Id, Record


class Cluster(Record):
    """One cluster, one file (configs/cluster/<id>.yaml)."""

    id: Id
    gpu: str
    """A GPU of `harness.facts.memory.GPUS`."""
    gpus_per_node: int = Field(gt=0)
    nodes: int | None = Field(default=None, gt=0)
    """The most that one server may take; None for as many as it needs."""
