"""Which part of the machine each of several servers gets; a pure function."""

from collections.abc import Sequence
from math import prod

from pydantic import Field

from harness.errors import UsageError
from harness.records import Model, Record, Serving
from harness.records.model import Arguments
from harness.serving.command import engine_args

MEMORY_SHARE = 0.92
"""Share of the memory that vLLM takes when nothing is said (its default of --gpu-memory-utilization)."""


class Placement(Record):
    """What one of several servers is started with besides the rest; changes no answer, only where it runs."""

    number: int = 0
    args: Arguments = Field(default_factory=dict)
    env: dict[str, str] = Field(default_factory=dict)


def placements(model: Model, serving: Serving, cores: Sequence[int], gpus: Sequence[str]) -> list[Placement]:
    """Return one placement per server: GPUs of its own, or cores and a share of the memory on the processor.

    A single server gets the whole machine. Raises UsageError when the machine has too little.
    """
    count = serving.replicas
    if count == 1:
        return [Placement()]
    args = engine_args(model, serving)
    ranks = prod(int(str(args.get(f"{kind}-parallel-size", 1))) for kind in ("tensor", "pipeline", "data"))
    devices: Sequence[str] = gpus if serving.device == "cuda" else [str(core) for core in cores]
    kind = "GPUs" if serving.device == "cuda" else "cores"
    if len(devices) < count * ranks:
        raise UsageError(
            expected=f"{count * ranks} {kind}: {count} servers of {ranks}",
            found=f"{len(devices)}",
            where="serving.replicas",
            fix=f"serving.replicas={max(1, len(devices) // ranks)}",
        )
    if serving.device == "cuda":
        slices = [devices[n * ranks : (n + 1) * ranks] for n in range(count)]
        return [Placement(number=n, env={"CUDA_VISIBLE_DEVICES": ",".join(own)}) for n, own in enumerate(slices)]
    each = len(devices) // (count * ranks)
    groups = [",".join(devices[n * each : (n + 1) * each]) for n in range(count * ranks)]
    # On the processor it is a share of the machine's memory, whatever its name says.
    share: Arguments = {"gpu-memory-utilization": round(MEMORY_SHARE / count, 3)}
    told = "gpu-memory-utilization" in args or "VLLM_CPU_KVCACHE_SPACE" in serving.env
    return [
        Placement(
            number=n,
            args={} if told else share,
            env={"VLLM_CPU_OMP_THREADS_BIND": "|".join(groups[n * ranks : (n + 1) * ranks])},
        )
        for n in range(count)
    ]
