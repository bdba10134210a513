"""What the verbs `submit`, `status`, `logs`, `cancel` and `resume` do."""

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from harness.config.settings import load_settings
from harness.errors import HarnessError, UsageError, nearest
from harness.launch import slurm
from harness.launch.script import Script, scripts
from harness.launch.status import CampaignStatus, live, status_of
from harness.launch.submit import now, submit_all, test_scripts, write_scripts
from harness.records import Campaign, Submission, Surrender
from harness.store import open_store
from harness.store.campaigns import CampaignFolder, campaign_folder, campaign_named
from harness.workflow.campaign_plan import CampaignPlan, plan_campaign
from harness.workflow.display import Display

CANCELLED = "cancelled by a person"


@dataclass(frozen=True)
class Prepared:
    """A campaign whose scripts are written, or would be."""

    plan: CampaignPlan
    folder: CampaignFolder
    scripts: list[Script]


def prepare_campaign(arguments: Sequence[str], name: str | None) -> Prepared:
    """Return the campaign that a command asks for; nothing is written yet. Raises what `plan_campaign` raises."""
    plan = plan_campaign(arguments, name)
    folder = campaign_folder(plan.store, plan.campaign.id)
    return Prepared(plan, folder, _scripts(plan.campaign, folder))


def test_only(prepared: Prepared, display: Display) -> None:
    """Write the scripts and hand each to `sbatch --test-only`; raises HarnessError for one that Slurm refuses.

    Raises UsageError for a cluster without Slurm.
    """
    cluster = prepared.plan.campaign.cluster
    if cluster.launcher != "slurm":
        raise UsageError(
            expected="a cluster with Slurm",
            found=f"{cluster.id}, whose jobs run on this machine",
            where="command line",
            fix="cluster=NAME; harness cluster list",
        )
    write_scripts(prepared.folder, prepared.scripts)
    test_scripts(prepared.folder, prepared.scripts, display.say)


def submit(prepared: Prepared, display: Display) -> list[Submission]:
    """Write the campaign and submit it; on a cluster without Slurm its jobs run here, one after the other.

    Raises HarnessError; what was submitted until then stays, and the same command with that --name goes on.
    """
    campaign, folder = prepared.plan.campaign, prepared.folder
    path = folder.path / "plan.json"
    begun = path.exists()
    if begun:
        _same(folder.read_plan(), campaign, path)
    else:
        folder.write_plan(campaign)
    # Once a campaign has begun its scripts are the user's, who may have changed them.
    write_scripts(folder, prepared.scripts, anew=not begun)
    if campaign.cluster.launcher == "slurm":
        return submit_all(folder, prepared.scripts, display.say)
    return _here(folder, [job.id for job in campaign.jobs], display)


def status(name: str | None, results: Sequence[str]) -> CampaignStatus:
    """Return how a campaign stands, the newest without a name."""
    folder = _folder(name, results)
    return status_of(folder, folder.read_plan(), datetime.now(UTC))


def logs(name: str | None, job: str | None, results: Sequence[str]) -> list[Path]:
    """Return what there is to read of a campaign, or of one of its jobs, the newest last.

    Raises UsageError for a job that it does not hold.
    """
    folder = _folder(name, results)
    _known(folder.read_plan(), [job] if job else [])
    files = [path for path in folder.logs.glob("*") if path.is_file()]
    if job is not None:
        names = {s.name for s in folder.read_submissions() if job in s.jobs}
        tasks = {i for s in folder.read_submissions() for j, i in s.task_ids().items() if j == job}
        # %x-%A_%a of the script: the job's name, then its number and the task's.
        files = [
            path
            for path in files
            if path.name.startswith(f"{job}-")
            or any(path.stem == f"{one}-{task}" for one in names for task in tasks)
        ]
    return sorted(files, key=lambda path: path.stat().st_mtime_ns)


