"""How fast a server could generate at most: memory and arithmetic of its GPUs (Williams et al., 2009)."""

import math

from harness.facts.arithmetic import attention_flops, linear_flops
from harness.facts.blocks import all_layers
from harness.facts.cache import kv_cache_bytes
from harness.facts.gpus import PEAKS
from harness.facts.memory import ROUTED, weights_bytes
from harness.facts.unpublished import missing_sizes
from harness.planning.fit import served_in
from harness.records import Architecture, Layout, Model

BITS = 32
"""Units of `harness.facts.memory.ROUTED` to a byte."""


def most_tokens_per_second(model: Model, gpu: str, layout: Layout, in_flight: int, length: int) -> float | None:
    """Return the generated tokens per second of all copies of a layout, which no engine exceeds.

    `in_flight` requests are under way, of `length` tokens each, or as many of them as the cache holds. A step
    reads the weights that it touches and the cache of each request once, and multiplies for each: the slower of
    the two counts. Of the experts, requests that choose each on its own touch 1-(1-k/E)^B. Arithmetic counts as in
    bfloat16, whatever the weights are kept in. None where a size is not published.
    """
    architecture, dtype = model.architecture, served_in(model)
    if architecture is None or missing_sizes(architecture):
        return None
    peak, gpus = PEAKS[gpu], layout.tensor_parallel * layout.pipeline_parallel
    layers = all_layers(architecture)
    cached = kv_cache_bytes(architecture, length)
    batch = max(1.0, min(in_flight / layout.data_parallel, _held(architecture, layout, model.context, length)))
    routed = layers.routed * ROUTED[dtype] / BITS
    share = layers.routed_active / layers.routed if layers.routed else 1.0
    read: float = weights_bytes(architecture, dtype) - routed * math.pow(1 - share, batch) + batch * cached
    multiplied = batch * (linear_flops(architecture) + attention_flops(architecture, length))
    step = max(read / (peak.bandwidth * gpus), multiplied / (peak.flops * gpus))
    return batch / step * layout.data_parallel


def _held(architecture: Architecture, layout: Layout, context: int, length: int) -> int:
    """Return how many requests of `length` tokens a copy's cache holds, in proportion to those of full context."""
    free = layout.budget_bytes - layout.overhead_bytes - layout.weights_bytes
    whole = kv_cache_bytes(architecture, context)
    each = layout.sequence_bytes * kv_cache_bytes(architecture, length) / whole if whole else 1.0
    return math.floor(free / max(each, 1.0))
