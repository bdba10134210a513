"""Probe every server of a run before it is trusted with the first item."""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import product
from types import MappingProxyType
from typing import Any

from harness.config.settings import Settings
from harness.errors import HarnessError
from harness.evaluation.client import Client
from harness.evaluation.honesty import Subject, probe
from harness.evaluation.requests import RequestPlan
from harness.records import Model, ProbeReport, Serving
from harness.serving import Checkpoint
from harness.serving import probe as ask
from harness.serving.endpoints import Endpoints
from harness.serving.fleet import Fleet
from harness.serving.servers import Servers
from harness.store import RunFolder
from harness.store.notes import note_probe
from harness.workflow.display import Display


class DistrustError(HarnessError):
    """Something speaks against a server that is up."""


def trust(
    settings: Settings,
    checkpoint: Checkpoint,
    servers: Servers,
    plans: Sequence[RequestPlan],
    folders: Sequence[RunFolder],
    display: Display,
) -> None:
    """Probe all servers and keep what was found in `folders`; one of ours that dies meanwhile is started again.

    Raises DistrustError, with what mends it, when something speaks against a server; nothing was asked for the run
    by then.
    """
    tokenizer = checkpoint.tokenizer(trust_remote_code=settings.model.trust_remote_code)
    while True:
        try:
            endpoints = servers.endpoints()
            for endpoint, alike in product(endpoints.all, _alike(plans)):
                with display.waiting(f"the probe looks at {endpoint.url}"):
                    report = probe_at(
                        endpoint.url, settings.model, alike, tokenizer, settings.serving, endpoints.headers
                    )
                note_probe(folders, report)
                if report.failed:
                    raise distrust(report, endpoint.url)
                display.say(f"the probe found nothing against {endpoint.url} in {report.seconds:.0f} s")
            return
        except DistrustError:
            raise
        except HarnessError:
            if not isinstance(servers, Fleet) or not servers.revive():
                raise


def _alike(plans: Sequence[RequestPlan]) -> list[list[RequestPlan]]:
    """Return the plans in groups that go to the same endpoint with the same switch of thinking."""
    groups: dict[str, list[RequestPlan]] = {}
    for plan in plans:
        groups.setdefault(f"{plan.endpoint} {plan.thinking}", []).append(plan)
    return list(groups.values())


def probe_at(
    url: str,
    model: Model,
    plans: Sequence[RequestPlan],
    tokenizer: Any,
    serving: Serving,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> ProbeReport:
    """Return what the server at `url` was found to do with requests like `plans`, which share an endpoint.

    Raises HarnessError when it is down, or answers nothing for `serving.stall_seconds`.
    """
    seconds, concurrency = serving.stall_seconds, serving.concurrency

    async def looked() -> ProbeReport:
        async with asyncio.timeout(seconds), Client(Endpoints([url], concurrency, headers=headers)) as client:
            stop = sorted({text for plan in plans for text in plan.stop})
            subject = Subject(client, model, plans[0], stop, tokenizer, concurrency)
            return await probe(subject, await asyncio.to_thread(ask.version, url))

    try:
        return asyncio.run(looked())
    except OSError as error:  # TimeoutError is one
        raise HarnessError(
            expected=f"a server that answers the probe within {seconds:.0f} s",
            found=f"{type(error).__name__}: {error}",
            where=url,
            fix="see the server's log; serving.stall_seconds sets the time",
        ) from error


def distrust(report: ProbeReport, url: str) -> DistrustError:
    """Return the error of a server that something speaks against."""
    lines = [f"{check.name}: {check.found}\n  mends it: {check.fix}" for check in report.failed]
    return DistrustError(
        expected=f"a server that does with {report.model} what the run asks for",
        found=f"{len(report.failed)} of {len(report.checks)} looks speak against it: "
        + ", ".join(check.name for check in report.failed),
        where=url,
        fix=report.failed[0].fix,
        detail="\n".join(lines),
    )
