"""The pages of campaigns: what was planned, and what is on record of it; nobody is asked how it stands now.

What records say of the machines they were made on stays there: nodes, folders, accounts, other words of the
command.
"""

import re
from collections import Counter
from datetime import datetime
from posixpath import dirname
from typing import Any, Literal

from harness.records import Attempt, Benchmark, Says
from harness.report.site.entries import run_path, subject_path
from harness.report.site.page import Page
from harness.report.site.shelf import CampaignRecords, JobRecords, Shelf
from harness.report.site.text import without_places

State = Literal["complete", "given_up", "at_work", "interrupted", "submitted", "planned"]
"""`interrupted`: it was worked on and is not complete; `at_work` when its last attempt did not end on record."""
SAID = ("claims", "model", "suite", "protocol", "cluster", "items", "repeats")
"""Of the command, what may be said in public."""
_ASKED = re.compile(r"\{([^{}]*)\}")


def campaigns_page(shelf: Shelf) -> Page:
    """Return the list of campaigns, the newest first."""
    data = {"campaigns": [_short(one) for one in _newest_first(shelf)]}
    return Page("campaigns", "campaigns.html", Says(en="Campaigns", ko="캠페인"), data, section="data")


def campaign_page(shelf: Shelf, records: CampaignRecords) -> Page:
    """Return the page of one campaign."""
    plan = records.plan
    nodes = {attempt.node for one in records.jobs for attempt in one.attempts}
    data = {
        **_short(records),
        "code": plan.code,
        "asked": [
            word for word in plan.command if word.partition("=")[0] in SAID and without_places(word) == word
        ],
        "gpu": plan.cluster.gpu,
        "jobs": [_job(shelf, one, nodes) for one in records.jobs],
    }
    title = Says(en=f"Campaign {plan.id}", ko=f"캠페인 {plan.id}")
    return Page(campaign_path(plan.id), "campaign.html", title, data, section="data")


def campaign_path(name: str) -> str:
    """Return the address of a campaign's page below a language."""
    return f"campaigns/{name}"


def state_of(records: JobRecords) -> State:
    """Return how a job stands by what is on record of it."""
    last = records.attempts[-1] if records.attempts else None
    if last is not None and last.outcome == "complete":
        return "complete"
    if records.surrender is not None:
        return "given_up"
    if last is not None:
        return "at_work" if last.ended is None else "interrupted"
    return "submitted" if records.submitted else "planned"


def gpu_hours(records: JobRecords) -> float:
    """Return the GPU hours of all attempts from start to end, of one on record as going on to its last answer."""
    job = records.job
    return sum(_seconds(each, records) for each in records.attempts) / 3600 * job.nodes * job.gpus_per_node


def _newest_first(shelf: Shelf) -> list[CampaignRecords]:
    return sorted(shelf.material.campaigns, key=lambda one: (one.plan.created, one.plan.id), reverse=True)


def _short(records: CampaignRecords) -> dict[str, Any]:
    plan, jobs = records.plan, records.jobs
    wanted = [_wanted(one) for one in jobs]
    planned = [one.job.gpu_hours for one in jobs]
    return {
        "id": plan.id,
        "path": campaign_path(plan.id),
        "created": plan.created,
        "cluster": plan.cluster.id,
        "rehearsal": plan.rehearsal,
        "models": len({one.job.model for one in jobs}),
        "states": dict(Counter(state_of(one) for one in jobs)),
        "done": sum(one.progress.done for one in jobs if one.progress),
        "wanted": sum(n for n in wanted if n is not None) if None not in wanted else None,
        "gpu_hours": {
            "spent": sum(gpu_hours(one) for one in jobs),
            "planned": sum(h for h in planned if h is not None) if None not in planned else None,
        },
    }


def _job(shelf: Shelf, records: JobRecords, nodes: set[str]) -> dict[str, Any]:
    job, progress, surrender = records.job, records.progress, records.surrender
    folders = [f"results/{dirname(log)}" for log in progress.logs] if progress else []
    return {
        "id": job.id,
        "model": {"id": job.model, "name": shelf.name(job.model), "path": subject_path(shelf, job.model)},
        "state": state_of(records),
        "nodes": job.nodes,
        "gpus_per_node": job.gpus_per_node,
        "asked": [part for suite in job.suites for part in _asked(shelf, suite)],
        "done": progress.done if progress else 0,
        "wanted": _wanted(records),
        "newest": progress.when if progress else None,
        "gpu_hours": {"spent": gpu_hours(records), "planned": job.gpu_hours},
        "runs": [
            {
                "path": run_path(folder),
                "benchmark": shelf.benchmark_name(shelf.runs[folder].manifest.benchmark),
                "protocol": shelf.runs[folder].manifest.protocol,
                "answers": len(shelf.runs[folder].samples),
            }
            for folder in folders
            if folder in shelf.runs
        ],
        "attempts": [_attempt(each, nodes) for each in records.attempts],
        "given_up": None
        if surrender is None
        else {"why": without_places(surrender.why, nodes), "when": surrender.when},
    }


def _wanted(records: JobRecords) -> int | None:
    return records.progress.total if records.progress else records.job.samples


def _attempt(attempt: Attempt, nodes: set[str]) -> dict[str, Any]:
    kept = {"number", "started", "ended", "outcome", "exit_code", "new"}
    return {**attempt.model_dump(mode="json", include=kept), "why": without_places(attempt.why, nodes)}


def _asked(shelf: Shelf, suite: list[str]) -> list[dict[str, Any]]:
    """Return what one suite of a job asks by its overrides: a benchmark each, its items, repeats where said."""
    given = dict(word.split("=", 1) for word in suite if "=" in word)
    found = []
    for part in _ASKED.findall(given.get("suite.tasks", "")):
        task = dict(pair.split(":", 1) for pair in part.split(",") if ":" in pair)
        name = task.get("benchmark", "")
        benchmark: Benchmark | None = shelf.material.benchmarks.get(name)
        found.append(
            {
                "benchmark": shelf.benchmark_name(name),
                "path": f"benchmarks/{name}" if name in shelf.by_benchmark else None,
                "protocol": given.get("protocol"),
                "items": int(task["items"]) if "items" in task else benchmark and benchmark.items,
                "repeats": int(task["repeats"]) if "repeats" in task else None,
            }
        )
    return found


def _seconds(attempt: Attempt, records: JobRecords) -> float:
    progress = records.progress
    seen = progress.when if progress is not None and progress.attempt == attempt.number else attempt.started
    return (_time(attempt.ended or seen) - _time(attempt.started)).total_seconds()


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
