"""Probe every server of a run before it is trusted with the first item."""

import asyncio
from collections.abc import Sequence
from typing import Any

from harness.config.settings import Settings
from harness.errors import HarnessError
from harness.evaluation.client import Client
from harness.evaluation.honesty import Subject, probe
from harness.evaluation.requests import RequestPlan
from harness.records import Model, ProbeReport
from harness.serving import Checkpoint
from harness.serving import probe as ask
from harness.serving.endpoints import Endpoints
from harness.store import RunFolder
from harness.store.notes import note_probe
from harness.workflow.display import Display


def trust(
    settings: Settings,
    checkpoint: Checkpoint,
    urls: Sequence[str],
    plans: Sequence[RequestPlan],
    folders: Sequence[RunFolder],
    display: Display,
) -> None:
    """Probe the servers at `urls` and keep what was found in `folders`.

    Raises HarnessError, with what mends it, when something speaks against one of them; nothing was asked for the
    run by then.
    """
    model = settings.model
    tokenizer = checkpoint.tokenizer(trust_remote_code=model.trust_remote_code)
    for url in urls:
        with display.waiting(f"the probe looks at {url}"):
            report = probe_at(url, model, plans, tokenizer, settings.serving.concurrency)
        note_probe(folders, report)
        if report.failed:
            raise distrust(report, url)
        noted = ", ".join(f"{check.name}: {check.found}" for check in report.checks if check.outcome == "noted")
        display.say(f"the probe found nothing against {url} in {report.seconds:.0f} s ({noted})")


def probe_at(
    url: str, model: Model, plans: Sequence[RequestPlan], tokenizer: Any, concurrency: int
) -> ProbeReport:
    """Return what the server at `url` was found to do with requests like `plans`, which share an endpoint."""

    async def looked() -> ProbeReport:
        async with Client(Endpoints([url], concurrency)) as client:
            stop = sorted({text for plan in plans for text in plan.stop})
            subject = Subject(client, model, plans[0], stop, tokenizer, concurrency)
            return await probe(subject, await asyncio.to_thread(ask.version, url))

    return asyncio.run(looked())


def distrust(report: ProbeReport, url: str) -> HarnessError:
    """Return the error of a server that something speaks against."""
    lines = [f"{check.name}: {check.found}\n  mends it: {check.fix}" for check in report.failed]
    return HarnessError(
        expected=f"a server that does with {report.model} what the run asks for",
        found=f"{len(report.failed)} of {len(report.checks)} looks speak against it",
        where=url,
        fix=report.failed[0].fix,
        detail="\n".join(lines),
    )
