"""What GPUs can do at most, as NVIDIA publishes it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Peak:
    """Of one GPU: what no program exceeds."""

    bandwidth: float
    """Bytes per second from its memory."""
    flops: float
    """Dense operations per second in bfloat16, sums in float32; half of what is printed "with sparsity"."""
    source: str


PEAKS: Mapping[str, Peak] = {
    "a100_40gb": Peak(1.555e12, 312e12, "NVIDIA A100 data sheet, 40GB"),
    "a100_80gb": Peak(2.039e12, 312e12, "NVIDIA A100 data sheet, 80GB SXM"),
    "h100_80gb": Peak(3.35e12, 989e12, "NVIDIA H100 data sheet, SXM: 3.35 TB/s, 1,979 TFLOPS with sparsity"),
    "h200_141gb": Peak(4.8e12, 989e12, "NVIDIA H200 data sheet, SXM: 4.8 TB/s, 1,979 TFLOPS with sparsity"),
    "b200_180gb": Peak(
        7.7e12, 2.25e15, "NVIDIA Blackwell data sheet, HGX B200: 7.7 TB/s, 4.5 PFLOPS with sparsity"
    ),
    "l40s_48gb": Peak(0.864e12, 362e12, "NVIDIA L40S data sheet: 864 GB/s, 733 TFLOPS with sparsity"),
    "rtx_4090_24gb": Peak(1.008e12, 165e12, "NVIDIA Ada whitepaper, RTX 4090: 1,008 GB/s, 165.2 TFLOPS"),
}
"""By the names of `harness.facts.memory.GPUS`."""