def cancel(name: str | None, jobs: Collection[str], results: Sequence[str], display: Display) -> int:
    """End a campaign's jobs, or those named, with their successors; return how many of Slurm's were cancelled.

    What was answered is kept, and `resume` goes on. Raises HarnessError when Slurm does not answer.
    """
    folder = _folder(name, results)
    campaign = folder.read_plan()
    chosen = _known(campaign, jobs)
    # First the word, then the deed: a successor that starts meanwhile finds it.
    for job in chosen:
        if folder.read_surrender(job) is None and not _complete(folder, job):
            tried = len(folder.read_attempts(job))
            fix = f"harness resume {campaign.id}"
            folder.write_surrender(job, Surrender(when=now(), after=tried, why=CANCELLED, fix=fix))
    with folder.lock():
        submissions = folder.read_submissions()
    wanted = {one for s in submissions for job, one in s.task_ids().items() if job in chosen}
    if set(chosen) == {job.id for job in campaign.jobs}:
        wanted |= {s.slurm for s in submissions if s.step == "verdict" and s.slurm}
    left = wanted & set(live(folder))
    slurm.cancel(left)
    display.say(f"{len(left)} job(s) cancelled; what was answered is kept: harness resume {campaign.id} goes on")
    return len(left)


def resume(name: str | None, jobs: Collection[str], results: Sequence[str], display: Display) -> list[Submission]:
    """Submit once more what is neither complete nor at work, also what was given up or cancelled.

    Raises HarnessError when Slurm does not answer: nobody knows then what is at work.
    """
    folder = _folder(name, results)
    campaign = folder.read_plan()
    chosen = _known(campaign, jobs)
    if campaign.cluster.launcher == "here":
        for job in chosen:
            folder.forgive(job)
        return _here(folder, chosen, display)
    at_work = live(folder)
    submissions = folder.read_submissions()
    busy = {job for s in submissions for job, one in s.task_ids().items() if one in at_work}
    due = [job for job in chosen if job not in busy and not _complete(folder, job)]
    if not due:
        display.say("every job is complete or at work: harness status")
        return []
    for job in due:
        folder.forgive(job)
    prepared = _scripts(campaign, folder)
    write_scripts(folder, prepared, anew=False)
    never = not any(s.slurm for s in submissions)
    return submit_all(folder, prepared, display.say, only=None if never else due)


def _here(folder: CampaignFolder, jobs: Collection[str], display: Display) -> list[Submission]:
    from harness.workflow.here import run_here  # noqa: PLC0415 - a second of imports that Slurm does not need

    run_here(folder, jobs, display)
    return []


def _scripts(campaign: Campaign, folder: CampaignFolder) -> list[Script]:
    return scripts(campaign, str(folder.path), sys.executable)


def _folder(name: str | None, results: Sequence[str]) -> CampaignFolder:
    return campaign_named(open_store(load_settings(results)), name)


def _known(campaign: Campaign, jobs: Collection[str]) -> list[str]:
    """Return the jobs named, all without names; raises UsageError for one that the campaign does not hold."""
    known = [job.id for job in campaign.jobs]
    for job in jobs:
        if job not in known:
            raise UsageError(
                f"a job of campaign {campaign.id}", job, where="command line", fix=nearest(job, known)
            )
    return list(jobs) or known


def _complete(folder: CampaignFolder, job: str) -> bool:
    attempts = folder.read_attempts(job)
    return bool(attempts) and attempts[-1].outcome == "complete"


def _same(there: Campaign, wanted: Campaign, path: Path) -> None:
    """Raise HarnessError when a campaign of that name is another one."""
    if (there.jobs, there.cluster) != (wanted.jobs, wanted.cluster):
        raise HarnessError(
            expected="a new name, or the campaign that has it",
            found=f"another campaign called {there.id}, made by: {' '.join(there.command)}",
            where=str(path),
            fix="--name ANOTHER, or harness resume, which goes on with that one",
        )
