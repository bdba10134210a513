"""Which nodes, or which part of a machine, each of several servers gets; a pure function."""

from collections.abc import Sequence
from math import ceil, prod

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
    hosts: list[str] = Field(default_factory=list)
    """Nodes of a Slurm allocation that it runs on, as a job step; empty on this machine."""


def placements(
    model: Model, serving: Serving, cores: Sequence[int], gpus: Sequence[str], hosts: Sequence[str] = ()
) -> list[Placement]:
    """Return one placement per server: nodes of its own, or GPUs, or cores and a share of the memory.

    `hosts` are the nodes of the Slurm allocation, each with as much as this machine. A single server of one node
    gets all of this machine. Raises UsageError when there are too few nodes, or too little of the rest.
    """
    count, nodes = serving.replicas, serving.nodes
    devices = list(gpus) if serving.device == "cuda" else [str(core) for core in cores]
    if nodes > 1:
        _check_nodes(model, serving, len(devices), len(hosts))
        return [Placement(number=n, hosts=list(hosts[n * nodes : (n + 1) * nodes])) for n in range(count)]
    if count == 1:
        return [Placement()]
    each = ceil(count / max(1, len(hosts)))
    shares = _shares(model, serving, devices, each)
    if len(hosts) <= 1:
        return shares
    return [shares[n % each].model_copy(update={"number": n, "hosts": [hosts[n // each]]}) for n in range(count)]


def ranks_of(model: Model, serving: Serving) -> int:
    """Return the processes, each with a GPU (or cores) of its own, that one server is split over."""
    args = engine_args(model, serving)
    return prod(int(str(args.get(f"{kind}-parallel-size", 1))) for kind in ("tensor", "pipeline", "data"))


def _check_nodes(model: Model, serving: Serving, devices: int, hosts: int) -> None:
    """Raise UsageError unless servers of several nodes have them, and are split evenly over them."""
    count, nodes, ranks = serving.replicas, serving.nodes, ranks_of(model, serving)
    if count * nodes > hosts:
        raise UsageError(
            expected=f"{count * nodes} nodes of a Slurm job: {count} server(s) of {nodes}",
            found=f"{hosts}" if hosts else "no Slurm job",
            where="serving.nodes",
            fix=f"salloc --nodes={count * nodes}, and the same command there; or harness submit",
        )
    if ranks % nodes or ranks // nodes > devices:
        raise UsageError(
            expected=f"ranks (tensor x pipeline x data parallel) that {nodes} nodes share evenly, "
            f"at most {devices} on each",
            found=f"{ranks}",
            where="serving.args",
            fix=f"harness fit model={model.id} nodes={nodes} names a layout",
        )


def _shares(model: Model, serving: Serving, devices: Sequence[str], count: int) -> list[Placement]:
    """Return the placements of `count` servers side by side on one machine."""
    if count == 1:
        return [Placement()]
    args, ranks = engine_args(model, serving), ranks_of(model, serving)
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
