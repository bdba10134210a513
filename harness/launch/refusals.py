"""What to change when Slurm refuses, by what it says."""

import re
from collections.abc import Sequence

from harness.errors import HarnessError

_NODES = 'sinfo -N -o "%N %c %m %G %f" shows what nodes have'
REFUSALS = (
    (
        r"partition.*(down|inactive|drain|not available)",
        "a partition that is up",
        "another cluster.slurm.partition; sinfo -s",
    ),
    (
        r"accounting|qos policy|qosmax|assocmax",
        "a job within the limits of account and QOS",
        "fewer GPUs, less time, or another cluster.slurm.qos; sacctmgr show qos",
    ),
    (
        r"invalid partition|partition name",
        "a partition that exists",
        "cluster.slurm.partition=NAME; sinfo -o %R lists them",
    ),
    (
        r"account or account/partition|invalid account",
        "an account that may use this partition",
        "cluster.slurm.account=NAME; sacctmgr show associations user=$USER format=account,partition,qos",
    ),
    (
        r"invalid qos|qos specification",
        "a QOS of the account",
        "cluster.slurm.qos=NAME; sacctmgr show associations user=$USER format=account,qos",
    ),
    (
        r"time limit",
        "a time limit that the partition allows",
        "cluster.slurm.time=HH:MM:SS; sinfo -o '%R %l' shows the limits",
    ),
    (r"--time specification", "a time limit", "cluster.slurm.time=HH:MM:SS"),
    (
        r"memory spec|--mem spec|memory required",
        "memory that a node has",
        f"cluster.slurm.memory=… or memory_per_gpu=…; {_NODES}",
    ),
    (r"feature", "a feature of the nodes", f"cluster.slurm.constraint=NAME; {_NODES}"),
    (
        r"reservation",
        "a reservation that you may use",
        "cluster.slurm.reservation=NAME; scontrol show reservation",
    ),
    (
        r"generic resource|\(gres\)|TRES",
        "GPUs as the cluster calls them",
        f"cluster.slurm.gpus=gres|gpus_per_node|none and cluster.slurm.gpu_type=TYPE; {_NODES}",
    ),
    (
        r"node configuration|node count|more processors|not available",
        "nodes that have as many GPUs, processors and as much memory, and as many of them",
        "cluster.gpus_per_node, cluster.slurm.gpu_type, cpus_per_gpu, memory_per_gpu or cluster.nodes; " + _NODES,
    ),
    (
        r"not permitted|access.*denied",
        "a partition that you may use",
        "cluster.slurm.partition=NAME, or ask the site for access",
    ),
    (r"array", "an array within the cluster's MaxArraySize", "scontrol show config | grep MaxArraySize"),
    (r"dependency", "jobs to wait for that exist", "submit anew: the jobs it waits for are gone"),
    (
        r"unrecognized option|invalid option|requires an argument|ambiguous",
        "options that this version of sbatch knows",
        "cluster.slurm.options; sbatch --version; man sbatch",
    ),
    (
        r"contact|connect|socket|configuration|zero bytes|communication|database",
        "Slurm's controller to answer",
        "scontrol ping; SLURM_CONF names the cluster's slurm.conf; try again when it is up",
    ),
    (
        r"temporarily|too many|try again|max(imum)? .*jobs",
        "room in the queue",
        "try again later; cluster.slurm.at_once=N has fewer tasks at a time",
    ),
    (r"invalid job id", "a job that Slurm still knows", "harness status lists the jobs"),
)
"""(what Slurm says, what was expected, what to change); the first that fits. Words: slurm_errno.c."""


def refusal(command: Sequence[str], said: str) -> HarnessError:
    """Return the error for a command that Slurm refused: what it said, and what to change."""
    expected, fix = f"{command[0]} to succeed", "man " + command[0]
    for words, wanted, change in REFUSALS:
        if re.search(words, said, re.IGNORECASE):
            expected, fix = wanted, change
            break
    return HarnessError(expected=expected, found=said, where=_shown(command), fix=fix)


def unreadable(command: str, expected: str, reply: str) -> HarnessError:
    """Return the error for a reply that cannot be read."""
    return HarnessError(
        expected=f"{expected} from {command}",
        found=repr(reply[:200]),
        where=command,
        fix="squeue --me shows what was submitted; a wrapper of the site around Slurm's commands may add text",
    )


def _shown(command: Sequence[str]) -> str:
    """Return the command as a person would type it, long lists of ids and formats cut off."""
    return " ".join(part if len(part) <= 80 else part[:77] + "…" for part in command if "\x1f" not in part)
