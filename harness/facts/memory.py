"""How much memory the weights take, and on how many GPUs a model fits."""

import math
import re
from collections.abc import Mapping

from harness.errors import UsageError, nearest
from harness.facts.blocks import LayerWeights, all_layers
from harness.facts.cache import kv_cache_bytes
from harness.facts.parameters import count
from harness.facts.unpublished import UnpublishedError
from harness.records.architecture import Architecture, Dtype

GIB = 2**30
GPUS: Mapping[str, int] = {
    "a100_40gb": 393 * GIB // 10,
    "a100_80gb": 791 * GIB // 10,
    "h100_80gb": 791 * GIB // 10,
    "h200_141gb": 1397 * GIB // 10,
    "b200_180gb": 1783 * GIB // 10,
    "l40s_48gb": 443 * GIB // 10,
    "rtx_4090_24gb": 235 * GIB // 10,
}
"""Memory in bytes as the driver counts it, which is what engines take their share of: the least "total capacity"
in published out-of-memory messages of PyTorch, rounded down to a tenth of a GiB."""

UTILISATION = 0.92
"""Share of a GPU's memory that vLLM takes: CacheConfig.gpu_memory_utilization in 0.32 (0.9 in older versions)."""

OVERHEAD = 5 * GIB
"""Bytes per GPU for activations, CUDA graphs, NCCL and the CUDA context. vLLM pull request 10511 measured, before
graphs, 4.84 GiB on each of two H100 at tensor parallel 2 (3.58 outside PyTorch, 1.26 peak activations), and
3.05 GiB on one."""

ALIASES: Mapping[str, str] = {
    "a100": "a100_80gb",
    "h100": "h100_80gb",
    "h200": "h200_141gb",
    "b200": "b200_180gb",
    "l40s": "l40s_48gb",
    "4090": "rtx_4090_24gb",
    "rtx4090": "rtx_4090_24gb",
    "rtx_4090": "rtx_4090_24gb",
}
"""What people call them; of two sizes the larger."""

DTYPES: tuple[Dtype, ...] = ("float32", "bfloat16", "fp8", "mxfp4", "int4")

WHOLE = {"float32": 4, "bfloat16": 2}
"""Bytes per element of the formats that hold every tensor."""

# Quarters of a bit: blocks of 32 four-bit values share one eight-bit scale in mxfp4 (Open Compute Project, 2023).
LINEAR = {"float32": 128, "bfloat16": 64, "fp8": 32, "mxfp4": 64, "int4": 16}
ROUTED = {**LINEAR, "mxfp4": 17}


def gpu_named(name: str) -> str:
    """Return the key in GPUS of a GPU named freely: `h100`, `H100-80`, `a100_40gb`.

    Raises UsageError naming the nearest for a GPU that is not in the catalogue.
    """
    given = name.lower().replace("-", "_")
    found = next((key for key in (given, f"{given}gb", ALIASES.get(given)) if key in GPUS), None)
    if found is None:
        raise UsageError("a GPU with known memory", name, fix=nearest(given, [*GPUS, *ALIASES]))
    return found


def gpu_like(name: str, memory_bytes: int) -> str | None:
    """Return the key in GPUS for a GPU as its driver names and measures it.

    That of its own kind, or of the largest kind that holds no more; None for a GPU smaller than all in GPUS.
    """
    words = re.split(r"[^a-z0-9]+", name.lower())
    held = [key for key, size in GPUS.items() if size <= memory_bytes]
    same = [key for key in held if key.split("_")[-2] in words]
    return max(same or held, key=lambda key: GPUS[key], default=None)


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
        return architecture.counted.parameters_total * WHOLE[dtype]
    return layers_bytes(layers, dtype) + (parameters.total - layers.total) * plain_bytes(dtype)


def layers_bytes(weights: LayerWeights, dtype: Dtype) -> int:
    """Return the bytes that weights of layers take, by the rule of `weights_bytes`."""
    plain = weights.total - weights.linear - weights.routed
    packed = weights.linear * LINEAR[dtype] + weights.routed * ROUTED[dtype]
    return math.ceil(packed / 32) + plain * plain_bytes(dtype) + 4 * weights.corrections


def plain_bytes(dtype: Dtype) -> int:
    """Return the bytes of an element that no format packs: of a table, a router, a norm, a bias, a tower."""
    return WHOLE.get(dtype, 2)


def minimal_gpus(architecture: Architecture, gpu: str, dtype: Dtype, context: int) -> int:
    """Return the smallest number of GPUs whose memory holds the weights and one sequence's cache.

    Numbers are 1, 2, 4, 8, then multiples of 8. On each, UTILISATION of the memory less OVERHEAD holds an even
    share of the weights and of a cache of two bytes per element at `context` tokens. That is a bound by memory
    alone, for any model that has sizes; `harness.planning.fit` starts from the same room on a GPU and asks besides
    for a split that vLLM accepts, with what it cannot divide and keeps beyond a window, so it never needs fewer.
    Raises KeyError for a GPU not in GPUS, UnpublishedError where a size is missing.
    """
    needed = weights_bytes(architecture, dtype) + kv_cache_bytes(architecture, context)
    room = GPUS[gpu] * UTILISATION - OVERHEAD
    for number in (1, 2, 4):
        if needed <= number * room:
            return number
    return 8 * math.ceil(needed / (8 * room))
