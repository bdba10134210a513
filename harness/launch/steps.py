"""What became of a campaign, step by step: the decisive line where one failed, and the log that has the rest."""

from collections.abc import Mapping
from typing import Literal

from harness.launch import slurm
from harness.launch.slurm import JobState
from harness.launch.supervise import decisive
from harness.records import Attempt, Campaign, Record, Submission
from harness.store import RunFolder, Store, read_samples
from harness.store.campaigns import CampaignFolder

Step = Literal["stage", "server", "answers", "verdicts", "site"]
Outcome = Literal["done", "failed", "not reached"]


class StepReport(Record):
    """How one step ended."""

    step: Step
    job: str | None = None
    """The server job; None for what follows them all."""
    outcome: Outcome
    said: str = ""
    """What came of it; of a failure its decisive line."""
    log: str | None = None
    """Where a failure is told in full."""


def steps_of(store: Store, folder: CampaignFolder, campaign: Campaign) -> list[StepReport]:
    """Return what became of a campaign whose jobs are over; raises HarnessError when Slurm does not answer."""
    submissions = folder.read_submissions()
    states = slurm.jobs({one for s in submissions for one in (s.task_ids().values() or [s.slurm]) if one})
    found: list[StepReport] = []
    for job in campaign.jobs:
        stage, serve = (
            next(s for s in submissions if s.step == step and job.id in s.jobs) for step in ("stage", "serve")
        )
        staged = _batch("stage", stage, job.id, folder, states)
        server = StepReport(step="server", job=job.id, outcome="not reached")
        answers = StepReport(step="answers", job=job.id, outcome="not reached")
        if staged.outcome == "done":
            server = _server(store, folder, job.id) or _batch("server", serve, job.id, folder, states)
        if server.outcome == "done":
            answers = _answers(store, folder, job.id)
        found += [staged, server, answers]
    verdicts = _batch("verdicts", [s for s in submissions if s.step == "verdict"][-1], None, folder, states)
    site = StepReport(step="site", outcome="not reached")
    if verdicts.outcome == "done":
        count = sum(1 for _ in (store.root / "verdicts").rglob("*.json"))
        verdicts = verdicts.model_copy(update={"said": f"{count} claims of the ledger"})
        page = store.site / "index.html"
        site = StepReport(step="site", outcome="done" if page.exists() else "failed", said=str(page))
    return [*found, verdicts, site]


def _server(store: Store, folder: CampaignFolder, job: str) -> StepReport | None:
    """Return whether a job's servers came up; None when its client was never started."""
    attempts = folder.read_attempts(job)
    if not attempts:
        return None
    if any(run.probes.exists() for run in _runs(store, folder, job)):
        return StepReport(step="server", job=job, outcome="done", said="up, and the probe looked at it")
    return _failed("server", folder, job, attempts[-1])


def _answers(store: Store, folder: CampaignFolder, job: str) -> StepReport:
    """Return whether a job's servers, which came up, answered everything."""
    last, progress = folder.read_attempts(job)[-1], folder.read_progress(job)
    if last.outcome != "complete" or progress is None:
        return _failed("answers", folder, job, last)
    errors = [one.error for run in _runs(store, folder, job) for one in read_samples(run.samples) if one.error]
    refused = f"; {len(errors)} refused: {errors[0]}" if errors else ""
    return StepReport(
        step="answers", job=job, outcome="done", said=f"{progress.done} of {progress.total}{refused}"
    )


def _runs(store: Store, folder: CampaignFolder, job: str) -> list[RunFolder]:
    progress = folder.read_progress(job)
    return [RunFolder((store.root / log).parent) for log in progress.logs] if progress else []


def _failed(step: Step, folder: CampaignFolder, job: str, last: Attempt) -> StepReport:
    said = last.why or last.outcome or "it ended without a word"
    return StepReport(
        step=step, job=job, outcome="failed", said=said, log=str(folder.client_log(job, last.number))
    )


def _batch(
    step: Step,
    submission: Submission,
    job: str | None,
    folder: CampaignFolder,
    states: Mapping[str, JobState],
) -> StepReport:
    """Return how a batch script ended."""
    number = submission.task_ids()[job] if job else submission.slurm or ""
    state = states.get(number)
    if state is not None and state.state == "COMPLETED":
        return StepReport(step=step, job=job, outcome="done")
    # %x-%A_%a of the script, or %x-%j.
    log = folder.logs / f"{submission.name}-{number}.out"
    printed = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    word = f"{state.state.lower()}, {state.reason or 'nothing printed'}" if state else "Slurm knows it no more"
    return StepReport(step=step, job=job, outcome="failed", said=decisive(printed) or word, log=str(log))
