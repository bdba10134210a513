"""How a campaign stands: what it holds itself, and what Slurm says of its jobs."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from harness.errors import HarnessError
from harness.launch import slurm
from harness.launch.slurm import JobState
from harness.records import Attempt, Campaign, Progress, Record, ServerJob, Submission, Surrender
from harness.store.campaigns import CampaignFolder

State = Literal["planned", "staging", "queued", "running", "complete", "given up", "lost"]
"""`lost`: not complete, and no job of Slurm's goes on with it."""


class JobStatus(Record):
    """How one server job stands."""

    job: str
    model: str
    state: State
    reason: str
    slurm: str | None
    """Slurm's id of the job that works on it, or did so last."""
    nodes: str | None
    done: int
    total: int | None
    tokens_per_second: float | None
    """Generated, in this attempt; None while it runs no more, or has answered nothing."""
    expected_end: str | None
    """At the speed of this attempt, in UTC."""
    attempts: int
    gpu_hours: float
    """Of all attempts, from their start to their end."""


class CampaignStatus(Record):
    """How a campaign stands."""

    campaign: str
    jobs: list[JobStatus]
    verdict: str
    """How the job that decides the claims stands, in Slurm's word."""
    slurm_says: str = ""
    """Why Slurm was not asked with success; what stands here is then of our own records alone."""


def status_of(folder: CampaignFolder, campaign: Campaign, when: datetime) -> CampaignStatus:
    """Return how a campaign stands at `when`, with two calls of Slurm's commands at most."""
    submissions = folder.read_submissions()
    ids = {one: name for s in submissions for name, one in s.task_ids().items()}
    verdicts = [s.slurm for s in submissions if s.step == "verdict" and s.slurm]
    try:
        states = slurm.jobs([*ids, *verdicts]) if submissions else {}
        problem = ""
    except HarnessError as error:
        states, problem = {}, f"{error.found}"
    rows = [_row(folder, job, submissions, states, when, asked=not problem) for job in campaign.jobs]
    last = states.get(verdicts[-1]) if verdicts else None
    word = last.state.lower() if last else ("unknown" if verdicts else "planned")
    return CampaignStatus(campaign=campaign.id, jobs=rows, verdict=word, slurm_says=problem)


def live(folder: CampaignFolder) -> dict[str, JobState]:
    """Return what Slurm still has of a campaign, by its id; raises HarnessError when Slurm does not answer."""
    ids = [one for s in folder.read_submissions() for one in (s.task_ids().values() or [s.slurm]) if one]
    return {one: state for one, state in slurm.jobs(ids).items() if not state.over}


def _row(
    folder: CampaignFolder,
    job: ServerJob,
    submissions: Sequence[Submission],
    states: Mapping[str, JobState],
    when: datetime,
    *,
    asked: bool,
) -> JobStatus:
    attempts, progress = folder.read_attempts(job.id), folder.read_progress(job.id)
    ids = [s.task_ids()[job.id] for s in submissions if s.step == "serve" and job.id in s.task_ids()]
    stages = [s.task_ids()[job.id] for s in submissions if s.step == "stage" and job.id in s.task_ids()]
    known = [states[one] for one in ids if one in states]
    stage = next((states[one] for one in reversed(stages) if one in states), None)
    state, reason, slurm_job = _state(attempts, folder.read_surrender(job.id), known, stage, asked=asked)
    if state == "planned" and submissions:
        state, reason = (
            ("lost" if asked else "queued"),
            "Slurm knows no job of it any more" if asked else "not known",
        )
    running = state == "running"
    return JobStatus(
        job=job.id,
        model=job.model,
        state=state,
        reason=reason,
        slurm=slurm_job.id if slurm_job else (attempts[-1].slurm if attempts else (ids[-1] if ids else None)),
        nodes=slurm_job.nodes if slurm_job else None,
        done=progress.done if progress else 0,
        total=progress.total if progress else job.samples,
        tokens_per_second=_speed(progress) if running else None,
        expected_end=_end(progress, when) if running else None,
        attempts=len(attempts),
        gpu_hours=round(_hours(attempts, when, running=running) * job.nodes * job.gpus_per_node, 3),
    )


def _state(
    attempts: Sequence[Attempt],
    given_up: Surrender | None,
    known: Sequence[JobState],
    stage: JobState | None,
    *,
    asked: bool,
) -> tuple[State, str, JobState | None]:
    """Return how a job stands, why, and the job of Slurm's that says so."""
    last = attempts[-1] if attempts else None
    if last is not None and last.outcome == "complete":
        return "complete", "", None
    if given_up is not None:
        return "given up", f"{given_up.why}; {given_up.fix}", None
    at_work = next((job for job in known if job.state in {"RUNNING", "COMPLETING"}), None)
    if at_work is not None:
        why = "" if last is not None and last.ended is None else "it starts"
        return "running", why, at_work
    waiting = next((job for job in known if not job.over), None)
    if waiting is not None:
        if stage is not None and not stage.over:
            return "staging", stage.reason or stage.state.lower(), waiting
        before = f"; before: {last.outcome}, {last.why}" if last is not None and last.ended else ""
        return "queued", (waiting.reason or "") + before, waiting
    if not asked and last is not None and last.ended is None:
        return "running", "by its own records", None
    if known or last is not None:
        ended = known[-1] if known else None
        said = f"{ended.state.lower()}" + (f" ({ended.reason})" if ended and ended.reason else "") if ended else ""
        if stage is not None and stage.over and stage.state != "COMPLETED":
            said = f"its stage ended: {stage.state.lower()}; harness logs shows why"
        why = last.why if last is not None else ""
        return "lost", "; ".join(text for text in (said, why, "harness resume goes on") if text), ended
    return "planned", "", None


def _speed(progress: Progress | None) -> float | None:
    seconds = _span(progress)
    return round(progress.tokens / seconds, 1) if progress and seconds and progress.tokens else None


def _end(progress: Progress | None, when: datetime) -> str | None:
    seconds = _span(progress)
    if progress is None or not seconds or not progress.new:
        return None
    left = (progress.total - progress.done) * seconds / progress.new
    return (when + timedelta(seconds=left)).isoformat(timespec="seconds")


def _span(progress: Progress | None) -> float:
    return (_time(progress.when) - _time(progress.since)).total_seconds() if progress else 0.0


def _hours(attempts: Sequence[Attempt], when: datetime, *, running: bool) -> float:
    ends = [_time(one.ended) if one.ended else (when if running else _time(one.started)) for one in attempts]
    spans = (end - _time(one.started) for one, end in zip(attempts, ends, strict=True))
    return sum(span.total_seconds() for span in spans) / 3600


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
