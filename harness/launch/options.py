"""What a cluster's profile asks sbatch for; a pure function."""

from harness.records import Cluster
from harness.records.cluster import megabytes, minutes


def sbatch_options(cluster: Cluster, *, nodes: int = 1, gpus: int | None = None) -> list[str]:
    """Return sbatch's options for a server on `nodes` with `gpus` on each (None: all of a node), one task a node.

    The profile's own further options come last: of an option given twice sbatch takes the last.
    """
    slurm = cluster.slurm
    gpus = cluster.gpus_per_node if gpus is None else gpus
    processors, size = cpus(cluster, gpus), memory(cluster, gpus)
    # To the batch script alone, which passes it on.
    signal = None if minutes(slurm.time) is None else f"B:USR1@{60 * slurm.drain_minutes}"
    asked = {
        "partition": slurm.partition,
        "account": slurm.account,
        "qos": slurm.qos,
        "constraint": slurm.constraint,
        "reservation": slurm.reservation,
        "nodes": nodes,
        "ntasks-per-node": 1,
        "time": slurm.time,
        "signal": signal,
    }
    if gpus and slurm.gpus != "none":
        kind = f"{slurm.gpu_type}:{gpus}" if slurm.gpu_type else f"{gpus}"
        asked |= {"gres": f"gpu:{kind}"} if slurm.gpus == "gres" else {"gpus-per-node": kind}
    found = [f"--{name}={value}" for name, value in asked.items() if value is not None]
    found += ["--exclusive"] if slurm.exclusive else []
    found += [] if processors is None else [f"--cpus-per-task={processors}"]
    found += [] if size is None else [f"--mem={slurm.memory or f'{size}M'}"]
    return found + slurm.options


def cpus(cluster: Cluster, gpus: int) -> int | None:
    """Return the processors that a job asks for on each node; None for Slurm's default."""
    per_gpu = cluster.slurm.cpus_per_gpu
    return per_gpu * gpus if per_gpu is not None and gpus else cluster.slurm.cpus_per_node


def memory(cluster: Cluster, gpus: int) -> int | None:
    """Return the megabytes that a job asks for on each node; 0 for all, None for Slurm's default."""
    per_gpu, given = cluster.slurm.memory_per_gpu, cluster.slurm.memory
    if per_gpu is not None and gpus:
        return megabytes(per_gpu) * gpus
    return None if given is None else megabytes(given)
