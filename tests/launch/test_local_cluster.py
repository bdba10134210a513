"""The cluster that the tests of Slurm run on."""

import subprocess
from pathlib import Path


def ask(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=20).stdout.strip()


def test_a_job_runs_on_the_gpus_that_it_asked_for(slurm: Path) -> None:
    assert ask("srun", "--gres=gpu:h100:2", "printenv", "CUDA_VISIBLE_DEVICES") == "0,1"


def test_accounted(slurm_accounted: Path) -> None:
    assert ask("srun", "--gres=gpu:h100:2", "printenv", "SLURM_JOB_ACCOUNT") == "research"
