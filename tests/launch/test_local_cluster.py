"""The cluster that tests of Slurm and rehearsals run on does what a real one does, and leaves nothing behind."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.clusters import LOCAL, cluster, in_use


def ask(*command: str | Path) -> str:
    """What the command prints; CalledProcessError when it fails."""
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout.strip()


def refusal(*command: str | Path) -> str:
    """What the command says while it fails."""
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
    assert done.returncode != 0, done.stdout
    return done.stderr


def submit(script: str, *options: str) -> str:
    return ask("sbatch", "--parsable", "--output=/dev/null", *options, f"--wrap={script}")


def state(job: str) -> str:
    """The job's state; with an array all its tasks' states."""
    return " ".join(sorted(set(re.findall(r"JobState=(\w+)", ask("scontrol", "show", "job", job)))))


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def wait_state(job: str, expected: str) -> None:
    wait_for(lambda: state(job) == expected)


def daemons(folder: Path) -> dict[str, int]:
    return {file.stem: int(file.read_text()) for file in (folder / "run").glob("*.pid")}


def processes(folder: Path) -> list[psutil.Process]:
    """The cluster's daemons and what they run: whatever is alive and has the folder in its command line."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE
        and f"{folder}/" in " ".join(process.info["cmdline"] or [])
    ]


def test_a_job_runs_and_ends(slurm: Path) -> None:
    good, bad = submit("true"), submit("exit 3")
    wait_state(good, "COMPLETED")
    wait_state(bad, "FAILED")
    assert "ExitCode=3:0" in ask("scontrol", "show", "job", bad)


def test_a_job_gets_gpus_of_the_type_that_nodes_have(slurm: Path) -> None:
    assert ask("srun", "--gres=gpu:h100:2", "printenv", "CUDA_VISIBLE_DEVICES") == "0,1"
    assert ask("srun", "--nodes=2", "--gpus-per-node=h100:8", "printenv", "SLURM_NNODES") == "2\n2"


@pytest.mark.parametrize("option", ["--gres=gpu:a100:1", "--gres=gpu:h100:9", "--nodes=4", "--mem=9000"])
def test_a_job_that_fits_on_no_node_is_refused(slurm: Path, option: str) -> None:
    assert re.search("configuration is not available|Node count", refusal("sbatch", option, "--wrap=true"))


def test_dependencies_follow_a_whole_array(slurm: Path) -> None:
    tasks = submit("sleep 0.2", "--array=0-3%2")
    after = submit("true", f"--dependency=afterok:{tasks}")
    never = submit("true", f"--dependency=afternotok:{tasks}", "--kill-on-invalid-dep=yes")
    assert state(after) == "PENDING"
    wait_state(after, "COMPLETED")
    assert state(tasks) == "COMPLETED"
    wait_state(never, "CANCELLED")


def test_a_requeued_job_runs_again(slurm: Path) -> None:
    job = submit("[ $SLURM_RESTART_COUNT ] || sleep 100")
    wait_state(job, "RUNNING")
    ask("scontrol", "requeue", job)
    wait_state(job, "COMPLETED")
    assert "Restarts=1" in ask("scontrol", "show", "job", job)


def test_a_job_of_the_high_partition_takes_the_nodes_of_others(slurm: Path) -> None:
    low = submit("sleep 100", "--nodes=3", "--exclusive")
    wait_state(low, "RUNNING")
    high = submit("true", "--partition=high", "--nodes=3", "--exclusive")
    wait_state(high, "COMPLETED")
    assert state(low) == "PENDING"
    ask("scancel", low)


def test_up_a_second_time_changes_nothing(slurm: Path) -> None:
    before = daemons(slurm)
    assert len(before) == 5
    assert ask(LOCAL / "up.sh", slurm) == f"export SLURM_CONF={slurm}/slurm.conf"
    ask(LOCAL / "up.sh", slurm, "--gpus", "8")
    assert daemons(slurm) == before


def test_up_with_other_options_says_which_are_in_force(slurm: Path) -> None:
    told = refusal(LOCAL / "up.sh", slurm, "--nodes", "5")
    assert "--nodes 3" in told
    assert "--nodes 5" in told
    assert f"down.sh {slurm} --purge" in told


def test_up_brings_back_daemons_that_ended_and_the_job_goes_on(slurm: Path) -> None:
    job = submit("sleep 2", "--nodelist=n2")
    wait_state(job, "RUNNING")
    before = daemons(slurm)
    os.kill(before["n2"], signal.SIGKILL)
    os.kill(before["slurmctld"], signal.SIGTERM)  # killed, it may forget the jobs of the last seconds
    wait_for(lambda: not any(process.pid == before["slurmctld"] for process in processes(slurm)))
    ask(LOCAL / "up.sh", slurm)
    after = daemons(slurm)
    assert {name for name in before if before[name] != after[name]} == {"n2", "slurmctld"}
    assert ask("srun", "--nodelist=n2", "printenv", "SLURMD_NODENAME") == "n2"
    wait_state(job, "COMPLETED")
    assert "Restarts=0" in ask("scontrol", "show", "job", job)


def test_a_large_machine_fits_beside_it_and_down_leaves_no_process_and_no_file(slurm: Path) -> None:
    options = ["--nodes", "4", "--gpu-type", "b200", "--cpus", "224", "--memory", "2000000", "--partition", "gpu"]
    with cluster(*options) as other, in_use(other):
        request = ["--nodes=4", "--gres=gpu:b200:8", "--mem=1600G", "--cpus-per-task=192"]
        job = submit("trap '' TERM; setsid sleep 1000 & sleep 1000", "--partition=gpu", *request)
        wait_state(job, "RUNNING")
        wait_for(lambda: len(processes(other)) >= 7)  # with the batch script
        sleepers = [
            process for process in psutil.process_iter(["cmdline"]) if process.info["cmdline"] == ["sleep", "1000"]
        ]
        ask(LOCAL / "down.sh", other)
        assert processes(other) == []
        assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in sleepers)
        ask(LOCAL / "up.sh", other)
        assert "Restarts=1" in ask("scontrol", "show", "job", job)
    assert processes(other) == []
    assert not other.exists()
    assert len(processes(slurm)) >= 5


@pytest.mark.parametrize("death", [signal.SIGINT, signal.SIGKILL])
def test_the_cluster_ends_with_the_tests_however_they_end(death: signal.Signals) -> None:
    code = """
import time
from tests.clusters import cluster
with cluster("--nodes", "1") as folder:
    print(folder, flush=True)
    time.sleep(100)
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as tests:
        assert tests.stdout is not None
        folder = Path(tests.stdout.readline().strip())
        assert processes(folder) != []
        tests.send_signal(death)
    wait_for(lambda: not folder.exists())
    assert processes(folder) == []


def test_without_root_it_says_so() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # which another user can read
        shutil.copytree(LOCAL, folder, dirs_exist_ok=True)
        Path(folder).chmod(0o755)
        up = [f"{folder}/up.sh", f"{folder}/cluster"]
        done = subprocess.run(up, user=65534, check=False, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert "expected root" in done.stderr


def test_with_accounting_ended_jobs_are_known_and_accounts_are_checked(slurm_accounted: Path) -> None:
    job = submit("exit 3", "--gres=gpu:2")
    wait_for(
        lambda: (
            ask("sacct", "--noheader", "-X", "-P", "-j", job, "-o", "state,exitcode,account")
            == "FAILED|3:0|research"
        )
    )
    assert "Invalid account" in refusal("sbatch", "--account=nobody", "--wrap=true")
