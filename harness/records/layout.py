"""Where a model runs: how it is split over GPUs, and what each of them holds."""

from harness.records.architecture import Dtype
from harness.records.base import Record


class Layout(Record):
    """One way of spreading a model over GPUs. Bytes are those of the GPU with the least room."""

    tensor_parallel: int
    pipeline_parallel: int
    expert_parallel: int
    """GPUs over which a layer's experts are spread whole; 1 where there are none or one GPU holds all."""
    data_parallel: int
    """Whole copies of the model, each with its share of the requests."""
    nodes: int
    gpus_per_node: int
    """Used on the fullest node."""
    budget_bytes: int
    """Of a GPU's memory, what the engine takes for weights, cache and overhead."""
    overhead_bytes: int
    weights_bytes: int
    sequence_bytes: int
    """Cache of one sequence at the full context, or of its part on this GPU."""
    cache_bytes: int
    """Cache of the copy's share of the requests asked for."""
    max_concurrency: int
    """Sequences at the full context that all copies together hold."""

    @property
    def gpus(self) -> int:
        """GPUs in all."""
        return self.tensor_parallel * self.pipeline_parallel * self.data_parallel

    @property
    def free_bytes(self) -> int:
        """What the requests asked for leave of the budget."""
        return self.budget_bytes - self.overhead_bytes - self.weights_bytes - self.cache_bytes


class Fit(Record):
    """Whether and how a model runs on GPUs of one kind."""

    model: str
    gpu: str
    dtype: Dtype
    context: int
    concurrency: int
    """Sequences at the full context that are to run at once."""
    gpus_per_node: int
    nodes: int | None
    """Given; None is as many as it takes."""
    fits: bool | None
    """None where a size that no source gives keeps it open."""
    layout: Layout | None
    least_gpus: int | None
    """Of the smallest layout, before copies fill the nodes given."""
    unpublished: list[str]
    why: list[str]
    assumptions: list[str]
