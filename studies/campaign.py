"""How long planning, submitting and looking at large campaigns takes, on a real local cluster with fake GPUs.

    python -m studies.campaign

Needs root (slurm/local/up.sh). Nothing is served: the jobs' scripts are printed, or submitted and held.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from harness.config.settings import load_clusters, project
from harness.launch.script import scripts
from harness.launch.submit import now, submit_all, write_scripts
from harness.records import Attempt, Campaign, Progress, ServerJob
from harness.store.campaigns import CampaignFolder
from tests.clusters import cluster, in_use

HARNESS = [sys.executable, "-m", "harness.cli"]


def campaign(name: str, jobs: int, shapes: int) -> Campaign:
    profile = load_clusters(project().configs)["slurm_local"]
    held = profile.slurm.model_copy(update={"options": ["--hold"]})
    return Campaign(
        id=name,
        created=now(),
        code="study",
        command=[],
        cluster=profile.model_copy(update={"slurm": held}),
        jobs=[
            ServerJob(
                id=f"job-{number}",
                model="smollm2_135m",
                suites=[["model=smollm2_135m", "suite=demo"]],
                nodes=1,
                gpus_per_node=number % shapes,
                samples=1000,
            )
            for number in range(jobs)
        ],
    )


def timed(what: str, bound: float, work: Callable[[], object]) -> None:
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    print(f"| {what} | {seconds:.2f} | {bound:g} | {'yes' if seconds <= bound else 'NO'} |", flush=True)


def told(folder: CampaignFolder, plan: Campaign) -> None:
    """As if every job had worked for a while."""
    for job in plan.jobs:
        attempt = Attempt(number=1, slurm="1_0", node="n1", started=now())
        folder.note_attempt(job.id, attempt)
        progress = Progress(attempt=1, when=now(), since=now(), total=1000, done=400, new=400, tokens=9, logs=[])
        folder.write_progress(job.id, progress)


def main() -> None:
    print("| what | seconds | bound | kept |\n|---|---|---|---|")
    command = [*HARNESS, "submit", "claims=*", "cluster=h200x8", "--dry-run"]
    timed(
        "`harness submit claims='*' --dry-run`, the whole ledger",
        5,
        lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL),
    )
    root = Path(tempfile.mkdtemp(prefix="campaign-study-"))
    with cluster("--nodes", "3", "--gpus", "200", "--cpus", "256") as place, in_use(place):
        for jobs, shapes, words in ((500, 1, "one shape"), (500, 500, "500 shapes")):
            plan = campaign(f"print-{shapes}", jobs, shapes)
            timed(
                f"scripts of {jobs} jobs, {words}", 5, lambda plan=plan: scripts(plan, str(root), sys.executable)
            )
        for jobs, shapes, words in ((200, 1, "one shape: 3 calls of sbatch"), (200, 200, "200 shapes: 401 calls")):
            plan = campaign(f"submit-{shapes}", jobs, shapes)
            folder = CampaignFolder(root / "campaigns" / plan.id)
            folder.write_plan(plan)
            texts = scripts(plan, str(folder.path), sys.executable)
            write_scripts(folder, texts)
            timed(
                f"{jobs} jobs submitted, {words}", 30, lambda f=folder, t=texts: submit_all(f, t, lambda _: None)
            )
        plan = campaign("status", 500, 1)
        folder = CampaignFolder(root / "campaigns" / plan.id)
        folder.write_plan(plan)
        texts = scripts(plan, str(folder.path), sys.executable)
        write_scripts(folder, texts)
        submit_all(folder, texts, lambda _: None)
        told(folder, plan)
        command = [*HARNESS, "status", "status", "--results", str(root), "--json"]
        timed(
            "`harness status` of 500 jobs",
            3,
            lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL),
        )


if __name__ == "__main__":
    main()
