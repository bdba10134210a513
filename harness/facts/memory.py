"""How much memory the weights take, and on how many GPUs a model fits."""

import math
from collections.abc import Mapping

from harness.facts.blocks import all_layers
from harness.facts.cache import kv_cache_bytes
from harness.facts.parameters import count
from harness.facts.unpublished import UnpublishedError
from harness.records.architecture import Architecture, Dtype

GPUS: Mapping[str, int] = {
    "a100_40gb": 40 * 10**9,
    "a100_80gb": 80 * 10**9,
    "h100_80gb": 80 * 10**9,
    "h200_141gb": 141 * 10**9,
    "b200_180gb": 180 * 10**9,
    "l40s_48gb": 48 * 10**9,
    "rtx_4090_24gb": 24 * 10**9,
}
"""Memory in bytes: the gigabytes on the data sheet, read as 10^9, which no card of that name falls short of."""

USABLE = 0.9
"""Share of the memory for weights and cache; the rest is for activations and the engine."""

DTYPES: tuple[Dtype, ...] = ("float32", "bfloat16", "fp8", "mxfp4", "int4")

WHOLE = {"float32": 32, "bfloat16": 16}
LINEAR = {"fp8": 8, "int4": 4}
# Blocks of 32 four-bit values share one eight-bit scale (Open Compute Project, 2023).
MXFP4_BITS_TIMES_4 = 17


def weights_bytes(architecture: Architecture, dtype: Dtype) -> int:
    """Return the bytes of the weights, towers of known size included, multi-token-prediction layers not.

    float32 and bfloat16 hold every tensor; fp8 and int4 the linear weights of the layers and the routed experts
    without scales, the rest (tables, head, routers, norms, biases, towers) stays bfloat16; mxfp4 the routed
    experts' matrices at 4.25 bits, the rest stays bfloat16, so a dense model takes as much as in bfloat16. Biases
    that balance the routers stay float32. Where sizes are missing, a parameter count taken from the checkpoint
    itself is used for float32 and bfloat16; otherwise UnpublishedError.
    """
    try:
        parameters, layers = count(architecture), all_layers(architecture)
    except UnpublishedError:
        if architecture.counted is None or architecture.counted.parameters_total is None or dtype not in WHOLE:
            raise
        return architecture.counted.parameters_total * WHOLE[dtype] // 8
    corrections = 4 * layers.corrections
    if dtype in WHOLE:
        return parameters.total * WHOLE[dtype] // 8 + corrections
    if dtype == "mxfp4":
        return (
            math.ceil(layers.routed * MXFP4_BITS_TIMES_4 / 32)
            + (parameters.total - layers.routed) * 2
            + corrections
        )
    linear = layers.linear + layers.routed
    return math.ceil(linear * LINEAR[dtype] / 8) + (parameters.total - linear) * 2 + corrections


def minimal_gpus(architecture: Architecture, gpu: str, dtype: Dtype, context: int) -> int:
    """Return the smallest number of GPUs whose memory holds the weights and one sequence's cache.

    Numbers are 1, 2, 4, 8, then multiples of 8; weights and a cache of two bytes per element at `context` tokens
    take at most USABLE of the memory, and are taken to divide evenly. Raises KeyError for a GPU not in GPUS,
    UnpublishedError where a size is missing.
    """
    needed = weights_bytes(architecture, dtype) + kv_cache_bytes(architecture, context)
    usable = GPUS[gpu] * USABLE
    for number in (1, 2, 4):
        if needed <= number * usable:
            return number
    return 8 * math.ceil(needed / (8 * usable))
