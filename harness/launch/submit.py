"""Bring a campaign's scripts to Slurm, each once."""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from itertools import count

from harness.launch import slurm
from harness.launch.script import Script
from harness.records import Campaign, ServerJob, Submission
from harness.store.campaigns import CampaignFolder

Say = Callable[[str], None]


def now() -> str:
    """Return the time in UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def write_scripts(folder: CampaignFolder, scripts: Sequence[Script], *, anew: bool = True) -> None:
    """Write the scripts where sbatch takes them, and people read them; those that are there stay unless `anew`."""
    folder.scripts.mkdir(parents=True, exist_ok=True)
    folder.logs.mkdir(parents=True, exist_ok=True)
    for script in scripts:
        path = folder.scripts / script.file
        if anew or not path.exists():
            path.write_text(script.text, encoding="utf-8")


def test_scripts(folder: CampaignFolder, scripts: Sequence[Script], say: Say) -> None:
    """Hand every script to `sbatch --test-only`; raises HarnessError for the first that Slurm refuses."""
    for script in scripts:
        say(f"{script.file}: {slurm.test_only(folder.scripts / script.file)}")


def submit_all(
    folder: CampaignFolder, scripts: Sequence[Script], say: Say, *, only: Collection[str] | None = None
) -> list[Submission]:
    """Submit what of the campaign is not submitted yet and return it all.

    `only` names server jobs that are to be submitted once more. What an earlier call left half done (no answer
    came, the power went) is looked for in Slurm by its name first: nothing is submitted twice.
    Raises HarnessError.
    """
    with folder.lock():
        known = {one.name: one for one in folder.read_submissions()}
        round_ = 0 if only is None else next(n for n in count(1) if f"{scripts[-1].name}-r{n}" not in known)
        found: list[Submission] = []
        stages: dict[str, str] = {}
        for script in scripts:
            tasks = [n for n, job in enumerate(script.jobs) if only is None or job.id in only]
            if script.jobs and not tasks:
                continue
            name = f"{script.name}-r{round_}" if round_ else script.name
            wanted = Submission(
                name=name,
                step=script.step,
                jobs=[script.jobs[n].id for n in tasks],
                tasks=tasks,
                script=f"scripts/{script.file}",
                when=now(),
            )
            options = _after(wanted, found, stages)
            if round_ and tasks:
                options += [f"--array={','.join(map(str, tasks))}"]
            submission = _once(folder, wanted, known.get(name), options)
            if submission.step == "stage":
                stages = dict.fromkeys(submission.jobs, submission.slurm or "")
            say(f"{name}: job {submission.slurm}, {len(tasks) or 1} task(s)")
            found.append(submission)
        return found


def submit_successor(folder: CampaignFolder, job: ServerJob, own: str, campaign: Campaign) -> Submission:
    """Return the job that goes on when ours ends without success, submitted unless ours has one (it was requeued).

    Slurm drops it when ours ends well (`afternotok`, `--kill-on-invalid-dep`). Raises HarnessError.
    """
    name = f"{campaign.id}-{job.id}-after-{own}"
    with folder.lock():
        submitted = folder.read_submissions()
        known = {one.name: one for one in submitted}
        first = next(one for one in submitted if one.step == "serve" and job.id in one.jobs)
        task = first.tasks[first.jobs.index(job.id)]
        wanted = Submission(name=name, step="serve", jobs=[job.id], tasks=[task], script=first.script, when=now())
        options = [
            f"--dependency=afternotok:{own}",
            "--kill-on-invalid-dep=yes",
            f"--array={task}",
        ]
        return _once(folder, wanted, known.get(name), options)


def submit_verdict_after(folder: CampaignFolder, ids: Collection[str], own: str, campaign: Campaign) -> Submission:
    """Submit the verdicts' job once more, to run when the jobs `ids` have ended. Raises HarnessError."""
    name = f"{campaign.id}-verdict-after-{own}"
    with folder.lock():
        known = {one.name: one for one in folder.read_submissions()}
        script = next(one.script for one in known.values() if one.step == "verdict")
        wanted = Submission(name=name, step="verdict", jobs=[], tasks=[], script=script, when=now())
        return _once(folder, wanted, known.get(name), [f"--dependency=afterany:{':'.join(sorted(ids))}"])


def _after(wanted: Submission, before: Sequence[Submission], stages: dict[str, str]) -> list[str]:
    """Return what a job waits for: a server for its own stage, the verdicts for every server."""
    if wanted.step == "serve":
        stage = {stages[job] for job in wanted.jobs if stages.get(job)}
        # Task by task: one model's weights are not waited for by another.
        return [f"--dependency=aftercorr:{one}" for one in stage] + (
            ["--kill-on-invalid-dep=yes"] if stage else []
        )
    if wanted.step == "verdict":
        servers = [one.slurm for one in before if one.step == "serve" and one.slurm]
        return [f"--dependency=afterany:{':'.join(servers)}"] if servers else []
    return []


def _once(
    folder: CampaignFolder, wanted: Submission, known: Submission | None, options: Sequence[str]
) -> Submission:
    """Submit unless it was, and return it with Slurm's id; the intention is written down first."""
    if known is not None and known.slurm is not None:
        return known
    lost = None
    if known is None:
        folder.note_submission(wanted)
    else:
        lost = next((job.id for job in slurm.named(wanted.name) if job.name == wanted.name), None)
    found = lost.partition("_")[0] if lost else None
    found = found or slurm.submit(folder.path / wanted.script, f"--job-name={wanted.name}", *options)
    submission = wanted.model_copy(update={"slurm": found})
    folder.note_submission(submission)
    return submission
