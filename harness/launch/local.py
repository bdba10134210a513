"""A Slurm cluster on this machine for as long as a block lasts: what rehearsals and tests submit to."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.config.settings import project
from harness.errors import HarnessError
from harness.records import Campaign
from harness.records.cluster import megabytes

_SITE = ("SLURM_", "SBATCH_")
"""How variables begin by which a site, or a job around us, changes what the commands ask for."""


def options_for(campaign: Campaign) -> list[str]:
    """Return the options of slurm/local/up.sh for a cluster on which every job of the campaign fits."""
    cluster, asked = campaign.cluster, campaign.cluster.slurm
    gpus = max(job.gpus_per_node for job in campaign.jobs)
    cpus = asked.cpus_per_node or (asked.cpus_per_gpu or 1) * max(gpus, 1)
    memory = megabytes(asked.memory) if asked.memory else megabytes(asked.memory_per_gpu or "0") * gpus
    first, stage = asked.partition or "main", cluster.stage.partition
    # Later ones take the place of those before them, which no stage is to do with a server.
    partitions = [stage, first] if stage and asked.partition else [first, *([stage] if stage else [])]
    found = {
        # One more than the largest server takes, so that a smaller one starts beside it.
        "nodes": max(job.nodes for job in campaign.jobs) + 1,
        "gpus": cluster.gpus_per_node,
        "gpu-type": asked.gpu_type or cluster.gpu or "none",
        # With room beside the largest server: stages and verdicts do not wait for it.
        "cpus": 2 * cpus + 2,
        "memory": max(2 * memory, 8000),
        "partition": ",".join(dict.fromkeys(partitions)),
        **({"account": asked.account} if asked.account else {}),
    }
    return [text for name, value in found.items() for text in (f"--{name}", str(value))]


@contextmanager
def local_cluster(*options: str) -> Iterator[Path]:
    """Yield the folder of a cluster made by slurm/local/up.sh; it is gone when the block ends or we are killed.

    Raises HarnessError with what up.sh said when it cannot be made.
    """
    scripts = project().root / "slurm" / "local"
    # Not below TMPDIR: sockets lie in it, whose paths are short.
    folder = Path(tempfile.mkdtemp(prefix="slurm-", dir="/tmp"))
    # Waits for the end of its input, which comes however this process ends; a session of its own survives Ctrl-C.
    end = ["bash", "-c", 'read -r; exec "$0" "$1" --purge', str(scripts / "down.sh"), str(folder)]
    undertaker = subprocess.Popen(
        end, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        up = [str(scripts / "up.sh"), str(folder), *options]
        done = subprocess.run(up, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise HarnessError(
                expected="a Slurm cluster on this machine",
                found=(done.stderr or done.stdout).strip().removeprefix("up.sh: "),
                where=" ".join(up),
                fix="a machine or container with Debian where you are root; slurm/README.md",
            )
        yield folder
    finally:
        _, said = undertaker.communicate()
        if not (folder / "options").exists():
            shutil.rmtree(folder, ignore_errors=True)  # it never came up
    if undertaker.returncode != 0:
        raise HarnessError("the cluster's end", said.strip(), where=str(folder), fix=f"{end[3]} {folder} --purge")


@contextmanager
def in_use(folder: Path) -> Iterator[None]:
    """Have Slurm's commands speak to the cluster in `folder`, whatever the site's own variables say."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(_SITE)}
    for name in kept:
        del os.environ[name]
    os.environ["SLURM_CONF"] = str(folder / "slurm.conf")
    try:
        yield
    finally:
        del os.environ["SLURM_CONF"]
        os.environ.update(kept)
